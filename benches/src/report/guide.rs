//! The figures that are quoted where they matter: in two pages of the guide, and in README.
//!
//! They are written together with `docs/FIGURES.md`, so that no page quotes a number by hand.

use std::fmt::Write as _;

use super::{Entry, Report, RowReport, figure};
use crate::facts::{Kind, Promise};
use crate::measure::quantile;
use crate::rows::{self, OURS, OURS_BYPASS};

/// Where the choice between two fairnesses shows.
const CHOICE: &[&str] = &["S1", "S2", "S3", "S3b", "S4"];
/// Where a task and a thread do the same job.
const SAME_JOB: &[&str] = &["L1/tasks", "E3/1000", "E4", "S2", "Q2/16"];
const THREADS: &[Kind] = &[Kind::Threads, Kind::OursOnThreads];

/// What `Fifo` and `Bypass` cost, next to those who promise the same; nothing if a row is lacking.
#[must_use]
pub fn fairness(report: &Report) -> Option<String> {
    let mut table = String::from(
        "| | `Fifo` | `Bypass` | best fair peer | best unfair peer | threads |\n\
         |---|--:|--:|--:|--:|--:|\n",
    );
    for key in CHOICE {
        let row = row(report, key)?;
        let peer = |promise| best(row, |entry| is_peer(report, entry, promise));
        let cells = [
            cell(row.entry(OURS)?)?,
            cell(row.entry(OURS_BYPASS)?)?,
            named(peer(Promise::Kept)?)?,
            named(peer(Promise::Lacking)?)?,
            named(row.best(THREADS)?)?,
        ];
        let _ = writeln!(table, "| {key}: {} | {} |", row.title, cells.join(" | "));
    }
    Some(table + &source(report))
}

/// One job by tasks, by threads and by asyncio; nothing if a row is lacking.
#[must_use]
pub fn tasks_and_threads(report: &Report) -> Option<String> {
    let mut table =
        String::from("| the job | ns per | tasks | threads | asyncio |\n|---|---|--:|--:|--:|\n");
    for key in SAME_JOB {
        let row = row(report, key)?;
        let cells = [
            row.title.clone(),
            row.unit.clone(),
            cell(row.entry(OURS)?)?,
            named(row.best(THREADS)?)?,
            row.best(&[Kind::Python])
                .and_then(cell)
                .unwrap_or_else(|| "–".to_owned()),
        ];
        let _ = writeln!(table, "| {} |", cells.join(" | "));
    }
    Some(table + &source(report))
}

/// How much more the same costs when it is written on event-listener, in a sentence.
#[must_use]
pub fn yardstick(report: &Report) -> Option<String> {
    let ratios: Vec<f64> = by_oneself(report).map(|(_, ratio)| ratio).collect();
    let at = |q| quantile(&ratios, q);
    Some(format!(
        "On it the same three primitives take {:.1} times as long (the median of {} rows on one \
         thread; from {:.1} to {:.1}).",
        at(0.5)?,
        ratios.len(),
        at(0.0)?,
        at(1.0)?,
    ))
}

/// What a run prints first, as a block of code.
#[must_use]
pub fn excerpt(report: &Report) -> String {
    let text = super::text::render(report);
    let lines = text.lines().skip_while(|line| line.is_empty());
    let lines: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    format!("\n```text\n{}\n```\n", lines.join("\n"))
}

/// The page with `text` between the marks of this name; nothing if it has none.
#[must_use]
pub fn quote(page: &str, name: &str, text: &str) -> Option<String> {
    let (begins, ends) = (
        format!("<!-- {name}: begin -->"),
        format!("<!-- {name}: end -->"),
    );
    let (before, rest) = page.split_once(&begins)?;
    let (_, after) = rest.split_once(&ends)?;
    Some(format!("{before}{begins}{text}{ends}{after}"))
}

/// The rows behind [`yardstick`], as a section of the page of figures.
pub(super) fn section(report: &Report) -> String {
    let Some(sentence) = yardstick(report) else {
        return String::new();
    };
    let mut section = format!(
        "\n## What you would write yourself\n\n\
         The reference implementations, on event-listener and parking_lot. {sentence}\n\n\
         | row | | ours, ns | on event-listener, ns | ratio |\n|---|---|--:|--:|--:|\n"
    );
    for (row, ratio) in by_oneself(report) {
        let median = |entry: Option<&Entry>| entry.and_then(|entry| entry.median_ns).map(figure);
        let (Some(ours), Some(theirs)) = (
            median(row.entry(OURS)),
            median(row.best(&[Kind::Reference])),
        ) else {
            continue;
        };
        let (key, title) = (&row.key, &row.title);
        let _ = writeln!(
            section,
            "| {key} | {title} | {ours} | {theirs} | {ratio:.1} |"
        );
    }
    section
}

/// Rows on one thread that the reference takes part in: its median divided by ours.
fn by_oneself(report: &Report) -> impl Iterator<Item = (&RowReport, f64)> {
    let one_thread = |row: &&RowReport| !rows::row(&row.key).across();
    report.rows.iter().filter(one_thread).filter_map(|row| {
        let theirs = row.best(&[Kind::Reference])?.median_ns?;
        Some((row, theirs / row.entry(OURS)?.median_ns?))
    })
}

