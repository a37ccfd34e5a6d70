//! Queues for tasks and threads: asyncio's `Queue`, `LifoQueue` and `PriorityQueue`, with join and
//! shutdown, fair, cancel-safe and executor-agnostic.
//!
//! ```
//! use waystation_queue::Queue;
//!
//! let queue = Queue::bounded(16);
//! std::thread::scope(|scope| {
//!     // A producer on a thread …
//!     scope.spawn(|| {
//!         for job in 0..100 {
//!             queue.put_blocking(job).unwrap();
//!         }
//!         queue.close();
//!     });
//!     // … and a consumer that is a task.
//!     # futures_lite::future::block_on(async {
//!     let mut sum = 0;
//!     while let Ok(job) = queue.get().await {
//!         sum += job;
//!     }
//!     assert_eq!(sum, 4950);
//!     # });
//! });
//! ```
//!
//! | type | order |
//! |---|---|
//! | [`Queue`] | first in, first out |
//! | [`LifoQueue`] | last in, first out |
//! | [`PriorityQueue`] | lowest first, equal ones in order of arrival |
//! | [`BaseQueue`] | that of your own [`Discipline`] |
//! | [`channel`] | first in, first out, behind handles that close it when the last one is dropped |
//!
//! # Promises
//!
//! - **Claims, not items.** A pending `put` is not in the queue, and a pending `get` has taken
//!   nothing: no cancellation loses, duplicates or reorders an item.
//! - **Nobody is passed.** Room and items are granted in the order in which putters and getters
//!   parked.
//! - **The capacity is exact**, 1 included.
//! - **The last item before a close is delivered.**
//! - **Nothing is lost to a panic**, be it a waker's, an item's `Drop` or its `Ord`; items are
//!   dropped outside the lock.
//! - **No `unsafe`, no allocation per wait.** Futures hold a number, not a node.
//!
//! The futures work on any executor. Feature `futures-core` adds `FusedFuture`, and `Stream` for
//! [`channel::Receiver`]; feature `futures-sink` adds `Sink` for [`channel::Sender`].
//!
//! To check your own code with loom, build with `--cfg loom`. The facade `waystation` needs
//! `default-features = false` there, this crate nothing.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod blocking;
pub mod channel;
mod closed;
mod discipline;
mod error;
mod get;
mod join;
mod many;
mod put;
mod queue;
mod reserve;
mod section;
mod slot;
mod state;
mod task;

pub use closed::QueueClosed;
pub use discipline::{Arrival, Discipline, Fifo, Lifo, Priority};
pub use error::{
    Closed, GetError, GetTimeoutError, PutError, PutManyError, PutTimeoutError,
    ReserveTimeoutError, TooManyTaskDone, TryGetError, TryPutError,
};
pub use get::Get;
pub use join::Join;
pub use many::{GetMany, PutMany};
pub use put::Put;
pub use queue::{BaseQueue, LifoQueue, PriorityQueue, Queue};
pub use reserve::Reserve;
pub use slot::Slot;
pub use task::{GetTask, TaskGuard};

// The README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
