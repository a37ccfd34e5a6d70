use waystation_core::sync::atomic::{AtomicUsize, Ordering};
use waystation_core::sync::update;

/// How many handles a side has.
#[derive(Debug)]
pub(super) struct Count(AtomicUsize);

impl Count {
    pub(super) fn new() -> Self {
        Self(AtomicUsize::new(1))
    }

    pub(super) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self) {
        // Relaxed: the handle that is cloned keeps the count above 0 meanwhile.
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        assert!(before < usize::MAX / 2, "too many handles of a channel");
    }

    /// For a weak handle: one more, unless there is none left.
    pub(super) fn try_add(&self) -> bool {
        // Relaxed: what the handle is used for is ordered by the queue's lock.
        update(&self.0, Ordering::Relaxed, Ordering::Relaxed, |now| {
            let is_open = now > 0;
            (is_open.then_some(now + 1), is_open)
        })
    }

    /// One less; whether it was the last.
    ///
    /// AcqRel: the last one acts for all that were dropped before it.
    pub(super) fn remove(&self) -> bool {
        self.0.fetch_sub(1, Ordering::AcqRel) == 1
    }
}
