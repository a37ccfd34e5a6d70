//! How children are run: one engine for `gather`, `try_gather` and `as_completed`.
//!
//! | room | question |
//! |---|---|
//! | `engine.rs` | whose turn is it? |
//! | `ready.rs` | who was woken, in what order? |
//! | `bells.rs` | who rings whom? |
//! | `nursery.rs` | where does a child live, and how is it polled? |

mod bells;
mod engine;
mod nursery;
mod ready;

pub(crate) use engine::Engine;
pub(crate) use nursery::{Nursery, poll_child};
