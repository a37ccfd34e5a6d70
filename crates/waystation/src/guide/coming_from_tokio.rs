//! Coming from `tokio::sync`: what stays, what is new, what you lose.
//!
//! The primitives here run on tokio. You can use them beside tokio's, and change one at a time.
//!
//! ```
//! use std::sync::Arc;
//! use waystation::{Event, Queue};
//!
//! let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! runtime.block_on(async {
//!     let (start, words) = (Arc::new(Event::new()), Arc::new(Queue::bounded(1)));
//!     let task = tokio::spawn({
//!         let (start, words) = (start.clone(), words.clone());
//!         async move {
//!             start.wait().await;
//!             words.put("hello".to_owned()).await
//!         }
//!     });
//!     start.set();
//!     assert_eq!(words.get().await.as_deref(), Ok("hello"));
//!     assert_eq!(task.await.unwrap(), Ok(()));
//! });
//! ```
//!
//! # What is called how
//!
//! | tokio | here |
//! |---|---|
//! | `Semaphore`, `acquire`, `add_permits`, `forget` | the same names |
//! | `Semaphore::acquire_many(n: u32)` | `n: usize` |
//! | `mpsc::channel` | [`channel::bounded`](crate::channel::bounded): many receivers too |
//! | `Sender::reserve` | [`reserve`](crate::BaseQueue::reserve) |
//! | `Notify::notify_waiters` | [`Event::pulse`](crate::Event::pulse) |
//! | `Notify::notify_one` | [`AutoResetEvent::set`](crate::AutoResetEvent::set) |
//! | `watch::Sender<bool>` as a flag | [`Event`](crate::Event) |
//! | `join!`, `try_join!` | [`gather`](crate::gather()), [`try_gather`](crate::try_gather) |
//! | `JoinSet`, `FuturesUnordered` | [`Group`](crate::Group), or [`as_completed`](crate::as_completed) for what is known before; without spawning |
//! | `blocking_send`, `blocking_recv` | `.block()` on any future: [`Blocking`](crate::Blocking); also with a timeout |
//! | `recv_many`, `try_reserve` | the same names on [`channel`](crate::channel) handles |
//! | `ReceiverStream`, `PollSender` | [`Receiver::stream`](crate::channel::Receiver), [`Sender::sink`](crate::channel::Sender), behind features |
//! | `time::timeout` around a future | stays: dropping is how every future here is cancelled |
//!
//! # What is new
//!
//! - `Queue` counts unfinished items: `join` and `task_done`.
//! - A queue may give the lowest item first, or the last: `PriorityQueue`, `LifoQueue`.
//! - A thread may wait anywhere, without a runtime, with a timeout.
//! - A semaphore can be resized, also below what is held, can refuse to let its line grow beyond a
//!   number ([`max_waiters`](crate::Semaphore::max_waiters)), and can let a bounded number pass.
//! - Futures are `Unpin`. They can be kept in a struct and polled with no pinning.
//!
//! ```
//! use futures_lite::future::{block_on, poll_once};
//! use waystation::{Semaphore, SemaphoreClosed};
//!
//! // A future in a struct, as it is.
//! struct Watch<'a> {
//!     closed: SemaphoreClosed<&'a Semaphore>,
//! }
//!
//! let seats = Semaphore::new(1);
//! let mut watch = Watch { closed: seats.closed() };
//! block_on(async {
//!     assert_eq!(poll_once(&mut watch.closed).await, None);
//!     seats.close();
//!     watch.closed.await;
//! });
//! ```
//!
//! # What you lose
//!
//! - **The cooperative budget.** tokio makes its own primitives pause now and then, so that a loop
//!   over a full queue gives way. These do not know tokio. A loop that never waits should yield:
//!   `tokio::task::yield_now().await`.
//! - **Its console.** tokio's tracing knows tokio's resources. Here `Debug` shows the counts.
//! - `Mutex`, `RwLock`, `OnceCell`, `broadcast`, `oneshot`, `Barrier`: not here. Keep tokio's.
//!
//! A future of [`event_loop`](crate::event_loop) needs that loop: `sleep`, `timeout` and `interval`
//! panic elsewhere. Under tokio use tokio's.
