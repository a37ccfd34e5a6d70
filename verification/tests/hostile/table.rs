//! How a cell is run, and how the table is printed.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use waystation_testkit::{PATIENCE, within};

use crate::scene::{Column, text_of};

/// Why a row has nothing to say of a column.
pub(crate) type Why = fn(&Column) -> Option<&'static str>;

/// One thing that a waker does.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) play: fn(&Column),
    pub(crate) does_not_apply: Why,
}

/// It applies everywhere.
pub(crate) const ALWAYS: Why = |_| None;

enum Cell {
    Held,
    Failed(String),
    DoesNotApply(&'static str),
}

fn run(row: &Row, column: &Column) -> Cell {
    if let Some(why) = (row.does_not_apply)(column) {
        return Cell::DoesNotApply(why);
    }
    let name = format!("{} × {}", row.name, column.name);
    let (play, column) = (row.play, *column);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        within(PATIENCE, &name, move || play(&column));
    }));
    match outcome {
        Ok(()) => Cell::Held,
        Err(payload) => Cell::Failed(text_of(&*payload)),
    }
}

/// Runs every row on every column, prints the table, and fails if a cell does.
#[track_caller]
pub(crate) fn play(title: &str, columns: &[Column], rows: &[&[Row]]) {
    let mut table = format!("hostile ### {title}\nhostile\nhostile | the waker |");
    for column in columns {
        let _ = write!(table, " {} |", column.name);
    }
    let _ = write!(table, "\nhostile |---|{}", "---|".repeat(columns.len()));
    let (mut failures, mut notes, mut held) = (String::new(), Vec::new(), 0);
    for row in rows.iter().copied().flatten() {
        let _ = write!(table, "\nhostile | {} |", row.name);
        for column in columns {
            match run(row, column) {
                Cell::Held => {
                    held += 1;
                    table += " holds |";
                }
                Cell::DoesNotApply(why) => {
                    let known = notes.iter().position(|note| *note == why);
                    let number = known.unwrap_or_else(|| {
                        notes.push(why);
                        notes.len() - 1
                    });
                    let _ = write!(table, " n/a {} |", number + 1);
                }
                Cell::Failed(how) => {
                    table += " **FAILS** |";
                    let _ = write!(failures, "\n{} × {}: {how}", row.name, column.name);
                }
            }
        }
    }
    table += "\nhostile";
    for (number, note) in notes.iter().enumerate() {
        let _ = write!(table, "\nhostile n/a {}: {note}. ", number + 1);
    }
    // The harness has begun a line of its own.
    println!("\n{table}\nhostile\nhostile cells: {held} of {title}");
    assert!(failures.is_empty(), "{failures}");
    assert!(held > 0, "no cell was run");
}
