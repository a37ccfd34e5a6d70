//! The hostile-waker table: what a waker may do to every primitive and method that registers, wakes,
//! cancels or closes.
//!
//! | file | question |
//! |---|---|
//! | `scene.rs` | who waits, what wakes them, and what must hold afterwards? |
//! | `columns.rs` | which primitives and methods are there? |
//! | `wake.rs`, `clone.rs`, `drop.rs` | what does the waker do? one row each |
//! | `table.rs` | how is a cell run, and how is the table printed? |
//!
//! Each cell runs under the watchdog: a deadlock is a failed cell. A cell that does not apply says
//! why. The crates' own `hostile_wakers` tests look closer at each primitive.
#![cfg(not(shuttle))]
#![allow(clippy::unwrap_used, reason = "a panic is how a cell fails")]

#[path = "clone.rs"]
mod cloning;
mod columns;
#[path = "drop.rs"]
mod dropping;
mod scene;
mod table;
#[path = "wake.rs"]
mod waking;

use table::Row;

/// What a waker does. In the order of the table.
const ROWS: &[&[Row]] = &[waking::ROWS, cloning::ROWS, dropping::ROWS];

#[test]
fn places() {
    table::play("`Place`, once for all futures", columns::PLACES, ROWS);
}

#[test]
fn events() {
    table::play("Event and AutoResetEvent", columns::EVENTS, ROWS);
}

#[test]
fn strict_semaphores() {
    table::play("Semaphore, in order of arrival", columns::STRICT, ROWS);
}

#[test]
fn semaphores_with_passers_by() {
    table::play("Semaphore, with passers-by", columns::BYPASS, ROWS);
}

#[test]
fn queues() {
    table::play("Queue", columns::QUEUES, ROWS);
}

#[test]
fn streams() {
    table::play("Stream of a queue", columns::STREAMS, ROWS);
}

#[test]
fn channels() {
    table::play("Handles of a channel", columns::CHANNELS, ROWS);
}

#[test]
fn gathers() {
    table::play("gather", columns::GATHERS, ROWS);
}

/// A table that holds whatever the waker does would be worth nothing.
#[test]
#[should_panic(expected = "says no × `wait`, `set`: as it should")]
fn a_cell_that_fails_fails_the_table() {
    let row = table::Row {
        name: "says no",
        play: |_| panic!("as it should"),
        does_not_apply: table::ALWAYS,
    };
    table::table("fails", &columns::EVENTS[..1], &[&[row]]).assert_held();
}
