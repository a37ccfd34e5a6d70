use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::panic::Location;
use std::rc::Rc;
use std::task::Waker;

use crate::builder::Builder;
use crate::driver::inner::Inner;
use crate::driver::shared::Shared;
use crate::driver::{context, shutdown, turn};
use crate::error::RunError;
use crate::local::LocalHandle;

/// Runs a future on a new loop, drops what is left on the loop, and returns the output.
///
/// Tasks that are not done are cancelled and dropped before `run` returns, or before a panic goes
/// on.
///
/// # Panics
///
/// If a loop already runs on this thread, if the loop is stopped before the future is done, or with
/// the panic of the future, of a callback, or of the drop of something that was left.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use waystation_loop::{run, sleep};
///
/// let answer = run(async {
///     sleep(Duration::from_millis(1)).await;
///     42
/// });
/// assert_eq!(answer, 42);
/// ```
#[doc(alias = "asyncio.run")]
#[doc(alias = "block_on")]
#[track_caller]
pub fn run<F: Future>(future: F) -> F::Output {
    let event_loop = EventLoop::new();
    let output = event_loop.run_until_complete(future);
    event_loop.close();
    output
}

/// A loop that runs tasks and callbacks on the thread that made it.
///
/// Callbacks and tasks are in one ready line, first in, first out. Each turn of the loop runs what
/// is in line when the turn begins; what is scheduled meanwhile runs in the next turn. Timers that
/// are due join the line at the beginning of a turn, in the order of their times, and in the order
/// of setting where times are equal. A turn takes in a bounded amount from other threads.
///
/// What a loop is given to do, and asked, is on [`LocalHandle`], to which it derefs:
/// [`spawn`](LocalHandle::spawn), [`call_later`](LocalHandle::call_later),
/// [`handle`](LocalHandle::handle) and so on.
///
/// Dropping the loop [closes](EventLoop::close) it. It stays on its thread, and is not `Send`;
/// other threads reach it through a handle.
///
/// # Fairness
///
/// Strict: what is in line runs before anything that was scheduled later. A callback that schedules
/// itself starves neither timers nor what comes from other threads, and a thread that floods the
/// loop starves no timer.
#[doc(alias = "LocalSet")]
#[doc(alias = "LocalExecutor")]
pub struct EventLoop {
    local: LocalHandle,
}

impl EventLoop {
    /// A loop that follows the real time.
    #[doc(alias = "new_event_loop")]
    pub fn new() -> Self {
        Builder::new().build()
    }

    /// A loop with a clock, hooks or stall detection of your choice.
    pub fn builder() -> Builder {
        Builder::new()
    }

    fn inner(&self) -> &Rc<Inner> {
        &self.local.inner
    }

    /// Blocks the thread until the future is done, and returns its output.
    ///
    /// The future may borrow and need not be `Send`. What is in line when it is done still gets its
    /// turn, as in asyncio; other tasks stay where they are and go on in the next run.
    ///
    /// # Panics
    ///
    /// If a loop already runs on this thread, if this loop is closed, if it is stopped before the
    /// future is done, or if it is stuck and detects it;
    /// [`try_run_until_complete`](EventLoop::try_run_until_complete) returns an error instead. With
    /// the panic of the future, or of a callback if there is no
    /// [`panic_handler`](Builder::panic_handler). The loop can run again afterwards, and what was in
    /// line is still there.
    #[doc(alias = "block_on")]
    #[track_caller]
    pub fn run_until_complete<F: Future>(&self, future: F) -> F::Output {
        match turn::run_main(self.inner(), future, Location::caller()) {
            Ok(output) => output,
            Err(error) => misuse(&error),
        }
    }

