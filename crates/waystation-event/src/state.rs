//! The word of an [`Event`](crate::Event): what it can hold and how it may change.
//!
//! ```text
//!  63                     2     1     0
//! ┌────────────────────────┬─────┬─────┐
//! │ epoch: counts releases │ HAS │ SET │
//! └────────────────────────┴─────┴─────┘
//! ```
//!
//! | HAS | SET | meaning | who may write the word |
//! |---|---|---|---|
//! | 0 | 0 | clear, nobody in line | anybody, by CAS |
//! | 0 | 1 | set, nobody in line | anybody, by CAS |
//! | 1 | 0 | clear, somebody in line | the lock holder only, by plain store: **frozen** |
//! | 1 | 1 | never | |
//!
//! HAS is set by a waiter under the lock (CAS, since the word is not frozen yet) and cleared under
//! the lock, together with the line: by a release, which takes everybody out, or by the last waiter
//! who leaves. Were it cleared apart from the line, a `clear` and a new waiter would fit in
//! between, and that waiter would be taken out without a `set`.
//!
//! A waiter remembers the word of its call to `wait`. It is released when the flag is or was set,
//! or the epoch has moved: no lock, no write. The epoch has 30 bits on a 32-bit machine. A waiter
//! in line does not depend on it (a release takes its entry out); a `wait()` that is created and
//! then not polled during exactly k · 2³⁰ releases misses them there.

use waystation_core::const_fn;
use waystation_core::sync::atomic::{AtomicUsize, Ordering};
use waystation_core::sync::update;

const SET: usize = 1;
const HAS: usize = 1 << 1;
const ONE_EPOCH: usize = 1 << 2;

/// The word at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot(usize);

impl Snapshot {
    #[inline]
    pub(crate) fn is_set(self) -> bool {
        self.0 & SET != 0
    }

    pub(crate) fn has_waiters(self) -> bool {
        self.0 & HAS != 0
    }

    /// Whether a wait that began at `seen`, when the flag was clear, is over.
    #[inline]
    pub(crate) fn releases(self, seen: Self) -> bool {
        let epochs = (self.0 ^ seen.0) >= ONE_EPOCH;
        self.is_set() || epochs
    }

    /// The word after a release.
    fn released(self, flag: Flag) -> usize {
        (self.0 & !(SET | HAS)).wrapping_add(ONE_EPOCH) | flag as usize
    }
}

/// How a release leaves the flag.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flag {
    /// `pulse`
    Clear = 0,
    /// `set`
    Set = SET as isize,
}

#[derive(Debug)]
pub(crate) struct State(AtomicUsize);

impl State {
    const_fn! {
        pub(crate) const fn new(set: bool) -> Self {
            Self(AtomicUsize::new(set as usize))
        }
    }

    /// Acquire pairs with the Release of every release below: a thread that sees the flag or
    /// the epoch sees what was done before.
    #[inline]
    pub(crate) fn load(&self) -> Snapshot {
        Snapshot(self.0.load(Ordering::Acquire))
    }

    /// Releases without the lock; returns whether the flag was unset, or `None` if the word is
    /// frozen: [`release_locked`](State::release_locked) decides then.
    ///
    /// A `set` on a set flag still writes: only a write after a `clear`, or one that the `clear`
    /// then reads, orders the caller's `push; set()` against another's `clear(); drain`. AcqRel:
    /// Release for those who are released, Acquire so that the chain of earlier setters is carried
    /// on.
    #[inline]
    pub(crate) fn release(&self, flag: Flag) -> Option<bool> {
        update(&self.0, Ordering::AcqRel, Ordering::Relaxed, |now| {
            let now = Snapshot(now);
            if now.has_waiters() {
                (None, None)
            } else {
                (Some(now.released(flag)), Some(!now.is_set()))
            }
        })
    }

