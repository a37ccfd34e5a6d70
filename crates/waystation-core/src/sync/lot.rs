//! The lock for real threads: the word, parking lot's queues to sleep in, and lock_api's guard
//! around the value.
//!
//! This file alone contains `unsafe`. Its invariants:
//!
//! 1. Between a `lock` (or a successful `try_lock`) and the `unlock` that follows, no other `lock`
//!    returns: that is the word's swap from *free* to *locked*, which only `unlock` undoes.
//! 2. lock_api calls `unlock` only for a guard that it has handed out, once.
//! 3. The key of a parked thread is the address of its word, which stays put and alive while
//!    somebody is in `lock` or `unlock`: both borrow it.
//! 4. What parking lot calls back under its own lock (the validation) only loads an atomic, and
//!    does not panic.
#![allow(unsafe_code, reason = "the one place: see the head")]

use std::hint::spin_loop;
use std::time::{Duration, Instant};

use parking_lot_core::{
    DEFAULT_PARK_TOKEN, DEFAULT_UNPARK_TOKEN, ParkResult, ParkToken, park as park_in_lot,
    unpark_one as unpark,
};

use super::word::Word;

fn key(word: &Word) -> usize {
    std::ptr::from_ref(word).addr()
}

/// Sleeps until an unpark or the end of the patience, if `is_locked` still holds then. Returns
/// whether there was anything left of the patience.
pub(super) fn park(word: &Word, is_locked: impl Fn() -> bool, patience: Duration) -> bool {
    const NO_TOKEN: ParkToken = DEFAULT_PARK_TOKEN;
    let deadline = Instant::now() + patience;
    // SAFETY: the key is the address of a word that this call borrows (3).
    // The validation only loads (4); the other two callbacks do nothing.
    let end = unsafe {
        park_in_lot(
            key(word),
            is_locked,
            || {},
            |_, _| {},
            NO_TOKEN,
            Some(deadline),
        )
    };
    end != ParkResult::TimedOut
}

/// Wakes one sleeper, if there is one.
#[cold]
pub(super) fn unpark_one(word: &Word) {
    // SAFETY: the key is the address of a word that this call borrows (3).
    // The callback only returns a token.
    unsafe { unpark(key(word), |_| DEFAULT_UNPARK_TOKEN) };
}

/// Between two looks.
pub(super) fn relax() {
    spin_loop();
}

/// The word as lock_api's raw mutex.
#[allow(unnameable_types, reason = "reached through `Lock` only")]
#[derive(Debug)]
pub struct RawLock(Word);

// SAFETY: `lock` and `try_lock` exclude each other until `unlock` (1).
unsafe impl lock_api::RawMutex for RawLock {
    const INIT: Self = Self(Word::new());

    type GuardMarker = lock_api::GuardNoSend;

    #[inline]
    fn lock(&self) {
        self.0.lock();
    }

    #[inline]
    fn try_lock(&self) -> bool {
        self.0.try_lock()
    }

    #[inline]
    unsafe fn unlock(&self) {
        self.0.unlock();
    }
}
