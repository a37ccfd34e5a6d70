//! What Python's `asyncio` gives for coordinating tasks, for Rust: `Event`, `Semaphore`, `Queue`,
//! `gather`, an event loop and calls on a schedule. Fair, cancel-safe, for any executor and for
//! threads.
//!
//! | asyncio | here |
//! |---|---|
//! | `Event` | [`Event`], and [`AutoResetEvent`] for one waiter per `set` |
//! | `Semaphore`, `BoundedSemaphore` | [`Semaphore`], [`BoundedSemaphore`] |
//! | `Queue`, `LifoQueue`, `PriorityQueue` | [`Queue`], [`LifoQueue`], [`PriorityQueue`], and [`channel`] handles |
//! | `gather`, `as_completed` | [`gather`], [`try_gather`], [`as_completed`] |
//! | the event loop, `sleep`, `timeout`, `call_later` | [`event_loop`] |
//!
//! Each primitive is a crate of its own, for those who need one only; this one re-exports them all.
//!
//! Where to go on: [`guide`] has a page for each question, from
//! [`coming_from_asyncio`](guide::coming_from_asyncio) to [`patterns`](guide::patterns), and
//! `examples/` has programs to run.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(
    feature = "event",
    feature = "semaphore",
    feature = "queue",
    feature = "gather",
    feature = "event-loop"
))]
pub mod guide;

#[cfg(feature = "event-loop")]
pub mod event_loop;

#[cfg(feature = "event")]
pub use waystation_event::{AutoResetEvent, AutoResetWait, Event, Wait};
#[cfg(feature = "gather")]
pub use waystation_gather::{
    AsCompleted, Gather, Next, Panicked, TryGather, as_completed, gather, try_gather,
};
#[cfg(feature = "queue")]
pub use waystation_queue::{
    Arrival, BaseQueue, Closed, Discipline, Fifo, Get, GetError, GetMany, GetTask, GetTimeoutError,
    Join, Lifo, LifoQueue, Priority, PriorityQueue, Put, PutError, PutMany, PutManyError,
    PutTimeoutError, Queue, QueueClosed, Reserve, ReserveTimeoutError, Slot, TaskGuard,
    TooManyTaskDone, TryGetError, TryPutError, channel,
};
#[cfg(feature = "semaphore")]
pub use waystation_semaphore::{
    Acquire, AcquireError, AcquireTimeoutError, BoundedSemaphore, Fairness, OverRelease,
    OwnedBoundedPermit, OwnedPermit, Permit, Semaphore, SemaphoreClosed, TryAcquireError,
};

// README's examples are tests.
#[cfg(all(
    doctest,
    feature = "event",
    feature = "semaphore",
    feature = "queue",
    feature = "gather",
    feature = "event-loop"
))]
#[doc = include_str!("../../../README.md")]
struct Readme;

#[cfg(all(
    doctest,
    feature = "semaphore",
    feature = "queue",
    feature = "gather",
    feature = "event-loop"
))]
#[doc = include_str!("../README.md")]
struct CrateReadme;
