//! The word of a semaphore: what it can hold and how it may change.
//!
//! ```text
//!  63                8        3       2     1      0
//! ┌──────────────────┬────────┬───────┬─────┬────────┐
//! │ permits          │ passed │ WOKEN │ HAS │ CLOSED │
//! └──────────────────┴────────┴───────┴─────┴────────┘
//! ```
//!
//! | state | who may write the word | meaning |
//! |---|---|---|
//! | `!HAS` | anybody, by CAS | nobody in line, no debt |
//! | `HAS, !WOKEN` | the lock holder only, by plain store: **frozen** | somebody in line or a debt; fewer permits than the head asks for |
//! | `HAS, WOKEN` | passers-by by CAS; a lock holder after [`State::freeze`] | the head was woken because permits are free, and was not granted; permits ≤ what it asks for |
//! | `CLOSED` | as above, releases only | the line is empty for ever; HAS only for a debt |
//!
//! `passed` counts the passers-by since the last grant to the line. It never exceeds the limit of the
//! semaphore's fairness: with limit 0 (Fifo) nothing ever sets WOKEN.
//!
//! Nothing needs `SeqCst`. *Look, then sleep* is decided by a CAS on this one word under the lock:
//! either the release comes first and the CAS sees it, or the CAS comes first and the release finds
//! HAS and goes through the lock.

use waystation_core::const_fn;
use waystation_core::sync::atomic::{AtomicUsize, Ordering};
use waystation_core::sync::update;

const CLOSED: usize = 1;
const HAS: usize = 1 << 1;
const WOKEN: usize = 1 << 2;
const ONE_PASSED: usize = 1 << 3;
const PASSED: usize = MAX_LIMIT * ONE_PASSED;
const PERMITS_SHIFT: u32 = 8;
const ONE_PERMIT: usize = 1 << PERMITS_SHIFT;

/// As many permits as the word can count.
pub(crate) const MAX_PERMITS: usize = usize::MAX >> PERMITS_SHIFT;

/// As many passers-by as the word can count.
pub(crate) const MAX_LIMIT: usize = 31;

/// The word at one moment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Snapshot(usize);

impl Snapshot {
    #[inline]
    pub(crate) fn permits(self) -> usize {
        self.0 >> PERMITS_SHIFT
    }

    pub(crate) fn passed(self) -> usize {
        (self.0 & PASSED) / ONE_PASSED
    }

    #[inline]
    pub(crate) fn has_waiters(self) -> bool {
        self.0 & HAS != 0
    }

    #[inline]
    pub(crate) fn is_closed(self) -> bool {
        self.0 & CLOSED != 0
    }

    pub(crate) fn is_woken(self) -> bool {
        self.0 & WOKEN != 0
    }

    /// Whether one more passer-by may go past a woken head.
    fn lets_pass(self, limit: usize) -> bool {
        self.is_woken() && self.passed() < limit
    }

    /// The word after a request for `n`, one at least, if it can be served now.
    #[inline]
    pub(crate) fn taking(self, n: usize, limit: usize) -> Option<Self> {
        let left = self.0.checked_sub(n * ONE_PERMIT)?;
        if self.0 & (CLOSED | HAS) == 0 {
            return Some(Self(left));
        }
        self.may_be_passed(limit).then_some(Self(left + ONE_PASSED))
    }

    #[cold]
    fn may_be_passed(self, limit: usize) -> bool {
        self.lets_pass(limit) && !self.is_closed()
    }

    /// Why a request cannot be served now, if it cannot.
    #[inline]
    fn refusal(self) -> Refused {
        if self.is_closed() {
            Refused::Closed
        } else {
            Refused::NoPermits
        }
    }

    /// The word after `n` permits came back, if that concerns nobody in line.
    #[inline]
    fn giving(self, n: usize, limit: usize) -> Option<Self> {
        let concerns_nobody = !self.has_waiters() || self.is_no_surplus(n, limit);
        concerns_nobody.then_some(Self(self.0 + n * ONE_PERMIT))
    }

    /// Whether `n` permits more may lie beside a woken head. One free permit is never a surplus,
    /// whatever the head asks for.
    #[cold]
    fn is_no_surplus(self, n: usize, limit: usize) -> bool {
        self.lets_pass(limit) && self.permits() + n <= 1
    }
}

/// Why a request cannot be served now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Closed,
    NoPermits,
}

/// What a lock holder writes into a frozen word.
pub(crate) struct Decision {
    pub(crate) permits: usize,
    pub(crate) passed: usize,
    pub(crate) woken: bool,
    pub(crate) waiters: bool,
}

