//! A state word with a copy beside it, from which the next change starts.
//!
//! A load of a word that this core has just changed has to wait until the change is through: on the
//! machine of the figures that adds 4 ns to the 5 of the change itself. So a compare-and-swap
//! begins with what the last writer left in a second, plain word. That is only a hint. A change
//! that follows from a wrong one fails and says what the word holds; what a refusal that follows
//! from one is worth is for the caller to say:
//!
//! | | starts from | a refusal |
//! |---|---|---|
//! | [`fetch_update`](Hinted::fetch_update) | the hint | is checked against the word |
//! | [`fetch_update_or_so`](Hinted::fetch_update_or_so) | the hint | is not checked |
//! | [`fetch_update_by_word`](Hinted::fetch_update_by_word) | the word | is the word's own |

use super::MODEL;
use super::atomic::{AtomicUsize, Ordering};

/// An atomic word that is changed by [`fetch_update`](Hinted::fetch_update).
#[derive(Debug)]
pub struct Hinted {
    word: AtomicUsize,
    /// What the word held at some time. Relaxed: it publishes nothing. Unused under a model
    /// checker, which would try every value that it could have.
    hint: AtomicUsize,
}

impl Hinted {
    crate::const_fn! {
        /// A word that holds `value`.
        pub const fn new(value: usize) -> Self {
            Self { word: AtomicUsize::new(value), hint: AtomicUsize::new(value) }
        }
    }

    /// What the word holds.
    #[inline]
    pub fn load(&self, order: Ordering) -> usize {
        self.word.load(order)
    }

    /// Writes a word that nobody else may write now.
    #[inline]
    pub fn store(&self, value: usize, order: Ordering) {
        self.word.store(value, order);
        self.remember(value);
    }

    /// Changes the word as `next` says; returns what it held before. std's `fetch_update`, with its
    /// orderings.
    ///
    /// `next` may be called with a value that the word held once and does not hold now: then its
    /// answer has no effect. So it must not panic for any of them.
    ///
    /// # Errors
    ///
    /// What the word holds, if `next` answers `None` to that.
    #[inline]
    pub fn fetch_update(
        &self,
        change: Ordering,
        look: Ordering,
        next: impl Fn(usize) -> Option<usize>,
    ) -> Result<usize, usize> {
        self.fetch_update_or_so(change, look, &next)
            .or_else(|refused| {
                if MODEL {
                    Err(refused)
                } else {
                    self.fetch_update_by_word(change, look, &next)
                }
            })
    }

    /// The same for a caller who asks again, under the lock, when he is refused.
    ///
    /// # Errors
    ///
    /// What the word holds, or held once, if `next` answers `None` to that.
    #[inline]
    pub fn fetch_update_or_so(
        &self,
        change: Ordering,
        look: Ordering,
        next: impl Fn(usize) -> Option<usize>,
    ) -> Result<usize, usize> {
        self.update_from(self.recall(look), change, look, next)
    }

    /// The same for a word that was not changed just now, or whose change is likely to be refused.
    ///
    /// # Errors
    ///
    /// What the word holds, if `next` answers `None` to that.
    #[inline]
    pub fn fetch_update_by_word(
        &self,
        change: Ordering,
        look: Ordering,
        next: impl Fn(usize) -> Option<usize>,
    ) -> Result<usize, usize> {
        self.update_from(self.word.load(look), change, look, next)
    }

    #[inline]
    fn update_from(
        &self,
        mut now: usize,
        change: Ordering,
        look: Ordering,
        next: impl Fn(usize) -> Option<usize>,
    ) -> Result<usize, usize> {
        while let Some(new) = next(now) {
            match self.word.compare_exchange_weak(now, new, change, look) {
                Ok(_) => {
                    self.remember(new);
                    return Ok(now);
                }
                Err(other) => now = other,
            }
        }
        Err(now)
    }

    #[inline]
    fn recall(&self, look: Ordering) -> usize {
        if MODEL {
            self.word.load(look)
        } else {
            self.hint.load(Ordering::Relaxed)
        }
    }

    #[inline]
    fn remember(&self, value: usize) {
        if !MODEL {
            self.hint.store(value, Ordering::Relaxed);
        }
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    fn up_to_five(now: usize) -> Option<usize> {
        (now < 5).then_some(now + 1)
    }

    fn update(word: &Hinted) -> Result<usize, usize> {
        word.fetch_update(Ordering::AcqRel, Ordering::Acquire, up_to_five)
    }

    #[test]
    fn a_right_hint_is_where_a_change_starts() {
        let word = Hinted::new(3);
        assert_eq!(update(&word), Ok(3));
        assert_eq!(word.load(Ordering::Relaxed), 4);
        assert_eq!(word.hint.load(Ordering::Relaxed), 4);
        word.store(1, Ordering::Relaxed);
        assert_eq!(word.hint.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_wrong_hint_changes_nothing_and_is_put_right() {
        let word = Hinted::new(3);
        word.hint.store(1, Ordering::Relaxed);
        assert_eq!(update(&word), Ok(3));
        assert_eq!(word.hint.load(Ordering::Relaxed), 4);
    }

    #[test]
    fn a_refusal_that_is_not_checked_is_the_hints() {
        let word = Hinted::new(3);
        word.hint.store(9, Ordering::Relaxed);
        let refused = word.fetch_update_or_so(Ordering::AcqRel, Ordering::Acquire, up_to_five);
        assert_eq!(refused, Err(9));
    }

    #[test]
    fn a_refusal_is_the_words_own() {
        let word = Hinted::new(3);
        word.hint.store(9, Ordering::Relaxed);
        assert_eq!(update(&word), Ok(3));
        word.store(5, Ordering::Relaxed);
        word.hint.store(2, Ordering::Relaxed);
        assert_eq!(update(&word), Err(5));
        word.hint.store(9, Ordering::Relaxed);
        assert_eq!(update(&word), Err(5));
    }
}
