//! What a loop is given to do: tasks, callbacks, timers, jobs.

use std::future::Future;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::calls::{CallHandle, TimerHandle};
use crate::event_loop::EventLoop;
use crate::join::JoinHandle;
use crate::schedule::{Every, Tick};

impl EventLoop {
    /// Makes the loop run a future, which need not be `Send`.
    ///
    /// It is polled for the first time in the next turn. Dropping the [`JoinHandle`] detaches it.
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use waystation_loop::EventLoop;
    ///
    /// let event_loop = EventLoop::new();
    /// let local = Rc::new(7);
    /// let task = event_loop.spawn(async move { *local });
    /// assert_eq!(event_loop.run_until_complete(task).unwrap(), 7);
    /// ```
    #[doc(alias = "create_task")]
    #[doc(alias = "ensure_future")]
    #[doc(alias = "spawn_local")]
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.local.spawn(future)
    }

    /// Like [`spawn`](EventLoop::spawn), with a name for reports.
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    #[doc(alias = "set_name")]
    #[track_caller]
    pub fn spawn_named<F>(&self, name: impl Into<String>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.local.spawn_named(name, future)
    }

    /// Calls `callback` in the next turn, after what stands in line already.
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::Cell;
    /// use std::rc::Rc;
    /// use waystation_loop::EventLoop;
    ///
    /// let called = Rc::new(Cell::new(false));
    /// let event_loop = EventLoop::new();
    /// let seen = called.clone();
    /// event_loop.call_soon(move || seen.set(true));
    /// event_loop.run_until_idle();
    /// assert!(called.get());
    /// ```
    #[track_caller]
    pub fn call_soon(&self, callback: impl FnOnce() + 'static) -> CallHandle {
        self.local.call_soon(callback)
    }

    /// Calls `callback` when `delay` has passed since now. A delay of zero runs it in the next
    /// turn; one that overflows the clock never passes.
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use waystation_loop::{EventLoop, current};
    ///
    /// let event_loop = EventLoop::new();
    /// event_loop.call_later(Duration::from_millis(1), || current().stop());
    /// event_loop.run_forever().unwrap();
    /// ```
    #[track_caller]
    pub fn call_later(&self, delay: Duration, callback: impl FnOnce() + 'static) -> TimerHandle {
        self.local.call_later(delay, callback)
    }

    /// Calls `callback` at a time of the loop's clock. A time that has passed runs it in the next
    /// turn.
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    #[track_caller]
    pub fn call_at(&self, at: Instant, callback: impl FnOnce() + 'static) -> TimerHandle {
        self.local.call_at(at, callback)
    }

    /// Calls `callback` once in every period, until it returns
    /// [`Break`](std::ops::ControlFlow::Break), is cancelled, or panics.
    ///
    /// The first tick comes after one period, unless the schedule says when it begins. What becomes
    /// of ticks that could not run in time is said by [`MissedTick`](crate::MissedTick).
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    ///
    /// # Examples
    ///
    /// For as long as the loop runs: `Continue(())` at the end. `Break(())` ends it from inside.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use std::time::Duration;
    /// use waystation_loop::{EventLoop, Every, VirtualClock, sleep};
    ///
    /// let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// let schedule = event_loop.call_every(Every::new(Duration::from_secs(1)), |tick| {
    ///     println!("late by {:?}", tick.now - tick.scheduled);
    ///     ControlFlow::Continue(())
    /// });
    /// event_loop.run_until_complete(sleep(Duration::from_secs(10)));
    /// assert!(schedule.cancel());
    /// ```
    #[doc(alias = "interval")]
    #[track_caller]
    pub fn call_every<F>(&self, every: Every, callback: F) -> TimerHandle
    where
        F: FnMut(Tick) -> ControlFlow<()> + 'static,
    {
        self.local.call_every(every, callback)
    }

    /// Runs blocking work on a thread pool, and returns a handle that gives its result.
    ///
    /// The pool is the one of the `blocking` crate: threads are started when they are needed, and
    /// end when they are not. A panic of the work comes out as
    /// [`JoinError::Panicked`](crate::JoinError::Panicked).
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use waystation_loop::{current, run};
    ///
    /// let sum = run(async {
    ///     current().run_in_executor(|| (1..=100).sum::<u64>()).await.unwrap()
    /// });
    /// assert_eq!(sum, 5050);
    /// ```
    ///
    /// Work that can fail has two errors, its own inside that of the task, and so two `?`:
    ///
    /// ```
    /// use waystation_loop::{current, run};
    ///
    /// let manifest = run(async {
    ///     let read = current().run_in_executor(|| std::fs::read_to_string("Cargo.toml"));
    ///     Ok::<_, Box<dyn std::error::Error>>(read.await??)
    /// })
    /// .unwrap();
    /// assert!(manifest.contains("[package]"));
    /// ```
    #[doc(alias = "to_thread")]
    #[doc(alias = "spawn_blocking")]
    #[doc(alias = "unblock")]
    #[track_caller]
    pub fn run_in_executor<T, F>(&self, work: F) -> JoinHandle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.local.run_in_executor(work)
    }
}
