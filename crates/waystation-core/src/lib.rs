//! The waiting mechanism that the waystation primitives share.
//!
//! **No stability promise: use the leaf crates** (`waystation-event`, `waystation-semaphore`,
//! `waystation-queue`, …) or the facade `waystation`. They pin this crate to one exact version.
//!
//! Five rooms:
//!
//! | room | question |
//! |---|---|
//! | [`sync`] | which machine runs this: a real one or a model? |
//! | [`wait`] | who waits, in what order, and how are they woken? |
//! | [`source`] | how does a future find its primitive: `&S` or `Arc<S>`? |
//! | [`block`] | how does a thread stand in for a task? |
//! | [`inbox`] | how do other threads reach a loop that runs on one thread? |
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(unsafe_code)]

pub mod block;
pub mod inbox;
mod panicked;
pub mod source;
pub mod sync;
pub mod wait;

pub use panicked::Panicked;
