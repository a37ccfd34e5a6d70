//! Real threads, many more than cores, and many waiters: what is conserved, in what order, and at
//! what cost.
//!
//! `WAYSTATION_STRESS=10` does ten times as much. See [`verification`].
#![cfg(not(shuttle))]
#![allow(clippy::unwrap_used, reason = "a panic is how a case fails")]

mod crowds;
mod event;
mod growth;
mod growth_of_crowds;
mod memory;
mod queue;
mod semaphore;

use waystation_testkit::CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;
