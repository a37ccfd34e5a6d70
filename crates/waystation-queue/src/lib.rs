//! Queues for tasks and threads: asyncio's `Queue`, `LifoQueue` and `PriorityQueue`, with join and
//! shutdown, fair, cancel-safe and executor-agnostic.
//!
//! ```
//! use waystation_queue::{Blocking, Queue};
//!
//! let queue = Queue::bounded(16);
//! std::thread::scope(|scope| {
//!     // A producer on a thread …
//!     scope.spawn(|| {
//!         for job in 0..100 {
//!             queue.put(job).block().unwrap();
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
//! - **Fair.** Room and items are granted in the order in which putters and getters
//!   parked.
//! - **The capacity is exact**, 1 included.
//! - **The last item before a close is delivered.**
//! - **Nothing is lost to a panic**, be it a waker's, an item's `Drop` or its `Ord`; items are
//!   dropped outside the lock.
//! - **No `unsafe`, no allocation per wait.** Futures hold a number, not a node.
//!
//! The futures work on any executor. Feature `futures-core` adds `FusedFuture`, and streams of items
//! (`RecvStream`); feature `futures-sink` adds sinks (`channel::SendSink`).
//!
//! To check your own code with loom, build with `--cfg loom`. The facade `waystation` needs
//! `default-features = false` there, this crate nothing.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod any;
pub mod channel;
mod discipline;
mod error;
mod get;
mod many;
mod put;
mod queue;
mod reserve;
mod state;
#[cfg(feature = "futures-core")]
mod stream;
mod task;
mod watch;

pub use any::{AnyQueue, Disciplined};
pub use discipline::{Arrival, Discipline, Fifo, Lifo, Prioritized, Priority};
pub use error::{
    Closed, GetError, PutError, PutManyError, TooManyTaskDone, TryGetError, TryPutError,
    TryReserveError,
};
pub use get::Get;
pub use many::{GetMany, PutMany};
pub use put::Put;
pub use queue::{BaseQueue, LifoQueue, PriorityQueue, Queue};
pub use reserve::{Reserve, Slot};
#[cfg(feature = "futures-core")]
pub use stream::RecvStream;
pub use task::{GetTask, TaskGuard};
pub use watch::{Closing, Finished, Join, QueueClosed};
pub use waystation_core::block::Blocking;
pub use waystation_core::source::Source;
pub use waystation_core::wait::{Watch, Watched};

// The README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