pub(crate) struct State {
    word: AtomicUsize,
    /// How many passers-by may take a permit between two grants to the line; 0 is Fifo.
    pub(crate) limit: usize,
}

impl State {
    const_fn! {
        pub(crate) const fn new(permits: usize) -> Self {
            Self { word: AtomicUsize::new(permits << PERMITS_SHIFT), limit: 0 }
        }
    }

    /// Acquire pairs with the Release of [`close`](State::close): a thread that sees CLOSED and
    /// then reads the watermark sees every grant made before the close.
    #[inline]
    pub(crate) fn load(&self) -> Snapshot {
        Snapshot(self.word.load(Ordering::Acquire))
    }

    /// Takes `n` permits, or says why not.
    ///
    /// Acquire pairs with the Release of [`give`](State::give), [`add`](State::add) and
    /// [`publish`](State::publish): the taker sees what was done before the permits came back.
    /// RMWs in between keep the release sequence. Acquire also where nothing is taken: a request
    /// that CLOSED refuses sees what was done before the [`close`](State::close).
    #[inline]
    pub(crate) fn take(&self, n: usize) -> Result<(), Refused> {
        if n == 0 {
            return self.take_none();
        }
        update(&self.word, Ordering::Acquire, Ordering::Acquire, |now| {
            let now = Snapshot(now);
            match now.taking(n, self.limit) {
                Some(next) => (Some(next.0), Ok(())),
                None => (None, Err(now.refusal())),
            }
        })
    }

    /// Nothing is taken and nobody passed: the word may be frozen, and is not written.
    #[cold]
    fn take_none(&self) -> Result<(), Refused> {
        match self.load().refusal() {
            Refused::NoPermits => Ok(()),
            closed => Err(closed),
        }
    }

    /// Gives `n` permits back. Returns whether it did; otherwise somebody in line may be concerned.
    ///
    /// Release pairs with the Acquire of [`take`](State::take), [`freeze`](State::freeze) and
    /// [`take_or_freeze`](State::take_or_freeze).
    #[inline]
    pub(crate) fn give(&self, n: usize) -> bool {
        update(
            &self.word,
            Ordering::Release,
            Ordering::Relaxed,
            |now| match Snapshot(now).giving(n, self.limit) {
                Some(next) => (Some(next.0), true),
                None => (None, false),
            },
        )
    }

    /// Under the lock: takes `n` permits, or freezes the word for a newcomer that `may_join` the
    /// line. A newcomer that may not leaves the word as it was.
    ///
    /// Acquire on the freeze too: it pairs with the releases that put into the word what this or a
    /// later lock holder grants with a plain store.
    pub(crate) fn take_or_freeze(&self, n: usize, may_join: bool) -> Result<(), Refused> {
        update(&self.word, Ordering::Acquire, Ordering::Relaxed, |now| {
            let now = Snapshot(now);
            if let Some(next) = now.taking(n, self.limit) {
                return (Some(next.0), Ok(()));
            }
            let freezes = may_join && now.0 & (CLOSED | HAS) == 0;
            (freezes.then_some(now.0 | HAS), Err(now.refusal()))
        })
    }

    /// Under the lock: ends the time of passers-by, so that the word is frozen if HAS is set.
    /// Returns what it is then.
    ///
    /// Acquire pairs with the Release of bypassing releases in [`give`](State::give): the lock
    /// holder takes over what they published.
    pub(crate) fn freeze(&self) -> Snapshot {
        update(&self.word, Ordering::Acquire, Ordering::Relaxed, |now| {
            let frozen = now & !WOKEN;
            ((frozen != now).then_some(frozen), Snapshot(frozen))
        })
    }

    /// Under the lock, the word frozen: writes what was decided. A plain store: nobody else writes.
    ///
    /// Release pairs with the Acquire of [`take`](State::take): this lock holder has acquired
    /// everything that was released before it, by [`take_or_freeze`](State::take_or_freeze),
    /// [`freeze`](State::freeze) or the lock.
    pub(crate) fn publish(&self, decision: &Decision) {
        let closed = self.word.load(Ordering::Relaxed) & CLOSED;
        let woken = if decision.woken { WOKEN } else { 0 };
        let waiters = if decision.waiters { HAS } else { 0 };
        let word = (decision.permits << PERMITS_SHIFT)
            | (decision.passed * ONE_PASSED)
            | woken
            | waiters
            | closed;
        self.word.store(word, Ordering::Release);
    }

