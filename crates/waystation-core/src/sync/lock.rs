//! The algorithm of the lock: short critical sections, no wake-up missed, nobody starved.
//!
//! | `locked` | `parked` | meaning |
//! |---|---|---|
//! | no | 0 | free |
//! | yes | 0 | held, nobody sleeps for it |
//! | yes | n | held; n threads sleep for it, are about to, or have just woken |
//! | no | n | free; a sleeper is being woken |
//!
//! A thread counts itself in `parked` before it sleeps, and out when it is awake. (A flag that the
//! unlocker clears will not do: where the lock is held for a microsecond again and again, it would
//! be cleared before the thread is asleep, every time.)
//!
//! # Why no sleeper is missed
//!
//! An unlock writes *free* and then looks at `parked`; a sleeper counts itself in and then, inside
//! the lot where the sleepers are, looks at `locked`. All four are `SeqCst`, so that one of the two
//! looks comes last and sees what the other thread wrote:
//!
//! - *The unlocker sees the sleeper* and goes to the lot. If the sleeper is there, it is woken. If
//!   it is not there yet, it looks at `locked` after the unlocker was there, and does not sleep,
//!   unless another thread has locked since: then the same argument holds for that thread's unlock.
//! - *The sleeper sees the unlock.* It does not sleep, with the same exception.
//!
//! loom models `SeqCst` accesses as `AcqRel`: under it, [`lot::fence`] stands between write and
//! look.
//!
//! # Why nobody starves
//!
//! An unlocker that sees `parked` before it has written anything decides inside the lot. If the
//! first sleeper is overdue (about half a millisecond: parking lot's timer), the lock stays locked
//! and is handed to it. Otherwise the lock is freed and the sleeper woken to compete.

use std::ops::Range;

use super::MODEL;
use super::atomic::{AtomicBool, AtomicUsize, Ordering};
use super::backend::lot::{self, Lot};

/// The pauses between the first looks, in turns of a spin loop: 2³, 2⁴, … A look takes the cache
/// line of the lock away from the thread that works with it: rare looks leave it a long run.
const PAUSES: Range<u32> = if MODEL { 0..0 } else { 3..9 };

/// How often a thread yields and looks then, before it sleeps.
const YIELDS: Range<u32> = if MODEL { 0..0 } else { 0..7 };

/// The state of a lock.
#[derive(Debug)]
pub struct RawLock {
    locked: AtomicBool,
    parked: AtomicUsize,
    lot: Lot,
}

/// What an unlocker finds in the lot, inside which it decides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Woken {
    /// Whether there was a sleeper.
    pub(super) any: bool,
    /// Whether the sleepers have waited too long.
    pub(super) overdue: bool,
}

impl RawLock {
    crate::const_fn! {
        /// Free.
        pub const fn new() -> Self {
            Self {
                locked: AtomicBool::new(false),
                parked: AtomicUsize::new(0),
                lot: Lot::new(),
            }
        }
    }

    /// Takes the lock if it is free.
    #[inline]
    pub fn try_lock(&self) -> bool {
        // Acquire pairs with the Release in `unlock`: the critical sections are in order.
        self.locked
            .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
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
        // Relaxed: what this look misses is found by the one below.
        if self.parked.load(Ordering::Relaxed) > 0 {
            return self.unlock_to_sleeper();
        }
        // Release pairs with the Acquire in `try_lock`. SeqCst: see the head.
        self.locked.swap(false, Ordering::SeqCst);
        lot::fence();
        if self.parked.load(Ordering::SeqCst) > 0 {
            self.wake_one();
        }
    }

    #[cold]
    fn lock_contended(&self) {
        loop {
            if self.lock_by_looking() {
                return;
            }
            // SeqCst: see the head.
            self.parked.fetch_add(1, Ordering::SeqCst);
            lot::fence();
            let was_handed_over = lot::park(&self.lot, || self.locked.load(Ordering::SeqCst));
            // Relaxed: an unlocker that sees it late finds nobody in the lot.
            self.parked.fetch_sub(1, Ordering::Relaxed);
            if was_handed_over {
                // Handed over: the lock was never free. The lot's lock orders the sections.
                return;
            }
        }
    }

    fn lock_by_looking(&self) -> bool {
        let is_taken = || !self.locked.load(Ordering::Relaxed) && self.try_lock();
        for pause in PAUSES {
            if is_taken() {
                return true;
            }
            for _ in 0..1 << pause {
                lot::relax();
            }
        }
        for _ in YIELDS {
            if is_taken() {
                return true;
            }
            lot::yield_now();
        }
        is_taken()
    }

    /// Unlocks, seeing that somebody sleeps: hands the lock over, or frees it.
    #[cold]
    fn unlock_to_sleeper(&self) {
        lot::unpark_one(&self.lot, |woken| {
            let hand_over = woken.any && woken.overdue;
            if !hand_over {
                // Release as in `unlock`. The lot's lock orders it before the look of the next
                // thread that comes to sleep.
                self.locked.store(false, Ordering::Release);
            }
            hand_over
        });
    }

    /// Wakes a sleeper; the lock is free already.
    #[cold]
    fn wake_one(&self) {
        lot::unpark_one(&self.lot, |_| false);
    }
}

impl Default for RawLock {
    fn default() -> Self {
        Self::new()
    }
}
