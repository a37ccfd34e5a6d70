use std::error::Error;
use std::fmt;

use waystation_core::Panicked;

use crate::stall::Report;

/// Why a loop did not run, or did not run to the end.
///
/// # Examples
///
/// ```
/// use waystation_loop::{EventLoop, RunError};
///
/// let event_loop = EventLoop::new();
/// event_loop.close();
/// assert_eq!(event_loop.try_run_until_complete(async {}), Err(RunError::Closed));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunError {
    /// A loop is already running on this thread.
    AlreadyRunning,
    /// The loop is closed.
    Closed,
    /// `stop` was called before the future was done.
    Stopped,
    /// Nothing can ever run again: see [`Builder::detect_stall`](crate::Builder::detect_stall).
    Stalled(Report),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyRunning => f.write_str(
                "an event loop is already running on this thread: await or spawn the future there",
            ),
            Self::Closed => f.write_str("the event loop is closed"),
            Self::Stopped => f.write_str("the event loop was stopped before the future was done"),
            Self::Stalled(report) => {
                write!(
                    f,
                    "the event loop is stuck: nothing can ever run again. {report}"
                )
            }
        }
    }
}

impl Error for RunError {}

/// Why a task has no output.
///
/// # Examples
///
/// ```
/// use waystation_loop::{JoinError, current, run};
///
/// run(async {
///     let task = current().spawn(async { panic!("out of tea") });
///     match task.await {
///         Err(JoinError::Panicked(panicked)) => assert_eq!(panicked.message(), Some("out of tea")),
///         _ => unreachable!(),
///     }
/// });
/// ```
#[derive(Debug)]
pub enum JoinError {
    /// It was aborted, or its loop was closed before it was done.
    Cancelled,
    /// It panicked, with this.
    Panicked(Panicked),
}

impl JoinError {
    /// Whether the task was aborted, or its loop closed.
    #[doc(alias = "CancelledError")]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled)
    }

    /// Whether the task panicked.
    #[doc(alias = "is_panic")]
    pub fn is_panicked(&self) -> bool {
        matches!(self, Self::Panicked(_))
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("the task was cancelled"),
            Self::Panicked(panicked) => write!(f, "the task {panicked}"),
        }
    }
}

impl Error for JoinError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Cancelled => None,
            Self::Panicked(panicked) => Some(panicked),
        }
    }
}

/// The loop behind a [`Handle`](crate::Handle) is closed. What was handed over was dropped.
///
/// # Examples
///
/// ```
/// # use std::sync::Arc;
/// use waystation_loop::{EventLoop, LoopClosed};
///
/// let event_loop = EventLoop::new();
/// let handle = event_loop.handle();
/// drop(event_loop);
/// let shared = Arc::new(());
/// let sent = shared.clone();
/// assert_eq!(handle.call_soon_threadsafe(move || drop(sent)), Err(LoopClosed));
/// assert_eq!(Arc::strong_count(&shared), 1, "the callback is gone with what it held");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoopClosed;

impl fmt::Display for LoopClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the event loop is closed")
    }
}

impl Error for LoopClosed {}

/// The time of a [`timeout`](crate::timeout) passed before its future was done.
///
/// # Examples
///
/// ```
/// # use std::error::Error;
/// # use std::future::pending;
/// # use std::time::Duration;
/// use waystation_loop::{Elapsed, EventLoop, VirtualClock, timeout};
///
/// async fn fetch() -> Result<String, Box<dyn Error>> {
///     let line: std::io::Result<String> = timeout(Duration::from_secs(5), pending()).await?;
///     Ok(line?)
/// }
/// # let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
/// let error = event_loop.run_until_complete(fetch()).unwrap_err();
/// assert!(error.is::<Elapsed>());
/// assert_eq!(error.to_string(), "the time passed before the future was done");
/// ```
#[doc(alias = "TimeoutError")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time passed before the future was done")
    }
}

impl Error for Elapsed {}
