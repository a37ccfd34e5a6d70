use std::fmt;
use std::sync::Arc;

use waystation_core::const_fn;
use waystation_core::sync::{Lock, OrLocked};
use waystation_core::wait::{Batch, Line};

use crate::Wait;
use crate::state::{Flag, State};

/// A flag that tasks and threads can wait for. It stays set until it is cleared.
///
/// The manual-reset event of [asyncio](https://docs.python.org/3/library/asyncio-sync.html#event):
/// [`set`](Event::set) releases everybody who waits, and whoever asks while the flag is set does
/// not wait at all.
///
/// # Fairness
///
/// All are released; they are woken in the order in which they were first polled.
///
/// # Examples
///
/// A start gun: nobody runs before it goes off.
///
/// ```
/// use std::sync::Arc;
/// use waystation_event::Event;
///
/// let gun = Arc::new(Event::new());
/// let runners: Vec<_> = (0..3)
///     .map(|_| {
///         let gun = gun.clone();
///         std::thread::spawn(move || gun.wait_blocking())
///     })
///     .collect();
/// gun.set();
/// for runner in runners {
///     runner.join().unwrap();
/// }
/// ```
#[doc(alias = "ManualResetEvent")]
#[doc(alias = "Notify")]
pub struct Event {
    pub(crate) state: State,
    pub(crate) line: Lock<Line<()>>,
}

impl Event {
    const_fn! {
        /// An event that is not set.
        ///
        /// # Examples
        ///
        /// ```
        /// # use waystation_event::Event;
        /// static SHUTDOWN: Event = Event::new();
        ///
        /// std::thread::spawn(|| SHUTDOWN.set()).join().unwrap();
        /// assert!(SHUTDOWN.is_set());
        /// ```
        #[must_use]
        pub const fn new() -> Self {
            Self::with_state(false)
        }
    }

    const_fn! {
        /// An event that is set, or not.
        ///
        /// # Examples
        ///
        /// ```
        /// # use std::time::Duration;
        /// # use waystation_event::Event;
        /// let gate = Event::with_state(true); // begins open
        /// gate.wait_blocking(); // does not wait
        /// gate.clear();
        /// assert!(!gate.wait_timeout(Duration::ZERO));
        /// ```
        #[must_use]
        pub const fn with_state(set: bool) -> Self {
            Self { state: State::new(set), line: Lock::new(Line::new()) }
        }
    }

    /// Sets the flag and releases everybody who waits. Returns whether the flag was unset.
    ///
    /// What the caller did before is visible to those who are released, and to whoever sees the
    /// flag set: `push(); set()` on one side and `clear(); drain()` on the other miss nothing.
    ///
    /// # Fairness
    ///
    /// Waiters are woken in line order, outside the lock. O(number of waiters).
    ///
    /// # Panics
    ///
    /// If a waker panics: the flag is set and all the others were woken, then the first panic goes
    /// on.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_event::Event;
    /// let event = Event::new();
    /// assert!(event.set());
    /// assert!(!event.set());
    /// ```
    #[doc(alias = "notify_waiters")]
    #[track_caller]
    #[inline]
    pub fn set(&self) -> bool {
        self.release(Flag::Set).was_unset
    }

    /// Clears the flag. Returns whether it was set.
    ///
    /// Whoever was released stays released: `set(); clear()` lets through all who were waiting.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_event::Event;
    /// let event = Event::with_state(true);
    /// assert!(event.clear());
    /// assert!(!event.is_set());
    /// ```
    #[doc(alias = "reset")]
    #[inline]
    pub fn clear(&self) -> bool {
        self.state.clear()
    }

    /// Releases those who wait now and leaves the flag clear. Returns how many were in line.
    ///
    /// A [`wait`](Event::wait) that was called before and is first polled after is released too; it
    /// is not counted. A flag that was set is cleared.
    ///
    /// # Panics
    ///
    /// Like [`set`](Event::set).
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_event::Event;
    /// # futures_lite::future::block_on(async {
    /// let event = Event::new();
    /// let before = event.wait();
    /// assert_eq!(event.pulse(), 0);
    /// before.await;
    /// assert!(!event.is_set());
    /// # });
    /// ```
    #[track_caller]
    #[inline]
    pub fn pulse(&self) -> usize {
        self.release(Flag::Clear).waiters
    }

