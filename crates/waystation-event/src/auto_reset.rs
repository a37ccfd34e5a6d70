use std::fmt;

use waystation_core::const_fn;
use waystation_core::sync::{Lock, OrLocked};
use waystation_core::wait::{Batch, Line, Watermark};

mod state;
mod wait;

use state::{Signalled, State};
pub use wait::AutoResetWait;

/// An event that releases one waiter per [`set`](AutoResetEvent::set).
///
/// A signal with nobody waiting is kept for the next wait, once: a second `set` adds nothing.
///
/// **Fairness.** Strict FIFO, in the order of the first polls. A signal given to a waiter is not for
/// passers-by.
///
/// **Cancel safety.** A wait that is dropped leaves the line. One that was granted the signal and is
/// dropped passes it on before `drop` returns. A waker that drops its granted wait inside `wake`
/// nests one chain of stack frames per waiter: thousands are fine, tens of thousands overflow the
/// stack.
///
/// **Panics.** If a waker panics, the signal is accounted for, and the panic propagates out of the
/// call that woke it.
///
/// What was done before `set` is visible after the wait that it releases.
///
/// # From a thread
///
/// `event.wait().block()`, or with a limit: see [`Blocking`](crate::Blocking).
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
        #[must_use]
        pub const fn new() -> Self {
            Self::with_state(false)
        }
    }

    const_fn! {
        /// An event with a signal kept, or not.
        #[must_use]
        pub const fn with_state(set: bool) -> Self {
            Self {
                state: State::new(set),
                line: Lock::new(Line::new()),
                served: Watermark::new(),
            }
        }
    }

    /// Gives the signal to the first waiter, or keeps it. Returns `false` if one was kept already.
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

    /// Removes a kept signal. Returns whether there was one.
    #[doc(alias = "reset")]
    pub fn clear(&self) -> bool {
        self.state.take()
    }

    /// Whether a signal is kept.
    pub fn is_set(&self) -> bool {
        self.state.is_signalled()
    }

    /// How many wait.
    pub fn waiters(&self) -> usize {
        self.line.lock().len()
    }

    /// Grants the signal to the first in line. Returns `false` if nobody is there any more.
    #[track_caller]
    fn release_first(&self) -> bool {
        let mut line = self.line.lock();
        let Some((ticket, waker, ())) = line.pop() else {
            return false;
        };
        if line.is_empty() {
            self.state.thaw();
        }
        self.served.raise(ticket);
        drop(line);
        let mut batch = Batch::new();
        batch.push(waker);
        batch.finish().resume();
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
