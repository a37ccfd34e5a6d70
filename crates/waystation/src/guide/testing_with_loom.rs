//! Testing with loom: your own code, in every interleaving.
//!
//! [loom](https://docs.rs/loom) runs a test again and again, and each time lets the threads meet
//! in another order, until all orders have been tried. It can do that with code whose threads,
//! locks and atomics are loom's. Under `--cfg loom` those of waystation are.
//!
//! # One door
//!
//! Let your code take its threads from one place, which loom can have:
//!
//! ```
//! use std::sync::Arc;
//! use waystation::{Blocking, Queue, Semaphore};
//!
//! #[cfg(loom)]
//! use loom::{model, thread};
//! #[cfg(not(loom))]
//! use std::thread;
//!
//! // Without loom: in one order, whichever comes.
//! #[cfg(not(loom))]
//! fn model(test: impl Fn()) {
//!     test();
//! }
//!
//! /// Tools in a drawer, and a seat for each.
//! struct Drawer {
//!     tools: Queue<u32>,
//!     seats: Semaphore,
//! }
//!
//! impl Drawer {
//!     fn work(&self) {
//!         let _seat = self.seats.acquire().block().expect("it stays open");
//!         let tool = self.tools.try_get().expect("a seat means that a tool is there");
//!         // Before the seat goes back. Let the seat go first, and loom finds the order in which
//!         // the other thread opens an empty drawer.
//!         self.tools.try_put(tool).expect("there is room");
//!     }
//! }
//!
//! model(|| {
//!     let drawer = Arc::new(Drawer {
//!         tools: Queue::unbounded(),
//!         seats: Semaphore::new(1),
//!     });
//!     drawer.tools.try_put(7).unwrap();
//!     let other = {
//!         let drawer = drawer.clone();
//!         thread::spawn(move || drawer.work())
//!     };
//!     drawer.work();
//!     other.join().unwrap();
//!     assert_eq!(drawer.tools.len(), 1);
//! });
//! ```
//!
//! As a test of this page it runs in one order. In a package with loom it runs in all:
//!
//! ```text
//! [dependencies]
//! waystation = { version = "0.1", default-features = false, features = ["queue", "semaphore"] }
//!
//! [target.'cfg(loom)'.dependencies]
//! loom = "0.7"
//!
//! [lints.rust]
//! unexpected_cfgs = { level = "warn", check-cfg = ["cfg(loom)"] }
//!
//! $ RUSTFLAGS="--cfg loom" cargo test --release
//! ```
//!
//! `examples-outside/loom-for-users` in the repository is such a package.
//!
//! `default-features = false` is needed: the event loop does not compile under `--cfg loom`,
//! because the thread pool that it is built on (`blocking`, and `event-listener` under it) hears
//! that flag too and wants a loom of its own. The single crates (`waystation-queue`, …) do not have
//! the question. The same may be true of a runtime that you use: keep models in a package that
//! depends on little.
//!
//! # What to know
//!
//! - Keep models small: two threads, three at most, a few steps each. The number of orders grows as
//!   fast as it can.
//! - `preemption_bound` of `loom::model::Builder` tries only orders with so many forced switches.
//!   Three find nearly every bug, in a fraction of the time. Say so in the test: it is no proof
//!   then.
//! - Use [`block`](crate::Blocking::block), or `loom::future::block_on`. `block_timeout` and
//!   `block_deadline` need a clock, and loom has none: drop a future instead, which is what a
//!   timeout does.
//! - No statics: under loom the constructors are not `const`.
//! - A deadlock is found, and aborts the process, so that later tests do not run. With several
//!   models run each in a process of its own; cargo-nextest does.
//! - loom checks threads and memory orders. It does not run the event loop.
//!
//! # Without loom
//!
//! Tasks on one thread have fewer surprises, and two cheaper tools find most of them. A future can
//! be polled by hand, once, and looked at between:
//!
//! ```
//! use futures_lite::future::{block_on, poll_once};
//! use waystation::Event;
//!
//! # block_on(async {
//! let event = Event::new();
//! let mut wait = event.wait();
//! assert_eq!(poll_once(&mut wait).await, None);
//! assert_eq!(event.waiters(), 1);
//! event.set();
//! assert_eq!(poll_once(&mut wait).await, Some(()));
//! # });
//! ```
//!
//! And a [`VirtualClock`](crate::event_loop::VirtualClock) makes a program of timeouts and periods
//! the same in every run, in no time, with a report of who waits for ever.
