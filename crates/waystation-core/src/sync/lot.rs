//! What the lock needs of the machine: parking lot's queues to sleep in, and lock_api's guard around
//! the value.
//!
//! This file alone contains `unsafe`. Its invariants:
//!
//! 1. Between a `lock` (or a successful `try_lock`) and the `unlock` that follows, no other `lock`
//!    returns: that is [`RawLock`]'s change from *free* to *locked*, which only `unlock` undoes, or
//!    passes to one sleeper.
//! 2. lock_api calls `unlock` only for a guard that it has handed out, once.
//! 3. The key of a parked thread is the address of its lock's [`Lot`], which stays put and alive
//!    while somebody is in `lock` or `unlock`: both borrow it.
//! 4. What parking lot calls back under its own lock only loads and stores atomics, and does not
//!    panic.
#![allow(unsafe_code, reason = "the one place: see the head")]

use parking_lot_core::{
    DEFAULT_PARK_TOKEN, DEFAULT_UNPARK_TOKEN, ParkResult, UnparkToken, park as park_in_lot,
    unpark_one as unpark_in_lot,
};

use super::lock::{RawLock, Woken};

pub(super) use std::hint::spin_loop as relax;
pub(super) use std::thread::yield_now;

const HANDED_OVER: UnparkToken = UnparkToken(1);

/// Where the threads sleep that wait for one lock: an address.
#[derive(Debug)]
pub(super) struct Lot(());

impl Lot {
    pub(super) const fn new() -> Self {
        Self(())
    }

    fn key(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

/// Sleeps until an unpark, if `is_worth_it` inside the lot. Returns whether the lock was handed
/// over.
pub(super) fn park(lot: &Lot, is_worth_it: impl Fn() -> bool) -> bool {
    // SAFETY: the key is the address of a lot that this call borrows (3).
    // The validation only loads (4); the other two callbacks do nothing.
    let end = unsafe {
        park_in_lot(
            lot.key(),
            is_worth_it,
            || {},
            |_, _| {},
            DEFAULT_PARK_TOKEN,
            None,
        )
    };
    end == ParkResult::Unparked(HANDED_OVER)
}

/// Wakes the first sleeper, if there is one. `hand_over` decides, inside the lot, whether it gets
/// the lock.
pub(super) fn unpark_one(lot: &Lot, hand_over: impl FnOnce(Woken) -> bool) {
    // SAFETY: the key is the address of a lot that this call borrows (3).
    // The callback only stores (4).
    unsafe {
        unpark_in_lot(lot.key(), |result| {
            let woken = Woken {
                any: result.unparked_threads > 0,
                overdue: result.be_fair,
            };
            if hand_over(woken) {
                HANDED_OVER
            } else {
                DEFAULT_UNPARK_TOKEN
            }
        })
    };
}

/// Between a `SeqCst` write and a `SeqCst` look nothing is missing.
#[inline]
pub(super) fn fence() {}

// SAFETY: `lock` and `try_lock` exclude each other until `unlock` (1).
unsafe impl lock_api::RawMutex for RawLock {
    #[allow(
        clippy::declare_interior_mutable_const,
        reason = "lock_api's interface"
    )]
    const INIT: Self = Self::new();

    type GuardMarker = lock_api::GuardNoSend;

    #[inline]
    fn lock(&self) {
        self.lock();
    }

    #[inline]
    fn try_lock(&self) -> bool {
        self.try_lock()
    }

    #[inline]
    unsafe fn unlock(&self) {
        // (2)
        self.unlock();
    }
}
