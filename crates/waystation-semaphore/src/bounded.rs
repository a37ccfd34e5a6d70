use std::fmt;
use std::sync::Arc;

use waystation_core::const_fn;

use crate::acquire::try_acquire;
use crate::pool::Pool;
use crate::semaphore::Permits;
use crate::state::MAX_PERMITS;
use crate::{Acquire, Fairness, OverRelease, Permit, SemaphoreClosed, TryAcquireError};

/// A semaphore whose permits never exceed what it was made with.
///
/// The bounded semaphore of
/// [asyncio](https://docs.python.org/3/library/asyncio-sync.html#boundedsemaphore): *acquire …
/// release* without guards is [`Permit::forget`] and [`release`](BoundedSemaphore::release), and
/// one release too many is an error. Waiting is that of [`Semaphore`](crate::Semaphore).
///
/// # Examples
///
/// ```
/// use waystation_semaphore::{BoundedSemaphore, OverRelease};
/// # futures_lite::future::block_on(async {
/// let semaphore = BoundedSemaphore::new(1);
/// semaphore.acquire().await?.forget();
/// assert_eq!(semaphore.release(1), Ok(()));
/// assert_eq!(semaphore.release(1), Err(OverRelease));
/// # Ok::<(), waystation_semaphore::AcquireError>(())
/// # }).unwrap();
/// ```
pub struct BoundedSemaphore {
    pool: Pool,
    bound: usize,
}

impl Permits for BoundedSemaphore {
    #[inline]
    #[allow(private_interfaces, reason = "sealed")]
    fn pool(&self) -> &Pool {
        &self.pool
    }

    #[inline]
    fn most(&self) -> usize {
        self.bound
    }
}

impl BoundedSemaphore {
    const_fn! {
        /// A semaphore with `bound` permits, in strict order of arrival.
        ///
        /// # Panics
        ///
        /// If `bound` exceeds [`MAX_PERMITS`](crate::Semaphore::MAX_PERMITS).
        #[must_use]
        #[track_caller]
        pub const fn new(bound: usize) -> Self {
            Self::with_fairness(bound, Fairness::Fifo)
        }
    }

    const_fn! {
        /// A semaphore with `bound` permits and a chosen [`Fairness`].
        ///
        /// # Panics
        ///
        /// If `bound` exceeds [`MAX_PERMITS`](crate::Semaphore::MAX_PERMITS), or a limit exceeds
        /// 31.
        #[must_use]
        #[track_caller]
        pub const fn with_fairness(bound: usize, fairness: Fairness) -> Self {
            assert!(bound <= MAX_PERMITS, "a semaphore counts at most MAX_PERMITS permits");
            Self { pool: Pool::new(bound, fairness.limit()), bound }
        }
    }

    /// Waits for one permit, as [`Semaphore::acquire`](crate::Semaphore::acquire) does.
    #[inline]
    pub fn acquire(&self) -> Acquire<&Self> {
        self.acquire_many(1)
    }

    /// Waits for `n` permits, as [`Semaphore::acquire_many`](crate::Semaphore::acquire_many) does.
    /// More than the [`bound`](BoundedSemaphore::bound) is
    /// [`TooMany`](crate::AcquireError::TooMany) at once.
    #[inline]
    pub fn acquire_many(&self, n: usize) -> Acquire<&Self> {
        Acquire::new(self, n)
    }

    /// Like [`acquire`](BoundedSemaphore::acquire), for a permit that owns its semaphore.
    #[inline]
    pub fn acquire_owned(self: &Arc<Self>) -> Acquire<Arc<Self>> {
        self.acquire_many_owned(1)
    }

    /// Like [`acquire_many`](BoundedSemaphore::acquire_many), for permits that own their semaphore.
    #[inline]
    pub fn acquire_many_owned(self: &Arc<Self>, n: usize) -> Acquire<Arc<Self>> {
        Acquire::new(self.clone(), n)
    }

