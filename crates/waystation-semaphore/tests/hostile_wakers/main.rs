//! Wakers that do harm, in every method that registers, wakes, cancels or closes.
//!
//! | row | file |
//! |---|---|
//! | `wake()` re-enters, polls, drops, gives, closes, panics | `wake.rs` |
//! | `clone()` re-enters, grants, closes, panics | `clone.rs` |
//! | `drop()` re-enters, panics; counts of live wakers | `drop.rs` |
//!
//! Each case runs under a watchdog: a deadlock is a failed test.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, where a panic is a finding"
)]

#[path = "../common/mod.rs"]
mod common;

#[path = "clone.rs"]
mod cloning;
#[path = "drop.rs"]
mod dropping;
mod scene;
#[path = "wake.rs"]
mod waking;