    /// Under the lock: adds permits that concern nobody in line.
    ///
    /// Release as in [`give`](State::give).
    pub(crate) fn add(&self, n: usize) {
        self.word.fetch_add(n * ONE_PERMIT, Ordering::Release);
    }

    /// Under the lock: withdraws up to `n` permits; returns how many. If `owed` they all are, and
    /// when permits are short the rest is a debt: HAS sends every release through the lock, and
    /// WOKEN is cleared in the same CAS, so that no release slips past the debt.
    ///
    /// AcqRel: it stands in the chain of releases like a take and a give.
    pub(crate) fn withdraw(&self, n: usize, owed: bool) -> usize {
        update(&self.word, Ordering::AcqRel, Ordering::Relaxed, |now| {
            let taken = n.min(Snapshot(now).permits());
            let left = now - taken * ONE_PERMIT;
            let in_debt = owed && taken < n;
            let next = if in_debt { (left | HAS) & !WOKEN } else { left };
            (Some(next), taken)
        })
    }

    /// Under the lock, whose holder takes the line out: closes. Returns whether this call did it.
    ///
    /// Release pairs with [`load`](State::load); Acquire keeps what bypassing releases published in
    /// the chain.
    pub(crate) fn close(&self, debt: bool) -> bool {
        let waiters = if debt { HAS } else { 0 };
        update(&self.word, Ordering::AcqRel, Ordering::Relaxed, |now| {
            let next = now & !(HAS | WOKEN | PASSED) | waiters | CLOSED;
            (Some(next), !Snapshot(now).is_closed())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 2;

    fn state(permits: usize) -> State {
        let mut state = State::new(permits);
        state.limit = LIMIT;
        state
    }

    fn published(permits: usize, passed: usize, woken: bool) -> State {
        let state = state(0);
        state.publish(&Decision {
            permits,
            passed,
            woken,
            waiters: true,
        });
        state
    }

    #[test]
    fn the_fields_do_not_overlap() {
        let state = published(MAX_PERMITS, MAX_LIMIT, true);
        let now = state.load();
        assert_eq!((now.permits(), now.passed()), (MAX_PERMITS, MAX_LIMIT));
        assert!(now.is_woken() && now.has_waiters() && !now.is_closed());
    }

    #[test]
    fn nobody_passes_a_head_that_was_not_woken() {
        assert_eq!(published(1, 0, false).take(1), Err(Refused::NoPermits));
    }

    #[test]
    fn passers_by_are_counted_up_to_the_limit() {
        let state = published(1, 0, true);
        assert_eq!(state.take(1), Ok(()));
        assert!(state.give(1));
        assert_eq!(state.take(1), Ok(()));
        assert!(!state.give(1), "at the limit a release goes to the line");
    }

    #[test]
    fn a_surplus_is_never_given_past_a_woken_head() {
        assert!(!published(1, 0, true).give(1));
        assert!(!published(0, 0, true).give(2));
    }

    #[test]
    fn a_debt_ends_the_time_of_passers_by() {
        let state = published(1, 0, true);
        assert_eq!(state.withdraw(3, true), 1);
        assert!(state.load().has_waiters() && !state.load().is_woken());
    }

    #[test]
    fn a_close_leaves_nobody_in_line_and_lasts() {
        let state = published(1, 1, true);
        assert!(state.close(false));
        let now = state.load();
        assert!(now.is_closed() && !now.has_waiters() && !now.is_woken());
        assert_eq!((now.permits(), now.passed()), (1, 0));
        assert!(!state.close(false));
        assert!(state.load().is_closed());
    }

    #[test]
    fn a_newcomer_does_not_freeze_a_closed_word() {
        let state = state(0);
        assert!(state.close(false));
        assert_eq!(state.take_or_freeze(1, true), Err(Refused::Closed));
        assert!(!state.load().has_waiters());
    }

    #[test]
    fn a_newcomer_that_may_not_join_leaves_the_word_as_it_was() {
        let state = state(1);
        let before = state.load();
        assert_eq!(state.take_or_freeze(2, false), Err(Refused::NoPermits));
        assert!(state.load() == before);
        assert_eq!(state.take_or_freeze(1, false), Ok(()));
    }

    #[test]
    fn a_best_effort_withdrawal_leaves_no_debt() {
        let state = state(1);
        assert_eq!(state.withdraw(3, false), 1);
        assert!(!state.load().has_waiters());
    }
}
