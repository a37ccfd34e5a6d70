use std::cell::RefCell;
use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use waystation_core::Panicked;

use crate::clock::{Clock, SystemClock};
use crate::event_loop::EventLoop;
use crate::inner::Inner;
use crate::near;
use crate::remote::Remote;

type PanicHandler = RefCell<Box<dyn FnMut(Panicked)>>;
type SlowReport = RefCell<Box<dyn FnMut(&SlowCallback)>>;

/// What a loop calls when something is out of the ordinary.
pub(crate) struct Hooks {
    pub(crate) slow: Option<Slow>,
    pub(crate) panic_handler: Option<PanicHandler>,
    pub(crate) detect_stall: bool,
}

pub(crate) struct Slow {
    pub(crate) threshold: Duration,
    pub(crate) report: SlowReport,
}

impl Hooks {
    /// Whether callbacks need not be watched.
    #[inline]
    pub(crate) fn are_plain(&self) -> bool {
        self.slow.is_none() && self.panic_handler.is_none()
    }

    pub(crate) fn has_panic_handler(&self) -> bool {
        self.panic_handler.is_some()
    }
}

/// A callback, or one poll of a task, that kept the loop longer than it should.
///
/// # Examples
///
/// ```
/// # use std::sync::mpsc;
/// # use std::time::Duration;
/// use waystation_loop::{EventLoop, VirtualClock};
///
/// # let clock = VirtualClock::new();
/// let (sender, reports) = mpsc::channel();
/// let event_loop = EventLoop::builder()
/// #     .clock(clock.clone())
///     .slow_callback(Duration::from_millis(50), move |slow| _ = sender.send(slow.to_string()))
///     .build();
/// event_loop.spawn_named("parser", async move { clock.advance(Duration::from_millis(80)) });
/// event_loop.run_until_idle();
/// let report = reports.try_recv()?;
/// assert!(report.starts_with("`parser` from "));
/// assert!(report.ends_with(" kept the event loop for 80ms"));
/// # Ok::<(), mpsc::TryRecvError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlowCallback {
    pub(crate) took: Duration,
    pub(crate) location: Option<&'static Location<'static>>,
    pub(crate) name: Option<String>,
}

impl SlowCallback {
    /// How long it took, by the loop's clock.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// Where it was scheduled or spawned. `None` if it was cancelled while it
    /// stood in line.
    pub fn location(&self) -> Option<&'static Location<'static>> {
        self.location
    }

    /// The name of the task, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl fmt::Display for SlowCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "`{name}`")?,
            None => f.write_str("a callback")?,
        }
        if let Some(location) = self.location {
            write!(f, " from {location}")?;
        }
        write!(f, " kept the event loop for {:?}", self.took)
    }
}