    /// Takes one permit if that passes nobody.
    ///
    /// # Errors
    ///
    /// As for [`Semaphore::try_acquire`](crate::Semaphore::try_acquire).
    #[inline]
    pub fn try_acquire(&self) -> Result<Permit<&Self>, TryAcquireError> {
        try_acquire(self, 1)
    }

    /// Takes `n` permits if that passes nobody.
    ///
    /// # Errors
    ///
    /// As for [`Semaphore::try_acquire`](crate::Semaphore::try_acquire), and
    /// [`TryAcquireError::TooMany`] above the [`bound`](BoundedSemaphore::bound).
    #[inline]
    pub fn try_acquire_many(&self, n: usize) -> Result<Permit<&Self>, TryAcquireError> {
        try_acquire(self, n)
    }

    /// Like [`try_acquire`](BoundedSemaphore::try_acquire), for a permit that owns its semaphore.
    ///
    /// # Errors
    ///
    /// As for [`try_acquire`](BoundedSemaphore::try_acquire).
    #[inline]
    pub fn try_acquire_owned(self: &Arc<Self>) -> Result<Permit<Arc<Self>>, TryAcquireError> {
        try_acquire(self.clone(), 1)
    }

    /// Like [`try_acquire_many`](BoundedSemaphore::try_acquire_many), for permits that own their
    /// semaphore.
    ///
    /// # Errors
    ///
    /// As for [`try_acquire_many`](BoundedSemaphore::try_acquire_many).
    #[inline]
    pub fn try_acquire_many_owned(
        self: &Arc<Self>,
        n: usize,
    ) -> Result<Permit<Arc<Self>>, TryAcquireError> {
        try_acquire(self.clone(), n)
    }

    /// Gives back `n` permits that were [forgotten](Permit::forget).
    ///
    /// # Errors
    ///
    /// [`OverRelease`] if fewer were forgotten; nothing has changed then. Available and held
    /// permits together never exceed the [`bound`](BoundedSemaphore::bound).
    ///
    /// # Panics
    ///
    /// If a waker panics: the permits are back and all others were woken, then the panic goes on.
    #[track_caller]
    pub fn release(&self, n: usize) -> Result<(), OverRelease> {
        self.pool.add_up_to(self.bound, n)
    }

    /// How many permits it was made with.
    pub fn bound(&self) -> usize {
        self.bound
    }

    /// How many permits are free now.
    #[inline]
    pub fn available_permits(&self) -> usize {
        self.pool.state.load().permits()
    }

    /// Whether [`acquire`](BoundedSemaphore::acquire) would have to wait. With a bound of 0 it is
    /// locked for ever, as in asyncio, though an acquire fails at once there.
    pub fn locked(&self) -> bool {
        self.pool.is_locked()
    }

    /// Closes for good, as [`Semaphore::close`](crate::Semaphore::close) does. Returns whether this
    /// call did it.
    ///
    /// # Panics
    ///
    /// If a waker panics: the semaphore is closed and all others were woken, then the panic goes
    /// on.
    #[track_caller]
    pub fn close(&self) -> bool {
        self.pool.close()
    }

    /// Whether the semaphore is closed.
    pub fn is_closed(&self) -> bool {
        self.pool.state.load().is_closed()
    }

    /// Waits until the semaphore is closed.
    pub fn closed(&self) -> SemaphoreClosed<&Self> {
        SemaphoreClosed::new(self)
    }

    /// Like [`closed`](BoundedSemaphore::closed), for a future that owns its semaphore.
    pub fn closed_owned(self: &Arc<Self>) -> SemaphoreClosed<Arc<Self>> {
        SemaphoreClosed::new(self.clone())
    }

    /// How many wait in line for permits now.
    pub fn waiters(&self) -> usize {
        self.pool.waiters()
    }
}

impl fmt::Debug for BoundedSemaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pool.fmt("BoundedSemaphore", f)
    }
}
