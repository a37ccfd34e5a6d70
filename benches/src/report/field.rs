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
const LEFT: f64 = 356.0;
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
/// The class of a variant of ours that promises less.
const RING: &str = "ring";
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

/// The picture, without what is around it.
pub(super) struct Field {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) title: String,
    pub(super) svg: String,
}

/// The picture as a file of its own.
pub(super) fn field(report: &Report, primitive: &str) -> Option<String> {
    let Field {
        width,
        height,
        title,
        svg,
    } = inside(report, primitive)?;
    Some(standalone(width, height, &title, &svg))
}

/// The picture; `None` if none of the rows has a figure of ours.
pub(super) fn inside(report: &Report, primitive: &str) -> Option<Field> {
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
         <text class=\"axis\" x=\"16\" y=\"45\">relative to \
         waystation, the green line, whose time per operation stands at the right; left of the line \
         is faster</text>"
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
    let has_bypass = rows.iter().any(|(row, _)| row.entry(OURS_BYPASS).is_some());
    let bypass = has_bypass.then_some((RING, OURS_BYPASS));
    let camps = CAMPS.iter().rev().map(|(kind, name)| (class(*kind), *name));
    let mut at = 16.0;
    for (class, name) in camps.chain(bypass) {
        let _ = write!(
            svg,
            "<circle class=\"{class}\" cx=\"{:.0}\" cy=\"{:.0}\" r=\"5\"/>\
             <text x=\"{:.0}\" y=\"{:.0}\">{name}</text>",
            at + 4.0,
            end + 22.0,
            at + 14.0,
            end + 26.0
        );
        at += 30.0 + name.chars().count() as f64 * 6.6;
    }
    let title = format!("{primitive}: the time of each participant, relative to waystation");
    Some(Field {
        width: WIDTH,
        height: end + FOOT,
        title,
        svg,
    })
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
            let class = if entry.peer == OURS_BYPASS {
                RING
            } else {
                class(*kind)
            };
            let _ = write!(
                svg,
                "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{middle:.1}\" r=\"{radius}\">\
                 <title>{}: {}</title></circle>",
                x(factor),
                escape(&entry.peer),
                time(median)
            );
        }
    }
}
