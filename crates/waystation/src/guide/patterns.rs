//! Patterns: six ways of putting the primitives together.
//!
//! They use the loop of this crate. On another runtime only the `sleep`s and the spawning differ.
//!
//! # Worker pool with join
//!
//! Workers take jobs until the queue is closed. The guard of `get_task` counts a job as done when
//! it is dropped, also when the worker panics. `join` waits for the last one.
//!
//! ```
//! use std::cell::Cell;
//! use waystation::{Queue, event_loop, gather};
//!
//! async fn worker(jobs: &Queue<u32>, sum: &Cell<u32>) {
//!     while let Ok(job) = jobs.get_task().await {
//!         sum.set(sum.get() + *job);
//!     }
//! }
//!
//! let sum = Cell::new(0);
//! event_loop::run(async {
//!     let jobs = Queue::bounded(4);
//!     let workers = gather((0..3).map(|_| worker(&jobs, &sum)));
//!     let boss = async {
//!         jobs.put_many(1..=10).await.unwrap();
//!         jobs.join().await;
//!         assert_eq!(sum.get(), 55);
//!         jobs.close();
//!     };
//!     gather((workers, boss)).await;
//! });
//! ```
//!
//! # Rate limit
//!
//! At most so many starts in a period: permits that are used up, and a schedule that fills them up
//! again. `forget` is what makes a permit not come back.
//!
//! ```
//! use std::ops::ControlFlow;
//! use std::rc::Rc;
//! use std::time::Duration;
//! use waystation::Semaphore;
//! use waystation::event_loop::{EventLoop, Every, VirtualClock};
//!
//! const BURST: usize = 5;
//! const SECOND: Duration = Duration::from_secs(1);
//!
//! let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
//! let tokens = Rc::new(Semaphore::new(BURST));
//! let refill = tokens.clone();
//! let schedule = event_loop.call_every(Every::new(SECOND), move |_| {
//!     // Up to the burst, not beyond: what was not used is not saved up.
//!     refill.add_permits(BURST - refill.available_permits());
//!     ControlFlow::Continue(())
//! });
//!
//! let begin = event_loop.time();
//! event_loop.run_until_complete(async {
//!     for _request in 0..12 {
//!         tokens.acquire().await.unwrap().forget();
//!     }
//! });
//! assert_eq!(event_loop.time() - begin, 2 * SECOND); // 5 at once, 5 after one second, 2 after two
//! schedule.cancel();
//! ```
//!
//! To limit how many run *at a time*, hold the permit instead: `let _seat =
//! seats.acquire().await?`.
//!
//! # Pipeline with back-pressure
//!
//! A bounded queue between each two stages. A stage that is slow fills the queue before it, and so
//! slows down those before it; memory stays flat. Each stage closes the queue after it when it
//! ends.
//!
//! ```
//! use waystation::{Queue, event_loop, gather};
//!
//! async fn read(to: &Queue<&'static str>) {
//!     for line in ["one", "two", "three"] {
//!         to.put(line).await.unwrap();
//!     }
//!     to.close();
//! }
//!
//! async fn measure(from: &Queue<&'static str>, to: &Queue<usize>) {
//!     while let Ok(line) = from.get().await {
//!         to.put(line.len()).await.unwrap();
//!     }
//!     to.close();
//! }
//!
//! async fn add(from: &Queue<usize>) -> usize {
//!     let mut sum = 0;
//!     while let Ok(length) = from.get().await {
//!         sum += length;
//!     }
//!     sum
//! }
//!
//! let (lines, lengths) = (Queue::bounded(1), Queue::bounded(1));
//! let stages = (read(&lines), measure(&lines, &lengths), add(&lengths));
//! let ((), (), sum) = event_loop::run(gather(stages));
//! assert_eq!(sum, 11);
//! ```
//!
//! With stages that are spawned, or on threads, [`channel`](crate::channel) handles close by
//! themselves: when the last sender is dropped, also in a panic.
//!
//! # Start gun
//!
//! Nobody begins before all is ready. An [`Event`](crate::Event) stays set, so it does not matter
//! who is late.
//!
//! ```
//! use waystation::{Event, event_loop, gather};
//!
//! let (ready, runners) = (Event::new(), 3);
//! let run = |number: u32| {
//!     let ready = &ready;
//!     async move {
//!         ready.wait().await;
//!         number
//!     }
//! };
//! let gun = async {
//!     assert_eq!(ready.waiters(), runners);
//!     ready.set();
//! };
//! let (finish, ()) = event_loop::run(gather((gather((0..3).map(run)), gun)));
//! assert_eq!(finish, [0, 1, 2]);
//! ```
//!
//! # Graceful shutdown
//!
//! Two steps: first stop taking in, then wait for what is inside, but not for ever. `close` lets
//! consumers finish what is queued, retries by [`nack`](crate::TaskGuard::nack) included;
//! `close_now` takes it away and says what it was.
//!
//! ```
//! use std::time::Duration;
//! use waystation::event_loop::{EventLoop, VirtualClock, sleep, timeout};
//! use waystation::{Queue, gather};
//!
//! const GRACE: Duration = Duration::from_secs(10);
//!
//! let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
//! let left = event_loop.run_until_complete(async {
//!     let requests = Queue::unbounded();
//!     let server = async {
//!         while let Ok(_request) = requests.get_task().await {
//!             sleep(Duration::from_secs(4)).await;
//!         }
//!     };
//!     let shutdown = async {
//!         requests.put_many(1..=5).await.unwrap();
//!         sleep(Duration::from_secs(1)).await;
//!         requests.close(); // whoever puts now gets an error, and the item back
//!         match timeout(GRACE, requests.join()).await {
//!             Ok(()) => Vec::new(),
//!             Err(_) => requests.close_now(),
//!         }
//!     };
//!     let ((), left) = gather((server, shutdown)).await;
//!     left
//! });
//! assert_eq!(left, [4, 5]); // the third was being served, and still was finished
//! ```
//!
//! # Periodic jobs
//!
//! A callback for something short, an [`interval`](crate::event_loop::interval) in a task for
//! something that waits. [`MissedTick`](crate::event_loop::MissedTick) says what becomes of a tick
//! that could not run in time: left out (`Skip`, on the grid), left out (`Delay`, from now on), or
//! made up for (`Burst`).
//!
//! ```
//! use std::time::Duration;
//! use waystation::event_loop::{EventLoop, MissedTick, VirtualClock, interval, sleep};
//!
//! let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
//! let begin = event_loop.time();
//! let ran_at = event_loop.run_until_complete(async {
//!     let mut ticks = interval(Duration::from_secs(10)).missed(MissedTick::Skip);
//!     let mut ran_at = Vec::new();
//!     for work in [1, 25, 1] {
//!         let tick = ticks.tick().await;
//!         ran_at.push((tick.now - begin).as_secs());
//!         sleep(Duration::from_secs(work)).await;
//!     }
//!     ran_at
//! });
//! assert_eq!(ran_at, [10, 20, 45]); // at 45 the ticks of 30 and 40 are one: one is left out
//! ```
//!
//! Work that blocks goes to [`run_in_executor`](crate::event_loop::LocalHandle::run_in_executor), so
//! that the schedule of the others does not suffer.
