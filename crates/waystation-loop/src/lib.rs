//! A small, deterministic event loop: what `asyncio`'s loop gives Python for coordinating tasks.
//!
//! One thread runs callbacks and tasks, in one line, first in, first out. A turn of the loop runs
//! what stands in line when the turn begins; what is scheduled meanwhile waits for the next turn.
//! So a program does the same things in the same order in every run, as far as its inputs do, and
//! with a [`VirtualClock`] the time is no input any more: an hour of schedule takes milliseconds.
//!
//! # What there is
//!
//! | to … | there is |
//! |---|---|
//! | run a program | [`run`], [`EventLoop::run_until_complete`], [`EventLoop::run_forever`] |
//! | run something beside it | [`EventLoop::spawn`], [`EventLoop::run_in_executor`] |
//! | call something now, later, every so often | [`call_soon`](EventLoop::call_soon), [`call_later`](EventLoop::call_later), [`call_at`](EventLoop::call_at), [`call_every`](EventLoop::call_every) |
//! | wait for the time | [`sleep`], [`timeout`], [`interval`] |
//! | reach the loop from its own tasks | [`current`] |
//! | reach it from other threads | [`EventLoop::handle`] |
//! | know why it hangs | [`Builder::detect_stall`] |
//!
//! It runs any future that does not belong to another runtime. It is no reactor: sockets come from
//! crates that bring their own, such as `async-io` and `async-net`, whose types work inside it.
//!
//! # What it promises
//!
//! - Callbacks run in the order in which they were scheduled. Equal deadlines fire in the order in
//!   which they were set. A time that has passed runs next turn; one that overflows never comes.
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

mod adding;
mod builder;
mod calls;
mod clock;
mod close;
mod error;
mod event_loop;
mod executor;
mod handle;
mod inner;
mod interval;
mod join;
mod local;
mod main_future;
mod near;
mod remote;
mod schedule;
mod sleep;
mod stall;
mod state;
mod task;
mod timeout;
mod timers;
mod turn;

pub use builder::{Builder, SlowCallback};
pub use calls::{CallHandle, TimerGuard, TimerHandle};
pub use clock::{Clock, Idle, SystemClock, VirtualClock};
pub use error::{Elapsed, JoinError, LoopClosed, RunError};
pub use event_loop::{EventLoop, run};
pub use handle::Handle;
pub use interval::{Interval, NextTick, interval};
pub use join::JoinHandle;
pub use local::{LocalHandle, current, try_current};
pub use schedule::{Every, MissedTick, Tick};
pub use sleep::{Sleep, sleep, sleep_until};
pub use stall::{Report, WaitingTask};
pub use timeout::{Timeout, timeout, timeout_at};
pub use waystation_core::Panicked;
pub use waystation_core::block::Blocking;
