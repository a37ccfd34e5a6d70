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
//! | `HAS, !WOKEN` | the lock holder only, by plain store: **frozen** | somebody in line or a debt; fewer permits than the head asks for (or a batch of grants is being rung) |
//! | `HAS, WOKEN` | passers-by by CAS; a lock holder after [`State::freeze`] | the head was told that permits are free, and not granted; permits ≤ what it asks for |
//! | `CLOSED` | as above, releases only | the line is empty for ever; HAS only for a debt |
//!
//! `passed` counts the passers-by since the last grant to the line. It stays below or at the limit
//! of the semaphore's fairness: with limit 0 (Fifo) nothing ever sets WOKEN.
//!
//! Nothing needs `SeqCst`. *Look, then sleep* is decided by a CAS on this one word under the lock:
//! either the release comes first and the CAS sees it, or the CAS comes first and the release finds
//! HAS and goes through the lock.

use waystation_core::const_fn;
use waystation_core::sync::Hinted;
use waystation_core::sync::atomic::Ordering;

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

    /// Whether one more passer-by may go past a head that was woken.
    fn lets_pass(self, limit: usize) -> bool {
        self.is_woken() && self.passed() < limit
    }

    /// The word after a request for `n`, if it can be served now.
    #[inline]
    pub(crate) fn taking(self, n: usize, limit: usize) -> Option<Self> {
        let left = self.0.checked_sub(n * ONE_PERMIT)?;
        if self.0 & (CLOSED | HAS) == 0 {
            return Some(Self(left));
        }
        self.passing(limit).then_some(Self(left + ONE_PASSED))
    }

    /// Whether one more passer-by may take a permit past a woken head of a semaphore that is open.
    #[cold]
    fn passing(self, limit: usize) -> bool {
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
        concerns_nobody.then_some(Self(self.gaining(n)))
    }

    /// Whether `n` permits more may lie beside a woken head. One free permit is never a surplus,
    /// whatever the head asks for.
    #[cold]
    fn is_no_surplus(self, n: usize, limit: usize) -> bool {
        self.lets_pass(limit) && self.permits() + n <= 1
    }

    /// The word with `n` permits more. Wrapping: the word may be a hint that shows more permits
    /// than there are, and then this has no effect.
    #[inline]
    fn gaining(self, n: usize) -> usize {
        self.0.wrapping_add(n * ONE_PERMIT)
    }
}

/// Why a request cannot be served now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Closed,
    NoPermits,
}

/// What a lock holder leaves in a frozen word.
pub(crate) struct Settled {
    pub(crate) permits: usize,
    pub(crate) passed: usize,
    pub(crate) woken: bool,
    pub(crate) waiters: bool,
}

pub(crate) struct State {
    word: Hinted,
    /// How many passers-by may take a permit between two grants to the line; 0 is Fifo.
    limit: usize,
}

