//! How any thread wakes one certain thread: its owner.
//!
//! One word, three values:
//!
//! | value | meaning | who leaves it |
//! |---|---|---|
//! | `IDLE` | nothing new, the owner is awake | a notifier → `NOTIFIED`, the owner → `ASLEEP` |
//! | `NOTIFIED` | there is something to look at | the owner → `IDLE`, and it looks afterwards |
//! | `ASLEEP` | the owner is parked, or about to be | a notifier → `NOTIFIED`, and it unparks; the owner → `IDLE` when it wakes by itself |
//!
//! No wake-up is lost: the owner falls asleep only from `IDLE`, in one step. A notifier makes its
//! change first and notifies then. Either it notifies before that step, and the owner does not fall
//! asleep; or after it, and finds `ASLEEP`, and unparks.

use std::time::Duration;

use crate::sync::Parking;
use crate::sync::atomic::{AtomicUsize, Ordering};

const IDLE: usize = 0;
const NOTIFIED: usize = 1;
const ASLEEP: usize = 2;

/// The signal of one thread.
#[derive(Debug)]
pub struct Signal {
    state: AtomicUsize,
    parking: Parking,
}

impl Signal {
    /// A signal that was not given. The calling thread is its owner.
    pub fn new() -> Self {
        Self {
            state: AtomicUsize::new(IDLE),
            parking: Parking::here(),
        }
    }

    /// Wakes the owner if it sleeps, or spares it the next sleep. From any thread.
    #[inline]
    pub fn notify(&self) {
        // Release pairs with the Acquire of `take` and `wait`: the owner sees what was done before.
        // Acquire keeps the chain of an earlier notifier whose signal this replaces.
        if self.state.swap(NOTIFIED, Ordering::AcqRel) == ASLEEP {
            self.parking.unpark();
        }
    }

    /// Whether there is a signal that the owner has not taken. Relaxed: what it is worth is for the
    /// caller to say.
    #[inline]
    pub fn is_notified(&self) -> bool {
        self.state.load(Ordering::Relaxed) == NOTIFIED
    }

    /// Takes the signal, if there is one. Owner only.
    #[inline]
    pub fn take(&self) -> bool {
        // Acquire pairs with the Release in `notify`. The look spares the write: a signal that it
        // misses is found by the next look, or by `wait`.
        self.is_notified() && self.state.swap(IDLE, Ordering::Acquire) == NOTIFIED
    }

    /// Sleeps until there is a signal, the timeout passes, or for no reason at all. The signal
    /// stays, to be taken. Owner only.
    pub fn wait(&self, timeout: Option<Duration>) {
        // Acquire on failure pairs with the Release in `notify`. Success publishes nothing.
        let asleep =
            self.state
                .compare_exchange(IDLE, ASLEEP, Ordering::Acquire, Ordering::Acquire);
        if asleep.is_err() {
            return;
        }
        self.parking.park(timeout);
        // Awake: nobody has to unpark any more. If this fails, there is a signal, and it stays.
        let _notified: Result<usize, usize> =
            self.state
                .compare_exchange(ASLEEP, IDLE, Ordering::Acquire, Ordering::Acquire);
    }
}

impl Default for Signal {
    fn default() -> Self {
        Self::new()
    }
}
