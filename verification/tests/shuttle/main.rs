//! Scenarios of 6 to 16 threads under shuttle's random and priority-based schedules.
//!
//! Every poll, every call and every cancellation is noted, and the history compared with the
//! sequential models. A lost wake-up is a deadlock, which shuttle finds. Run them with
//! `RUSTFLAGS="--cfg shuttle" cargo test -p verification --release --test shuttle`; without the cfg
//! there is nothing here. See [`verification`].
#![cfg(shuttle)]
#![allow(clippy::unwrap_used, reason = "a panic is how a case fails")]

mod auto_reset;
mod bounded;
mod bypass;
mod channel;
mod disciplines;
mod event;
mod queue;
mod queue_close;
mod releases;
mod semaphore;
