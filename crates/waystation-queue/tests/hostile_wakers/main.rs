//! Wakers that re-enter the queue, panic, or change all the time: every way to wake × everybody who waits for it.
//!
//! `table.rs` says who waits and what wakes them; the other files are the rows. Each row runs under the watchdog:
//! a deadlock is a failed test.
#![allow(missing_docs, clippy::unwrap_used, reason = "these are tests")]

#[path = "../common/mod.rs"]
mod common;

mod crowds;
mod endings;
mod panicking;
mod re_entrant;
mod table;