    /// Like [`run_until_complete`](EventLoop::run_until_complete), with an error where that one
    /// panics about the loop.
    ///
    /// A future that is not done is dropped before the error is returned.
    ///
    /// # Errors
    ///
    /// [`AlreadyRunning`](RunError::AlreadyRunning) inside a loop,
    /// [`Closed`](RunError::Closed) on a closed loop, [`Stopped`](RunError::Stopped) if
    /// [`stop`](LocalHandle::stop) was called before the future was done,
    /// [`Stalled`](RunError::Stalled) if the loop is stuck and
    /// [detects it](Builder::detect_stall).
    ///
    /// # Panics
    ///
    /// With the panic of the future, or of a callback if there is no panic handler.
    #[track_caller]
    pub fn try_run_until_complete<F: Future>(&self, future: F) -> Result<F::Output, RunError> {
        turn::run_main(self.inner(), future, Location::caller())
    }

    /// Blocks the thread until [`stop`](LocalHandle::stop) is called.
    ///
    /// If it was called before, exactly one turn runs, without sleeping.
    ///
    /// # Errors
    ///
    /// [`AlreadyRunning`](RunError::AlreadyRunning), [`Closed`](RunError::Closed), or
    /// [`Stalled`](RunError::Stalled) if the loop is stuck and detects it.
    ///
    /// # Panics
    ///
    /// With the panic of a callback if there is no panic handler.
    pub fn run_forever(&self) -> Result<(), RunError> {
        turn::run_until_stopped(self.inner())
    }

    /// Runs turn after turn until nothing is ready, without sleeping and without moving a virtual
    /// clock. Timers whose time has come are run.
    ///
    /// # Panics
    ///
    /// If a loop already runs on this thread or this loop is closed. With the panic of a callback
    /// if there is no panic handler.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use waystation_loop::{EventLoop, VirtualClock, sleep};
    ///
    /// let clock = VirtualClock::manual();
    /// let event_loop = EventLoop::builder().clock(clock.clone()).build();
    /// let task = event_loop.spawn(sleep(Duration::from_secs(60)));
    /// event_loop.run_until_idle();
    /// assert!(!task.is_finished());
    /// clock.advance(Duration::from_secs(60));
    /// event_loop.run_until_idle();
    /// assert!(task.is_finished());
    /// ```
    #[doc(alias = "run_until_stalled")]
    #[track_caller]
    pub fn run_until_idle(&self) {
        if let Err(error) = turn::run_until_idle(self.inner()) {
            misuse(&error);
        }
    }

    /// Cancels and drops everything that is left, on this thread: every task, callback and timer.
    ///
    /// Closing a closed loop does nothing. Something that is added while the loop closes, by the
    /// drop of something else, is dropped at once. Afterwards a [`Handle`](crate::Handle) says
    /// [`LoopClosed`](crate::LoopClosed), and a late wake-up from another thread does nothing. Jobs
    /// of the executor that run are not waited for.
    ///
    /// # Panics
    ///
    /// If the loop is running. With the first panic of the drop of a callback, after everything is
    /// dropped; what panics in the drop of a task is the outcome of the task.
    #[track_caller]
    pub fn close(&self) {
        if self.is_running() {
            panic!("an event loop cannot be closed while it is running");
        }
        shutdown::close(self.inner());
    }
}

impl Deref for EventLoop {
    type Target = LocalHandle;

    fn deref(&self) -> &LocalHandle {
        &self.local
    }
}

impl Builder {
    /// Makes the loop, which lives on this thread.
    pub fn build(self) -> EventLoop {
        let (clock, hooks) = self.into_parts();
        let shared = Shared::register(clock);
        let inner = Rc::new(Inner::new(shared.clone(), hooks));
        inner.shared.clock.attach(&Waker::from(shared));
        context::register(&inner);
        let local = LocalHandle::new(inner);
        EventLoop { local }
    }
}

#[cold]
#[track_caller]
fn misuse(error: &RunError) -> ! {
    panic!("{error}")
}

impl Default for EventLoop {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for EventLoop {
    fn drop(&mut self) {
        shutdown::close(self.inner());
    }
}

impl fmt::Debug for EventLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner().fmt(f)
    }
}
