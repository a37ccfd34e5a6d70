//! The event loop, timers and schedules: the crate [`waystation_loop`], whose first page says what
//! it promises.
//!
//! | to … | there is |
//! |---|---|
//! | run a program | [`run`], [`EventLoop::run_until_complete`], [`EventLoop::run_forever`] |
//! | run something beside it | [`LocalHandle::spawn`], [`LocalHandle::run_in_executor`] |
//! | call something now, later, periodically, by the calendar | [`LocalHandle::call_soon`], [`LocalHandle::call_later`], [`LocalHandle::call_at`], [`LocalHandle::call_every`], [`LocalHandle::call_on`] |
//! | wait for the time | [`sleep`], [`timeout`], [`interval`], [`interval_on`] |
//! | reach the loop from its own tasks | [`current`] |
//! | reach it from other threads | [`LocalHandle::handle`] |
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
