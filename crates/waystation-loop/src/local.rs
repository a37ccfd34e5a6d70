use std::future::Future;
use std::ops::ControlFlow;
use std::panic::Location;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

use crate::calls::{CallHandle, TimerHandle};
use crate::driver::callback::{Call, Callback, Caller, Next, Once, Repeated, Rhythm, Timed, When};
use crate::driver::context;
use crate::driver::inner::{Inner, Phase};
use crate::executor;
use crate::handle::Handle;
use crate::join::JoinHandle;
use crate::task;
use crate::time::occurrences::{Calendar, Occurrences};
use crate::time::schedule::{Every, Tick};

/// The loop whose callback or task runs on this thread.
///
/// # Panics
///
/// If there is none; see [`try_current`].
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

/// The loop whose callback or task runs on this thread, if there is one. Something that is dropped
/// by [`close`](crate::EventLoop::close) finds the loop that is closed.
pub fn try_current() -> Option<LocalHandle> {
    context::current().map(LocalHandle::new)
}

/// A loop, seen from its own thread: an [`EventLoop`](crate::EventLoop) derefs to it, and
/// [`current`] gives it to callbacks and tasks.
///
/// It stays on its thread, and is not counted as something that may still wake the loop (see
/// [`detect_stall`](crate::Builder::detect_stall)). For other threads there is
/// [`handle`](LocalHandle::handle).
///
/// # Panics
///
/// What is given to a closed loop panics.
#[derive(Clone, Debug)]
pub struct LocalHandle {
    pub(crate) inner: Rc<Inner>,
}

impl LocalHandle {
    pub(crate) fn new(inner: Rc<Inner>) -> Self {
        Self { inner }
    }

