//! A semaphore for tasks and threads: asyncio's `Semaphore` and `BoundedSemaphore`, fair,
//! cancel-safe and executor-agnostic.
//!
//! ```
//! use waystation_semaphore::{AcquireError, Semaphore};
//!
//! /// At most four downloads at a time.
//! static DOWNLOADS: Semaphore = Semaphore::new(4);
//!
//! async fn download(url: &str) -> Result<usize, AcquireError> {
//!     let _permit = DOWNLOADS.acquire().await?;
//!     Ok(url.len()) // the permit comes back at the end of the scope
//! }
//! # futures_lite::future::block_on(download("")).unwrap();
//! ```
//!
//! # Promises
//!
//! - **Strict order of arrival by default.** Neither a newcomer, nor `try_acquire`, nor a small
//!   request behind a large one takes a permit past a waiter. [`Fairness::Bypass`] lets a bounded
//!   number pass, for throughput across threads.
//! - **All or nothing.** A large request hoards nothing while it waits:
//!   [`available_permits`](Semaphore::available_permits) is the real count.
//! - **Every operation is one step.** A release decides in one critical section what it gives to
//!   all who wait; wakers run after it.
//! - **Cancelled means it did not happen.** An acquire that is dropped leaves the line, and those
//!   behind it who now fit are let in at once; what it was granted goes to the next before `drop`
//!   returns.
//! - **Nothing is lost to a panic.** Wakers are cloned, woken and dropped outside the lock, and
//!   one that panics costs nobody a wake-up or a permit.
//! - **No `unsafe`, no allocation per wait.** A future holds a number, not a node.
//!
//! The futures work on any executor, and on threads by [`Blocking`]. With feature `futures-core`
//! they implement `FusedFuture`.
//!
//! To check your own code with loom, build with `--cfg loom`; constructors are then not `const`.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod acquire;
mod closed;
mod error;
mod fairness;
mod permit;
mod pool;
mod semaphore;
mod state;

pub use acquire::Acquire;
pub use closed::{SemaphoreClosed, SemaphoreClosing};
pub use error::{AcquireError, OverRelease, TryAcquireError};
pub use fairness::Fairness;
pub use permit::{OwnedPermit, Permit, SemaphorePermit};
pub use semaphore::Semaphore;
pub use waystation_core::block::Blocking;
pub use waystation_core::source::Source;
pub use waystation_core::wait::{Watch, Watched};

// The README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
