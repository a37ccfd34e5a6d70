use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::panic::Location;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::calls::{self, CallHandle, TimerHandle};
use crate::executor;
use crate::handle::Handle;
use crate::inner::{Inner, Phase};
use crate::join::JoinHandle;
use crate::near;
use crate::schedule::{Every, Tick};
use crate::task;
use crate::timers::When;

/// The loop whose callback or task runs on this thread.
///
/// # Panics
///
/// If there is none; see [`try_current`].
///
/// # Examples
///
/// ```
/// use waystation_loop::{current, run};
///
/// run(async {
///     let task = current().spawn(async { "hello" });
///     assert_eq!(task.await.unwrap(), "hello");
/// });
/// ```
#[doc(alias = "get_running_loop")]
#[doc(alias = "get_event_loop")]
#[track_caller]
pub fn current() -> LocalHandle {
    match try_current() {
        Some(current) => current,
        None => panic!(
            "no event loop is running on this thread: call `current` in a task or callback of one"
        ),
    }
}

/// The loop whose callback or task runs on this thread, if there is one.
///
/// Something that is dropped by [`close`](crate::EventLoop::close) finds the loop that is closed.
///
/// # Examples
///
/// ```
/// assert!(waystation_loop::try_current().is_none());
/// ```
pub fn try_current() -> Option<LocalHandle> {
    near::current().map(LocalHandle::new)
}

/// A loop, seen from its own callbacks and tasks. [`current`] gives it.
///
/// It stays on its thread, and does not count as somebody who may still wake the loop (see
/// [`detect_stall`](crate::Builder::detect_stall)). For other threads there is
/// [`handle`](LocalHandle::handle).
///
/// Every method does what the method of [`EventLoop`](crate::EventLoop) with its name does, and
/// panics on a loop that is closed if that one does.
///
/// # Examples
///
/// ```
/// # use std::time::Duration;
/// use waystation_loop::{EventLoop, LocalHandle, VirtualClock, current};
///
/// fn count_down(event_loop: LocalHandle, seconds: u32) {
///     let next = event_loop.clone();
///     match seconds.checked_sub(1) {
///         Some(rest) => _ = event_loop.call_later(SECOND, move || count_down(next, rest)),
///         None => event_loop.stop(),
///     }
/// }
/// # const SECOND: Duration = Duration::from_secs(1);
/// # let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
/// # let start = event_loop.time();
/// event_loop.call_soon(|| count_down(current(), 10));
/// event_loop.run_forever()?;
/// assert_eq!(event_loop.time() - start, 10 * SECOND);
/// # Ok::<(), waystation_loop::RunError>(())
/// ```
#[derive(Clone)]
pub struct LocalHandle {
    pub(crate) inner: Rc<Inner>,
}

impl LocalHandle {
    pub(crate) fn new(inner: Rc<Inner>) -> Self {
        Self { inner }
    }

