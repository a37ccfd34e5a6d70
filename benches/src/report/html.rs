//! The report as one page: no scripts, nothing fetched, light and dark.

use std::fmt::Write as _;

use super::charts::{CURVES, by_size};
use super::style::{CHARTS, COLOURS, PAGE};
use super::svg::{bars, class, escape};
use super::{Entry, GoalReport, Report, RowReport, Verdict, field, figure, locks, promises, story};
use crate::facts::Kind;

/// The camps in the legend, with their names.
const LEGEND: &[(Kind, &str)] = &[
    (Kind::Ours, "waystation, tasks"),
    (Kind::Peer, "async crates, tasks"),
    (Kind::Reference, "written by yourself on event-listener"),
    (Kind::OursOnThreads, "waystation, threads"),
    (Kind::Threads, "threads"),
    (Kind::Python, "Python's asyncio"),
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
    if let Some(chart) = field::inside(report, primitive) {
        // Too wide for a phone, which has the cards.
        let _ = write!(
            page,
            "<svg class=\"field opt\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">{}</svg>",
            chart.width, chart.height, chart.title, chart.svg
        );
    }
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
        "<div class=\"wide\"><table><tr><th class=\"opt\"></th><th></th><th class=\"n opt\">threads</th>\
         <th class=\"n\">best peer</th><th class=\"opt\"></th><th class=\"n\">ours</th><th class=\"n\">ratio</th>\
         <th class=\"n opt\">reach</th><th></th></tr>",
    );
    for row in report.rows_of(primitive) {
        let threads = row.best(&[Kind::Threads, Kind::OursOnThreads]);
        for goal in &row.goals {
            let best = goal.best.as_deref();
            let _ = write!(
                page,
                "<tr><td class=\"opt\">{}</td><td class=\"title\">{}</td><td class=\"n opt\">{}</td><td class=\"n\">{}</td>\
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
    if !report.weights.is_empty() {
        page.push_str("<h2 id=\"memory\">memory</h2>");
        page.push_str(&promises::weights(report).html());
    }
    if !report.locks.is_empty() {
        page.push_str("<h2 id=\"lock\">lock</h2>");
        page.push_str(&locks::table(&report.locks).html());
    }
}

fn promises(page: &mut String, report: &Report) {
    if !report.peers.is_empty() {
        page.push_str("<h2 id=\"promises\">promises</h2>");
        page.push_str(&promises::table(report).html());
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
         interleaved: A, B, C, then B, C, A, …; threads after the tasks. Figures are medians, the whisker goes from p10 to p90. \
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
