//! Coming from asyncio: the names are the same, and four things are different.
//!
//! # The same program
//!
//! ```python
//! async def worker(jobs, seats):
//!     while True:
//!         job = await jobs.get()
//!         async with seats:
//!             await asyncio.sleep(0.001)
//!         jobs.task_done()
//!
//! async def main():
//!     jobs, seats = asyncio.Queue(4), asyncio.Semaphore(2)
//!     workers = [asyncio.create_task(worker(jobs, seats)) for _ in range(3)]
//!     for job in range(10):
//!         await jobs.put(job)
//!     await jobs.join()
//!     for w in workers:
//!         w.cancel()
//!
//! asyncio.run(main())
//! ```
//!
//! ```
//! use std::time::Duration;
//! use waystation::event_loop::{self, sleep};
//! use waystation::{Queue, Semaphore, gather};
//!
//! async fn worker(jobs: &Queue<u32>, seats: &Semaphore) -> anyhow::Result<()> {
//!     while let Ok(_job) = jobs.get().await {
//!         let _seat = seats.acquire().await?;
//!         sleep(Duration::from_millis(1)).await;
//!         jobs.task_done()?;
//!     }
//!     Ok(())
//! }
//!
//! event_loop::run(async {
//!     let (jobs, seats) = (Queue::bounded(4), Semaphore::new(2));
//!     let workers = gather((0..3).map(|_| worker(&jobs, &seats)));
//!     let producer = async {
//!         for job in 0..10 {
//!             jobs.put(job).await?;
//!         }
//!         jobs.join().await;
//!         jobs.close(); // instead of cancelling those who wait
//!         anyhow::Ok(())
//!     };
//!     let (outcomes, producer) = gather((workers, producer)).await;
//!     assert!(outcomes.iter().all(|outcome| outcome.is_ok()));
//!     producer
//! })
//! # .unwrap();
//! ```
//!
//! # Four differences
//!
//! **Nothing runs before it is awaited.** `jobs.put(1);` puts nothing. The compiler warns: *nothing
//! is put until it is awaited*. A coroutine in Python is the same; `create_task` is not.
//! [`spawn`](crate::event_loop::LocalHandle::spawn) is what starts something by itself.
//!
//! **Cancelling is dropping.** There is no `CancelledError` and no `except`. A future that is
//! dropped runs its destructors and nothing else. [`cancellation`](super::cancellation) says what
//! has happened then.
//!
//! **Permits come back by themselves.** There is no `release()` to forget. The price is one trap:
//!
//! ```
//! # use waystation::Semaphore;
//! # futures_lite::future::block_on(async {
//! let seats = Semaphore::new(1);
//! let _seat = seats.acquire().await?; // until the end of the scope
//! assert_eq!(seats.available_permits(), 0);
//! # Ok::<(), waystation::AcquireError>(())
//! # }).unwrap();
//! ```
//!
//! `seats.acquire().await?;` as a statement gives the permit back in the same line. The compiler
//! warns. Do not follow its general advice, `let _ = …`: that gives the permit back in the same
//! line too, and no lint can catch it. Write `let _seat = …`.
//!
//! **Threads may take part.** asyncio's primitives belong to one loop. These belong to none: a
//! thread waits by `.block()`, with [`Blocking`](crate::Blocking) in scope, in the same line as
//! tasks.
//! See [`async_versus_threads`](super::async_versus_threads).
//!
//! # BoundedSemaphore
//!
//! [`Semaphore::bounded`](crate::Semaphore::bounded) is asyncio's `BoundedSemaphore`. As permits
//! come back by themselves, the bound matters only where one is forgotten on purpose:
//!
//! ```
//! use waystation::{OverRelease, Semaphore};
//!
//! let tickets = Semaphore::bounded(1);
//! tickets.try_acquire()?.forget(); // asyncio's acquire() …
//! assert_eq!(tickets.try_add_permits(1), Ok(())); // … and release()
//! assert_eq!(tickets.try_add_permits(1), Err(OverRelease));
//! # Ok::<(), waystation::TryAcquireError>(())
//! ```
//!
//! # The loop
//!
//! `run`, `run_until_complete`, `run_forever`, `stop`, `close`, `call_soon`, `call_later`,
//! `call_at` and `call_soon_threadsafe` do what they do there. What is scheduled in a turn runs in
//! the next one. New are `call_every` for periods, a clock that can be virtual, and a loop that
//! can say who waits for ever:
//!
//! ```
//! use waystation::Event;
//! use waystation::event_loop::{EventLoop, RunError, VirtualClock};
//!
//! let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
//! let never_set = Event::new();
//! let stuck = event_loop.try_run_until_complete(never_set.wait());
//! assert!(matches!(stuck, Err(RunError::Stalled(_))));
//! ```
//!
//! What blocks goes to a thread, as in asyncio. Work that can fail has two errors: its own, inside
//! that of the task, which may have panicked. So there are two `?`:
//!
//! ```
//! use waystation::event_loop::{current, run};
//!
//! let text = run(async {
//!     let read = current().run_in_executor(|| std::fs::read_to_string("Cargo.toml"));
//!     anyhow::Ok(read.await??)
//! });
//! assert!(text.unwrap().contains("[package]"));
//! ```
//!
//! Sockets and files are not here. Crates that bring their own reactor, such as `async-io` and
//! `async-net`, work inside the loop.
//!
//! # Queues
//!
//! `asyncio.Queue(n)` is `Queue::bounded(n)`, `asyncio.Queue()` is `Queue::unbounded()`, and
//! [`with_maxsize`](crate::BaseQueue::with_maxsize) takes asyncio's number, 0 for endless.
//! `put_nowait` and `get_nowait` are `try_put` and `try_get`; `shutdown()` is `close()`, and with
//! `immediate=True` `close_now()`, which also says what was in it. A queue that closes by itself
//! when the last producer is gone is a [`channel`](crate::channel).
//!
//! # gather
//!
//! [`gather`](crate::gather()) is `gather(…, return_exceptions=True)`: a `Result` is an output like
//! any other. [`try_gather`](crate::try_gather) ends at the first `Err` and drops the rest, where
//! asyncio's `gather` lets the rest run on. The children run inside the task that awaits, so they
//! may borrow, as the workers above do. [`waystation_gather::guide`] has the whole table.
//!
//! # Errors
//!
//! | asyncio raises | here |
//! |---|---|
//! | `QueueFull`, `QueueEmpty` | [`TryPutError`](crate::TryPutError), [`TryGetError`](crate::TryGetError) |
//! | `QueueShutDown` | [`PutError`](crate::PutError) with the item, [`GetError`](crate::GetError) |
//! | `ValueError` of `task_done` | [`TooManyTaskDone`](crate::TooManyTaskDone) |
//! | `ValueError` of a bounded `release` | [`OverRelease`](crate::OverRelease) |
//! | `TimeoutError` | [`Elapsed`](crate::event_loop::Elapsed) |