    /// Whether the flag is set.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_event::Event;
    /// let stop = Event::new();
    /// let mut jobs = (1..).take_while(|_| !stop.is_set()); // looks before each job
    /// assert_eq!(jobs.next(), Some(1));
    /// stop.set();
    /// assert_eq!(jobs.next(), None);
    /// ```
    #[inline]
    pub fn is_set(&self) -> bool {
        self.state.load().is_set()
    }

    /// How many are waiting in line now.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_event::Event;
    /// # futures_lite::future::block_on(async {
    /// let event = Event::new();
    /// let mut wait = event.wait();
    /// assert_eq!(event.waiters(), 0); // not polled yet
    /// assert!(poll_once(&mut wait).await.is_none());
    /// assert_eq!(event.waiters(), 1);
    /// drop(wait);
    /// assert_eq!(event.waiters(), 0);
    /// # });
    /// ```
    pub fn waiters(&self) -> usize {
        self.line.lock().len()
    }

    /// Waits until the flag is set, or was set since this call.
    ///
    /// The wait observes from the call, not from the first poll: a [`set`](Event::set) or
    /// [`pulse`](Event::pulse) in between counts, whatever follows it. asyncio's `wait()`, a
    /// coroutine, begins with its first step.
    ///
    /// On a 32-bit machine, a future that is made and then not polled during exactly k · 2³⁰
    /// releases misses them.
    ///
    /// # Fairness
    ///
    /// A place in line is taken at the first poll.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the line and changes nothing else.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_event::Event;
    /// # futures_lite::future::block_on(async {
    /// let event = Event::new();
    /// let wait = event.wait();
    /// event.set();
    /// event.clear();
    /// wait.await;
    /// # });
    /// ```
    #[inline]
    pub fn wait(&self) -> Wait<&Event> {
        Wait::new(self)
    }

    /// Like [`wait`](Event::wait), for a future that owns its event and can be spawned.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::block_on;
    /// # use std::sync::Arc;
    /// # use waystation_event::Event;
    /// let event = Arc::new(Event::new());
    /// let wait = event.wait_owned();
    /// event.set();
    /// drop(event); // the future keeps it alive
    /// std::thread::spawn(|| block_on(wait)).join().unwrap();
    /// ```
    #[inline]
    pub fn wait_owned(self: &Arc<Self>) -> Wait<Arc<Event>> {
        Wait::new(self.clone())
    }

    #[inline]
    #[track_caller]
    fn release(&self, flag: Flag) -> Released {
        match self.state.release(flag) {
            Some(was_unset) => Released {
                was_unset,
                waiters: 0,
            },
            None => self.release_line(flag),
        }
    }

    /// Releases under the lock, with everybody in line.
    #[track_caller]
    fn release_line(&self, flag: Flag) -> Released {
        let mut batch = Batch::new();
        let mut line = self.line.lock();
        waystation_core::invariant!(self.state.load().has_waiters() != line.is_empty());
        let was_unset = self.state.release_locked(flag);
        let waiters = line.len();
        let cohort = line.release_all(&mut batch);
        drop(line);

        batch.ring();
        if let Some(mut cohort) = cohort {
            batch.ring_cohort(&mut cohort);
            let rest = self.line.lock().give_back(cohort);
            drop(rest);
        }
        batch.finish();
        Released { was_unset, waiters }
    }
}

struct Released {
    was_unset: bool,
    waiters: usize,
}

impl Default for Event {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiters = OrLocked(self.line.try_lock().map(|line| line.len()));
        f.debug_struct("Event")
            .field("set", &self.is_set())
            .field("waiters", &waiters)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_wait_for_the_lock() {
        let event = Event::new();
        let line = event.line.lock();
        let shown = format!("{event:?}");
        drop(line);
        assert_eq!(shown, "Event { set: false, waiters: <locked> }");
    }
}
