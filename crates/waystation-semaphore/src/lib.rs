//! A number of permits that tasks and threads share: asyncio's `Semaphore` and `BoundedSemaphore`,
//! fair, cancel-safe and executor-agnostic.
//!
//! ```
//! use waystation_semaphore::Semaphore;
//!
//! /// At most four downloads at a time, whoever starts them.
//! static DOWNLOADS: Semaphore = Semaphore::new(4);
//!
//! async fn download(url: &str) -> Result<usize, waystation_semaphore::AcquireError> {
//!     let _permit = DOWNLOADS.acquire().await?;
//!     Ok(url.len()) // the permit comes back at the end of the scope
//! }
//! # futures_lite::future::block_on(download("")).unwrap();
//! ```
//!
//! | type | permits |
//! |---|---|
//! | [`Semaphore`] | may be added, forgotten, reduced, resized |
//! | [`BoundedSemaphore`] | never exceed what it was made with |
//!
//! # Promises
//!
//! - **Strict FIFO by default.** No barging by a newcomer, by `try_acquire`, or by a small request
//!   behind a large one. [`Fairness::Bypass`] lets a bounded number pass, for throughput across
//!   threads.
//! - **All or nothing.** A large request hoards nothing:
//!   [`available_permits`](Semaphore::available_permits) is the real count.
//! - **Cancelled means it did not happen.** An acquire that is dropped leaves the line, and those
//!   behind it who now fit are let in at once; what it was granted goes to the next before `drop`
//!   returns.
//! - **Nothing is lost to a panic.** Wakers are foreign code: they are cloned, woken and dropped
//!   outside the lock, and one that panics costs nobody a wake-up or a permit.
//! - **No `unsafe`, no allocation per wait.** Futures hold a number, not a node.
//!
//! The futures work on any executor. With feature `futures-core` they implement `FusedFuture`.
//!
//! To check your own code with loom, build with `--cfg loom`; constructors are then not `const`.
//! The facade `waystation` needs `default-features = false` there, this crate nothing.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod acquire;
mod blocking;
mod bounded;
mod closed;
mod error;
mod permit;
mod pool;
mod semaphore;
mod state;

pub use acquire::Acquire;
pub use bounded::BoundedSemaphore;
pub use closed::SemaphoreClosed;
pub use error::{AcquireError, AcquireTimeoutError, OverRelease, TryAcquireError};
pub use permit::{OwnedBoundedPermit, OwnedPermit, Permit};
pub use semaphore::{Fairness, Semaphore};

// The README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
