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
    #[track_caller]
    pub fn call_soon(&self, callback: impl FnOnce() + 'static) -> CallHandle {
        self.inner.assert_open("call_soon");
        calls::call_soon(&self.inner, callback, Location::caller())
    }

    /// See [`EventLoop::call_later`](crate::EventLoop::call_later).
    #[track_caller]
    pub fn call_later(&self, delay: Duration, callback: impl FnOnce() + 'static) -> TimerHandle {
        self.inner.assert_open("call_later");
        let when = When::from(self.inner.now().checked_add(delay));
        calls::call_at(&self.inner, when, callback, Location::caller())
    }

    /// See [`EventLoop::call_at`](crate::EventLoop::call_at).
    #[track_caller]
    pub fn call_at(&self, at: Instant, callback: impl FnOnce() + 'static) -> TimerHandle {
        self.inner.assert_open("call_at");
        calls::call_at(&self.inner, When::At(at), callback, Location::caller())
    }

    /// See [`EventLoop::call_every`](crate::EventLoop::call_every).
    #[track_caller]
    pub fn call_every<F>(&self, every: Every, callback: F) -> TimerHandle
    where
        F: FnMut(Tick) -> ControlFlow<()> + 'static,
    {
        self.inner.assert_open("call_every");
        calls::call_every(&self.inner, every, callback, Location::caller())
    }

    /// See [`EventLoop::run_in_executor`](crate::EventLoop::run_in_executor).
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
    pub fn time(&self) -> Instant {
        self.inner.now()
    }

    /// See [`EventLoop::stop`](crate::EventLoop::stop).
    pub fn stop(&self) {
        self.inner.stop();
    }

    /// See [`EventLoop::handle`](crate::EventLoop::handle).
    pub fn handle(&self) -> Handle {
        Handle::new(self.inner.remote.clone())
    }

    /// See [`EventLoop::is_running`](crate::EventLoop::is_running).
    pub fn is_running(&self) -> bool {
        self.inner.phase() == Phase::Running
    }

    /// See [`EventLoop::is_closed`](crate::EventLoop::is_closed).
    pub fn is_closed(&self) -> bool {
        self.inner.phase() == Phase::Closed
    }
}

impl fmt::Debug for LocalHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LocalHandle").field(&self.inner).finish()
    }
}
