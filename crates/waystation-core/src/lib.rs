//! The waiting mechanism that the waystation primitives share.
//!
//! **No stability promise: use the leaf crates** (`waystation-event`, `waystation-semaphore`,
//! `waystation-queue`, …) or the facade `waystation`. They pin this crate to one exact version.
//! The few types of it that show through them ([`Panicked`], [`block::Blocking`],
//! [`source::Source`]) follow the leaves' promises.
//!
//! | module | question |
//! |---|---|
//! | [`sync`] | std's primitives, or a model checker's? |
//! | [`wait`] | who waits, in what order, and how are they woken? |
//! | [`ring`] | how does a handle find a value without a pointer? |
//! | [`source`] | how does a future find its primitive: `&S` or `Arc<S>`? |
//! | [`signal`] | how does any thread wake one certain thread? |
//! | [`block`] | how does a thread stand in for a task? |
//! | [`coop`] | how does a busy task let others run? |
//! | [`inbox`] | how do other threads reach a loop that runs on one thread? |
//! | [`panics`] | what happens to a panic of foreign code? |
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(unsafe_code)]

pub mod block;
pub mod coop;
pub mod inbox;
pub mod panics;
pub mod ring;
pub mod signal;
pub mod source;
pub mod sync;
pub mod wait;

pub use panics::Panicked;
