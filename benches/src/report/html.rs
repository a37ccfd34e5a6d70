//! The report as one page: no scripts, nothing fetched, light and dark.

use std::fmt::Write as _;

use super::curves::{Curve, Unit, curves};
use super::style::{CHARTS, COLOURS, PAGE};
use super::svg::{bars, class, escape};
use super::{Entry, GoalReport, Report, RowReport, Verdict, figure, story};
use crate::facts::{Kind, Promise};

/// The camps in the legend, with their names.
const LEGEND: &[(Kind, &str)] = &[
    (Kind::Ours, "waystation, tasks"),
    (Kind::Peer, "async crates, tasks"),
    (Kind::Reference, "written by yourself on event-listener"),
    (Kind::OursOnThreads, "waystation, threads"),
    (Kind::Threads, "threads"),
    (Kind::Python, "Python's asyncio"),
];

/// Keys of rows, with the size each stands for.
type Sizes = &'static [(&'static str, f64)];

/// The curves: primitive, heading, and the rows with the size of each.
const CURVES: &[(&str, &str, Sizes)] = &[
    (
        "event",
        "One set releases N waiters: cost per waiter by N",
        &[
            ("E3/1", 1.0),
            ("E3/64", 64.0),
            ("E3/1000", 1e3),
            ("E3/100000", 1e5),
        ],
    ),
    (
        "semaphore",
        "N waiters, a chain of releases: cost per waiter by N",
        &[
            ("S6/100", 1e2),
            ("S6/1000", 1e3),
            ("S6/10000", 1e4),
            ("S6/100000", 1e5),
        ],
    ),
    (
        "queue",
        "One producer, one consumer, one thread: cost per item by capacity",
        &[("Q2/1", 1.0), ("Q2/16", 16.0), ("Q2/1024", 1024.0)],
    ),
    (
        "queue",
        "One producer, one consumer, two threads: cost per item by capacity",
        &[("Q3/1", 1.0), ("Q3/16", 16.0), ("Q3/1024", 1024.0)],
    ),
    (
        "gather",
        "N children, each woken once: cost per child by N",
        &[("G1/10", 10.0), ("G1/1000", 1e3), ("G1/10000", 1e4)],
    ),
];

/// The whole page.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>waystation {version}, compared</title>\
         <style>{COLOURS}{CHARTS}{PAGE}</style></head><body>",
        version = escape(&report.version),
    );
    head(&mut page, report);
    for primitive in report.primitives() {
        section(&mut page, report, primitive);
    }
    tasks_or_threads(&mut page, report);
    weights(&mut page, report);
    promises(&mut page, report);
    method(&mut page, report);
    page.push_str("</body></html>\n");
    page
}

/// The charts of each primitive as files of their own: name and content.
#[must_use]
pub fn charts(report: &Report) -> Vec<(String, String)> {
    let alone = |svg: &str| {
        let style = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><style>{COLOURS}{CHARTS}\
             svg{{background:var(--paper)}}</style>"
        );
        // The first tag of a chart carries its class and size: keep both, add the style.
        let (tag, rest) = svg.split_once('>').unwrap_or((svg, ""));
        let style = style.split_once('>').map_or("", |parts| parts.1);
        format!("{} xmlns=\"http://www.w3.org/2000/svg\">{style}{rest}", tag)
    };
    let rows = report.rows.iter().map(|row| {
        (
            format!("{}.svg", row.key.to_lowercase().replace('/', "-")),
            alone(&bars(row)),
        )
    });
    let lines = CURVES
        .iter()
        .enumerate()
        .filter_map(|(index, (primitive, title, rows))| {
            let chart = by_size(report, title, rows)?;
            Some((format!("{primitive}-curve-{index}.svg"), alone(&chart)))
        });
    rows.chain(lines).collect()
}

/// The medians of some rows by size.
fn by_size(report: &Report, title: &str, rows: Sizes) -> Option<String> {
    let mut lines: Vec<Curve<'_>> = Vec::new();
    let mut sizes = Vec::new();
    for (key, size) in rows {
        let Some(row) = report.rows.iter().find(|row| row.key == *key) else {
            continue;
        };
        sizes.push(*size);
        for entry in &row.entries {
            let Some(median) = entry.median_ns else {
                continue;
            };
            let index = lines.iter().position(|line| line.name == entry.peer);
            let index = index.unwrap_or_else(|| {
                lines.push(Curve::new(&entry.peer, entry.kind));
                lines.len() - 1
            });
            lines[index].points.push((*size, median));
        }
    }
    curves(title, &sizes, &lines, Unit::Time)
}

