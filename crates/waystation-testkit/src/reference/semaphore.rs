//! A number of permits.

use super::gate::Gate;

/// A number of permits, given out in order: the reference for `waystation::Semaphore`.
#[derive(Debug)]
pub struct Semaphore {
    gate: Gate,
}

impl Semaphore {
    /// A semaphore with `permits` to give.
    #[must_use]
    pub fn new(permits: usize) -> Self {
        Self {
            gate: Gate::new(permits),
        }
    }

    /// Waits for one permit.
    pub async fn acquire(&self) -> Permit<'_> {
        self.acquire_many(1).await
    }

    /// Waits for `n` permits, all or nothing; a large request is not overtaken.
    pub async fn acquire_many(&self, n: usize) -> Permit<'_> {
        let taken = self.gate.take(n).await;
        debug_assert!(taken.is_ok(), "nobody closes this gate");
        Permit { semaphore: self, n }
    }

    /// A permit, if one is free and nobody waits.
    pub fn try_acquire(&self) -> Option<Permit<'_>> {
        self.try_acquire_many(1)
    }

    /// `n` permits, if they are free and nobody waits.
    pub fn try_acquire_many(&self, n: usize) -> Option<Permit<'_>> {
        let taken = self.gate.try_take(n) == Ok(true);
        taken.then(|| Permit { semaphore: self, n })
    }

    /// Adds permits.
    pub fn add_permits(&self, n: usize) {
        self.gate.give(n);
    }

    /// How many permits are free.
    pub fn available_permits(&self) -> usize {
        self.gate.free()
    }
}

/// Permits of a [`Semaphore`], given back when dropped.
#[derive(Debug)]
#[must_use = "a permit that is dropped is given back"]
pub struct Permit<'a> {
    semaphore: &'a Semaphore,
    n: usize,
}

impl Permit<'_> {
    /// The permits do not come back.
    pub fn forget(mut self) {
        self.n = 0;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.n > 0 {
            self.semaphore.gate.give(self.n);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Driver, assert_pending, assert_ready};

    #[test]
    fn permits_go_to_the_line_in_order() {
        let semaphore = Semaphore::new(1);
        let permit = semaphore.try_acquire().unwrap();
        let mut a = Driver::new(Box::pin(semaphore.acquire()));
        let mut b = Driver::new(Box::pin(semaphore.acquire()));
        assert_pending(a.poll());
        assert_pending(b.poll());
        drop(permit);
        assert!(a.woken() && !b.woken());
        assert!(semaphore.try_acquire().is_none());
        assert_pending(b.poll());
        drop(assert_ready(a.poll()));
        assert!(b.woken());
        drop(assert_ready(b.poll()));
        assert_eq!(semaphore.available_permits(), 1);
    }

    #[test]
    fn a_cancelled_head_lets_the_next_in() {
        let semaphore = Semaphore::new(1);
        let mut large = Driver::new(Box::pin(semaphore.acquire_many(2)));
        let mut small = Driver::new(Box::pin(semaphore.acquire()));
        assert_pending(large.poll());
        assert_pending(small.poll());
        drop(large);
        assert!(small.woken());
        drop(assert_ready(small.poll()));
    }

    #[test]
    fn a_granted_permit_that_is_dropped_goes_on() {
        let semaphore = Semaphore::new(0);
        let mut waits: Vec<_> = (0..4)
            .map(|_| Driver::new(Box::pin(semaphore.acquire())))
            .collect();
        for wait in &mut waits {
            assert_pending(wait.poll());
        }
        semaphore.add_permits(2);
        assert_eq!(waits.iter().filter(|w| w.woken()).count(), 2);
        drop(waits.remove(0));
        assert!(waits[1].woken() && !waits[2].woken());
        drop(waits.remove(2));
        for mut wait in waits {
            assert_ready(wait.poll()).forget();
        }
        assert_eq!(semaphore.available_permits(), 0);
    }

    #[test]
    fn none_is_always_there() {
        let semaphore = Semaphore::new(0);
        drop(assert_ready(
            Driver::new(Box::pin(semaphore.acquire_many(0))).poll(),
        ));
    }
}
