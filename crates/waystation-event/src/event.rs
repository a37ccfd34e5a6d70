use std::fmt;

use waystation_core::const_fn;
use waystation_core::sync::{Lock, OrLocked};
use waystation_core::wait::{Batch, Line};

use crate::state::{Flag, State};

/// A flag that tasks and threads wait for: asyncio's `Event`.
///
/// [`set`](Event::set) releases everybody who waits, and the flag stays set until
/// [`clear`](Event::clear). A [`wait`](Event::wait) observes from its call: `set(); clear()`
/// releases all who were waiting, each once, and so does [`pulse`](Event::pulse).
///
/// **Fairness.** Waiters are woken in the order in which they were first polled.
///
/// **Cancel safety.** A wait that is dropped leaves the line. A released one that is dropped changes
/// nothing.
///
/// **Panics.** If a waker panics, the flag is changed and all others are woken; then the panic
/// propagates out of the call that woke it.
///
/// What was done before `set` or `pulse` is visible after the waits that it releases.
///
/// # From a thread
///
/// `event.wait().block()`, or with a limit: see [`Blocking`](crate::Blocking).
///
/// # Examples
///
/// ```
/// # use waystation_event::{Blocking, Event};
/// static READY: Event = Event::new();
///
/// let waiting = std::thread::spawn(|| READY.wait().block());
/// assert!(READY.set());
/// waiting.join().unwrap();
/// # futures_lite::future::block_on(async {
/// READY.wait().await; // stays set
/// # });
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
        #[must_use]
        pub const fn new() -> Self {
            Self::with_state(false)
        }
    }

    const_fn! {
        /// An event that is set, or not.
        #[must_use]
        pub const fn with_state(set: bool) -> Self {
            Self { state: State::new(set), line: Lock::new(Line::new()) }
        }
    }

    /// Sets the flag and wakes everybody who waits. Returns whether it was unset.
    #[doc(alias = "notify_waiters")]
    #[track_caller]
    #[inline]
    pub fn set(&self) -> bool {
        self.release(Flag::Set).was_unset
    }

    /// Clears the flag. Returns whether it was set.
    #[doc(alias = "reset")]
    #[inline]
    pub fn clear(&self) -> bool {
        self.state.clear()
    }

    /// Releases those who wait now and leaves the flag clear. Returns how many stood in line.
    ///
    /// It also releases a wait that was created before it and is polled after it; that one stood in
    /// no line and is not counted. On a set event it only clears the flag.
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_event::Event;
    /// # futures_lite::future::block_on(async {
    /// let event = Event::new();
    /// let mut wait = event.wait();
    /// assert!(poll_once(&mut wait).await.is_none());
    /// assert_eq!(event.pulse(), 1);
    /// wait.await;
    /// assert!(!event.is_set());
    /// # });
    /// ```
    #[track_caller]
    #[inline]
    pub fn pulse(&self) -> usize {
        self.release(Flag::Clear).waiters
    }

    /// Whether the flag is set.
    #[inline]
    pub fn is_set(&self) -> bool {
        self.state.load().is_set()
    }

    /// How many wait.
    pub fn waiters(&self) -> usize {
        self.line.lock().len()
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

    /// Changes the word and takes the whole line out in one section, then wakes.
    #[track_caller]
    fn release_line(&self, flag: Flag) -> Released {
        let mut batch = Batch::new();
        let mut line = self.line.lock();
        waystation_core::invariant!(self.state.load().has_waiters() != line.is_empty());
        let was_unset = self.state.release_locked(flag);
        let waiters = line.len();
        batch.push_all(&mut line);
        drop(line);
        batch.finish().resume();
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