    /// See [`EventLoop::spawn`](crate::EventLoop::spawn).
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, JoinError, VirtualClock, current, sleep};
    ///
    /// # let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// # event_loop.run_until_complete(async {
    /// let start = current().time();
    /// let short = current().spawn(sleep(Duration::from_secs(2)));
    /// let long = current().spawn(sleep(Duration::from_secs(3)));
    /// short.await?;
    /// long.await?;
    /// assert_eq!(current().time() - start, Duration::from_secs(3), "side by side");
    /// # Ok::<(), JoinError>(())
    /// # })?;
    /// # Ok::<(), JoinError>(())
    /// ```
    #[doc(alias = "create_task")]
    #[doc(alias = "spawn_local")]
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.inner.assert_open("spawn");
        task::spawn(&self.inner, future, None, Location::caller())
    }

    /// See [`EventLoop::spawn_named`](crate::EventLoop::spawn_named).
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::future::pending;
    /// use waystation_loop::{EventLoop, RunError, VirtualClock, current};
    ///
    /// let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// let stuck = event_loop.try_run_until_complete(async {
    ///     for n in 1..=2 {
    ///         drop(current().spawn_named(format!("worker {n}"), pending::<()>()));
    ///     }
    ///     pending::<()>().await
    /// });
    /// let report = stuck.unwrap_err().to_string();
    /// assert!(report.contains("worker 1") && report.contains("worker 2"));
    /// ```
    #[doc(alias = "set_name")]
    #[track_caller]
    pub fn spawn_named<F>(&self, name: impl Into<String>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.inner.assert_open("spawn_named");
        task::spawn(
            &self.inner,
            future,
            Some(name.into().into_boxed_str()),
            Location::caller(),
        )
    }

    /// See [`EventLoop::call_soon`](crate::EventLoop::call_soon).
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::cell::Cell;
    /// # use std::rc::Rc;
    /// # use std::time::Duration;
    /// use waystation_loop::{current, run, sleep};
    ///
    /// # run(async {
    /// let called = Rc::new(Cell::new(false));
    /// let seen = called.clone();
    /// current().call_soon(move || seen.set(true));
    /// assert!(!called.get(), "not while this task runs");
    /// sleep(Duration::ZERO).await;
    /// assert!(called.get());
    /// # });
    /// ```
    #[track_caller]
    pub fn call_soon(&self, callback: impl FnOnce() + 'static) -> CallHandle {
        self.inner.assert_open("call_soon");
        calls::call_soon(&self.inner, callback, Location::caller())
    }

    /// See [`EventLoop::call_later`](crate::EventLoop::call_later).
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::cell::Cell;
    /// # use std::rc::Rc;
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, VirtualClock, current, sleep};
    ///
    /// # let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// # event_loop.run_until_complete(async {
    /// // A notice to those who wait, unless it is quick.
    /// for (millis, expected) in [(300, false), (3000, true)] {
    ///     let shown = Rc::new(Cell::new(false));
    ///     let show = shown.clone();
    ///     let notice = current().call_later(Duration::from_secs(1), move || show.set(true));
    ///     sleep(Duration::from_millis(millis)).await;
    ///     notice.cancel();
    ///     assert_eq!(shown.get(), expected);
    /// }
    /// # });
    /// ```
    #[track_caller]
    pub fn call_later(&self, delay: Duration, callback: impl FnOnce() + 'static) -> TimerHandle {
        self.inner.assert_open("call_later");
        let when = When::from(self.inner.now().checked_add(delay));
        calls::call_at(&self.inner, when, callback, Location::caller())
    }

    /// See [`EventLoop::call_at`](crate::EventLoop::call_at).
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::mpsc;
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, VirtualClock, current, sleep_until};
    ///
    /// # let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// # event_loop.run_until_complete(async {
    /// let (sender, called) = mpsc::channel();
    /// let noon = current().time() + Duration::from_secs(3600);
    /// // At the same time, and so in the order of setting.
    /// for name in ["one", "two", "three"] {
    ///     let sender = sender.clone();
    ///     current().call_at(noon, move || _ = sender.send(name));
    /// }
    /// sleep_until(noon).await;
    /// assert_eq!(called.try_iter().collect::<Vec<_>>(), ["one", "two", "three"]);
    /// # });
    /// ```
    #[track_caller]
    pub fn call_at(&self, at: Instant, callback: impl FnOnce() + 'static) -> TimerHandle {
        self.inner.assert_open("call_at");
        calls::call_at(&self.inner, When::At(at), callback, Location::caller())
    }

    /// See [`EventLoop::call_every`](crate::EventLoop::call_every).
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::ops::ControlFlow;
    /// # use std::sync::mpsc;
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, Every, VirtualClock, current, sleep};
    ///
    /// # let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// # event_loop.run_until_complete(async {
    /// let (sender, beats) = mpsc::channel();
    /// let heart = current().call_every(Every::new(Duration::from_secs(1)), move |tick| {
    ///     sender.send(tick).map_or(ControlFlow::Break(()), ControlFlow::Continue)
    /// });
    /// sleep(Duration::from_millis(3500)).await;
    /// assert_eq!(beats.try_iter().count(), 3);
    /// drop(beats); // Nobody listens any more, and it ends itself.
    /// sleep(Duration::from_secs(1)).await;
    /// assert_eq!(heart.when(), None);
    /// # });
    /// ```
    #[track_caller]
    pub fn call_every<F>(&self, every: Every, callback: F) -> TimerHandle
    where
        F: FnMut(Tick) -> ControlFlow<()> + 'static,
    {
        self.inner.assert_open("call_every");
        calls::call_every(&self.inner, every, callback, Location::caller())
    }

    /// See [`EventLoop::run_in_executor`](crate::EventLoop::run_in_executor).
    ///
    /// # Panics
    ///
    /// If the loop is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, VirtualClock, current, timeout};
    ///
    /// let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// let sum = event_loop.run_until_complete(async {
    ///     let work = current().run_in_executor(|| (1..=1_000_000).sum::<u64>());
    ///     // A virtual clock stands still while the work is out, so this is time enough.
    ///     timeout(Duration::from_nanos(1), work).await
    /// });
    /// assert_eq!(sum??, 500_000_500_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "to_thread")]
    #[doc(alias = "spawn_blocking")]
    #[track_caller]
    pub fn run_in_executor<T, F>(&self, work: F) -> JoinHandle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.inner.assert_open("run_in_executor");
        executor::run_in_executor(&self.inner, work, Location::caller())
    }

    /// See [`EventLoop::time`](crate::EventLoop::time).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, VirtualClock, current, sleep_until};
    ///
    /// # let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// # event_loop.run_until_complete(async {
    /// let start = current().time();
    /// let mut free = start;
    /// for _request in 0..5 {
    ///     // Not more than one in 200 ms.
    ///     sleep_until(free).await;
    ///     free = current().time() + Duration::from_millis(200);
    /// }
    /// assert_eq!(current().time() - start, Duration::from_millis(800));
    /// # });
    /// ```
    pub fn time(&self) -> Instant {
        self.inner.now()
    }

    /// See [`EventLoop::stop`](crate::EventLoop::stop).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, RunError, VirtualClock, current, sleep};
    ///
    /// let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// let start = event_loop.time();
    /// event_loop.spawn(async {
    ///     sleep(Duration::from_secs(5)).await;
    ///     current().stop();
    /// });
    /// let hour = event_loop.try_run_until_complete(sleep(Duration::from_secs(3600)));
    /// assert_eq!(hour, Err(RunError::Stopped));
    /// assert_eq!(event_loop.time() - start, Duration::from_secs(5));
    /// ```
    pub fn stop(&self) {
        self.inner.stop();
    }

    /// See [`EventLoop::handle`](crate::EventLoop::handle).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::cell::Cell;
    /// use waystation_loop::{current, run};
    ///
    /// thread_local! {
    ///     static PERCENT: Cell<u32> = const { Cell::new(0) };
    /// }
    ///
    /// let job = run(async {
    ///     let handle = current().handle();
    ///     // The job is on another thread; what it reports is done on this one.
    ///     let job = move || handle.call_soon_threadsafe(|| PERCENT.set(100));
    ///     current().run_in_executor(job).await
    /// });
    /// assert_eq!(PERCENT.get(), 100);
    /// # job??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn handle(&self) -> Handle {
        Handle::new(self.inner.remote.clone())
    }

    /// See [`EventLoop::is_running`](crate::EventLoop::is_running).
    ///
    /// # Examples
    ///
    /// ```
    /// use waystation_loop::{EventLoop, current};
    ///
    /// let event_loop = EventLoop::new();
    /// let kept = event_loop.run_until_complete(async { current() });
    /// // The handle still knows its loop when that does not run.
    /// assert!(!kept.is_running());
    /// kept.call_soon(move || assert!(current().is_running()));
    /// event_loop.run_until_idle();
    /// ```
    pub fn is_running(&self) -> bool {
        self.inner.phase() == Phase::Running
    }

    /// See [`EventLoop::is_closed`](crate::EventLoop::is_closed).
    ///
    /// # Examples
    ///
    /// ```
    /// use waystation_loop::{EventLoop, current};
    ///
    /// let event_loop = EventLoop::new();
    /// let kept = event_loop.run_until_complete(async { current() });
    /// drop(event_loop);
    /// // To be asked by what may outlive the loop: `kept.spawn` would panic now.
    /// assert!(kept.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.inner.phase() == Phase::Closed
    }
}

impl fmt::Debug for LocalHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LocalHandle").field(&self.inner).finish()
    }
}
