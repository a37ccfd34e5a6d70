use std::fmt;
use std::sync::Arc;

use waystation_core::const_fn;
use waystation_core::sync::{Lock, OrLocked};
use waystation_core::wait::{Batch, Line, Watermark};

mod state;
mod wait;

use state::{Signalled, State};
pub use wait::AutoResetWait;

/// An event that releases one waiter per [`set`](AutoResetEvent::set).
///
/// A signal with nobody waiting is kept for the next one who asks, once: a second `set` adds
/// nothing.
///
/// # Fairness
///
/// Strict FIFO, in the order of the first polls. A signal given to a waiter is not for passers-by.
///
/// # Examples
///
/// ```
/// use waystation_event::AutoResetEvent;
/// # futures_lite::future::block_on(async {
/// let event = AutoResetEvent::new();
/// assert!(event.set());
/// assert!(!event.set()); // kept already
/// event.wait().await; // takes it
/// assert!(!event.is_set());
/// # });
/// ```
#[doc(alias = "Notify")]
#[doc(alias = "notify_one")]
pub struct AutoResetEvent {
    state: State,
    line: Lock<Line<()>>,
    served: Watermark,
}

impl AutoResetEvent {
    const_fn! {
        /// An event with no signal kept.
        ///
        /// # Examples
        ///
        /// ```
        /// # use waystation_event::AutoResetEvent;
        /// static WORK: AutoResetEvent = AutoResetEvent::new();
        ///
        /// std::thread::scope(|scope| {
        ///     scope.spawn(|| WORK.wait_blocking());
        ///     WORK.set();
        /// });
        /// assert!(!WORK.is_set()); // the thread took the signal with it
        /// ```
        #[must_use]
        pub const fn new() -> Self {
            Self::with_state(false)
        }
    }

    const_fn! {
        /// An event with a signal kept, or not.
        ///
        /// # Examples
        ///
        /// ```
        /// # use std::time::Duration;
        /// # use waystation_event::AutoResetEvent;
        /// let token = AutoResetEvent::with_state(true); // there for the first who asks
        /// assert!(token.wait_timeout(Duration::ZERO));
        /// assert!(!token.wait_timeout(Duration::ZERO)); // taken
        /// token.set(); // put back
        /// assert!(token.wait_timeout(Duration::ZERO));
        /// ```
        #[must_use]
        pub const fn with_state(set: bool) -> Self {
            Self {
                state: State::new(set),
                line: Lock::new(Line::new()),
                served: Watermark::new(),
            }
        }
    }

    /// Releases the first in line, or keeps the signal. Returns `false` if one was kept already:
    /// two signals that nobody waits for are one.
    ///
    /// What the caller did before is visible to the waiter who takes the signal, even if it joined
    /// one that was kept.
    ///
    /// # Fairness
    ///
    /// Line order.
    ///
    /// # Panics
    ///
    /// If the waker panics: the waiter was granted the signal, and the panic goes on.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_event::AutoResetEvent;
    /// let event = AutoResetEvent::new();
    /// assert!(event.set());
    /// assert!(!event.set());
    /// ```
    #[doc(alias = "notify_one")]
    #[track_caller]
    pub fn set(&self) -> bool {
        loop {
            match self.state.signal() {
                Signalled::Kept => return true,
                Signalled::WasKept => return false,
                Signalled::Frozen => {
                    if self.release_first() {
                        return true;
                    }
                }
            }
        }
    }

    /// Removes a kept signal. Returns whether there was one. A signal that a waiter was granted is
    /// its own.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_event::AutoResetEvent;
    /// # futures_lite::future::block_on(async {
    /// let event = AutoResetEvent::with_state(true);
    /// assert!(event.clear());
    /// let mut wait = event.wait();
    /// assert!(poll_once(&mut wait).await.is_none());
    /// event.set(); // granted to `wait`
    /// assert!(!event.clear());
    /// wait.await;
    /// # });
    /// ```
    #[doc(alias = "reset")]
    pub fn clear(&self) -> bool {
        self.state.take()
    }

    /// Whether a signal is kept.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_event::AutoResetEvent;
    /// # futures_lite::future::block_on(async {
    /// let event = AutoResetEvent::new();
    /// let mut wait = event.wait();
    /// assert!(poll_once(&mut wait).await.is_none());
    /// event.set();
    /// assert!(!event.is_set()); // granted, not kept
    /// drop(wait); // nobody took it
    /// assert!(event.is_set());
    /// # });
    /// ```
    pub fn is_set(&self) -> bool {
        self.state.is_signalled()
    }

    /// How many are waiting in line now.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_event::AutoResetEvent;
    /// # futures_lite::future::block_on(async {
    /// let event = AutoResetEvent::new();
    /// let mut waits = [event.wait(), event.wait()];
    /// for wait in &mut waits {
    ///     assert!(poll_once(wait).await.is_none());
    /// }
    /// assert_eq!(event.waiters(), 2);
    /// event.set();
    /// assert_eq!(event.waiters(), 1);
    /// # });
    /// ```
    pub fn waiters(&self) -> usize {
        self.line.lock().len()
    }

    /// Waits for a signal and takes it.
    ///
    /// # Fairness
    ///
    /// A place in line is taken at the first poll.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the line. If the signal was granted already and not taken by a
    /// poll, it goes to the next in line, or is kept, before `drop` returns. A leaked future that
    /// was granted the signal keeps it.
    ///
    /// # Panics
    ///
    /// Dropping a granted future wakes the next in line, whose waker may panic: the signal is
    /// handed on then. A waker that polls inline and drops its signal recurses once per waiter.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_event::AutoResetEvent;
    /// # futures_lite::future::block_on(async {
    /// let event = AutoResetEvent::with_state(true);
    /// event.wait().await;
    /// assert!(!event.is_set());
    /// # });
    /// ```
    pub fn wait(&self) -> AutoResetWait<&AutoResetEvent> {
        AutoResetWait::new(self)
    }

    /// Like [`wait`](AutoResetEvent::wait), for a future that owns its event and can be spawned.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::block_on;
    /// # use std::sync::Arc;
    /// # use waystation_event::AutoResetEvent;
    /// let event = Arc::new(AutoResetEvent::new());
    /// let turn = event.wait_owned();
    /// let worker = std::thread::spawn(|| {
    ///     block_on(turn);
    ///     "done"
    /// });
    /// event.set();
    /// assert_eq!(worker.join().unwrap(), "done");
    /// ```
    pub fn wait_owned(self: &Arc<Self>) -> AutoResetWait<Arc<AutoResetEvent>> {
        AutoResetWait::new(self.clone())
    }

    /// Grants the signal to the first in line. Returns whether there was one.
    #[track_caller]
    fn release_first(&self) -> bool {
        let mut batch = Batch::new();
        let mut line = self.line.lock();
        let Some((ticket, waker, ())) = line.pop() else {
            return false;
        };
        if line.is_empty() {
            self.state.thaw();
        }
        self.served.raise(ticket);
        batch.push(waker);
        drop(line);
        batch.finish();
        true
    }
}

impl Default for AutoResetEvent {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for AutoResetEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiters = OrLocked(self.line.try_lock().map(|line| line.len()));
        f.debug_struct("AutoResetEvent")
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
        let event = AutoResetEvent::new();
        let line = event.line.lock();
        let shown = format!("{event:?}");
        drop(line);
        assert_eq!(shown, "AutoResetEvent { set: false, waiters: <locked> }");
    }
}
