//! What Python's `asyncio` gives for coordinating tasks, for Rust: `Event`, `Semaphore`, `Queue`,
//! `gather`, an event loop and calls on a schedule. Fair, cancel-safe, for any executor and for
//! threads.
//!
//! | asyncio | here |
//! |---|---|
//! | `Event` | [`Event`], and [`AutoResetEvent`] for one waiter per `set` |
//! | `Semaphore`, `BoundedSemaphore` | [`Semaphore`], [`Semaphore::bounded`] |
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
    AsCompleted, Gather, Group, GroupNext, Key, Next, TryGather, as_completed, children, gather,
    try_gather,
};
#[cfg(all(feature = "queue", feature = "futures-core"))]
pub use waystation_queue::RecvStream;
#[cfg(all(feature = "queue", feature = "futures-sink"))]
pub use waystation_queue::channel::SendSink;
#[cfg(feature = "queue")]
pub use waystation_queue::{
    AnyQueue, Arrival, BaseQueue, Closed, Closing, Discipline, Disciplined, Fifo, Finished, Get,
    GetError, GetMany, GetTask, Join, Lifo, LifoQueue, Prioritized, Priority, PriorityQueue, Put,
    PutError, PutMany, PutManyError, Queue, QueueClosed, Reserve, Slot, TaskGuard, TooManyTaskDone,
    TryGetError, TryPutError, TryReserveError, channel,
};
#[cfg(feature = "semaphore")]
pub use waystation_semaphore::{
    Acquire, AcquireError, Fairness, OverRelease, OwnedPermit, Permit, Semaphore, SemaphoreClosed,
    SemaphoreClosing, SemaphorePermit, TryAcquireError,
};

pub use waystation_core::Panicked;
pub use waystation_core::block::Blocking;
pub use waystation_core::source::Source;
pub use waystation_core::wait::{Watch, Watched};

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