/// The story, if it was told.
fn tasks_or_threads(page: &mut String, report: &Report) {
    let Some(told) = &report.story else {
        return;
    };
    let _ = write!(page, "<h2 id=\"story\">{}</h2>", story::TITLE);
    for sentence in story::sentences(told) {
        let _ = write!(page, "<p class=\"said\">{}</p>", escape(&sentence));
    }
    page.push_str("<div class=\"cards\">");
    for (title, chart, caption) in story::charts(told) {
        let _ = write!(
            page,
            "<figure><h3>{title}</h3>{chart}<figcaption>{caption}</figcaption></figure>"
        );
    }
    page.push_str("</div>");
    for table in story::tables(told) {
        page.push_str(&table.html());
    }
}

fn head(page: &mut String, report: &Report) {
    let _ = write!(
        page,
        "<h1>waystation {}, compared</h1><p>Time per operation against OS threads, every async \
         crate that does the job, what you would write yourself, and Python. Shorter bars are \
         better. Losses are shown like wins.</p><nav>",
        escape(&report.version)
    );
    for primitive in report.primitives() {
        let _ = write!(page, "<a href=\"#{primitive}\">{primitive}</a>");
    }
    if report.story.is_some() {
        page.push_str("<a href=\"#story\">tasks or threads</a>");
    }
    page.push_str("<a href=\"#memory\">memory</a><a href=\"#promises\">promises</a><a href=\"#method\">method</a></nav><div class=\"tally\">");
    for (verdict, words) in [
        (Verdict::Stretch, "goals at stretch"),
        (Verdict::Reached, "goals reached"),
        (Verdict::Missed, "goals not yet reached"),
    ] {
        let _ = write!(
            page,
            "<div><b class=\"{}\">{}</b>{words}</div>",
            verdict_class(verdict),
            report.count(verdict)
        );
    }
    page.push_str("</div>");
    if report.method.noisy() {
        let _ = write!(
            page,
            "<p class=\"warn\">This machine was noisy while it measured (p90/p10 of one atomic \
             addition {:.2}; {:.0} % of the figures on one thread spread wide): trust ratios, and \
             large ones only.</p>",
            report.method.heartbeat_spread,
            report.method.wide_share * 100.0
        );
    }
    page.push_str("<p class=\"legend dim\">");
    for (kind, words) in LEGEND {
        let _ = write!(
            page,
            "<span><i style=\"background:var(--{})\"></i>{words}</span>",
            class(*kind)
        );
    }
    page.push_str("</p>");
}

fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Stretch => "stretch",
        Verdict::Reached => "reached",
        Verdict::Missed => "missed",
        Verdict::Open => "open",
    }
}

fn section(page: &mut String, report: &Report, primitive: &str) {
    let _ = write!(page, "<h2 id=\"{primitive}\">{primitive}</h2>");
    summary(page, report, primitive);
    page.push_str("<div class=\"cards\">");
    for row in report.rows_of(primitive) {
        card(page, row);
    }
    for (_, title, rows) in CURVES.iter().filter(|curve| curve.0 == primitive) {
        if let Some(chart) = by_size(report, title, rows) {
            let _ = write!(
                page,
                "<figure><h3>{title}</h3>{chart}<figcaption>both axes logarithmic\
                 </figcaption></figure>"
            );
        }
    }
    page.push_str("</div>");
}

fn summary(page: &mut String, report: &Report, primitive: &str) {
    page.push_str(
        "<div class=\"wide\"><table><tr><th></th><th></th><th class=\"n opt\">threads</th>\
         <th class=\"n\">best peer</th><th class=\"opt\"></th><th class=\"n\">ours</th><th class=\"n\">ratio</th>\
         <th class=\"n opt\">reach</th><th></th></tr>",
    );
    for row in report.rows_of(primitive) {
        let threads = row.best(&[Kind::Threads, Kind::OursOnThreads]);
        for goal in &row.goals {
            let best = goal.best.as_deref();
            let _ = write!(
                page,
                "<tr><td>{}</td><td class=\"title\">{}</td><td class=\"n opt\">{}</td><td class=\"n\">{}</td>\
                 <td class=\"opt\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
                 <td class=\"n opt\">{:.2}</td><td class=\"{}\">{}</td></tr>",
                escape(&row.key),
                escape(&title(row, goal)),
                cell(threads),
                cell(best.and_then(|best| row.entry(best))),
                escape(best.unwrap_or("–")),
                cell(row.entry(&goal.ours)),
                goal.ratio
                    .map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}")),
                goal.reach,
                verdict_class(goal.verdict),
                goal.verdict.word(),
            );
        }
    }
    page.push_str("</table></div>");
}

fn title(row: &RowReport, goal: &GoalReport) -> String {
    if row.goals.len() > 1 {
        format!("{} ({})", row.title, goal.ours)
    } else {
        row.title.clone()
    }
}

fn cell(entry: Option<&Entry>) -> String {
    entry
        .and_then(|entry| entry.median_ns)
        .map_or_else(|| "–".to_owned(), figure)
}

