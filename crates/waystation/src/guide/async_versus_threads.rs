//! Tasks or threads? Both, and where they meet.
//!
//! | | a task | a thread |
//! |---|---|---|
//! | costs | the size of its future | a stack, and the kernel's book-keeping |
//! | a switch | a call | a trip through the kernel |
//! | waits for many things | `gather`, `select` | one at a time |
//! | is cancelled | by dropping it | by asking it, and hoping |
//! | computes for a second | holds up its neighbours | holds up nobody |
//! | calls code that blocks | holds up its neighbours | that is what it is for |
//! | uses many cores | with a runtime of many threads | yes |
//!
//! So: many that mostly wait are tasks. Few that mostly compute, or that block, are threads. What
//! each costs is measured:
//!
#![doc = include_str!("tasks_and_threads.md")]
//!
//! Threads do the same job with the best of std, parking_lot, crossbeam and
//! [`block`](crate::Blocking::block) here; where the tasks share one thread and there are two of them, the threads are two.
//! `cargo xtask compare` measures it on your machine, and `docs/FIGURES.md` has all rows of this
//! run.
//!
//! # They meet at the primitives
//!
//! [`Blocking`](crate::Blocking) lets a thread wait for any future of this library:
//! [`block`](crate::Blocking::block), [`block_timeout`](crate::Blocking::block_timeout),
//! [`block_deadline`](crate::Blocking::block_deadline). Threads wait in the same line as tasks, in
//! order of arrival. There is nothing to configure, and no runtime needs to be there.
//!
//! ```
//! use std::thread;
//! use waystation::{Blocking, Queue, event_loop};
//!
//! let numbers = Queue::bounded(8);
//! let sum: u32 = thread::scope(|scope| {
//!     scope.spawn(|| {
//!         for number in 1..=100 {
//!             numbers.put(number).block().unwrap();
//!         }
//!         numbers.close();
//!     });
//!     event_loop::run(async {
//!         let mut sum = 0;
//!         while let Ok(number) = numbers.get().await {
//!             sum += number;
//!         }
//!         sum
//!     })
//! });
//! assert_eq!(sum, 5050);
//! ```
//!
//! A timeout does not use the future up. It is still in line, to wait on or to drop, and a `put`
//! gives its item back:
//!
//! ```
//! use std::time::Duration;
//! use waystation::{Blocking, Queue};
//!
//! let letters = Queue::bounded(1);
//! letters.put('a').block().unwrap();
//! let mut put = letters.put('b');
//! assert!(put.block_timeout(Duration::from_millis(1)).is_none());
//! assert_eq!(put.cancel(), Some('b')); // it never entered
//! ```
//!
//! A thread looks for its result for some microseconds before it parks, but not after a wait that
//! was long. It leaves the token of your own `thread::park` alone.
//!
//! Never call `block` in a task: the task it waits for may be its neighbour on the same thread, and
//! then neither ever runs. It compiles, no lint sees it, and the program may hang without a word. A
//! slow callback the loop can report:
//! [`slow_callback`](crate::event_loop::Builder::slow_callback).
//!
//! # Blocking work from a task
//!
//! [`run_in_executor`](crate::event_loop::LocalHandle::run_in_executor) takes a closure to a thread
//! of a pool, and gives a future of its result. Other runtimes have their own: `spawn_blocking`,
//! `unblock`.
//!
//! ```
//! use waystation::event_loop::{current, run};
//!
//! let sum = run(async {
//!     let heavy = current().run_in_executor(|| (1..=1000u64).sum::<u64>());
//!     heavy.await.unwrap()
//! });
//! assert_eq!(sum, 500_500);
//! ```
//!
//! A closure that returns a `Result` gives one inside another, so there are two question marks:
//! `heavy.await??`. A job that has begun cannot be cancelled. What is dropped is the wish to know
//! its result.
//!
//! # A call into the loop, from a thread
//!
//! [`Handle`](crate::event_loop::Handle) goes to other threads: it calls, spawns and stops there.
//!
//! ```
//! use waystation::event_loop::{EventLoop, current};
//!
//! let event_loop = EventLoop::new();
//! let handle = event_loop.handle();
//! let helper = std::thread::spawn(move || {
//!     handle.call_soon_threadsafe(|| current().stop()).unwrap();
//! });
//! event_loop.run_forever().unwrap();
//! helper.join().unwrap();
//! ```
//!
//! Often an [`Event`](crate::Event) or a [`Queue`](crate::Queue) says it better, and needs no
//! handle.
