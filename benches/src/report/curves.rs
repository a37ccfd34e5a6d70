//! Curves by size, both axes logarithmic, written by hand as SVG.

use std::fmt::Write as _;

use super::figures::{bytes, grouped, time};
use super::svg::{WIDTH, class, escape};
use crate::facts::Kind;

pub(super) const HEIGHT: f64 = 300.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 150.0;
const FOOT: f64 = 30.0;
/// How far apart the names at the right stand.
const APART: f64 = 13.0;

/// One participant's.
#[derive(Debug)]
pub(super) struct Curve<'a> {
    /// Who.
    pub(super) name: &'a str,
    /// The camp.
    pub(super) kind: Kind,
    /// Size and value.
    pub(super) points: Vec<(f64, f64)>,
    /// Whether the last point is where it had to end.
    pub(super) refused: bool,
}

impl<'a> Curve<'a> {
    /// One without points.
    pub(super) fn new(name: &'a str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            points: Vec::new(),
            refused: false,
        }
    }
}

/// What the values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Nanoseconds.
    Time,
    /// Bytes.
    Memory,
}

impl Unit {
    fn label(self, value: f64) -> String {
        match self {
            Self::Time => time(value),
            Self::Memory => bytes(value),
        }
    }

    /// Round values between the two logarithms.
    fn ticks(self, low: f64, high: f64) -> Vec<f64> {
        let wide = high - low > 1.5;
        let (base, steps): (f64, &[f64]) = match self {
            Self::Time if wide => (10.0, &[1.0]),
            Self::Time => (10.0, &[1.0, 2.0, 5.0]),
            Self::Memory => (4.0, &[1.0]),
        };
        let powers = (low / base.log10()).floor() as i32..=(high / base.log10()).ceil() as i32;
        powers
            .flat_map(|power| steps.iter().map(move |step| step * base.powi(power)))
            .filter(|tick| (low..=high).contains(&tick.log10()))
            .collect()
    }
}

/// From sizes and values to places on the canvas.
struct Frame {
    first: f64,
    last: f64,
    low: f64,
    high: f64,
}

impl Frame {
    fn x(&self, size: f64) -> f64 {
        let share = (size.log10() - self.first) / (self.last - self.first);
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value.log10() - self.low) / (self.high - self.low);
        (1.0 - share) * (HEIGHT - FOOT - 10.0) + 10.0
    }
}

/// The chart; `None` if there are fewer than two sizes, or no values.
pub(super) fn curves(
    title: &str,
    sizes: &[f64],
    lines: &[Curve<'_>],
    unit: Unit,
) -> Option<String> {
    let values = || {
        lines
            .iter()
            .flat_map(|line| line.points.iter().map(|point| point.1))
    };
    let (least, most) = (
        values().fold(f64::MAX, f64::min),
        values().fold(0.0, f64::max),
    );
    if sizes.len() < 2 || most <= 0.0 {
        return None;
    }
    let frame = Frame {
        first: sizes.first()?.log10(),
        last: sizes.last()?.log10(),
        low: (least * 0.8).log10(),
        high: (most * 1.2).log10(),
    };
    let mut svg = format!(
        r#"<svg class="curves" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{}">"#,
        escape(title)
    );
    for tick in unit.ticks(frame.low, frame.high) {
        let at = frame.y(tick);
        let _ = write!(
            svg,
            r#"<path class="grid" d="M{LEFT} {at:.1}H{:.0}"/><text class="axis" x="{:.0}" y="{:.1}" text-anchor="end">{}</text>"#,
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0,
            unit.label(tick)
        );
    }
    for size in sizes {
        let _ = write!(
            svg,
            r#"<text class="axis" x="{:.1}" y="{:.0}" text-anchor="middle">{}</text>"#,
            frame.x(*size),
            HEIGHT - 8.0,
            grouped(*size)
        );
    }
    // Ours last, so that it lies on top.
    for line in lines.iter().filter(|line| line.kind != Kind::Ours) {
        draw(&mut svg, &frame, line);
    }
    for line in lines.iter().filter(|line| line.kind == Kind::Ours) {
        draw(&mut svg, &frame, line);
    }
    names(&mut svg, &frame, lines);
    svg.push_str("</svg>");
    Some(svg)
}

fn draw(svg: &mut String, frame: &Frame, line: &Curve<'_>) {
    let mut path = String::new();
    for (index, (size, value)) in line.points.iter().enumerate() {
        let command = if index == 0 { 'M' } else { 'L' };
        let _ = write!(
            path,
            "{command}{:.1} {:.1}",
            frame.x(*size),
            frame.y(*value)
        );
    }
    let _ = write!(
        svg,
        r#"<path class="line {}" d="{path}"/>"#,
        class(line.kind)
    );
    if let Some((size, value)) = line.points.last().filter(|_| line.refused) {
        let (x, y) = (frame.x(*size), frame.y(*value));
        let _ = write!(
            svg,
            r#"<path class="line {} end" d="M{:.1} {:.1}l8 8m0 -8l-8 8"/>"#,
            class(line.kind),
            x - 4.0,
            y - 4.0
        );
    }
}

/// Names at the right, moved apart where they would lie on each other, but never off the canvas.
fn names(svg: &mut String, frame: &Frame, lines: &[Curve<'_>]) {
    let last = |line: &Curve<'_>| line.points.last().map(|point| frame.y(point.1));
    let mut labels: Vec<(f64, &Curve<'_>)> = lines
        .iter()
        .filter_map(|line| Some((last(line)?, line)))
        .collect();
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut above = f64::MIN;
    for label in &mut labels {
        label.0 = label.0.max(above + APART);
        above = label.0;
    }
    let mut below = HEIGHT - FOOT + APART;
    for label in labels.iter_mut().rev() {
        label.0 = label.0.min(below - APART);
        below = label.0;
    }
    for (at, line) in labels {
        if let Some((size, value)) = line.points.last() {
            let _ = write!(
                svg,
                r#"<path class="leader" d="M{:.1} {:.1}L{:.1} {at:.1}"/>"#,
                frame.x(*size),
                frame.y(*value),
                WIDTH - RIGHT + 5.0
            );
        }
        let _ = write!(
            svg,
            r#"<text class="name {}" x="{:.1}" y="{:.1}">{}</text>"#,
            class(line.kind),
            WIDTH - RIGHT + 8.0,
            at + 4.0,
            escape(line.name)
        );
    }
}
