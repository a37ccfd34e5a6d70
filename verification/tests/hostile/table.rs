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

/// What came out of the rows on the columns.
pub(crate) struct Table {
    /// In Markdown.
    lines: Vec<String>,
    held: usize,
    failures: String,
}

/// Runs every row on every column.
pub(crate) fn table(title: &str, columns: &[Column], rows: &[&[Row]]) -> Table {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let mut table = Table {
        lines: vec![
            format!("### {title}"),
            String::new(),
            format!("| the waker | {} |", names.join(" | ")),
            format!("|---|{}", "---|".repeat(columns.len())),
        ],
        held: 0,
        failures: String::new(),
    };
    let mut notes: Vec<&str> = Vec::new();
    for row in rows.iter().copied().flatten() {
        let mut line = format!("| {} |", row.name);
        for column in columns {
            match run(row, column) {
                Cell::Held => {
                    table.held += 1;
                    line += " holds |";
                }
                Cell::DoesNotApply(why) => {
                    let known = notes.iter().position(|note| *note == why);
                    let number = known.unwrap_or_else(|| {
                        notes.push(why);
                        notes.len() - 1
                    });
                    let _ = write!(line, " n/a {} |", number + 1);
                }
                Cell::Failed(how) => {
                    line += " **FAILS** |";
                    let _ = write!(table.failures, "\n{} × {}: {how}", row.name, column.name);
                }
            }
        }
        table.lines.push(line);
    }
    table.lines.push(String::new());
    for (number, note) in notes.iter().enumerate() {
        table.lines.push(format!("n/a {}: {note}.", number + 1));
    }
    table
}

impl Table {
    /// Prints it, each line for the report to find.
    pub(crate) fn print(&self) {
        // The harness has begun a line of its own.
        println!();
        for line in &self.lines {
            println!("hostile: {line}");
        }
        println!("hostile: cells: {} hold", self.held);
    }

    /// Panics if a cell failed, or if there was none.
    #[track_caller]
    pub(crate) fn assert_held(&self) {
        assert!(self.failures.is_empty(), "{}", self.failures);
        assert!(self.held > 0, "no cell was run");
    }
}

/// Runs, prints and checks.
#[track_caller]
pub(crate) fn play(title: &str, columns: &[Column], rows: &[&[Row]]) {
    let table = table(title, columns, rows);
    table.print();
    table.assert_held();
}