    /// Releases under the lock, whose holder takes the line out in the same section; returns
    /// whether the flag was unset.
    ///
    /// Somebody in line: a plain store, since nobody else writes; Release pairs with the Acquire of
    /// [`load`](State::load). Nobody: nobody can join now, and it is a [`release`](State::release).
    pub(crate) fn release_locked(&self, flag: Flag) -> bool {
        let now = Snapshot(self.0.load(Ordering::Relaxed));
        if now.has_waiters() {
            waystation_core::invariant!(!now.is_set());
            self.0.store(now.released(flag), Ordering::Release);
            return true;
        }
        update(&self.0, Ordering::AcqRel, Ordering::Relaxed, |now| {
            let now = Snapshot(now);
            (Some(now.released(flag)), !now.is_set())
        })
    }

    /// Clears the flag; returns whether it was set. An unset flag is not written: the word may be
    /// frozen.
    ///
    /// Acquire pairs with the Release of the `set` that it undoes (`clear(); drain` sees the push);
    /// Release orders the caller's earlier work for the next setter's Acquire.
    #[inline]
    pub(crate) fn clear(&self) -> bool {
        update(&self.0, Ordering::AcqRel, Ordering::Acquire, |now| {
            let is_set = Snapshot(now).is_set();
            (is_set.then_some(now & !SET), is_set)
        })
    }

    /// Under the lock, before joining: freezes the word. Returns whether the wait is over instead.
    ///
    /// Acquire on every way out: on success it pairs with the releases so far, so that the frozen
    /// store of a later lock holder carries them on.
    #[inline]
    pub(crate) fn freeze_unless_released(&self, seen: Snapshot) -> bool {
        update(&self.0, Ordering::Acquire, Ordering::Acquire, |now| {
            let now = Snapshot(now);
            let is_over = now.releases(seen);
            let freezes = !is_over && !now.has_waiters();
            (freezes.then_some(now.0 | HAS), is_over)
        })
    }

    /// Under the lock, when the last waiter has left: thaws the word.
    ///
    /// Release carries on what the freeze acquired; pairs with the Acquire of the next RMW.
    pub(crate) fn thaw(&self) {
        let now = self.0.load(Ordering::Relaxed);
        waystation_core::invariant!(now & (HAS | SET) == HAS);
        self.0.store(now & !HAS, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_over_when_the_flag_is_or_was_set_or_the_epoch_moved() {
        let at = |epoch: usize, bits| Snapshot((epoch * ONE_EPOCH) | bits);
        assert!(!at(3, 0).releases(at(3, 0)));
        assert!(!at(3, HAS).releases(at(3, 0)));
        assert!(at(3, SET).releases(at(3, 0)));
        assert!(at(4, 0).releases(at(3, 0)));
        assert!(at(3, 0).releases(at(4, HAS)));
    }

    #[test]
    fn the_epoch_wraps() {
        let last = Snapshot(usize::MAX & !(SET | HAS));
        assert_eq!(last.released(Flag::Set), SET);
        assert_eq!(last.released(Flag::Clear), 0);
    }

    #[test]
    fn release_and_clear_report_the_change() {
        let state = State::new(false);
        assert_eq!(state.release(Flag::Set), Some(true));
        assert_eq!(state.release(Flag::Set), Some(false));
        assert!(state.clear());
        assert!(!state.clear());
        assert_eq!(state.release(Flag::Clear), Some(true));
        assert!(!state.load().is_set());
    }

    #[test]
    fn a_word_that_has_thawed_before_the_lock_is_released_all_the_same() {
        let state = State::new(false);
        let seen = state.load();
        assert!(state.release_locked(Flag::Clear));
        assert!(!state.load().is_set() && state.load().releases(seen));
        assert!(state.release_locked(Flag::Set));
        assert!(!state.release_locked(Flag::Set));
        assert!(state.load().is_set());
    }

    #[test]
    fn a_frozen_word_sends_the_release_through_the_lock() {
        let state = State::new(false);
        let seen = state.load();
        assert!(!state.freeze_unless_released(seen));
        assert_eq!(state.release(Flag::Set), None);
        assert!(!state.clear());
        assert!(state.release_locked(Flag::Clear));
        assert!(state.load().releases(seen));
        assert!(state.freeze_unless_released(seen));
    }
}
