//! Choosing a fairness: strict order unless threads fight for few permits.
//!
//! # The default: strict order
//!
//! Who comes first is served first. Nobody passes: not a newcomer, not `try_acquire`, not a small
//! request behind a large one. A permit that comes back is *handed over*: it belongs to the head of
//! the line before `drop` returns.
//!
//! ```
//! use futures_lite::future::{block_on, poll_once};
//! use waystation::{Semaphore, TryAcquireError};
//!
//! # block_on(async {
//! let seats = Semaphore::new(3);
//! let one = seats.acquire().await?;
//! let mut large = seats.acquire_many(3);
//! assert!(poll_once(&mut large).await.is_none());
//!
//! // Two are free, and still nobody passes the large one.
//! assert_eq!(seats.available_permits(), 2);
//! assert_eq!(seats.try_acquire().unwrap_err(), TryAcquireError::NoPermits);
//!
//! drop(one);
//! assert_eq!(large.await?.num_permits(), 3);
//! # Ok::<(), waystation::AcquireError>(())
//! # }).unwrap();
//! ```
//!
//! The price is paid where threads contend. The permit rests from the moment it is handed over
//! until the thread that got it has woken up. Tasks of one thread do not pay it. Every fair design
//! pays it, here and elsewhere; [the figures](#what-it-costs) are below.
//!
//! # The other one: a bounded bypass
//!
//! Under [`Fairness::Bypass`](crate::Fairness::Bypass) a permit that comes back is not given away.
//! The head is woken, and whoever runs first may take it, at most `limit` times between two grants
//! to the line. The head waits longer, by a bounded number of turns. It cannot starve.
//!
//! ```
//! use futures_lite::future::{block_on, poll_once};
//! use waystation::{Fairness, Semaphore};
//!
//! # block_on(async {
//! let seats = Semaphore::with_fairness(1, Fairness::Bypass { limit: 1 });
//! let seat = seats.try_acquire()?;
//! let mut head = seats.acquire();
//! assert!(poll_once(&mut head).await.is_none());
//!
//! drop(seat); // the head is woken
//! let passer_by = seats.try_acquire()?; // and is passed, once
//! drop(passer_by);
//! assert!(seats.try_acquire().is_err()); // not twice
//! assert_eq!(head.await?.num_permits(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! It is a setting of every semaphore: `Semaphore::bounded(8).fairness(Fairness::Bypass { limit: 4 })`.
//!
//! # A line that is long enough
//!
//! Strict order says nothing about how long a line is. Where the last in line would wait longer than
//! its answer is worth, [`max_waiters`](crate::Semaphore::max_waiters) refuses it at once:
//!
//! ```
//! use futures_lite::future::{block_on, poll_once};
//! use waystation::{AcquireError, Semaphore};
//!
//! # block_on(async {
//! let seats = Semaphore::new(1).max_waiters(1);
//! let _seat = seats.acquire().await?;
//! let mut first = seats.acquire();
//! assert!(poll_once(&mut first).await.is_none());
//! assert_eq!(seats.acquire().await.unwrap_err(), AcquireError::TooManyWaiting);
//! # Ok::<(), AcquireError>(())
//! # }).unwrap();
//! ```
//!
//! # What it costs
//!
#![doc = include_str!("fairness.md")]
//!
//! S1, S2 and S4 run on one thread, where there is nothing to gain. S3 is what `Bypass` is for: two
//! threads, one permit, and nobody who waits while holding it. A strict semaphore is bimodal there:
//! it costs tens of nanoseconds while both threads run, and microseconds when one has gone to sleep
//! between two grants. In S3b the holder waits, so a hand-over is due each time, and passing helps
//! little.
//!
//! # Which one?
//!
//! | your case | choose |
//! |---|---|
//! | tasks on one thread | `Fifo`: the other one gains nothing |
//! | the order is part of what you promise | `Fifo` |
//! | latency of the slowest counts | `Fifo` |
//! | threads, few permits, short work under them, throughput counts | `Bypass` |
//! | you do not know | `Fifo`, and measure: `cargo xtask compare --filter S` |
//!
//! # The other primitives
//!
//! Queues are always strict. Room and items are granted in the order in which putters and getters
//! parked, and `try_put` fails while putters wait. A stream of items is in no such order: getters
//! that wait come first, and it takes what nobody was promised. `Event` releases all, in order of arrival, and
//! `AutoResetEvent` one by one.
//!
//! Strict order has one consequence that surprises people from asyncio: whoever gives back and asks
//! again at once stands at the back of the line, and the other one runs first.
