//! What a loop calls when something is out of the ordinary.

use std::cell::RefCell;
use std::fmt;
use std::panic::Location;
use std::time::Duration;

use waystation_core::Panicked;

use crate::driver::callback::Caller;

pub(crate) type PanicHandler = RefCell<Box<dyn FnMut(Panicked)>>;
pub(crate) type SlowReport = RefCell<Box<dyn FnMut(&SlowCallback)>>;

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
}

/// A callback, or one poll of a task, that kept the loop longer than it should: what
/// [`slow_callback`](crate::Builder::slow_callback) reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlowCallback {
    pub(crate) took: Duration,
    pub(crate) caller: Caller,
    pub(crate) name: Option<String>,
}

impl SlowCallback {
    /// How long it took, by the loop's clock.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// Where it was scheduled or spawned.
    pub fn location(&self) -> &'static Location<'static> {
        self.caller
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
        let Self { caller, took, .. } = self;
        write!(f, " from {caller} kept the event loop for {took:?}")
    }
}
