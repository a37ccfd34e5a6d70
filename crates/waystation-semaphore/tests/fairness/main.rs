//! Who is served when: strictly in order, or with a bounded number of passers-by.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, where a panic is a finding"
)]

#[path = "../common/mod.rs"]
mod common;

mod bypass;
mod fifo;
