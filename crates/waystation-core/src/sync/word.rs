//! The word of the lock: one read-modify-write to lock, one plain store to unlock.
//!
//! | `locked` | `parked` | meaning |
//! |---|---|---|
//! | no | 0 | free |
//! | yes | 0 | held, nobody sleeps for it |
//! | yes | n | held; so many threads sleep for it, or are about to, or have just woken |
//! | no | n | free; a sleeper is being woken, or its timeout will wake it |
//!
//! Parking lot's mutex pays a second read-modify-write in unlock, to learn in one step whether
//! somebody sleeps. Here the holder stores *free* and then looks at `parked`. The processor may do
//! that the other way round, and then a thread that goes to sleep in between is not seen: it looked
//! at `locked` too early, and the holder at `parked`. A fence would rule it out, at the price of
//! the read-modify-write that was saved. Instead every sleep ends, the first after [`PATIENCE`]: a
//! sleeper that was missed costs that once, and nothing hangs. Whoever wakes contends again, so
//! that a holder that was preempted, or has a low priority, livelocks nobody; and the sleeps grow,
//! so that nobody burns a core.

use std::time::Duration;

use super::MODEL;
use super::atomic::{AtomicBool, AtomicUsize, Ordering};
use super::backend::lot;

/// The first sleep at its longest: what it costs to have been missed.
const PATIENCE: Duration = Duration::from_micros(200);

/// The longest sleep of a thread that has slept in vain before.
const LONGEST_PATIENCE: Duration = Duration::from_millis(2);

/// So many looks before a thread goes to sleep, each after a pause twice as long as the last. A
/// look takes the cache line of the lock away from the thread that works with it: rare looks leave
/// it a long run, and it is the short sections of one thread in a row that are cheap. All pauses
/// together take some microseconds, as waking a sleeping thread does at best; a longer wait means
/// that the holder is not running.
const LOOKS: u32 = if MODEL { 1 } else { 4 };

/// The first pause, in turns of a spin loop: longer than a cache line needs to come and go, or most
/// of the time would be spent on its way.
const FIRST_PAUSE: u32 = if MODEL { 1 } else { 32 };

/// The state of a lock.
#[derive(Debug)]
pub struct Word {
    locked: AtomicBool,
    parked: AtomicUsize,
}

impl Word {
    crate::const_fn! {
        /// Free.
        pub const fn new() -> Self {
            Self { locked: AtomicBool::new(false), parked: AtomicUsize::new(0) }
        }
    }

    /// Takes the lock if it is free.
    #[inline]
    pub fn try_lock(&self) -> bool {
        // Acquire pairs with the Release in `unlock`: the critical sections are in order.
        if MODEL {
            // A swap that fails writes too. loom does not know that the holder's `unlock` comes
            // after that write, and finds locks that stay locked.
            self.locked
                .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
        } else {
            // 1 ns faster, and what it writes when it fails was there.
            !self.locked.swap(true, Ordering::Acquire)
        }
    }

    /// Waits for the lock and takes it.
    #[inline]
    pub fn lock(&self) {
        if !self.try_lock() {
            self.lock_contended();
        }
    }

    /// Gives the lock back. Called by its holder.
    #[inline]
    pub fn unlock(&self) {
        // Release pairs with the Acquire in `try_lock`.
        self.locked.store(false, Ordering::Release);
        // Relaxed: whom this look misses wakes up by itself (see the head).
        if self.parked.load(Ordering::Relaxed) > 0 {
            lot::unpark_one(self);
        }
    }

    #[cold]
    fn lock_contended(&self) {
        let (mut looks, mut patience) = (LOOKS, PATIENCE);
        loop {
            for look in 0..looks {
                for _ in 0..FIRST_PAUSE << look {
                    lot::relax();
                }
                if !self.locked.load(Ordering::Relaxed) && self.try_lock() {
                    return;
                }
            }
            // Relaxed: it orders nothing; an unlock that does not see it is what the timeout is
            // for.
            self.parked.fetch_add(1, Ordering::Relaxed);
            let was_woken = lot::park(self, || self.locked.load(Ordering::Relaxed), patience);
            self.parked.fetch_sub(1, Ordering::Relaxed);
            // A holder who outlasts a sleep is not running: one look, and a longer sleep.
            (looks, patience) = if was_woken {
                (LOOKS, PATIENCE)
            } else {
                (1, (patience * 2).min(LONGEST_PATIENCE))
            };
        }
    }
}

impl Default for Word {
    fn default() -> Self {
        Self::new()
    }
}
