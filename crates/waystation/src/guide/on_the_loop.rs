//! On the loop: what belongs together with timers, other runtimes, signals, processes and spawning.
//!
//! # A timer beside a busy queue
//!
//! The usual shape of a service is a `select!` over an interval and a queue. A tick that is due is
//! ready at its first poll, and an interval keeps its timer when a `tick` is dropped. So this one
//! flushes by time, however busy its queue is. A `sleep_until(deadline)` made anew in each round
//! does so, too.
//!
//! ```
//! use std::time::{Duration, Instant};
//! use waystation::{Queue, event_loop};
//!
//! const MS: Duration = Duration::from_millis(1);
//! let (flushes, left) = event_loop::run(async {
//!     let queue = Queue::unbounded();
//!     queue.put_many(0..4_000_000u32).await.unwrap();
//!     let (begin, mut flushes) = (Instant::now(), 0);
//!     let mut every = event_loop::interval(2 * MS);
//!     while begin.elapsed() < 60 * MS {
//!         tokio::select! {
//!             _ = every.tick() => { flushes += 1 }
//!             item = queue.get() => { item.unwrap(); }
//!         }
//!     }
//!     (flushes, queue.len())
//! });
//! assert!(flushes >= 5 && left > 0, "{flushes} flushes, {left} left");
//! ```
//!
//! # A client of tokio's
//!
//! A client that needs tokio (`reqwest`, `tonic`, a database driver) finds it through the thread:
//! enter a runtime before the loop runs, and keep the guard. The client's sockets and timers are
//! then driven by the runtime's threads, and its futures are polled by the loop.
//!
//! ```
//! use std::time::Duration;
//! use waystation::event_loop;
//!
//! /// Stands for a request of such a client.
//! async fn request() -> &'static str {
//!     let connection = tokio::spawn(tokio::time::sleep(Duration::from_millis(1)));
//!     connection.await.unwrap();
//!     tokio::time::timeout(Duration::from_secs(5), async { "200 OK" }).await.unwrap()
//! }
//!
//! let runtime = tokio::runtime::Builder::new_multi_thread()
//!     .worker_threads(1)
//!     .enable_all()
//!     .build()?;
//! let answers = {
//!     let _entered = runtime.handle().enter();
//!     event_loop::run(async {
//!         let other = event_loop::current().spawn(request());
//!         [request().await, other.await.unwrap()]
//!     })
//! };
//! assert_eq!(answers, ["200 OK"; 2]);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! It has to be a runtime with threads of its own: nothing drives a `current_thread` one meanwhile.
//!
//! # Signals
//!
//! A handler may do next to nothing, so the crates for it give a thread or a stream: `signal-hook`
//! the former, `async-signal` the latter, which is awaited in a task. The thread holds a
//! [`Handle`](crate::event_loop::Handle):
//!
//! ```
//! use std::thread;
//! use waystation::event_loop::EventLoop;
//! # /// Stands for `signal_hook::iterator::Signals::forever`.
//! # fn signals() -> impl Iterator<Item = i32> { [15].into_iter() }
//!
//! let event_loop = EventLoop::new();
//! let handle = event_loop.handle();
//! let watcher = thread::spawn(move || {
//!     for signal in signals() {
//!         println!("signal {signal}: stopping");
//!         if handle.stop().is_err() {
//!             break; // The loop is closed.
//!         }
//!     }
//! });
//! event_loop.run_forever()?;
//! # watcher.join().unwrap();
//! # Ok::<(), waystation::event_loop::RunError>(())
//! ```
//!
//! # Subprocesses
//!
//! Types that bring their own reactor work inside the loop. `async-process` (here through `smol`)
//! is one; `run_in_executor` with std's `Command` is the way without it.
//!
//! ```
//! use std::process::Command;
//! use waystation::event_loop::{current, run};
//!
//! let (awaited, on_a_thread) = run(async {
//!     let version = ["--version"];
//!     let job = current().run_in_executor(move || Command::new("cargo").args(version).output());
//!     let awaited = smol::process::Command::new("cargo").args(version).output().await?;
//!     Ok::<_, std::io::Error>((awaited, job.await??))
//! })?;
//! assert!(awaited.status.success() && awaited.stdout == on_a_thread.stdout);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # `spawn(worker(&queue))`
//!
//! A spawned task may outlive the function that spawns it, so it cannot borrow from there:
//!
//! ```compile_fail,E0597
//! # async fn worker(queue: &waystation::Queue<u32>) {}
//! use waystation::{Queue, event_loop};
//!
//! event_loop::run(async {
//!     let queue = Queue::bounded(4);
//!     event_loop::current().spawn(worker(&queue));
//! });
//! ```
//!
//! It takes a share. The loop has one thread, so an `Rc` will do; an `Arc` if other threads use the
//! queue too. What ends before the function does is a child of [`gather`](crate::gather()) instead,
//! and may borrow.
//!
//! ```
//! use std::rc::Rc;
//! use waystation::{Queue, event_loop, gather};
//!
//! async fn worker(queue: &Queue<u32>) -> u32 {
//!     let mut sum = 0;
//!     while let Ok(item) = queue.get().await {
//!         sum += item;
//!     }
//!     sum
//! }
//!
//! let sums = event_loop::run(async {
//!     let queue = Rc::new(Queue::bounded(4));
//!     let share = queue.clone();
//!     let spawned = event_loop::current().spawn(async move { worker(&share).await });
//!     let boss = async {
//!         queue.put_many(1..=10).await.unwrap();
//!         queue.close();
//!     };
//!     let (sum, ()) = gather((worker(&queue), boss)).await;
//!     sum + spawned.await.unwrap()
//! });
//! assert_eq!(sums, 55);
//! ```
//!
//! # By the calendar
//!
//! [`call_on`](crate::event_loop::LocalHandle::call_on) and
//! [`interval_on`](crate::event_loop::interval_on) follow the wall clock: whatever says which
//! occurrence comes after a time is a schedule. They notice within half a minute when the clock was
//! set or the machine was suspended. A [`VirtualClock`](crate::event_loop::VirtualClock) does both
//! in a test: `starting_at`, `step_wall`, `suspend`.
