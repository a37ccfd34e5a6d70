use std::error::Error;
use std::fmt;
use std::io;
use std::panic::Location;

use waystation_core::Panicked;

/// Why a loop did not run, or did not run to the end.
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

/// For a program whose own errors are of I/O. The source is the [`JoinError`].
impl From<JoinError> for io::Error {
    fn from(error: JoinError) -> Self {
        Self::other(error)
    }
}

/// The loop behind a [`Handle`](crate::Handle) is closed. What was handed over was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoopClosed;

impl fmt::Display for LoopClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the event loop is closed")
    }
}

impl Error for LoopClosed {}

/// The deadline of a [`timeout`](crate::timeout) has elapsed before its future was done.
#[doc(alias = "TimeoutError")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("deadline has elapsed")
    }
}

impl Error for Elapsed {}

/// The tasks that wait for ever on a loop where nothing can run again, in the order of spawning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    tasks: Vec<WaitingTask>,
}

impl Report {
    pub(crate) fn new(tasks: Vec<WaitingTask>) -> Self {
        Self { tasks }
    }

    /// The waiting tasks. The future of `run_until_complete`, if there is one, comes first, under
    /// that name.
    #[doc(alias = "all_tasks")]
    pub fn tasks(&self) -> &[WaitingTask] {
        &self.tasks
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tasks.len() {
            0 => return f.write_str("no task is waiting"),
            1 => f.write_str("1 task is waiting:")?,
            n => write!(f, "{n} tasks are waiting:")?,
        }
        // A line for each: paths are long.
        self.tasks
            .iter()
            .try_for_each(|task| write!(f, "\n  {task}"))
    }
}

/// A task of a [`Report`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingTask {
    name: Option<String>,
    location: &'static Location<'static>,
}

impl WaitingTask {
    pub(crate) fn new(name: Option<&str>, location: &'static Location<'static>) -> Self {
        Self {
            name: name.map(str::to_owned),
            location,
        }
    }

    /// Its name, if it was given one by [`spawn_named`](crate::LocalHandle::spawn_named).
    #[doc(alias = "get_name")]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Where it was spawned.
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }
}

impl fmt::Display for WaitingTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "`{name}`, begun at {}", self.location),
            None => write!(f, "a task, begun at {}", self.location),
        }
    }
}
