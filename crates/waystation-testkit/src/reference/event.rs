//! A flag to wait for.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use event_listener::{EventListener, Listener};

/// A flag to wait for: the reference for `waystation::Event`.
#[derive(Debug, Default)]
pub struct Event {
    /// How often the flag changed: it is set while this is odd.
    changes: AtomicU64,
    waiters: event_listener::Event,
}

const fn is_odd(changes: u64) -> bool {
    changes % 2 == 1
}

impl Event {
    /// An event that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the flag and releases everybody. True if it was unset.
    pub fn set(&self) -> bool {
        let changed = self.change(|now| (!is_odd(now)).then_some(now + 1));
        if changed {
            self.waiters.notify(usize::MAX);
        }
        changed
    }

    /// Clears the flag. True if it was set.
    pub fn clear(&self) -> bool {
        self.change(|now| is_odd(now).then_some(now + 1))
    }

    /// Releases those who wait, and leaves the flag clear. Returns how many were in line.
    pub fn pulse(&self) -> usize {
        self.change(|now| Some(if is_odd(now) { now + 1 } else { now + 2 }));
        self.waiters.notify(usize::MAX)
    }

    /// Whether the flag is set.
    pub fn is_set(&self) -> bool {
        is_odd(self.changes.load(SeqCst))
    }

    /// Waits until the flag is set, counted from this call: a `set` before the first poll counts,
    /// also if a `clear` follows.
    pub fn wait(&self) -> impl Future<Output = ()> + Send + use<'_> {
        let seen = self.changes.load(SeqCst);
        async move {
            loop {
                if self.released(seen) {
                    return;
                }
                // Register, then look again.
                let mut place = Place(Some(self.waiters.listen()));
                if self.released(seen) {
                    return;
                }
                if let Some(listener) = &mut place.0 {
                    listener.await;
                }
                place.0 = None;
            }
        }
    }

    /// A flag that was clear and has changed since was set in between.
    fn released(&self, seen: u64) -> bool {
        let now = self.changes.load(SeqCst);
        now != seen || is_odd(now)
    }

    fn change(&self, step: impl Fn(u64) -> Option<u64>) -> bool {
        self.changes.fetch_update(SeqCst, SeqCst, step).is_ok()
    }
}

/// A place in line. A listener that is dropped would pass its notification on, to somebody who came
/// after the `set`: this one does not.
struct Place(Option<EventListener>);

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(listener) = self.0.take() {
            listener.discard();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Driver, assert_pending, assert_ready};

    #[test]
    fn set_then_clear_releases_everybody_who_waited() {
        let event = Event::new();
        let mut early = Driver::new(Box::pin(event.wait()));
        let mut parked = Driver::new(Box::pin(event.wait()));
        assert_pending(parked.poll());
        assert!(event.set());
        assert!(!event.set());
        assert!(event.clear());
        assert!(!event.clear());
        assert!(parked.woken());
        assert_ready(parked.poll());
        assert_ready(early.poll());
        assert_pending(Driver::new(Box::pin(event.wait())).poll());
    }

    #[test]
    fn pulse_releases_and_leaves_the_flag_clear() {
        let event = Event::new();
        let mut parked = Driver::new(Box::pin(event.wait()));
        assert_pending(parked.poll());
        assert_eq!(event.pulse(), 1);
        assert!(!event.is_set());
        assert_ready(parked.poll());
        event.set();
        assert_eq!(event.pulse(), 0);
        assert!(!event.is_set());
    }

    #[test]
    fn a_released_wait_that_is_dropped_wakes_nobody() {
        let event = Event::new();
        let mut released = Driver::new(Box::pin(event.wait()));
        assert_pending(released.poll());
        event.set();
        event.clear();
        let mut late = Driver::new(Box::pin(event.wait()));
        assert_pending(late.poll());
        drop(released);
        assert!(!late.woken());
    }

    #[test]
    fn a_wait_that_began_while_set_is_released() {
        let event = Event::new();
        event.set();
        let mut wait = Driver::new(Box::pin(event.wait()));
        event.clear();
        assert_ready(wait.poll());
    }
}
