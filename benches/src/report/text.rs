//! The report as text: one table per primitive, then every figure.

use std::fmt::Write as _;

use super::{Entry, Report, RowReport, figure, locks, promises, story};
use crate::facts::Kind;

const THREADS: &[Kind] = &[Kind::Threads, Kind::OursOnThreads];
/// Rows per block of the second table.
const BLOCK: usize = 8;

/// The whole report.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for primitive in report.primitives() {
        summary(&mut out, report, primitive);
        every_figure(&mut out, report, primitive);
    }
    if let Some(told) = &report.story {
        line(&mut out, "");
        line(&mut out, story::TITLE.to_uppercase());
        for sentence in story::sentences(told) {
            line(&mut out, sentence);
        }
        for table in story::tables(told) {
            out.push_str(&table.text());
        }
    }
    if !report.weights.is_empty() {
        out.push_str(&promises::weights(report).text());
    }
    if !report.locks.is_empty() {
        out.push_str(&locks::table(&report.locks).text());
    }
    let lacking = promises::lacking(report);
    if !lacking.rows.is_empty() {
        out.push_str(&lacking.text());
    }
    changes(&mut out, report);
    machine(&mut out, report);
    out
}

fn line(out: &mut String, text: impl AsRef<str>) {
    out.push_str(text.as_ref().trim_end());
    out.push('\n');
}

/// Pads to `width` characters, cutting what is longer.
fn fit(text: &str, width: usize) -> String {
    let mut cut: String = text.chars().take(width).collect();
    if text.chars().count() > width {
        cut.pop();
        cut.push('…');
    }
    let pad = width - cut.chars().count();
    cut + &" ".repeat(pad)
}

fn cell(entry: Option<&Entry>) -> String {
    match entry {
        Some(entry) if entry.failure.is_some() => "failed".to_owned(),
        Some(entry) => entry.median_ns.map_or_else(|| "–".to_owned(), figure),
        None => "–".to_owned(),
    }
}

fn summary(out: &mut String, report: &Report, primitive: &str) {
    line(out, "");
    line(
        out,
        format!(
            "{}   (ns per operation, median; lower is better)",
            primitive.to_uppercase()
        ),
    );
    line(
        out,
        format!(
            "{} {:>9} {:>9}  {} {:>9} {:>6} {:>6}  {}",
            fit("", 62),
            "threads",
            "best peer",
            fit("", 18),
            "ours",
            "ratio",
            "reach",
            "",
        ),
    );
    for row in report.rows_of(primitive) {
        summary_row(out, row);
    }
}

/// A row that was measured on threads only: ours against the best of theirs.
fn threads_row(out: &mut String, row: &RowReport, label: &str) {
    let (ours, best) = (row.best(&[Kind::OursOnThreads]), row.best(&[Kind::Threads]));
    let ratio = ours.and_then(|ours| Some(ours.median_ns? / best?.median_ns?));
    line(
        out,
        format!(
            "{} {:>9} {:>9}  {} {:>9} {:>6}",
            fit(label, 62),
            "",
            cell(best),
            fit(best.map_or("–", |best| &best.peer), 18),
            cell(ours),
            ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}")),
        ),
    );
}

fn summary_row(out: &mut String, row: &RowReport) {
    let threads = cell(row.best(THREADS));
    let label = format!("{} {}", fit(&row.key, 13), row.title);
    if row.entries.iter().all(|entry| entry.kind.is_threads()) {
        return threads_row(out, row, &label);
    }
    if row.goals.is_empty() {
        line(out, format!("{} {threads:>9}", fit(&label, 62)));
    }
    for (index, goal) in row.goals.iter().enumerate() {
        let best = goal.best.as_deref().unwrap_or("–");
        let label = if index == 0 {
            label.clone()
        } else {
            format!("{} {}", fit("", 13), goal.ours)
        };
        let ratio = goal
            .ratio
            .map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
        line(
            out,
            format!(
                "{} {:>9} {:>9}  {} {:>9} {:>6} {:>6.2}  {}",
                fit(&label, 62),
                if index == 0 { threads.as_str() } else { "" },
                cell(goal.best.as_deref().and_then(|best| row.entry(best))),
                fit(best, 18),
                cell(row.entry(&goal.ours)),
                ratio,
                goal.reach,
                goal.verdict.word(),
            ),
        );
    }
}

fn every_figure(out: &mut String, report: &Report, primitive: &str) {
    let rows: Vec<&RowReport> = report.rows_of(primitive).collect();
    for block in rows.chunks(BLOCK) {
        line(out, "");
        let mut head = fit("", 26);
        for row in block {
            let _ = write!(head, " {:>12}", row.key);
        }
        line(out, head);
        for peer in report
            .peers
            .iter()
            .filter(|peer| peer.primitive == primitive)
        {
            let name = peer.name.as_str();
            if block.iter().all(|row| row.entry(name).is_none()) {
                continue;
            }
            let mut text = fit(name, 26);
            for row in block {
                let _ = write!(text, " {:>12}", cell(row.entry(name)));
            }
            line(out, text);
        }
    }
    for row in rows {
        for entry in row.entries.iter().filter(|entry| entry.failure.is_some()) {
            let why = entry.failure.as_deref().unwrap_or_default();
            line(out, format!("  {} {}: {why}", row.key, entry.peer));
        }
    }
}

fn changes(out: &mut String, report: &Report) {
    let mut lines = Vec::new();
    for row in &report.rows {
        for entry in &row.entries {
            if let Some(change) = entry.change.filter(|change| change.beyond_noise) {
                let percent = (change.factor - 1.0) * 100.0;
                lines.push(format!(
                    "  {} {} {percent:+.0} %, now {}",
                    fit(&row.key, 13),
                    fit(&entry.peer, 26),
                    cell(Some(entry))
                ));
            }
        }
    }
    if report
        .rows
        .iter()
        .flat_map(|row| &row.entries)
        .any(|entry| entry.change.is_some())
    {
        line(out, "");
        line(
            out,
            format!(
                "CHANGED beyond the noise since the baseline: {}",
                lines.len()
            ),
        );
        for text in lines {
            line(out, text);
        }
    }
}

fn machine(out: &mut String, report: &Report) {
    let (machine, method) = (&report.machine, &report.method);
    line(out, "");
    line(
        out,
        format!(
            "{}, {} cores, {}, {}",
            machine.cpu, machine.cores, machine.os, machine.rustc
        ),
    );
    line(
        out,
        format!(
            "{} rounds of {} ms, interleaved; one atomic addition {} ns, spread {:.2}; {:.0} s in all",
            method.rounds,
            method.slice_ms,
            figure(method.heartbeat_ns),
            method.heartbeat_spread,
            method.seconds
        ),
    );
    if method.noisy() {
        line(
            out,
            "This machine is noisy: trust ratios, and large ones only; or run it again.",
        );
    }
    for note in &report.notes {
        line(out, format!("note: {note}"));
    }
}
