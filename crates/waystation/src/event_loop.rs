//! The event loop, timers and schedules: the crate [`waystation_loop`], whose first page says what
//! it promises.
//!
//! | to … | there is |
//! |---|---|
//! | run a program | [`run`], [`EventLoop::run_until_complete`], [`EventLoop::run_forever`] |
//! | run something beside it | [`EventLoop::spawn`], [`EventLoop::run_in_executor`] |
//! | call something now, later, every so often | [`EventLoop::call_soon`], [`EventLoop::call_later`], [`EventLoop::call_at`], [`EventLoop::call_every`] |
//! | wait for the time | [`sleep`], [`timeout`], [`interval`] |
//! | reach the loop from its own tasks | [`current`] |
//! | reach it from other threads | [`EventLoop::handle`] |
//! | test it without waiting | [`VirtualClock`] |
//! | know why it hangs | [`Builder::detect_stall`] |
//!
//! ```
//! use std::time::Duration;
//! use waystation::event_loop::{self, sleep};
//!
//! event_loop::run(async {
//!     sleep(Duration::from_millis(1)).await;
//!     println!("a millisecond later");
//! });
//! ```
//!
//! The primitives need no loop of this kind: they run on any executor.

#[doc(inline)]
pub use waystation_loop::*;
