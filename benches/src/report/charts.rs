//! Which charts there are, on the page and as files.

use super::curves::{Curve, HEIGHT, Unit, curves};
use super::field::field;
use super::standalone::side_by_side;
use super::svg::{WIDTH, bars, bars_height};
use super::{Report, story};

/// Keys of rows, with the size each stands for.
pub(super) type Sizes = &'static [(&'static str, f64)];

/// The curves: primitive, heading, and the rows with the size of each.
pub(super) const CURVES: &[(&str, &str, Sizes)] = &[
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

/// The medians of some rows by size.
pub(super) fn by_size(report: &Report, title: &str, rows: Sizes) -> Option<String> {
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

/// A chart for each row and for each curve, as files: name and content.
#[must_use]
pub fn all(report: &Report) -> Vec<(String, String)> {
    let rows = report.rows.iter().map(|row| {
        let name = format!("{}.svg", row.key.to_lowercase().replace('/', "-"));
        let chart = side_by_side(
            &row.title,
            (WIDTH, bars_height(row)),
            &[(&row.title, &bars(row))],
        );
        (name, chart)
    });
    let lines = CURVES.iter().enumerate().filter_map(|(index, curve)| {
        let (primitive, title, rows) = *curve;
        let chart = by_size(report, title, rows)?;
        let name = format!("{primitive}-curve-{index}.svg");
        Some((
            name,
            side_by_side(title, (WIDTH, HEIGHT), &[(title, &chart)]),
        ))
    });
    rows.chain(lines).chain(chosen(report)).collect()
}

/// The file of the chart about tasks and threads.
pub(super) const TASKS_OR_THREADS: &str = "tasks-or-threads.svg";

/// The few that stand for the rest: one for each primitive, one for tasks or threads.
#[must_use]
pub fn chosen(report: &Report) -> Vec<(String, String)> {
    let fields = report
        .primitives()
        .into_iter()
        .filter_map(|primitive| Some((format!("{primitive}.svg"), field(report, primitive)?)));
    let told = report.story.as_ref().and_then(|told| {
        let charts = story::charts(told);
        let [time, _, memory] = charts.as_slice() else {
            return None;
        };
        let two = [(time.0, time.1.as_str()), (memory.0, memory.1.as_str())];
        let title = "N waiters as tasks and as threads: time and memory, by N";
        Some((
            TASKS_OR_THREADS.to_owned(),
            side_by_side(title, (WIDTH, HEIGHT), &two),
        ))
    });
    fields.chain(told).collect()
}
