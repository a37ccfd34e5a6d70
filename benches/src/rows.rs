//! The rows of the tables, and the ratio each is to reach.
//!
//! A ratio is our median divided by the best median among the peers the goal names, in the same
//! run. The goals are the project's own; they are printed next to what was measured.

mod shape;
mod table;
mod tokio;

pub use shape::{Against, Goal, OURS, OURS_BYPASS, Row};

/// Every row, in the order of the report.
pub static ROWS: &[Row] = &{
    let mut all = [table::ROWS[0]; table::ROWS.len() + tokio::ROWS.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < table::ROWS.len() {
            table::ROWS[at]
        } else {
            tokio::ROWS[at - table::ROWS.len()]
        };
        at += 1;
    }
    all
};

/// The families that `--filter` can name, and what they have in common.
pub const FAMILIES: &[(&str, &str)] = &[
    ("A", "awaited in tasks, on one thread"),
    ("T", "on tokio: T1 on the current thread, T2 on two workers"),
    ("H", "threads, with `.block()`"),
    ("X", "two executors on two threads"),
];

/// The row called `key`.
///
/// # Panics
///
/// Panics if there is none.
#[must_use]
#[track_caller]
pub fn row(key: &str) -> &'static Row {
    ROWS.iter()
        .find(|row| row.key == key)
        .unwrap_or_else(|| panic!("no row is called {key}"))
}
