//! What each method does, in every state it can find.
#![allow(missing_docs, clippy::unwrap_used, reason = "these are tests")]

#[path = "../common/mod.rs"]
mod common;

mod channel;
mod close;
mod errors;
mod items;
mod join;
mod many;
mod observers;
mod priority;
mod put_get;
mod reserve;
#[cfg(feature = "futures-sink")]
mod sink;
#[cfg(feature = "futures-core")]
mod stream;
mod task;
