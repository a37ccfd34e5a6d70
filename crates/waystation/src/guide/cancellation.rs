//! Cancellation: a future that is dropped before it was ready did not happen.
//!
//! That is the whole rule. A timeout, a `select!`, an aborted task, a `gather` that ends early:
//! all of them drop futures. What had been granted to one of them goes to the next in line before
//! `drop` returns.
//!
//! | dropped while… | parked | granted, not yet polled |
//! |---|---|---|
//! | `Event::wait`, `join` | leaves the line | nothing |
//! | `acquire` | leaves the line; those behind may fit now | permits go to the next |
//! | `put` | the item never enters | the room goes to the next putter |
//! | `reserve` | leaves the line | the room goes to the next putter |
//! | `get`, `get_many`, `get_task` | leaves the line | the item stays in its place, for the next getter |
//! | a stream of items | leaves the line | nothing: it had no claim |
//!
//! Dropped before the first poll, none of them has done anything.
//!
//! # A get in a timeout loses nothing
//!
//! ```
//! use std::time::Duration;
//! use waystation::Queue;
//! use waystation::event_loop::{run, timeout};
//!
//! run(async {
//!     let letters = Queue::bounded(4);
//!     let in_time = timeout(Duration::from_millis(1), letters.get()).await;
//!     assert!(in_time.is_err());
//!     letters.put('a').await?;
//!     assert_eq!(letters.get().await, Ok('a'));
//!     Ok::<(), waystation::PutError<char>>(())
//! })
//! .unwrap();
//! ```
//!
//! # A put in a timeout can be repeated
//!
//! A `put` that is pending is not in the queue. So if it timed out, it was not sent, and sending it
//! again does not send it twice. The item is dropped with the future. To get it back, keep the
//! future and call [`Put::cancel`](crate::Put::cancel):
//!
//! ```
//! use futures_lite::future::{block_on, poll_once};
//! use waystation::Queue;
//!
//! # block_on(async {
//! let letters = Queue::bounded(1);
//! letters.put("first".to_owned()).await?;
//! let mut put = letters.put("second".to_owned());
//! assert!(poll_once(&mut put).await.is_none());
//! assert_eq!(put.cancel().as_deref(), Some("second"));
//! assert_eq!(letters.len(), 1);
//! # Ok::<(), waystation::PutError<String>>(())
//! # }).unwrap();
//! ```
//!
//! For an item that is dear to make, [`reserve`](crate::BaseQueue::reserve) the room first.
//!
//! # What is ready has happened
//!
//! Once `get().await` has given the item, it is yours, and dropping your *task* drops it. An item
//! whose work must not be lost is taken with [`get_task`](crate::BaseQueue::get_task), and put back
//! with [`nack`](crate::TaskGuard::nack):
//!
//! ```
//! use waystation::Queue;
//!
//! # futures_lite::future::block_on(async {
//! let jobs = Queue::unbounded();
//! jobs.try_put("copy the file")?;
//! let job = jobs.get_task().await?;
//! // … the disk is full: somebody else may try.
//! assert_eq!(job.nack(), Ok(()));
//! assert_eq!((jobs.len(), jobs.unfinished()), (1, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # A place in line is lost
//!
//! Dropping a future gives its place away. A `select!` in a loop that makes a new `acquire()` each
//! time round goes to the back of the line each time, and may never arrive. Make the future once,
//! and poll it by reference:
//!
//! ```
//! use std::time::Duration;
//! use waystation::Semaphore;
//! use waystation::event_loop::{current, run, sleep, timeout};
//!
//! run(async {
//!     let seats = Semaphore::new(1);
//!     let busy = seats.acquire().await?;
//!     let mut acquire = seats.acquire(); // one place, however often we look up
//!     let mut looked_up = 0;
//!     let mut busy = Some(busy);
//!     let seat = loop {
//!         match timeout(Duration::from_millis(1), &mut acquire).await {
//!             Ok(seat) => break seat?,
//!             Err(_) => looked_up += 1,
//!         }
//!         if looked_up == 3 {
//!             busy = None;
//!         }
//!     };
//!     assert!(busy.is_none());
//!     assert_eq!(seat.num_permits(), 1);
//!     Ok::<(), waystation::AcquireError>(())
//! })
//! .unwrap();
//! ```
//!
//! But then do not stop polling it: see [`futurelock`](super::futurelock).
//!
//! # What cannot be cancelled
//!
//! A [`JoinHandle`](crate::event_loop::JoinHandle) that is dropped lets its task run on; `abort`
//! ends it. A job of [`run_in_executor`](crate::event_loop::LocalHandle::run_in_executor) that has
//! begun runs to its end. A thread in a `block` call waits until it is served or the primitive
//! is closed; `_timeout` and `_deadline` leave the line as a dropped future does.
