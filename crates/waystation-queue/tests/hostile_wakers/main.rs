//! Wakers that re-enter the queue or panic: every way to wake × everybody who waits for it.
//!
//! `table.rs` says who waits and what wakes them, `rows.rs` what the waker does. Each case runs under the watchdog:
//! a deadlock is a failed test.
#![allow(missing_docs, clippy::unwrap_used, reason = "these are tests")]

#[path = "../common/mod.rs"]
mod common;

mod mixed;
mod rows;
mod table;
