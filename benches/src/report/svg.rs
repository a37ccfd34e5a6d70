//! Charts, written by hand as SVG: bars for a row, lines for a row at several sizes.
//!
//! Colours are CSS variables, so that a page decides about light and dark.

use std::fmt::Write as _;

use super::{Entry, Report, RowReport, figure, grouped};
use crate::facts::Kind;

/// Narrow enough that a phone shows the text at nearly its own size.
const WIDTH: f64 = 430.0;
const NAME: f64 = 164.0;
const VALUE: f64 = 62.0;
const BAR: f64 = 20.0;
/// A bar longer than this many times our own is cut; its figure is printed all the same.
const CUT: f64 = 6.0;

/// Makes text safe for a page.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The class of a camp, which has a colour.
#[must_use]
pub fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Ours => "ours",
        Kind::Peer => "peer",
        Kind::Reference => "self",
        Kind::Threads => "threads",
        Kind::OursOnThreads => "ours-threads",
        Kind::Python => "python",
    }
}

/// The bars of one row, the fastest first, ours marked.
#[must_use]
pub fn bars(row: &RowReport) -> String {
    let mut entries: Vec<(&Entry, f64)> = row
        .entries
        .iter()
        .filter_map(|entry| Some((entry, entry.median_ns?)))
        .collect();
    entries.sort_by(|a, b| a.1.total_cmp(&b.1));
    let ours = row.best(&[Kind::Ours]).and_then(|entry| entry.median_ns);
    let longest = entries.iter().map(|entry| entry.1).fold(0.0, f64::max);
    let yardstick = ours
        .or_else(|| entries.first().map(|entry| entry.1))
        .unwrap_or(1.0);
    let full = longest.min(yardstick * CUT).max(f64::MIN_POSITIVE);
    let scale = (WIDTH - NAME - VALUE) / full;
    let height = entries.len() as f64 * BAR + 4.0;
    let mut svg = format!(
        r#"<svg class="bars" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{} in nanoseconds">"#,
        escape(&row.title)
    );
    for (index, (entry, median)) in entries.iter().enumerate() {
        bar(
            &mut svg,
            entry,
            *median,
            index as f64 * BAR + 2.0,
            full,
            scale,
        );
    }
    svg.push_str("</svg>");
    svg
}

fn bar(svg: &mut String, entry: &Entry, median: f64, y: f64, full: f64, scale: f64) {
    let class = class(entry.kind);
    let length = (median.min(full) * scale).max(1.0);
    let (middle, thick) = (y + BAR / 2.0, BAR - 6.0);
    let _ = write!(
        svg,
        r#"<text class="name {class}" x="{:.0}" y="{:.1}" text-anchor="end">{}</text>"#,
        NAME - 8.0,
        middle + 4.0,
        escape(&entry.peer)
    );
    let _ = write!(
        svg,
        r#"<rect class="{class}" x="{NAME}" y="{:.1}" width="{length:.1}" height="{thick}" rx="2"/>"#,
        y + 3.0
    );
    if median > full {
        // The bar goes on.
        let x = NAME + length - 14.0;
        let _ = write!(
            svg,
            r#"<path class="cut" d="M{x:.1} {:.1}l6 -{BAR}M{:.1} {:.1}l6 -{BAR}"/>"#,
            y + BAR,
            x + 5.0,
            y + BAR
        );
    }
    let (low, high) = (
        entry.p10_ns.unwrap_or(median),
        entry.p90_ns.unwrap_or(median),
    );
    if high < full {
        let (x1, x2) = (NAME + low * scale, NAME + high * scale);
        let _ = write!(
            svg,
            r#"<path class="spread" d="M{x1:.1} {middle:.1}H{x2:.1}M{x1:.1} {0:.1}v6M{x2:.1} {0:.1}v6"/>"#,
            middle - 3.0
        );
    }
    let end = NAME + length.max(if high < full { high * scale } else { 0.0 }) + 6.0;
    let _ = write!(
        svg,
        r#"<text class="value {class}" x="{end:.1}" y="{:.1}">{}</text>"#,
        middle + 4.0,
        figure(median)
    );
}

