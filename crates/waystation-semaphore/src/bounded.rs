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
        ///
        /// # Examples
        ///
        /// ```
        /// # use waystation_semaphore::{BoundedSemaphore, OverRelease};
        /// static LICENCES: BoundedSemaphore = BoundedSemaphore::new(1);
        ///
        /// let permit = LICENCES.try_acquire()?;
        /// assert_eq!(LICENCES.release(1), Err(OverRelease)); // it is held, not forgotten
        /// drop(permit);
        /// assert_eq!(LICENCES.available_permits(), 1);
        /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
        /// ```
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
        ///
        /// # Examples
        ///
        /// ```
        /// # use futures_lite::future::poll_once;
        /// # use waystation_semaphore::{BoundedSemaphore, Fairness, OverRelease};
        /// # futures_lite::future::block_on(async {
        /// let semaphore = BoundedSemaphore::with_fairness(1, Fairness::Bypass { limit: 3 });
        /// semaphore.try_acquire()?.forget();
        /// let mut head = semaphore.acquire();
        /// assert!(poll_once(&mut head).await.is_none());
        /// semaphore.release(1)?;
        /// let _passer_by = semaphore.try_acquire()?;
        /// assert_eq!(semaphore.release(1), Err(OverRelease)); // the bound holds for all
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// # }).unwrap();
        /// ```
        #[must_use]
        #[track_caller]
        pub const fn with_fairness(bound: usize, fairness: Fairness) -> Self {
            assert!(bound <= MAX_PERMITS, "a semaphore counts at most MAX_PERMITS permits");
            Self { pool: Pool::new(bound, fairness.limit()), bound }
        }
    }

    /// Waits for one permit, as [`Semaphore::acquire`](crate::Semaphore::acquire) does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::BoundedSemaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = BoundedSemaphore::new(1);
    /// for _ in 0..3 {
    ///     let _permit = semaphore.acquire().await?; // a guard needs no `release`
    ///     assert!(semaphore.locked());
    /// }
    /// assert_eq!(semaphore.available_permits(), semaphore.bound());
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    #[inline]
    pub fn acquire(&self) -> Acquire<&Self> {
        self.acquire_many(1)
    }

    /// Waits for `n` permits, as [`Semaphore::acquire_many`](crate::Semaphore::acquire_many) does.
    /// A request for up to the [`bound`](BoundedSemaphore::bound) is waited for, and everybody
    /// behind it waits with it. More is [`TooMany`](crate::AcquireError::TooMany) at once.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_semaphore::{AcquireError, BoundedSemaphore};
    /// # futures_lite::future::block_on(async {
    /// let semaphore = BoundedSemaphore::new(2);
    /// assert_eq!(semaphore.acquire_many(3).await.unwrap_err(), AcquireError::TooMany);
    /// let one = semaphore.acquire().await?;
    /// let (mut both, mut behind) = (semaphore.acquire_many(2), semaphore.acquire());
    /// assert!(poll_once(&mut both).await.is_none());
    /// assert!(poll_once(&mut behind).await.is_none()); // though one is free
    /// drop(one);
    /// assert_eq!(both.await?.num_permits(), 2);
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    #[inline]
    pub fn acquire_many(&self, n: usize) -> Acquire<&Self> {
        Acquire::new(self, n)
    }

    /// Like [`acquire`](BoundedSemaphore::acquire), for a permit that owns its semaphore.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::BoundedSemaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Arc::new(BoundedSemaphore::new(1));
    /// for _ in 0..3 {
    ///     let permit = semaphore.acquire_owned().await?; // once the thread before is done
    ///     assert!(semaphore.locked());
    ///     std::thread::spawn(move || drop(permit));
    /// }
    /// assert_eq!(semaphore.acquire().await?.num_permits(), semaphore.bound());
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    #[inline]
    pub fn acquire_owned(self: &Arc<Self>) -> Acquire<Arc<Self>> {
        self.acquire_many_owned(1)
    }

    /// Like [`acquire_many`](BoundedSemaphore::acquire_many), for permits that own their semaphore.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::BoundedSemaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Arc::new(BoundedSemaphore::new(3));
    /// let permits = semaphore.acquire_many_owned(2).await?;
    /// drop(semaphore); // the permits keep it alive
    /// let worker = std::thread::spawn(move || permits.semaphore().bound());
    /// assert_eq!(worker.join().unwrap(), 3);
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    #[inline]
    pub fn acquire_many_owned(self: &Arc<Self>, n: usize) -> Acquire<Arc<Self>> {
        Acquire::new(self.clone(), n)
    }

    /// Takes one permit if that passes nobody.
    ///
    /// # Errors
    ///
    /// As for [`Semaphore::try_acquire`](crate::Semaphore::try_acquire), and
    /// [`TryAcquireError::TooMany`] if the [`bound`](BoundedSemaphore::bound) is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_semaphore::{BoundedSemaphore, TryAcquireError};
    /// # futures_lite::future::block_on(async {
    /// let semaphore = BoundedSemaphore::new(2);
    /// let _one = semaphore.acquire().await?;
    /// let mut both = semaphore.acquire_many(2);
    /// assert!(poll_once(&mut both).await.is_none());
    /// let passing = semaphore.try_acquire();
    /// assert_eq!(passing.unwrap_err(), TryAcquireError::NoPermits); // though one is free
    /// drop(both);
    /// assert!(semaphore.try_acquire().is_ok());
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::{BoundedSemaphore, TryAcquireError};
    /// let semaphore = BoundedSemaphore::new(2);
    /// let _one = semaphore.try_acquire()?;
    /// let two = semaphore.try_acquire_many(2);
    /// assert_eq!(two.unwrap_err(), TryAcquireError::NoPermits); // not now
    /// let three = semaphore.try_acquire_many(3);
    /// assert_eq!(three.unwrap_err(), TryAcquireError::TooMany); // never
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    #[inline]
    pub fn try_acquire_many(&self, n: usize) -> Result<Permit<&Self>, TryAcquireError> {
        try_acquire(self, n)
    }

    /// Like [`try_acquire`](BoundedSemaphore::try_acquire), for a permit that owns its semaphore.
    ///
    /// # Errors
    ///
    /// As for [`try_acquire`](BoundedSemaphore::try_acquire).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let semaphore = Arc::new(BoundedSemaphore::new(1));
    /// let permit = semaphore.try_acquire_owned()?;
    /// std::thread::spawn(move || permit.forget()).join().unwrap();
    /// assert!(semaphore.try_acquire_owned().is_err()); // it did not come back by itself
    /// semaphore.release(1)?;
    /// assert!(semaphore.try_acquire_owned().is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let semaphore = Arc::new(BoundedSemaphore::new(3));
    /// let mut permits = semaphore.try_acquire_many_owned(2)?;
    /// assert!(semaphore.try_acquire_many_owned(2).is_err());
    /// permits.merge(semaphore.try_acquire_many_owned(1)?);
    /// assert_eq!(permits.num_permits(), semaphore.bound());
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_semaphore::{BoundedSemaphore, OverRelease};
    /// # futures_lite::future::block_on(async {
    /// let semaphore = BoundedSemaphore::new(2);
    /// semaphore.acquire_many(2).await?.forget();
    /// let mut next = semaphore.acquire();
    /// assert!(poll_once(&mut next).await.is_none());
    /// assert_eq!(semaphore.release(3), Err(OverRelease)); // only two were forgotten
    /// assert!(poll_once(&mut next).await.is_none()); // nothing has changed
    /// semaphore.release(2)?;
    /// let _permit = next.await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[track_caller]
    pub fn release(&self, n: usize) -> Result<(), OverRelease> {
        self.pool.add_up_to(self.bound, n)
    }

    /// How many permits it was made with.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let semaphore = BoundedSemaphore::new(3);
    /// semaphore.try_acquire_many(2)?.forget();
    /// assert_eq!(semaphore.bound(), 3); // as ever
    /// semaphore.release(semaphore.bound() - semaphore.available_permits())?;
    /// assert_eq!(semaphore.available_permits(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn bound(&self) -> usize {
        self.bound
    }

    /// How many permits are free now.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let semaphore = BoundedSemaphore::new(3);
    /// let held = semaphore.try_acquire()?;
    /// semaphore.try_acquire()?.forget();
    /// assert_eq!(semaphore.available_permits(), 1);
    /// drop(held);
    /// assert_eq!(semaphore.available_permits(), 2); // the forgotten one waits for a `release`
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    #[inline]
    pub fn available_permits(&self) -> usize {
        self.pool.state.load().permits()
    }

    /// Whether [`acquire`](BoundedSemaphore::acquire) would have to wait. With a bound of 0 it is
    /// locked for ever, as in asyncio, though an acquire fails at once there.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::{AcquireError, BoundedSemaphore};
    /// # futures_lite::future::block_on(async {
    /// assert!(!BoundedSemaphore::new(1).locked());
    /// let nothing = BoundedSemaphore::new(0);
    /// assert!(nothing.locked());
    /// assert_eq!(nothing.acquire().await.unwrap_err(), AcquireError::TooMany);
    /// # });
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::{AcquireError, BoundedSemaphore};
    /// # futures_lite::future::block_on(async {
    /// let semaphore = BoundedSemaphore::new(1);
    /// semaphore.acquire().await?.forget();
    /// assert!(semaphore.close());
    /// assert_eq!(semaphore.acquire().await.unwrap_err(), AcquireError::Closed);
    /// assert_eq!(semaphore.release(1), Ok(())); // what was taken may still be given back
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    #[track_caller]
    pub fn close(&self) -> bool {
        self.pool.close()
    }

    /// Whether the semaphore is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let semaphore = BoundedSemaphore::new(1);
    /// let _permit = semaphore.try_acquire()?;
    /// assert!(semaphore.locked() && !semaphore.is_closed()); // an acquire waits
    /// semaphore.close();
    /// assert!(!semaphore.locked() && semaphore.is_closed()); // it fails at once
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    pub fn is_closed(&self) -> bool {
        self.pool.state.load().is_closed()
    }

    /// Waits until the semaphore is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_semaphore::BoundedSemaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = BoundedSemaphore::new(1);
    /// let mut closed = semaphore.closed();
    /// assert!(poll_once(&mut closed).await.is_none());
    /// semaphore.close();
    /// assert!(poll_once(&mut closed).await.is_some());
    /// assert!(poll_once(semaphore.closed()).await.is_some()); // whoever asks later does not wait
    /// # });
    /// ```
    pub fn closed(&self) -> SemaphoreClosed<&Self> {
        SemaphoreClosed::new(self)
    }

    /// Like [`closed`](BoundedSemaphore::closed), for a future that owns its semaphore.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::BoundedSemaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Arc::new(BoundedSemaphore::new(1));
    /// let closed = semaphore.closed_owned();
    /// semaphore.close();
    /// drop(semaphore); // the future keeps it alive
    /// closed.await;
    /// # });
    /// ```
    pub fn closed_owned(self: &Arc<Self>) -> SemaphoreClosed<Arc<Self>> {
        SemaphoreClosed::new(self.clone())
    }

    /// How many wait in line for permits now.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_semaphore::BoundedSemaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = BoundedSemaphore::new(1);
    /// let _permit = semaphore.acquire().await?;
    /// let (mut first, mut second) = (semaphore.acquire(), semaphore.acquire());
    /// assert!(poll_once(&mut first).await.is_none());
    /// assert!(poll_once(&mut second).await.is_none());
    /// assert_eq!(semaphore.waiters(), 2);
    /// drop(first); // leaves the line
    /// assert_eq!(semaphore.waiters(), 1);
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    pub fn waiters(&self) -> usize {
        self.pool.waiters()
    }
}

impl fmt::Debug for BoundedSemaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pool.fmt("BoundedSemaphore", f)
    }
}
