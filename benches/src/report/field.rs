//! The whole field of one primitive in one picture: a line for each row, a dot for each participant,
//! placed by how long it takes for one operation of ours.

use std::fmt::Write as _;

use super::figures::time;
use super::standalone::standalone;
use super::svg::{class, escape};
use super::{Report, RowReport};
use crate::facts::Kind;
use crate::rows::{OURS, OURS_BYPASS};

const WIDTH: f64 = 880.0;
const LEFT: f64 = 336.0;
const RIGHT: f64 = 74.0;
const HEAD: f64 = 74.0;
const LINE: f64 = 25.0;
const FOOT: f64 = 40.0;
/// Dots further right than this many times ours stand at the edge.
const MOST: f64 = 3_000.0;
const LEAST: f64 = 0.2;
const TICKS: &[(f64, &str)] = &[
    (0.5, "½"),
    (1.0, "1"),
    (2.0, "2×"),
    (5.0, "5×"),
    (10.0, "10×"),
    (100.0, "100×"),
    (1_000.0, "1,000×"),
];
/// Who is drawn, in this order: ours lies on top.
const CAMPS: &[(Kind, &str)] = &[
    (Kind::Python, "asyncio"),
    (Kind::Threads, "threads"),
    (Kind::OursOnThreads, "waystation on threads"),
    (Kind::Reference, "written by yourself"),
    (Kind::Peer, "async crates"),
    (Kind::Ours, "waystation"),
];

fn x(factor: f64) -> f64 {
    let share = (factor.clamp(LEAST, MOST) / LEAST).ln() / (MOST / LEAST).ln();
    LEFT + share * (WIDTH - LEFT - RIGHT)
}

/// The picture as a file of its own; `None` if none of the rows has a figure of ours.
pub(super) fn field(report: &Report, primitive: &str) -> Option<String> {
    let rows: Vec<(&RowReport, f64)> = report
        .rows_of(primitive)
        .filter_map(|row| Some((row, row.entry(OURS)?.median_ns?)))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let end = HEAD + rows.len() as f64 * LINE;
    let mut svg = format!(
        "<text class=\"title\" x=\"16\" y=\"26\">{primitive}: how long the others take</text>\
         <text class=\"axis\" x=\"16\" y=\"45\">for one operation of waystation, whose time stands \
         at the right; left of the green line is faster, right of it slower</text>"
    );
    for (factor, label) in TICKS {
        let (at, grid) = (x(*factor), if *factor == 1.0 { "one" } else { "grid" });
        let _ = write!(
            svg,
            "<path class=\"{grid}\" d=\"M{at:.1} {:.0}V{end:.0}\"/>\
             <text class=\"axis\" x=\"{at:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{label}</text>",
            HEAD - 4.0,
            HEAD - 10.0
        );
    }
    for (index, (row, ours)) in rows.iter().enumerate() {
        let middle = HEAD + (index as f64 + 0.5) * LINE;
        line(&mut svg, row, *ours, middle);
    }
    let mut at = 16.0;
    for (kind, name) in CAMPS.iter().rev() {
        dot(&mut svg, class(*kind), at + 4.0, end + 22.0, 5.0);
        let _ = write!(
            svg,
            "<text x=\"{:.0}\" y=\"{:.0}\">{name}</text>",
            at + 14.0,
            end + 26.0
        );
        at += 34.0 + name.chars().count() as f64 * 7.0;
    }
    let title = format!("{primitive}: the time of each participant, relative to waystation");
    Some(standalone(WIDTH, end + FOOT, &title, &svg))
}

fn line(svg: &mut String, row: &RowReport, ours: f64, middle: f64) {
    let _ = write!(
        svg,
        "<path class=\"grid\" d=\"M{LEFT} {middle:.1}H{:.0}\"/>\
         <text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
         <text class=\"value ours\" x=\"{:.0}\" y=\"{:.1}\">{}</text>",
        WIDTH - RIGHT,
        LEFT - 10.0,
        middle + 4.0,
        escape(&row.title),
        WIDTH - RIGHT + 12.0,
        middle + 4.0,
        time(ours)
    );
    for (kind, _) in CAMPS {
        for entry in row.entries.iter().filter(|entry| entry.kind == *kind) {
            let Some(median) = entry.median_ns else {
                continue;
            };
            let (factor, radius) = (median / ours, if *kind == Kind::Ours { 6.0 } else { 5.0 });
            let at = x(factor);
            if entry.peer == OURS_BYPASS {
                let _ = write!(
                    svg,
                    "<circle class=\"ring\" cx=\"{at:.1}\" cy=\"{middle:.1}\" r=\"5\">{}</circle>",
                    hint(&entry.peer, median)
                );
            } else {
                let _ = write!(
                    svg,
                    "<circle class=\"{}\" cx=\"{at:.1}\" cy=\"{middle:.1}\" r=\"{radius}\">{}</circle>",
                    class(*kind),
                    hint(&entry.peer, median)
                );
            }
        }
    }
}

/// What a pointer that rests on a dot is told.
fn hint(peer: &str, median: f64) -> String {
    format!("<title>{}: {}</title>", escape(peer), time(median))
}

fn dot(svg: &mut String, class: &str, at: f64, middle: f64, radius: f64) {
    let _ = write!(
        svg,
        "<circle class=\"{class}\" cx=\"{at:.1}\" cy=\"{middle:.1}\" r=\"{radius}\"/>"
    );
}
