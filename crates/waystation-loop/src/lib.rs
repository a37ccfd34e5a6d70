//! A small, deterministic event loop: what `asyncio`'s loop gives Python for coordinating tasks.
//!
//! One thread runs callbacks and tasks from one ready line, first in, first out. A turn of the loop
//! runs what is in line when the turn begins; what is scheduled meanwhile waits for the next turn.
//! So a program does the same things in the same order in every run, as far as its inputs do, and
//! with a [`VirtualClock`] the time is no input any more: an hour of schedule takes milliseconds.
//!
//! # What there is
//!
//! | to … | there is |
//! |---|---|
//! | run a program | [`run`], [`EventLoop::run_until_complete`], [`EventLoop::run_forever`] |
//! | run something beside it | [`spawn`](LocalHandle::spawn), [`run_in_executor`](LocalHandle::run_in_executor) |
//! | call something now, later, periodically, by the calendar | [`call_soon`](LocalHandle::call_soon), [`call_later`](LocalHandle::call_later), [`call_at`](LocalHandle::call_at), [`call_every`](LocalHandle::call_every), [`call_on`](LocalHandle::call_on) |
//! | wait for the time | [`sleep`], [`timeout`], [`interval`], [`interval_on`] |
//! | reach the loop from its own tasks | [`current`] |
//! | reach it from other threads | [`handle`](LocalHandle::handle) |
//! | test it without waiting | [`VirtualClock`] |
//! | know why it hangs | [`Builder::detect_stall`] |
//!
//! It runs any future that does not belong to another runtime. It is no reactor: sockets come from
//! crates that bring their own, such as `async-io` and `async-net`, whose types work inside it.
//!
//! # What it promises
//!
//! - Callbacks run in the order in which they were scheduled. Equal deadlines fire in the order in
//!   which they were set. A deadline in the past fires on the next turn; one beyond `Instant`'s
//!   range never fires. A future that waits for a deadline in the past is ready at once.
//! - A task is polled and dropped on the loop's thread, whatever other threads do with its waker or
//!   its handle, and however the loop ends.
//! - A panic of a callback comes out of the run at once, or goes to the
//!   [`panic_handler`](Builder::panic_handler); the loop can go on, and what was in line is still
//!   there. A panic of a task comes out of its [`JoinHandle`].
//! - A timer that is cancelled leaves no memory behind.
//!
//! # Example
//!
//! ```
//! use std::time::Duration;
//! use waystation_loop::{current, run, sleep, timeout};
//!
//! run(async {
//!     let tortoise = current().spawn(async {
//!         sleep(Duration::from_millis(5)).await;
//!         "tortoise"
//!     });
//!     let hare = current().spawn(async {
//!         sleep(Duration::from_secs(3600)).await;
//!         "hare"
//!     });
//!     assert_eq!(tortoise.await.unwrap(), "tortoise");
//!     assert!(timeout(Duration::from_millis(5), hare).await.is_err());
//! });
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod builder;
mod calls;
mod driver;
mod error;
mod event_loop;
mod executor;
mod handle;
mod join;
mod local;
mod task;
mod time;

pub use builder::Builder;
pub use calls::{CallHandle, TimerGuard, TimerHandle};
pub use driver::hooks::SlowCallback;
pub use error::{Elapsed, JoinError, LoopClosed, Report, RunError, WaitingTask};
pub use event_loop::{EventLoop, run};
pub use handle::Handle;
pub use join::JoinHandle;
pub use local::{LocalHandle, current, try_current};
pub use time::clock::{Clock, Idle, SystemClock};
#[cfg(feature = "futures-core")]
pub use time::interval::TickStream;
pub use time::interval::{Interval, NextTick, interval};
pub use time::interval_on::{IntervalOn, NextTickOn, interval_on};
pub use time::occurrences::Occurrences;
pub use time::schedule::{Every, MissedTick, Tick};
pub use time::sleep::{Sleep, sleep, sleep_until};
pub use time::timeout::{Timeout, timeout, timeout_at};
pub use time::virtual_clock::{VirtualClock, WallStep};
pub use waystation_core::Panicked;
pub use waystation_core::block::Blocking;
