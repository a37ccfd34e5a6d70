use std::fmt;
use std::sync::Arc;

use waystation_core::source::Source;

use crate::{Semaphore, TryAcquireError};

/// To take permits without waiting.
impl Semaphore {
    /// Takes one permit if one is free and that passes nobody.
    ///
    /// # Errors
    ///
    /// [`NoPermits`](TryAcquireError::NoPermits) if none is free or others wait, and
    /// [`Closed`](TryAcquireError::Closed).
    #[inline]
    pub fn try_acquire(&self) -> Result<Permit<&Self>, TryAcquireError> {
        self.try_acquire_many(1)
    }

    /// Takes `n` permits, or none, if they are free and that passes nobody.
    ///
    /// # Errors
    ///
    /// As for [`try_acquire`](Semaphore::try_acquire), and [`TooMany`](TryAcquireError::TooMany)
    /// above the [`bound`](Semaphore::bound) or [`MAX_PERMITS`](Semaphore::MAX_PERMITS).
    #[inline]
    pub fn try_acquire_many(&self, n: usize) -> Result<Permit<&Self>, TryAcquireError> {
        self.pool.take(n)?;
        Ok(Permit::new(self, n))
    }

    /// Like [`try_acquire`](Semaphore::try_acquire), for a permit that owns its semaphore.
    ///
    /// # Errors
    ///
    /// As for [`try_acquire`](Semaphore::try_acquire).
    #[inline]
    pub fn try_acquire_owned(self: &Arc<Self>) -> Result<OwnedPermit, TryAcquireError> {
        self.try_acquire_many_owned(1)
    }

    /// Like [`try_acquire_many`](Semaphore::try_acquire_many), for permits that own their
    /// semaphore.
    ///
    /// # Errors
    ///
    /// As for [`try_acquire_many`](Semaphore::try_acquire_many).
    #[inline]
    pub fn try_acquire_many_owned(
        self: &Arc<Self>,
        n: usize,
    ) -> Result<OwnedPermit, TryAcquireError> {
        self.pool.take(n)?;
        Ok(Permit::new(self.clone(), n))
    }
}

/// Permits of a semaphore, given back on drop.
///
/// They outlive [`close`](Semaphore::close), and may be dropped on another thread. Dropping them
/// never fails: they cannot exceed what the semaphore can count.
///
/// # Cancel safety
///
/// However a scope is left, its permits come back. They are granted to those in line, whose wakers
/// run inside this `drop`. A waker that runs its task at once, or drops it, and whose task gives
/// its permit to the next in turn, nests one chain of stack frames per waiter: thousands are fine,
/// 10,000 may overflow a stack of 8 MiB.
///
/// # Panics
///
/// If a waker panics while these permits are granted, all others are woken and the permits are
/// accounted for; then the panic propagates, unless the thread is unwinding already.
///
/// ```
/// # use waystation_semaphore::Semaphore;
/// fn double(semaphore: &Semaphore, text: &str) -> Result<u32, Box<dyn std::error::Error>> {
///     let _permit = semaphore.try_acquire()?;
///     Ok(text.parse::<u32>()? * 2)
/// }
/// let semaphore = Semaphore::new(1);
/// assert!(double(&semaphore, "one").is_err());
/// assert_eq!(semaphore.available_permits(), 1);
/// ```
#[must_use = "unbound, or bound to `_`, a permit is given back at once: bind it to a name, `let _permit = …`"]
pub struct Permit<H: Source<Target = Semaphore>> {
    semaphore: H,
    permits: usize,
}

/// A permit that borrows its semaphore.
pub type SemaphorePermit<'a> = Permit<&'a Semaphore>;

/// A permit that owns its semaphore: `'static`, for spawned tasks.
pub type OwnedPermit = Permit<Arc<Semaphore>>;

impl<H: Source<Target = Semaphore>> Permit<H> {
    #[inline]
    pub(crate) fn new(semaphore: H, permits: usize) -> Self {
        Self { semaphore, permits }
    }

    /// How many permits these are.
    pub fn num_permits(&self) -> usize {
        self.permits
    }

    /// The semaphore they belong to.
    pub fn semaphore(&self) -> &Semaphore {
        &self.semaphore
    }

    /// Destroys the permits: they do not come back. A debt of
    /// [`reduce_permits`](Semaphore::reduce_permits) is paid with them first; the rest lowers
    /// [`total`](Semaphore::total), and may be [added](Semaphore::add_permits) again later.
    pub fn forget(mut self) {
        // What is left of the guard gives nothing back.
        let permits = std::mem::take(&mut self.permits);
        self.semaphore.pool.forget(permits);
    }

    /// Takes `n` of the permits out into a guard of their own; `None` if there are fewer.
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Semaphore::new(3);
    /// let mut permits = semaphore.try_acquire_many(3)?;
    /// drop(permits.split(2)); // the heavy part of the work is done
    /// assert_eq!((permits.num_permits(), semaphore.available_permits()), (1, 2));
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
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

impl<H: Source<Target = Semaphore>> Drop for Permit<H> {
    #[inline]
    fn drop(&mut self) {
        self.semaphore.pool.release(self.permits);
    }
}

impl<H: Source<Target = Semaphore>> fmt::Debug for Permit<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("permits", &self.permits)
            .finish_non_exhaustive()
    }
}
