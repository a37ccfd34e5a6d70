//! Items whose `Drop` or `Ord` panics or re-enters, and disciplines that panic: nothing else is lost, nothing is
//! poisoned, nobody hangs.
#![allow(missing_docs, clippy::unwrap_used, reason = "these are tests")]

#[path = "../common/mod.rs"]
mod common;

mod discipline;
mod drops;
mod hook;
mod ord;
mod user_iterators;
