//! What a loop says when it is stuck.

use std::fmt;
use std::panic::Location;

/// The tasks that wait for ever on a loop where nothing can run again, in the order in which they
/// were spawned.
///
/// # Examples
///
/// ```
/// use std::future::pending;
/// use waystation_loop::{EventLoop, RunError, VirtualClock};
///
/// let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
/// event_loop.spawn_named("the sleeper", pending::<()>());
/// let Err(RunError::Stalled(report)) = event_loop.try_run_until_complete(pending::<()>()) else {
///     unreachable!()
/// };
/// let names: Vec<_> = report.tasks().iter().map(|task| task.name()).collect();
/// assert_eq!(names, [Some("run_until_complete"), Some("the sleeper")]);
/// assert!(report.to_string().contains("the sleeper"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    tasks: Vec<WaitingTask>,
}

impl Report {
    pub(crate) fn new(tasks: Vec<WaitingTask>) -> Self {
        Self { tasks }
    }

    /// Those who wait. The future of `run_until_complete`, if there is one, comes first and bears
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
///
/// # Examples
///
/// ```
/// # use std::future::pending;
/// use waystation_loop::{EventLoop, RunError, VirtualClock};
///
/// let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
/// event_loop.spawn_named("the reader", pending::<()>());
/// let Err(RunError::Stalled(report)) = event_loop.run_forever() else {
///     unreachable!()
/// };
/// let line = report.tasks()[0].to_string();
/// assert!(line.starts_with("`the reader`, begun at "));
/// ```
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

    /// Its name, if it was given one by [`spawn_named`](crate::EventLoop::spawn_named).
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
