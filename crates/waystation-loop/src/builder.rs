use std::cell::RefCell;
use std::fmt;
use std::time::Duration;

use waystation_core::Panicked;

use crate::driver::hooks::{Hooks, PanicHandler, Slow, SlowCallback};
use crate::time::clock::{Clock, SystemClock};

/// Makes an [`EventLoop`](crate::EventLoop) with a clock, hooks or stall detection of your choice.
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
    #[doc(alias = "set_exception_handler")]
    pub fn panic_handler(mut self, handler: impl FnMut(Panicked) + 'static) -> Self {
        self.panic_handler = Some(RefCell::new(Box::new(handler)));
        self
    }

    /// Whether the loop gives up with [`RunError::Stalled`](crate::RunError::Stalled), and a report
    /// of the tasks that wait, when nothing can ever run again: no task is ready, no timer is set,
    /// no [`Handle`](crate::Handle) is alive, no job is on the executor.
    ///
    /// Turning it on is a promise that only the loop's own tasks, timers, `Handle`s and executor
    /// jobs can wake it. A loop whose tasks wait for I/O, or for a channel whose other end is on
    /// another thread, does not keep that promise and would give up while they wait. A live
    /// `Handle` makes the loop wait; a [`JoinHandle`](crate::JoinHandle) and a
    /// [`LocalHandle`](crate::LocalHandle) do not.
    ///
    /// Off by default; on if the clock [is virtual](Clock::is_virtual).
    pub fn detect_stall(mut self, detect_stall: bool) -> Self {
        self.detect_stall = Some(detect_stall);
        self
    }

    pub(crate) fn into_parts(self) -> (Box<dyn Clock>, Hooks) {
        let is_virtual = self.clock.is_virtual();
        let hooks = Hooks {
            slow: self.slow,
            panic_handler: self.panic_handler,
            detect_stall: self.detect_stall.unwrap_or(is_virtual),
        };
        (self.clock, hooks)
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
