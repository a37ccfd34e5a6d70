use std::fmt;
use std::sync::Arc;

use waystation_core::source::Source;

use crate::semaphore::Permits;
use crate::{BoundedSemaphore, Semaphore};

/// Permits of a semaphore, given back on drop.
///
/// They outlive [`close`](Semaphore::close), and may be dropped on another thread. Dropping them
/// never fails: they cannot exceed what the semaphore can count. A waker that runs its task at
/// once, inside `wake`, runs it inside this drop; where each task drops its permit in turn, that
/// nests as deep as the line is long.
///
/// # Panics
///
/// Dropping wakes those who are granted the permits. If a waker panics, all others are woken and
/// the permits are accounted for; then the panic goes on, unless the thread is unwinding already.
#[must_use = "unbound, or bound to `_`, a permit is given back at once: bind it to a name, `let _permit = …`"]
pub struct Permit<H: Source<Target: Permits>> {
    semaphore: H,
    permits: usize,
}

/// A permit that owns its semaphore: `'static`, for spawned tasks.
pub type OwnedPermit = Permit<Arc<Semaphore>>;

/// A permit that owns its bounded semaphore: `'static`, for spawned tasks.
pub type OwnedBoundedPermit = Permit<Arc<BoundedSemaphore>>;

impl<H: Source<Target: Permits>> Permit<H> {
    #[inline]
    pub(crate) fn new(semaphore: H, permits: usize) -> Self {
        Self { semaphore, permits }
    }

    /// How many permits these are.
    pub fn num_permits(&self) -> usize {
        self.permits
    }

    /// The semaphore they belong to.
    pub fn semaphore(&self) -> &H::Target {
        &self.semaphore
    }

    /// Destroys the permits: they do not come back. A debt of
    /// [`reduce_permits`](Semaphore::reduce_permits) is paid with them first; the rest lowers
    /// [`total`](Semaphore::total). On a [`BoundedSemaphore`] they may be
    /// [`release`](BoundedSemaphore::release)d later.
    pub fn forget(mut self) {
        // What is left of the guard gives nothing back.
        let permits = std::mem::take(&mut self.permits);
        self.semaphore.pool().forget(permits);
    }

    /// Takes `n` of the permits out into a guard of their own; `None` if there are fewer.
    pub fn split(&mut self, n: usize) -> Option<Self> {
        self.permits = self.permits.checked_sub(n)?;
        Some(Self::new(self.semaphore.clone(), n))
    }

    /// Adds the permits of another guard to this one.
    ///
    /// # Panics
    ///
    /// If they belong to another semaphore. This guard stays as it was, and the other's permits go
    /// back to where they belong.
    #[track_caller]
    pub fn merge(&mut self, mut other: Self) {
        assert!(
            std::ptr::eq(self.semaphore(), other.semaphore()),
            "cannot merge permits of different semaphores"
        );
        self.permits += std::mem::take(&mut other.permits);
    }
}

impl<H: Source<Target: Permits>> Drop for Permit<H> {
    #[track_caller]
    fn drop(&mut self) {
        self.semaphore.pool().release(self.permits);
    }
}

impl<H: Source<Target: Permits>> fmt::Debug for Permit<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("permits", &self.permits)
            .finish_non_exhaustive()
    }
}
