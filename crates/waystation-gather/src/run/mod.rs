//! How children are run: one engine for `gather`, `try_gather`, `as_completed` and `Group`.
//!
//! | file | question |
//! |---|---|
//! | `engine.rs` | whose turn is it? |
//! | `state.rs` | who was woken, in what order? |
//! | `wakers.rs` | which waker does a child get? |
//! | `slab.rs` | where does a child live, and how is it polled? |
//! | `list.rs`, `tuple.rs`, `growing.rs` | which children are there, and what becomes of their outputs? |
//! | `start.rs` | what was set before the first poll? |

#![allow(
    unnameable_types,
    missing_debug_implementations,
    reason = "what stands in a sealed trait has to be public, and nobody else sees it"
)]

mod engine;
mod growing;
mod list;
mod slab;
mod slots;
mod start;
mod state;
mod tuple;
mod wakers;

use std::ops::ControlFlow;
use std::task::{Context, Poll};

use waystation_core::panics::FirstPanic;

pub(crate) use engine::Engine;
pub(crate) use growing::{Cancelled, Growing};
pub(crate) use list::List;
pub(crate) use start::Run;

/// Children that are run together, and what is kept of those that have ended.
pub trait Set {
    /// What the whole gives when all children have ended.
    type Outputs;
    /// What ends the whole, or its current step, before that.
    type Stop;

    /// A guess at the number of slots.
    fn expected(&self) -> usize;

    /// How many children may be started now.
    fn vacancies(&self) -> usize;

    /// Puts the next child into a slot: one that is free again, or the first that was never used.
    fn start(&mut self) -> Option<usize>;

    /// Polls the child in a slot, drops it if it ends, and keeps its output.
    fn poll(&mut self, slot: usize, cx: &mut Context<'_>) -> Poll<ControlFlow<Self::Stop>>;

    /// How many children are running.
    fn live(&self) -> usize;

    /// Whether all children have been started and have ended, and no other can come.
    fn is_done(&self) -> bool;

    /// The outputs that were kept, once it is done.
    fn finish(&mut self) -> Self::Outputs;

    /// Drops the children that are left in the order of the input, then the outputs that were kept.
    fn clear(&mut self, panics: &mut FirstPanic);
}
