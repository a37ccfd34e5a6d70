//! Bars for a row, written by hand as SVG.
//!
//! Colours are CSS variables, so that a page decides about light and dark.

use std::fmt::Write as _;

use super::{Entry, RowReport, figure};
use crate::facts::Kind;

/// Narrow enough that a phone shows the text at nearly its own size.
pub(super) const WIDTH: f64 = 430.0;
const NAME: f64 = 164.0;
const VALUE: f64 = 62.0;
const BAR: f64 = 20.0;
/// A bar longer than this many times our own is cut; its figure is printed all the same.
const CUT: f64 = 6.0;

/// Makes text safe for a page.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The class of a camp, which has a colour.
pub(super) fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Ours => "ours",
        Kind::Peer => "peer",
        Kind::Reference => "self",
        Kind::Threads => "threads",
        Kind::OursOnThreads => "ours-threads",
        Kind::Python => "python",
    }
}

/// How high the bars of a row are.
pub(super) fn bars_height(row: &RowReport) -> f64 {
    let entries = row.entries.iter().filter(|entry| entry.median_ns.is_some());
    entries.count() as f64 * BAR + 4.0
}

/// The bars of one row, the fastest first, ours marked.
pub(super) fn bars(row: &RowReport) -> String {
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
    let height = bars_height(row);
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