/// Makes an [`EventLoop`] that is not the usual one.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use waystation_loop::{EventLoop, VirtualClock};
///
/// let event_loop = EventLoop::builder()
///     .clock(VirtualClock::new())
///     .slow_callback(Duration::from_millis(100), |slow| eprintln!("{slow}"))
///     .panic_handler(|panicked| eprintln!("a callback {panicked}"))
///     .build();
/// event_loop.call_soon(|| panic!("reported, and the loop goes on"));
/// event_loop.run_until_idle();
/// ```
#[must_use = "a builder makes a loop when `build` is called"]
pub struct Builder {
    clock: Box<dyn Clock>,
    slow: Option<Slow>,
    panic_handler: Option<PanicHandler>,
    detect_stall: Option<bool>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            clock: Box::new(SystemClock),
            slow: None,
            panic_handler: None,
            detect_stall: None,
        }
    }

    /// Where the loop takes its time from. The default is [`SystemClock`].
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Calls `report` after each callback, and each poll of a task, that took `threshold` or longer
    /// by the loop's clock. Each call replaces the one before.
    #[doc(alias = "slow_callback_duration")]
    pub fn slow_callback(
        mut self,
        threshold: Duration,
        report: impl FnMut(&SlowCallback) + 'static,
    ) -> Self {
        self.slow = Some(Slow {
            threshold,
            report: RefCell::new(Box::new(report)),
        });
        self
    }

    /// Warns through `tracing` of each callback, and each poll of a task, that took `threshold` or
    /// longer: [`slow_callback`](Builder::slow_callback) with a report that writes a warning.
    #[cfg(feature = "tracing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tracing")))]
    pub fn warn_slow_callback(self, threshold: Duration) -> Self {
        self.slow_callback(threshold, |slow| {
            tracing::warn!(took = ?slow.took(), name = slow.name(), "{slow}");
        })
    }

    /// Calls `handler` with the panic of a callback, instead of letting it out of `run_*`.
    ///
    /// It also gets the panic of a task whose [`JoinHandle`](crate::JoinHandle) was dropped, which
    /// nobody else would see. The panic of the future of `run_until_complete` is not its business:
    /// that one comes out. A panic of the handler itself comes out of `run_*`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::mpsc;
    /// use waystation_loop::EventLoop;
    ///
    /// let (sender, panics) = mpsc::channel();
    /// let event_loop = EventLoop::builder()
    ///     .panic_handler(move |panicked| _ = sender.send(panicked.to_string()))
    ///     .build();
    /// drop(event_loop.spawn(async { panic!("nobody has the handle") }));
    /// // This one is for whoever awaits the task.
    /// let task = event_loop.spawn(async { panic!("somebody has it") });
    /// event_loop.run_until_idle();
    /// assert_eq!(panics.try_iter().collect::<Vec<_>>(), ["panicked: nobody has the handle"]);
    /// # assert!(event_loop.run_until_complete(task).is_err());
    /// ```
    #[doc(alias = "set_exception_handler")]
    pub fn panic_handler(mut self, handler: impl FnMut(Panicked) + 'static) -> Self {
        self.panic_handler = Some(RefCell::new(Box::new(handler)));
        self
    }

    /// Whether the loop gives up with [`RunError::Stalled`](crate::RunError::Stalled), and a report
    /// of the tasks that wait, when nothing can ever run again: no task is ready, no timer is set,
    /// no [`Handle`](crate::Handle) is alive, no job is on the executor.
    ///
    /// Whoever turns it on promises that only the loop's own tasks, timers, `Handle`s and executor
    /// jobs can wake it. A loop whose tasks wait for I/O, or for a channel whose other end is on
    /// another thread, does not keep that promise and would give up while they wait. A live
    /// `Handle` makes the loop wait; a [`JoinHandle`](crate::JoinHandle) and a
    /// [`LocalHandle`](crate::LocalHandle) do not.
    ///
    /// Off by default; on if the clock [is virtual](Clock::is_virtual).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::thread;
    /// use waystation_loop::{EventLoop, RunError};
    ///
    /// let event_loop = EventLoop::builder().detect_stall(true).build();
    /// let handle = event_loop.handle();
    /// let other = thread::spawn(move || handle.spawn(async { 7 }));
    /// // Waits for the other thread while that has the handle, and no longer.
    /// assert!(matches!(event_loop.run_forever(), Err(RunError::Stalled(_))));
    /// let task = other.join().unwrap()?;
    /// assert_eq!(event_loop.run_until_complete(task)?, 7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn detect_stall(mut self, detect_stall: bool) -> Self {
        self.detect_stall = Some(detect_stall);
        self
    }

    /// Makes the loop, which lives on this thread.
    pub fn build(self) -> EventLoop {
        let Self {
            clock,
            slow,
            panic_handler,
            detect_stall,
        } = self;
        let detect_stall = detect_stall.unwrap_or_else(|| clock.is_virtual());
        let remote = Remote::register(clock);
        let hooks = Hooks {
            slow,
            panic_handler,
            detect_stall,
        };
        let inner = Rc::new(Inner::new(remote.clone(), hooks));
        inner.remote.clock.attach(&Waker::from(remote));
        near::settle(&inner);
        EventLoop::from_inner(inner)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field(
                "slow_callback",
                &self.slow.as_ref().map(|slow| slow.threshold),
            )
            .field("panic_handler", &self.panic_handler.is_some())
            .field("detect_stall", &self.detect_stall)
            .finish_non_exhaustive()
    }
}
