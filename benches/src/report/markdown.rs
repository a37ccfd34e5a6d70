//! The report as one page of Markdown, for a repository or a letter.

use std::fmt::Write as _;

use super::charts::{TASKS_OR_THREADS, chosen};
use super::{Entry, GoalReport, Report, RowReport, Verdict, figure, locks, promises, story};
use crate::facts::Kind;

/// The folder beside the page with its charts.
pub const CHARTS: &str = "charts";

/// The whole page.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut page = format!(
        "# waystation {}, compared\n\n\
         Written by `compare --markdown`; nothing here is typed in by hand. Times are nanoseconds \
         per operation, medians; the spread is p90 ÷ p10 of the rounds. A ratio is our median \
         divided by that of the best async peer the goal names: less is better. Losses are shown \
         like wins.\n\n\
         Goals: {} at stretch, {} reached, {} not yet reached, {} open.\n",
        report.version,
        report.count(Verdict::Stretch),
        report.count(Verdict::Reached),
        report.count(Verdict::Missed),
        report.count(Verdict::Open),
    );
    conditions(&mut page, report);
    let charts: Vec<String> = chosen(report).into_iter().map(|chart| chart.0).collect();
    for primitive in report.primitives() {
        section(&mut page, report, primitive, &charts);
    }
    if let Some(told) = &report.story {
        let _ = write!(page, "\n## {}\n", story::TITLE);
        if charts.iter().any(|name| name == TASKS_OR_THREADS) {
            picture(
                &mut page,
                "time and memory of N waiters, as tasks and as threads",
                TASKS_OR_THREADS,
            );
        }
        for sentence in story::sentences(told) {
            let _ = write!(page, "\n{sentence}\n");
        }
        for table in story::tables(told) {
            page.push_str(&table.markdown());
        }
    }
    if !report.weights.is_empty() {
        page.push_str("\n## memory\n");
        page.push_str(&promises::weights(report).markdown());
    }
    if !report.locks.is_empty() {
        page.push_str("\n## lock\n");
        page.push_str(&locks::table(&report.locks).markdown());
    }
    page.push_str(&super::guide::section(report));
    page.push_str("\n## promises\n");
    page.push_str(&promises::table(report).markdown());
    page
}

/// Machine, method and noise.
fn conditions(page: &mut String, report: &Report) {
    let (machine, method) = (&report.machine, &report.method);
    let load = machine.load.as_deref().unwrap_or("not known");
    let _ = write!(
        page,
        "\n## Machine, method, noise\n\n\
         - **Machine**: {}, {} cores, {}, {}. Load before the run: {load}.\n\
         - **Method**: one process, {} rounds of {} ms for each row (twice as many, three times as \
         long, across threads), interleaved, the threads of a row after its tasks. {}\n\
         - **Noise**: one atomic addition that nobody else sees took {} ns, spread {:.2}; {:.0} % \
         of the figures on one thread spread wide. {}\n\
         - The whole run took {:.0} s.\n",
        machine.cpu,
        machine.cores,
        machine.os,
        machine.rustc,
        method.rounds,
        method.slice_ms,
        super::HOW,
        figure(method.heartbeat_ns),
        method.heartbeat_spread,
        method.wide_share * 100.0,
        if method.noisy() {
            "This machine was **noisy**: trust ratios, and large ones only."
        } else {
            "This machine was quiet."
        },
        method.seconds,
    );
    for note in &report.notes {
        let _ = writeln!(page, "- Note: {note}");
    }
}

fn picture(page: &mut String, words: &str, name: &str) {
    let _ = write!(page, "\n![{words}]({CHARTS}/{name})\n");
}