impl State {
    const_fn! {
        pub(crate) const fn new(permits: usize, limit: usize) -> Self {
            Self { word: Hinted::new(permits << PERMITS_SHIFT), limit }
        }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Acquire pairs with the Release of [`close`](State::close): whoever sees CLOSED and then
    /// reads the watermark sees every grant made before the close.
    #[inline]
    pub(crate) fn load(&self) -> Snapshot {
        Snapshot(self.word.load(Ordering::Acquire))
    }

    /// Takes `n` permits, or says why not.
    ///
    /// Acquire pairs with the Release of [`give`](State::give) and [`settle`](State::settle): the
    /// taker sees what those did who gave the permits back. RMWs in between keep the release
    /// sequence. Acquire also where nothing is taken: whoever is refused by CLOSED sees what was
    /// done before the [`close`](State::close).
    #[inline]
    pub(crate) fn take(&self, n: usize) -> Result<(), Refused> {
        if n > 0 && self.try_take(n) {
            return Ok(());
        }
        self.take_or_tell(n)
    }

    /// Takes `n` permits, one at least, if they are seen to be free; a refusal may be a mistake.
    ///
    /// Acquire as in [`take`](State::take).
    #[inline]
    pub(crate) fn try_take(&self, n: usize) -> bool {
        self.word
            .fetch_update_or_so(Ordering::Acquire, Ordering::Relaxed, self.taking(n))
            .is_ok()
    }

    /// The whole of [`take`](State::take). Not inline, so that the short way is.
    #[inline(never)]
    pub(crate) fn take_or_tell(&self, n: usize) -> Result<(), Refused> {
        if n == 0 {
            // Nothing is taken and nobody passed: the word may be frozen and is not written.
            return if self.load().is_closed() {
                Err(Refused::Closed)
            } else {
                Ok(())
            };
        }
        self.word
            .fetch_update_by_word(Ordering::Acquire, Ordering::Acquire, self.taking(n))
            .map(drop)
            .map_err(|now| Snapshot(now).refusal())
    }

    /// How a word changes when `n` permits are taken without the lock.
    #[inline]
    fn taking(&self, n: usize) -> impl Fn(usize) -> Option<usize> {
        let limit = self.limit;
        move |now| Some(Snapshot(now).taking(n, limit)?.0)
    }

    /// Gives `n` permits back without the lock. Returns whether it did; somebody in line may be
    /// concerned otherwise.
    ///
    /// Release pairs with the Acquire of [`take`](State::take), [`freeze`](State::freeze) and
    /// [`take_or_freeze`](State::take_or_freeze).
    #[inline]
    pub(crate) fn give(&self, n: usize) -> bool {
        self.word
            .fetch_update_or_so(Ordering::Release, Ordering::Relaxed, |now| {
                let next = Snapshot(now).giving(n, self.limit)?;
                Some(next.0)
            })
            .is_ok()
    }

    /// Under the lock: takes `n` permits, or freezes the word for a newcomer to join the line.
    ///
    /// Acquire on the freeze too: it pairs with the releases that put into the word what this or a
    /// later lock holder grants with a plain store.
    pub(crate) fn take_or_freeze(&self, n: usize) -> Result<(), Refused> {
        let before = self
            .word
            .fetch_update_by_word(Ordering::Acquire, Ordering::Relaxed, |now| {
                let now = Snapshot(now);
                match now.taking(n, self.limit) {
                    Some(next) => Some(next.0),
                    None if now.0 & (CLOSED | HAS) == 0 => Some(now.0 | HAS),
                    None => None,
                }
            });
        let (Ok(before) | Err(before)) = before;
        let before = Snapshot(before);
        match before.taking(n, self.limit) {
            Some(_) => Ok(()),
            None => Err(before.refusal()),
        }
    }

    /// Under the lock: ends the time of passers-by, so that the word is frozen if HAS is set.
    ///
    /// Acquire pairs with the Release of bypassing releases in [`give`](State::give): the lock
    /// holder takes over what they published.
    pub(crate) fn freeze(&self) -> Snapshot {
        let frozen = self
            .word
            .fetch_update_by_word(Ordering::Acquire, Ordering::Relaxed, |now| {
                Snapshot(now).is_woken().then_some(now & !WOKEN)
            });
        let (Ok(now) | Err(now)) = frozen;
        Snapshot(now & !WOKEN)
    }

    /// Under the lock, the word frozen: writes what was decided. A plain store: nobody else writes.
    ///
    /// Release pairs with the Acquire of [`take`](State::take): this lock holder has acquired
    /// everything that was released before it, by [`take_or_freeze`](State::take_or_freeze),
    /// [`freeze`](State::freeze) or the lock.
    pub(crate) fn settle(&self, settled: &Settled) {
        let closed = self.word.load(Ordering::Relaxed) & CLOSED;
        let woken = if settled.woken { WOKEN } else { 0 };
        let waiters = if settled.waiters { HAS } else { 0 };
        let word = (settled.permits << PERMITS_SHIFT)
            | (settled.passed * ONE_PASSED)
            | woken
            | waiters
            | closed;
        self.word.store(word, Ordering::Release);
    }

    /// Under the lock, whether frozen or not: adds permits that concern nobody in line.
    ///
    /// Release as in [`give`](State::give).
    pub(crate) fn add(&self, n: usize) {
        let more = |now| Some(Snapshot(now).gaining(n));
        let _before = self
            .word
            .fetch_update_by_word(Ordering::Release, Ordering::Relaxed, more);
    }

    /// Under the lock: withdraws up to `n` permits; returns how many. If `owed` they all are, and
    /// when permits are short the rest is a debt: HAS sends every release through the lock, and
    /// WOKEN is cleared in the same CAS, so that no release slips past the debt.
    ///
    /// AcqRel: it stands in the chain of releases like a take and a give.
    pub(crate) fn withdraw(&self, n: usize, owed: bool) -> usize {
        let change = |now: usize| {
            let taken = n.min(Snapshot(now).permits());
            let next = now - taken * ONE_PERMIT;
            if owed && taken < n {
                Some((next | HAS) & !WOKEN)
            } else {
                Some(next)
            }
        };
        let before = self
            .word
            .fetch_update_by_word(Ordering::AcqRel, Ordering::Relaxed, change);
        let (Ok(before) | Err(before)) = before;
        n.min(Snapshot(before).permits())
    }

    /// Under the lock, with the line taken out: closes. Returns whether this call did it.
    ///
    /// Release pairs with [`load`](State::load); Acquire keeps what bypassing releases published in
    /// the chain.
    pub(crate) fn close(&self, debt: bool) -> bool {
        let waiters = if debt { HAS } else { 0 };
        let change = |now| Some(now & !(HAS | WOKEN | PASSED) | waiters | CLOSED);
        let before = self
            .word
            .fetch_update_by_word(Ordering::AcqRel, Ordering::Relaxed, change);
        let (Ok(before) | Err(before)) = before;
        !Snapshot(before).is_closed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 2;

    fn settled(permits: usize, passed: usize, woken: bool) -> State {
        let state = State::new(0, LIMIT);
        state.settle(&Settled {
            permits,
            passed,
            woken,
            waiters: true,
        });
        state
    }

    #[test]
    fn the_fields_do_not_overlap() {
        let state = settled(MAX_PERMITS, MAX_LIMIT, true);
        let now = state.load();
        assert_eq!((now.permits(), now.passed()), (MAX_PERMITS, MAX_LIMIT));
        assert!(now.is_woken() && now.has_waiters() && !now.is_closed());
    }

    #[test]
    fn nobody_passes_a_head_that_was_not_woken() {
        assert_eq!(settled(1, 0, false).take(1), Err(Refused::NoPermits));
    }

    #[test]
    fn passers_by_are_counted_up_to_the_limit() {
        let state = settled(1, 0, true);
        assert_eq!(state.take(1), Ok(()));
        assert!(state.give(1));
        assert_eq!(state.take(1), Ok(()));
        assert!(!state.give(1), "at the limit a release goes to the line");
    }

    #[test]
    fn a_surplus_is_never_given_past_a_woken_head() {
        assert!(!settled(1, 0, true).give(1));
        assert!(!settled(0, 0, true).give(2));
    }

    #[test]
    fn a_debt_ends_the_time_of_passers_by() {
        let state = settled(1, 0, true);
        assert_eq!(state.withdraw(3, true), 1);
        assert!(state.load().has_waiters() && !state.load().is_woken());
    }

    #[test]
    fn a_close_leaves_nobody_in_line_and_lasts() {
        let state = settled(1, 1, true);
        assert!(state.close(false));
        let now = state.load();
        assert!(now.is_closed() && !now.has_waiters() && !now.is_woken());
        assert_eq!((now.permits(), now.passed()), (1, 0));
        assert!(!state.close(false));
        assert!(state.load().is_closed());
    }

    #[test]
    fn a_newcomer_does_not_freeze_a_closed_word() {
        let state = State::new(0, LIMIT);
        assert!(state.close(false));
        assert_eq!(state.take_or_freeze(1), Err(Refused::Closed));
        assert!(!state.load().has_waiters());
    }

    #[test]
    fn what_is_free_is_taken_at_the_first_look() {
        assert!(State::new(1, LIMIT).try_take(1));
    }

    #[test]
    fn a_best_effort_withdrawal_leaves_no_debt() {
        let state = State::new(1, LIMIT);
        assert_eq!(state.withdraw(3, false), 1);
        assert!(!state.load().has_waiters());
    }

    #[test]
    fn giving_to_a_word_that_is_long_gone_does_not_overflow() {
        // A hint may show every permit free while some are still out.
        let gone = State::new(MAX_PERMITS, LIMIT).load();
        assert!(gone.giving(1, 0).is_some());
        assert_eq!(gone.gaining(1), 0);
    }
}
