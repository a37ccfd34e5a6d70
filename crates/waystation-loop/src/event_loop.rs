use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::rc::Rc;
use std::time::Instant;

use crate::builder::Builder;
use crate::close;
use crate::error::RunError;
use crate::handle::Handle;
use crate::inner::Inner;
use crate::local::LocalHandle;
use crate::main_future;
use crate::turn::{self, Until};

/// Runs a future on a new loop, drops what is left on the loop, and returns the output.
///
/// Tasks that are not done are cancelled and dropped before `run` returns, or before a panic goes
/// on.
///
/// # Blocking
///
/// Blocks the thread until the future is done.
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
/// Callbacks and tasks stand in one line, first in, first out. Each turn of the loop runs what
/// stands in line when the turn begins; what is scheduled meanwhile runs in the next turn. Timers
/// whose time has come join the line at the beginning of a turn, in the order of their times, and
/// in the order of setting where times are equal.
///
/// Dropping the loop [closes](EventLoop::close) it. It stays on its thread, and is not `Send`;
/// other threads reach it through a [`handle`](EventLoop::handle).
///
/// # Fairness
///
/// Strict: everything that stands in line runs once before anything that was scheduled later runs.
/// A callback that schedules itself starves neither timers nor what comes from other threads.
///
/// # Examples
///
/// ```
/// use std::cell::RefCell;
/// use waystation_loop::EventLoop;
///
/// let seen = RefCell::new(Vec::new());
/// let event_loop = EventLoop::new();
/// // The future may borrow.
/// event_loop.run_until_complete(async { seen.borrow_mut().push(1) });
/// assert_eq!(*seen.borrow(), [1]);
/// ```
#[doc(alias = "LocalSet")]
#[doc(alias = "LocalExecutor")]
pub struct EventLoop {
    pub(crate) local: LocalHandle,
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

    pub(crate) fn from_inner(inner: Rc<Inner>) -> Self {
        Self {
            local: LocalHandle::new(inner),
        }
    }

    fn inner(&self) -> &Rc<Inner> {
        &self.local.inner
    }

    /// Runs until the future is done, and returns its output.
    ///
    /// The future may borrow and need not be `Send`. It stands in line like a task. What stands in
    /// line when it is done still gets its turn, as in asyncio; other tasks stay where they are and
    /// go on in the next run.
    ///
    /// # Blocking
    ///
    /// Blocks the thread until the future is done.
    ///
    /// # Panics
    ///
    /// If a loop already runs on this thread, if this loop is closed, if it is stopped before the
    /// future is done, or if it is stuck and detects it;
    /// [`try_run_until_complete`](EventLoop::try_run_until_complete) returns an error instead. With
    /// the panic of the future, or of a callback if there is no
    /// [`panic_handler`](Builder::panic_handler); an output that came in the turn before is then
    /// dropped. The loop can run again afterwards, and what was in line is still there.
    ///
    /// # Examples
    ///
    /// ```
    /// use waystation_loop::EventLoop;
    ///
    /// let event_loop = EventLoop::new();
    /// let name = String::from("world");
    /// let greeting = event_loop.run_until_complete(async { format!("hello {}", &name) });
    /// assert_eq!(greeting, "hello world");
    /// ```
    #[doc(alias = "block_on")]
    #[track_caller]
    pub fn run_until_complete<F: Future>(&self, future: F) -> F::Output {
        match main_future::run(self.inner(), future, Location::caller()) {
            Ok(output) => output,
            Err(error) => misuse(&error),
        }
    }

    /// Like [`run_until_complete`](EventLoop::run_until_complete), with an error where that one
    /// panics about the loop.
    ///
    /// A future that is not done is dropped before the error is returned.
    ///
    /// # Blocking
    ///
    /// Blocks the thread until the future is done.
    ///
    /// # Errors
    ///
    /// [`AlreadyRunning`](RunError::AlreadyRunning) inside a loop,
    /// [`Closed`](RunError::Closed) on a closed loop, [`Stopped`](RunError::Stopped) if
    /// [`stop`](EventLoop::stop) was called before the future was done,
    /// [`Stalled`](RunError::Stalled) if the loop is stuck and
    /// [detects it](Builder::detect_stall).
    ///
    /// # Panics
    ///
    /// With the panic of the future, or of a callback if there is no panic handler.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::future::pending;
    /// use waystation_loop::{EventLoop, RunError};
    ///
    /// let event_loop = EventLoop::new();
    /// event_loop.stop();
    /// let stopped = event_loop.try_run_until_complete(pending::<()>());
    /// assert_eq!(stopped, Err(RunError::Stopped));
    /// ```
    #[track_caller]
    pub fn try_run_until_complete<F: Future>(&self, future: F) -> Result<F::Output, RunError> {
        main_future::run(self.inner(), future, Location::caller())
    }