fn section(page: &mut String, report: &Report, primitive: &str, charts: &[String]) {
    let _ = write!(page, "\n## {primitive}\n");
    let name = format!("{primitive}.svg");
    if charts.contains(&name) {
        let words = format!("{primitive}: the time of each participant, relative to waystation");
        picture(page, &words, &name);
    }
    let _ = write!(
        page,
        "\n\
         | row | | per | ours, ns | spread | best async peer | ns | spread | ratio | reach | reached? \
         | best on threads | ns |\n|---|---|---|--:|--:|---|--:|--:|--:|--:|---|---|--:|\n"
    );
    for row in report.rows_of(primitive) {
        for goal in &row.goals {
            line(page, row, goal);
        }
    }
    let failures = |row: &RowReport| {
        let failed = |entry: &Entry| Some((entry.peer.clone(), entry.failure.clone()?));
        let failed: Vec<_> = row.entries.iter().filter_map(failed).collect();
        (row.key.clone(), failed)
    };
    for (key, failed) in report.rows_of(primitive).map(failures) {
        for (peer, why) in failed {
            let _ = write!(page, "\n{key}, {peer}: {why}.\n");
        }
    }
}

fn line(page: &mut String, row: &RowReport, goal: &GoalReport) {
    let ours = row.entry(&goal.ours);
    let best = goal.best.as_deref().and_then(|best| row.entry(best));
    let threads = row.best(&[Kind::Threads, Kind::OursOnThreads]);
    let name = |entry: Option<&Entry>| entry.map_or("–", |entry| &entry.peer).to_owned();
    let variant = if row.goals.len() > 1 {
        format!(" ({}, against the {})", goal.ours, goal.against)
    } else {
        String::new()
    };
    let cells = [
        row.key.clone(),
        row.title.clone() + &variant,
        row.unit.clone(),
        median(ours),
        spread(ours),
        name(best),
        median(best),
        spread(best),
        or_dash(goal.ratio, |ratio| format!("{ratio:.2}")),
        format!("{:.2}", goal.reach),
        goal.verdict.word().to_owned(),
        name(threads),
        median(threads),
    ];
    let _ = writeln!(page, "| {} |", cells.join(" | "));
}

fn or_dash(value: Option<f64>, words: impl FnOnce(f64) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), words)
}

fn median(entry: Option<&Entry>) -> String {
    match entry {
        Some(entry) if entry.failure.is_some() => "failed".to_owned(),
        entry => or_dash(entry.and_then(|entry| entry.median_ns), figure),
    }
}

fn spread(entry: Option<&Entry>) -> String {
    or_dash(entry.and_then(Entry::spread), |spread| {
        format!("{spread:.2}")
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::render;
    use crate::Case;
    use crate::facts::{Facts, Kind};
    use crate::measure::{Outcome, Plan};
    use crate::report::{Report, RowReport};
    use crate::rows::{OURS, row};

    fn outcome(kind: Kind, name: &'static str, ns: f64) -> Outcome {
        Outcome {
            case: Case {
                row: row("E1"),
                facts: Facts::new(kind, name, "", ""),
                run: |ops| crate::Sample {
                    elapsed: Duration::ZERO,
                    ops,
                },
            },
            samples: vec![ns; 3],
            failure: None,
        }
    }

    #[test]
    fn a_loss_is_shown_like_a_win() {
        let mut report = Report::begin(&Plan::quick(), &[]);
        for (ours, verdict) in [
            (4.0, "| 0.40 | 0.55 | stretch |"),
            (20.0, "| 2.00 | 0.55 | not yet |"),
        ] {
            let outcomes = [
                outcome(Kind::Ours, OURS, ours),
                outcome(Kind::Peer, "a peer", 10.0),
                outcome(Kind::Threads, "some threads", 7.0),
            ];
            report.rows = RowReport::of(&outcomes).into_iter().collect();
            let page = render(&report);
            assert!(page.contains(verdict), "{page}");
            assert!(page.contains("| a peer | 10.0 | 1.00 |"), "{page}");
            assert!(page.contains("| some threads | 7.00 |"), "{page}");
        }
    }
}