fn row<'a>(report: &'a Report, key: &str) -> Option<&'a RowReport> {
    report.rows.iter().find(|row| row.key == key)
}

fn best(row: &RowReport, counts: impl Fn(&Entry) -> bool) -> Option<&Entry> {
    let candidates = row.entries.iter().filter(|entry| counts(entry));
    let timed = candidates.filter_map(|entry| Some((entry, entry.median_ns?)));
    timed.min_by(|a, b| a.1.total_cmp(&b.1)).map(|best| best.0)
}

fn is_peer(report: &Report, entry: &Entry, promise: Promise) -> bool {
    entry.kind == Kind::Peer
        && report.peers.iter().any(|peer| {
            peer.primitive == "semaphore" && peer.name == entry.peer && peer.fair == promise
        })
}

/// The median; the spread too where it is wide.
fn cell(entry: &Entry) -> Option<String> {
    let (median, spread) = (figure(entry.median_ns?), entry.spread()?);
    Some(if spread < 2.0 {
        median
    } else {
        format!("{median} (×{spread:.0})")
    })
}

fn named(entry: &Entry) -> Option<String> {
    let name = entry.peer.trim_start_matches("threads, ");
    Some(format!("{name} {}", cell(entry)?))
}

/// What a reader must know about such figures.
fn source(report: &Report) -> String {
    let (machine, method) = (&report.machine, &report.method);
    format!(
        "\nMedians in nanoseconds of {} rounds, on {} cores ({}, rustc {}); in parentheses how far \
         the slowest tenth of the rounds is from the fastest, where it is twice or more. One atomic \
         addition took {} ns. waystation {}. Written by `cargo xtask compare`.\n",
        method.rounds,
        machine.cores,
        machine.cpu,
        machine.rustc.split(' ').nth(1).unwrap_or("unknown"),
        figure(method.heartbeat_ns),
        report.version,
    )
}

#[cfg(test)]
mod tests {
    use super::{excerpt, fairness, quote, yardstick};
    use crate::facts::{Facts, Kind, Promise};
    use crate::measure::Plan;
    use crate::report::{Entry, Report, RowReport};
    use crate::rows::{OURS, OURS_BYPASS, row};

    fn entry(peer: &str, kind: Kind, ns: f64) -> Entry {
        Entry {
            peer: peer.to_owned(),
            kind,
            median_ns: Some(ns),
            p10_ns: Some(ns),
            p90_ns: Some(3.0 * ns),
            failure: None,
            change: None,
        }
    }

    fn report(keys: &[&str]) -> Report {
        let fair = Facts::new(Kind::Peer, "fair", "", "").fair(Promise::Kept);
        let unfair = Facts::new(Kind::Peer, "unfair", "", "").fair(Promise::Lacking);
        let peers = [("semaphore", fair), ("semaphore", unfair)];
        let mut report = Report::begin(&Plan::quick(), &peers);
        report.rows = keys.iter().map(|key| measured(key)).collect();
        report
    }

    fn measured(key: &str) -> RowReport {
        RowReport {
            key: key.to_owned(),
            primitive: "semaphore".to_owned(),
            title: row(key).title.to_owned(),
            unit: row(key).unit.to_owned(),
            entries: vec![
                entry(OURS, Kind::Ours, 20.0),
                entry(OURS_BYPASS, Kind::Ours, 10.0),
                entry("fair", Kind::Peer, 30.0),
                entry("unfair", Kind::Peer, 15.0),
                entry("by yourself", Kind::Reference, 50.0),
                entry("threads, std", Kind::Threads, 40.0),
            ],
            goals: Vec::new(),
        }
    }

    #[test]
    fn the_fair_stand_next_to_the_fair() {
        let table = fairness(&report(&["S1", "S2", "S3", "S3b", "S4"])).unwrap();
        let cells = "| 20.0 (×3) | 10.0 (×3) | fair 30.0 (×3) | unfair 15.0 (×3) | std 40.0 (×3) |";
        assert!(table.contains(cells), "{table}");
    }

    #[test]
    fn half_a_run_writes_no_table() {
        assert_eq!(fairness(&report(&["S1", "S2"])), None);
    }

    #[test]
    fn the_yardstick_leaves_out_what_is_bimodal() {
        let sentence = yardstick(&report(&["S1", "S2", "S3"])).unwrap();
        assert!(sentence.contains("2.5 times"), "{sentence}");
        assert!(sentence.contains("of 2 rows"), "{sentence}");
    }

    #[test]
    fn a_page_changes_between_its_marks_only() {
        let page = "a\n<!-- x: begin -->old<!-- x: end -->\nb";
        let expected = page.replace("old", "new");
        assert_eq!(quote(page, "x", "new"), Some(expected));
        assert_eq!(quote(page, "y", "new"), None);
    }

    #[test]
    fn an_excerpt_is_the_first_table() {
        let text = excerpt(&report(&["S1", "S2"]));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[2].starts_with("SEMAPHORE"), "{text}");
        assert_eq!(lines.len(), 7, "{text}");
    }
}
