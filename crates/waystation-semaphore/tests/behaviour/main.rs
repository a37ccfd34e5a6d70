//! What each method does, in every state.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, where a panic is a finding"
)]

#[path = "../common/mod.rs"]
mod common;

mod arithmetic;
mod bounded;
mod close;
mod debt;
mod matrix;
mod max_waiters;
mod observers;
mod permits;