    /// Makes the loop run a future, which need not be `Send`.
    ///
    /// It is polled for the first time in the next turn. Dropping the [`JoinHandle`] detaches it.
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
        self.inner.assert_open("spawn");
        task::spawn(&self.inner, future, None, Location::caller())
    }

    /// Like [`spawn`](LocalHandle::spawn), with a name for reports.
    #[doc(alias = "set_name")]
    #[track_caller]
    pub fn spawn_named<F>(&self, name: impl Into<String>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.inner.assert_open("spawn_named");
        let name = name.into().into_boxed_str();
        task::spawn(&self.inner, future, Some(name), Location::caller())
    }

    /// Calls `callback` in the next turn, after what is in line already.
    #[track_caller]
    pub fn call_soon(&self, callback: impl FnOnce() + 'static) -> CallHandle {
        self.inner.assert_open("call_soon");
        let call: Rc<Call> = Rc::new(Call::new(Once::new(callback), Location::caller()));
        self.inner.call_soon(call.clone());
        CallHandle::new(call)
    }

    /// Calls `callback` when `delay` has passed since now. A delay of zero runs it in the next
    /// turn; one that overflows the clock never passes.
    #[track_caller]
    pub fn call_later(&self, delay: Duration, callback: impl FnOnce() + 'static) -> TimerHandle {
        self.inner.assert_open("call_later");
        let when = When::from(self.time().checked_add(delay));
        self.set(Once::new(callback), when.into(), Location::caller())
    }

    /// Calls `callback` at a time of the loop's clock. A deadline in the past fires on the next
    /// turn.
    #[track_caller]
    pub fn call_at(&self, at: Instant, callback: impl FnOnce() + 'static) -> TimerHandle {
        self.inner.assert_open("call_at");
        let when = When::At(at);
        self.set(Once::new(callback), when.into(), Location::caller())
    }

    /// Calls `callback` once in every period, until it returns
    /// [`Break`](std::ops::ControlFlow::Break), is cancelled, or panics.
    ///
    /// The first tick comes after one period, unless the schedule says when it begins.
    /// [`MissedTick`](crate::MissedTick) says what happens to ticks that could not run in time.
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
        self.inner.assert_open("call_every");
        self.repeat(every.begin(self.time()), callback, Location::caller())
    }

    /// Calls `callback` at every occurrence of a schedule by the calendar, until it returns
    /// [`Break`](std::ops::ControlFlow::Break), is cancelled, or panics, or no occurrence is left.
    ///
    /// The loop looks at the wall clock at least every 30 seconds, and so notices when it was set, or
    /// the machine was suspended. Set forward, it is called once for the first occurrence that was
    /// passed over, and the tick says how many others are left out. Set back, nothing is called a
    /// second time: the scheduled times rise strictly. Only a clock that is three hours or more
    /// behind the latest time seen was corrected, and the schedule is computed anew.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use std::time::{Duration, SystemTime};
    /// use waystation_loop::{EventLoop, VirtualClock, current};
    ///
    /// /// At every full hour.
    /// fn hourly(time: SystemTime) -> Option<SystemTime> {
    ///     let past = time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs() % 3600;
    ///     Some(time + Duration::from_secs(3600 - past))
    /// }
    ///
    /// let ten_to = SystemTime::UNIX_EPOCH + Duration::from_secs(3000);
    /// let clock = VirtualClock::starting_at(ten_to);
    /// let event_loop = EventLoop::builder().clock(clock).build();
    /// event_loop.call_on(hourly, move |tick| {
    ///     assert_eq!(tick.scheduled, ten_to + Duration::from_secs(600));
    ///     current().stop();
    ///     ControlFlow::Continue(())
    /// });
    /// event_loop.run_forever()?;
    /// # Ok::<(), waystation_loop::RunError>(())
    /// ```
    #[track_caller]
    pub fn call_on<O, F>(&self, occurrences: O, callback: F) -> TimerHandle
    where
        O: Occurrences + 'static,
        F: FnMut(Tick<SystemTime>) -> ControlFlow<()> + 'static,
    {
        self.inner.assert_open("call_on");
        let calendar = Calendar::begin(occurrences, &*self.inner.shared.clock);
        self.repeat(calendar, callback, Location::caller())
    }

    fn repeat<R, F>(&self, rhythm: R, callback: F, caller: Caller) -> TimerHandle
    where
        R: Rhythm + 'static,
        F: FnMut(R::Tick) -> ControlFlow<()> + 'static,
    {
        let next = rhythm.next(&*self.inner.shared.clock);
        let next = next.unwrap_or(When::Never.into());
        self.set(Repeated::new(rhythm, callback), next, caller)
    }

    fn set(&self, callback: impl Callback + 'static, next: Next, caller: Caller) -> TimerHandle {
        let call: Rc<Call> = Rc::new(Call::new(Timed::new(callback), caller));
        self.inner.call_at(call.clone(), next);
        TimerHandle::new(self.inner.clone(), call)
    }

    /// Runs blocking work on a thread pool, and returns a handle that gives its result.
    ///
    /// The pool is the one of the `blocking` crate: threads are started when they are needed, and
    /// end when they are not. A panic of the work comes out as
    /// [`JoinError::Panicked`](crate::JoinError::Panicked).
    ///
    /// # Examples
    ///
    /// Work that can fail has two errors, its own inside that of the task, and so two `?`:
    ///
    /// ```
    /// use waystation_loop::{current, run};
    ///
    /// let manifest: std::io::Result<String> = run(async {
    ///     let read = current().run_in_executor(|| std::fs::read_to_string("Cargo.toml"));
    ///     Ok(read.await??)
    /// });
    /// assert!(manifest.unwrap().contains("[package]"));
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
        self.inner.assert_open("run_in_executor");
        executor::run_in_executor(&self.inner, work, Location::caller())
    }

    /// The time of the loop's clock.
    pub fn time(&self) -> Instant {
        self.inner.now()
    }

    /// Stops the loop at the end of its current turn; if it does not run, its next run is one turn
    /// long. What is in line then stays there for the next run.
    pub fn stop(&self) {
        self.inner.is_stopping.set(true);
    }

    /// A handle for other threads.
    pub fn handle(&self) -> Handle {
        Handle::new(self.inner.shared.clone())
    }

    /// Whether the loop runs now.
    pub fn is_running(&self) -> bool {
        self.inner.phase.get() == Phase::Running
    }

    /// Whether the loop is closed.
    pub fn is_closed(&self) -> bool {
        self.inner.phase.get() == Phase::Closed
    }
}
