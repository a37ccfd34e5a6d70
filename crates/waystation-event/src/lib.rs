//! A flag that tasks and threads can wait for: asyncio's `Event`, fair, cancel-safe and
//! executor-agnostic.
//!
//! | type | after [`set`](Event::set) |
//! |---|---|
//! | [`Event`] | stays set until [`clear`](Event::clear); releases everybody |
//! | [`AutoResetEvent`] | releases one waiter, or is kept for the next one |
//!
//! ```
//! use waystation_event::{Blocking, Event};
//!
//! static READY: Event = Event::new();
//!
//! std::thread::scope(|scope| {
//!     // A thread waits in the same line as a task.
//!     scope.spawn(|| READY.wait().block());
//!     scope.spawn(|| READY.set());
//! });
//! # futures_lite::future::block_on(async {
//! READY.wait().await; // stays set
//! # });
//! ```
//!
//! # Promises
//!
//! - **Nothing is missed.** [`Event::wait`] observes from the call: a `set` between the call and
//!   the first poll counts, even if a `clear` follows it.
//! - **Everybody, once.** `set(); clear()` releases all who were waiting, each once.
//! - **Cancelled means it did not happen.** A wait that is dropped leaves the line. A waiter of an
//!   `AutoResetEvent` that was granted the signal and is dropped passes it on.
//! - **Wakers are foreign code.** They are cloned, woken and dropped outside the lock; one that
//!   panics costs nobody else a wake-up.
//! - **No `unsafe`, no allocation per wait.** Futures hold a number, not a node.
//!
//! The waits work on any executor. With feature `futures-core` they implement `FusedFuture`.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_reset;
mod event;
mod state;
mod wait;

pub use auto_reset::{AutoResetEvent, AutoResetWait};
pub use event::Event;
pub use wait::Wait;
pub use waystation_core::block::Blocking;
pub use waystation_core::source::Source;

// The README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
