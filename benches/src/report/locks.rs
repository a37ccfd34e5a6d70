//! The waits for a lock, as a table.

use super::figures::{grouped, time};
use super::table::{Line, Table, number, words};
use crate::lock::Waits;

/// One line for each lock and time of holding.
pub(super) fn table(waits: &[Waits]) -> Table {
    let line = |waits: &Waits| Line {
        kind: Some(waits.kind),
        cells: vec![
            time(waits.held_ns),
            waits.who.clone(),
            grouped(waits.asked as f64),
            time(waits.median_ns),
            time(waits.p99_ns),
            time(waits.max_ns),
        ],
    };
    Table {
        title: "Waiting for a lock that another thread retakes at once".to_owned(),
        lead: "One thread holds the lock for so long and takes it again without a pause; another \
               one asks for it every 300 µs. How long it waits."
            .to_owned(),
        remarks: Vec::new(),
        columns: vec![
            number("held"),
            words("lock"),
            number("asked"),
            number("median"),
            number("p99"),
            number("longest"),
        ],
        rows: waits.iter().map(line).collect(),
    }
}
