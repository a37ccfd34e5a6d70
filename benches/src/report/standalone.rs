//! A chart as a file of its own: it brings its colours, for light and for dark, and its paper, so
//! that it can be read on any page.

use std::fmt::Write as _;

use super::style::{CHARTS, COLOURS};
use super::svg::escape;

/// What a chart alone needs besides.
const ALONE: &str = "
.paper{fill:var(--paper)}
";

/// Wraps the inside of a chart.
pub(super) fn standalone(width: f64, height: f64, title: &str, inside: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\">\
         <title>{title}</title><style>{COLOURS}{CHARTS}{ALONE}</style>\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>{inside}</svg>\n",
        title = escape(title)
    )
}

/// Charts of one size side by side, each under its heading.
pub(super) fn side_by_side(title: &str, size: (f64, f64), charts: &[(&str, &str)]) -> String {
    const EDGE: f64 = 16.0;
    const HEAD: f64 = 40.0;
    let (width, height) = size;
    let mut inside = String::new();
    for (index, (heading, chart)) in charts.iter().enumerate() {
        let left = EDGE + index as f64 * (width + EDGE);
        let placed =
            format!("<svg x=\"{left}\" y=\"{HEAD}\" width=\"{width}\" height=\"{height}\" ");
        let _ = write!(
            inside,
            "<text class=\"title\" x=\"{left}\" y=\"26\">{}</text>{}",
            escape(heading),
            chart.replacen("<svg ", &placed, 1)
        );
    }
    let all = EDGE + charts.len() as f64 * (width + EDGE);
    standalone(all, HEAD + height + 8.0, title, &inside)
}
