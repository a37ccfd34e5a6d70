//! What the tests of waystation are made with. Not published, and no part of what is shipped.
//!
//! A test of a waiting primitive has three difficulties: it must decide *when* things happen, it
//! must play the *foreign code* that a primitive meets, and it must know *what should have
//! happened*. The rooms of this crate follow them.
//!
//! | question | room |
//! |---|---|
//! | When is a future polled, and was it told to be? | [`drive`]: one poll at a time, by hand |
//! | … and if anybody may run at any time? | [`executor`]: any order, polls for no reason, changing wakers |
//! | What does a waker do that means harm? | [`waker`]: hooks on clone, wake and drop, panics, and counts |
//! | Is an item lost, or there twice? | [`payload`]: items that are counted |
//! | Does it hang? | [`watchdog`]: a deadlock is a failed test |
//! | What should have come out? | [`model`]: the contract in plain sequential code |
//! | … and what would you have written yourself? | [`mod@reference`]: on `event-listener` and `parking_lot` |
//! | Can it have happened like this, with threads? | [`history`]: a recorder, linearizability and order |
//! | Does it cost more than it should? | [`cost`]: linear or quadratic; [`alloc`]: an allocator that counts |
//! | By what chance? | [`rng`]: a seed decides |
//!
//! Nothing here knows a waystation crate: they are tested with it, so it must not be made of them.
//! And every room is shown to say no: the tests of this crate plant a deadlock, a leak, a wrong
//! history, a stale waker and a quadratic loop, and see each of them found.
//!
//! ```
//! use waystation_testkit::reference::Event;
//! use waystation_testkit::{Driver, assert_pending, assert_ready};
//!
//! let event = Event::new();
//! let mut wait = Driver::new(Box::pin(event.wait()));
//! assert_pending(wait.poll());
//! assert!(!wait.woken());
//! event.set();
//! assert!(wait.woken());
//! assert_ready(wait.poll());
//! ```
//!
//! `unsafe` stands in two files, each for a trait or a table that cannot be written without:
//! `waker.rs` and `alloc.rs`.
#![deny(unsafe_code)]

pub mod alloc;
pub mod cost;
pub mod drive;
pub mod executor;
pub mod history;
pub mod model;
pub mod payload;
pub mod reference;
pub mod rng;
pub mod waker;
pub mod watchdog;

pub use alloc::{CountingAllocator, Counts};
pub use cost::{Cost, growth};
pub use drive::{Driver, assert_pending, assert_ready, poll_once};
pub use executor::ShufflingExecutor;
pub use history::{Call, History, Operation, Recorder, Sequential, Violation};
pub use payload::{Counted, Ledger};
pub use rng::Rng;
pub use waker::{HostileBuilder, HostileWaker, PanicOn, Probe, panicking_waker};
pub use watchdog::{PATIENCE, within};