    /// Runs until [`stop`](EventLoop::stop) is called.
    ///
    /// If it was called before, exactly one turn runs, without sleeping.
    ///
    /// # Blocking
    ///
    /// Blocks the thread until the loop is stopped.
    ///
    /// # Errors
    ///
    /// [`AlreadyRunning`](RunError::AlreadyRunning), [`Closed`](RunError::Closed), or
    /// [`Stalled`](RunError::Stalled) if the loop is stuck and detects it.
    ///
    /// # Panics
    ///
    /// With the panic of a callback if there is no panic handler.
    ///
    /// # Examples
    ///
    /// ```
    /// use waystation_loop::{EventLoop, current};
    ///
    /// let event_loop = EventLoop::new();
    /// event_loop.call_soon(|| current().stop());
    /// event_loop.run_forever().unwrap();
    /// ```
    pub fn run_forever(&self) -> Result<(), RunError> {
        let _run = self.inner().enter()?;
        turn::drive(self.inner(), Until::Stopped, None)
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
        let _run = match self.inner().enter() {
            Ok(run) => run,
            Err(error) => misuse(&error),
        };
        if let Err(error) = turn::drive(self.inner(), Until::Idle, None) {
            misuse(&error);
        }
    }

    /// Stops the loop at the end of its current turn; if it does not run, its next run is one turn
    /// long.
    ///
    /// What is in line then stays there for the next run.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures_lite::future::yield_now;
    /// use waystation_loop::EventLoop;
    ///
    /// let event_loop = EventLoop::new();
    /// let task = event_loop.spawn(yield_now()); // It takes two turns.
    /// event_loop.stop();
    /// event_loop.run_forever()?;
    /// assert!(!task.is_finished(), "there was one");
    /// event_loop.run_until_idle();
    /// assert!(task.is_finished());
    /// # Ok::<(), waystation_loop::RunError>(())
    /// ```
    pub fn stop(&self) {
        self.local.stop();
    }

    /// Cancels and drops everything that is left, on this thread: every task, callback and timer.
    ///
    /// Closing a closed loop does nothing. Something that is added while the loop closes, by the
    /// drop of something else, is dropped at once. Afterwards a [`Handle`] says
    /// [`LoopClosed`](crate::LoopClosed), and a late wake-up from another thread does nothing. Jobs
    /// of the executor that run are not waited for.
    ///
    /// # Blocking
    ///
    /// If another thread is waking one of the tasks at this very moment, it is waited for: a few
    /// instructions, and never any code but this crate's.
    ///
    /// # Panics
    ///
    /// If the loop is running. With the first panic of the drop of a callback, after everything is
    /// dropped; what panics in the drop of a task is the outcome of the task.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::future::pending;
    /// use waystation_loop::{EventLoop, JoinError};
    ///
    /// let event_loop = EventLoop::new();
    /// let task = event_loop.spawn(pending::<()>());
    /// event_loop.close();
    /// assert!(task.is_finished());
    /// ```
    #[track_caller]
    pub fn close(&self) {
        if self.is_running() {
            panic!("an event loop cannot be closed while it is running");
        }
        close::close(self.inner());
    }

    /// Whether it runs now.
    pub fn is_running(&self) -> bool {
        self.local.is_running()
    }

    /// Whether it is closed.
    pub fn is_closed(&self) -> bool {
        self.local.is_closed()
    }

    /// The time of its clock.
    pub fn time(&self) -> Instant {
        self.local.time()
    }

    /// A handle for other threads.
    pub fn handle(&self) -> Handle {
        self.local.handle()
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
        close::close(self.inner());
    }
}

impl fmt::Debug for EventLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner().fmt(f)
    }
}