fn card(page: &mut String, row: &RowReport) {
    let _ = write!(
        page,
        "<figure><h3><span class=\"key\">{}</span>{}</h3>{}<figcaption>ns per {}",
        escape(&row.key),
        escape(&row.title),
        bars(row),
        escape(&row.unit)
    );
    for goal in &row.goals {
        if let Some(ratio) = goal.ratio {
            let _ = write!(
                page,
                "; {} {ratio:.2} of the {}, <span class=\"{}\">{}</span> (goal {:.2})",
                escape(&goal.ours),
                goal.against,
                verdict_class(goal.verdict),
                goal.verdict.word(),
                goal.reach
            );
        }
    }
    for entry in &row.entries {
        if let Some(why) = &entry.failure {
            let _ = write!(page, "; {} {}", escape(&entry.peer), escape(why));
        }
        if let Some(change) = entry.change.filter(|change| change.beyond_noise) {
            let percent = (change.factor - 1.0) * 100.0;
            let _ = write!(
                page,
                "; {} {percent:+.0} % since the baseline",
                escape(&entry.peer)
            );
        }
    }
    page.push_str("</figcaption></figure>");
}

fn weights(page: &mut String, report: &Report) {
    if report.weights.is_empty() {
        return;
    }
    page.push_str(
        "<h2 id=\"memory\">memory</h2><p>Bytes per parked waiter while 1,000 wait (the future and \
         what it has on the heap), the same with 1,025 (just after a ring that doubles has \
         doubled), and allocations per wait in the steady state. For queues it is a parked \
         <code>put</code>.</p><div class=\"wide\"><table><tr><th></th><th></th>\
         <th class=\"n\">future</th><th class=\"n\">heap</th><th class=\"n\">together</th>\
         <th class=\"n\">just doubled</th><th class=\"n\">allocations</th></tr>",
    );
    for weight in &report.weights {
        let _ = write!(
            page,
            "<tr class=\"{}\"><td>{}</td><td>{}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{:.1}</td><td class=\"n\">{:.1}</td><td class=\"n\">{:.1}</td>\
             <td class=\"n\">{:.2}</td></tr>",
            class(weight.kind),
            weight.primitive,
            escape(&weight.peer),
            weight.future,
            weight.heap,
            weight.bytes(),
            weight.future as f64 + weight.heap_just_doubled,
            weight.allocations
        );
    }
    page.push_str("</table></div>");
}

fn promises(page: &mut String, report: &Report) {
    if report.peers.is_empty() {
        return;
    }
    page.push_str(
        "<h2 id=\"promises\">promises</h2><p>A faster peer that promises less has not won the \
         same race. <em>Fair</em>: waiters are served in the order they came, nobody overtakes. \
         <em>Cancel safe</em>: a wait that is dropped half-way loses no item, permit or wake-up. \
         <em>Put outside</em>: a <code>put</code> that has not completed is not in the queue.</p>\
         <div class=\"wide\"><table><tr><th></th><th></th><th>with</th><th>fair</th>\
         <th>cancel safe</th><th>MPMC</th><th>put outside</th><th></th></tr>",
    );
    for peer in &report.peers {
        let queue_only = |promise| {
            if peer.primitive == "queue" {
                mark(promise)
            } else {
                ""
            }
        };
        let _ = write!(
            page,
            "<tr class=\"{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>\
             <td>{}</td><td class=\"wrap dim\">{}</td></tr>",
            class(peer.kind),
            peer.primitive,
            escape(&peer.name),
            escape(&peer.with),
            mark(peer.fair),
            mark(peer.cancel_safe),
            queue_only(peer.mpmc),
            queue_only(peer.pending_put_outside),
            escape(&peer.note)
        );
    }
    page.push_str("</table></div>");
}

fn mark(promise: Promise) -> &'static str {
    match promise {
        Promise::Kept => "yes",
        Promise::Lacking => "no",
        Promise::Open => "–",
    }
}

fn method(page: &mut String, report: &Report) {
    let (machine, method) = (&report.machine, &report.method);
    let load = machine
        .load
        .as_ref()
        .map_or_else(String::new, |load| format!(", load {load}"));
    let _ = write!(
        page,
        "<h2 id=\"method\">method</h2><p>{}, {} cores, {}, {}{}.</p>\
         <p>One process; {} rounds of {} ms for each row (twice as many, three times as long, across threads), \
         interleaved: A, B, C, A, B, C, … Figures are medians, the whisker goes from p10 to p90. \
         {} A ratio is our median \
         divided by that of the best peer it names. One atomic addition that nobody else sees \
         took {} ns, spread {:.2}. The whole run took {:.0} s.</p>",
        escape(&machine.cpu),
        machine.cores,
        escape(&machine.os),
        escape(&machine.rustc),
        escape(&load),
        method.rounds,
        method.slice_ms,
        super::HOW,
        figure(method.heartbeat_ns),
        method.heartbeat_spread,
        method.seconds
    );
    for note in &report.notes {
        let _ = write!(page, "<p class=\"warn\">{}</p>", escape(note));
    }
}