/// A curve for each participant: the median by size, both axes logarithmic.
///
/// `rows` are the keys of the rows with the size of each.
#[must_use]
pub fn curves(report: &Report, title: &str, rows: &[(&str, f64)]) -> Option<String> {
    const HEIGHT: f64 = 300.0;
    const LEFT: f64 = 46.0;
    const RIGHT: f64 = 150.0;
    const FOOT: f64 = 30.0;
    let found: Vec<(&RowReport, f64)> = rows
        .iter()
        .filter_map(|(key, size)| Some((report.rows.iter().find(|row| row.key == *key)?, *size)))
        .collect();
    let lines = lines(&found);
    let values = || {
        lines
            .iter()
            .flat_map(|line| line.points.iter().map(|point| point.1))
    };
    let (low, high) = (
        values().fold(f64::MAX, f64::min),
        values().fold(0.0, f64::max),
    );
    if found.len() < 2 || high <= 0.0 {
        return None;
    }
    let (low, high) = ((low * 0.8).log10(), (high * 1.2).log10());
    let (first, last) = (found.first()?.1.log10(), found.last()?.1.log10());
    let x = |size: f64| LEFT + (size.log10() - first) / (last - first) * (WIDTH - LEFT - RIGHT);
    let y = |ns: f64| (1.0 - (ns.log10() - low) / (high - low)) * (HEIGHT - FOOT - 10.0) + 10.0;
    let mut svg = format!(
        r#"<svg class="curves" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{}">"#,
        escape(title)
    );
    for tick in ticks(low, high) {
        let at = y(tick);
        let _ = write!(
            svg,
            r#"<path class="grid" d="M{LEFT} {at:.1}H{:.0}"/><text class="axis" x="{:.0}" y="{:.1}" text-anchor="end">{}</text>"#,
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0,
            if tick < 1.0 {
                figure(tick)
            } else {
                grouped(tick)
            }
        );
    }
    for (_, size) in &found {
        let _ = write!(
            svg,
            r#"<text class="axis" x="{:.1}" y="{:.0}" text-anchor="middle">{}</text>"#,
            x(*size),
            HEIGHT - 8.0,
            grouped(*size)
        );
    }
    draw(&mut svg, &lines, x, y);
    svg.push_str("</svg>");
    Some(svg)
}

struct Line<'a> {
    peer: &'a str,
    kind: Kind,
    points: Vec<(f64, f64)>,
}

fn lines<'a>(rows: &[(&'a RowReport, f64)]) -> Vec<Line<'a>> {
    let mut lines: Vec<Line<'a>> = Vec::new();
    for (row, size) in rows {
        for entry in &row.entries {
            let Some(median) = entry.median_ns else {
                continue;
            };
            let index = lines.iter().position(|line| line.peer == entry.peer);
            let index = index.unwrap_or_else(|| {
                lines.push(Line {
                    peer: &entry.peer,
                    kind: entry.kind,
                    points: Vec::new(),
                });
                lines.len() - 1
            });
            lines[index].points.push((*size, median));
        }
    }
    lines
}

/// 1, 2 and 5 of each power of ten between the two logarithms.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let wide = high - low > 1.5;
    let steps: &[f64] = if wide { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let powers = low.floor() as i32..=high.ceil() as i32;
    powers
        .flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)))
        .filter(|tick| (low..=high).contains(&tick.log10()))
        .collect()
}

fn draw(svg: &mut String, lines: &[Line<'_>], x: impl Fn(f64) -> f64, y: impl Fn(f64) -> f64) {
    let mut labels: Vec<(f64, &Line<'_>)> = Vec::new();
    for line in lines {
        let mut path = String::new();
        for (index, (size, ns)) in line.points.iter().enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{command}{:.1} {:.1}", x(*size), y(*ns));
        }
        let _ = write!(
            svg,
            r#"<path class="line {}" d="{path}"/>"#,
            class(line.kind)
        );
        if let Some((_, ns)) = line.points.last() {
            labels.push((y(*ns), line));
        }
    }
    // Names at the right, moved apart where they would lie on each other.
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut above = f64::MIN;
    for (at, line) in labels {
        let at = at.max(above + 13.0);
        above = at;
        let end = line.points.last().map_or(0.0, |point| x(point.0));
        let _ = write!(
            svg,
            r#"<text class="name {}" x="{:.1}" y="{:.1}">{}</text>"#,
            class(line.kind),
            end + 8.0,
            at + 4.0,
            escape(line.peer)
        );
    }
}
