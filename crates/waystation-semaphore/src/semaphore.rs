use std::fmt;

use waystation_core::const_fn;

use crate::pool::Pool;
use crate::state::MAX_PERMITS;
use crate::{Fairness, OverRelease};

/// Limits concurrency: a number of permits that tasks and threads share. Dropping a [`Permit`](crate::Permit)
/// returns it.
///
/// The semaphore of [asyncio](https://docs.python.org/3/library/asyncio-sync.html#semaphore); made
/// by [`bounded`](Semaphore::bounded), its `BoundedSemaphore`.
///
/// # Fairness
///
/// Strict order of arrival unless another [`fairness`](Semaphore::fairness) is chosen. Nobody
/// passes: neither [`try_acquire`](Semaphore::try_acquire) nor a small request behind a large one.
/// A request above the [`total`](Semaphore::total) waits, and all behind it, until permits are
/// added. A releasing task that asks again goes to the back of the line; asyncio's order differs
/// there by one turn.
///
/// Where threads contend, strict order has its price: a permit that was handed over rests until the
/// thread that got it has woken up, which takes microseconds. Tasks of one thread do not pay it.
/// [`Fairness::Bypass`] lets a bounded number pass instead.
///
/// # Cancel safety
///
/// An acquire that is dropped did not happen: see [`Acquire`](crate::Acquire).
///
/// # Errors
///
/// Acquires fail once the semaphore is closed, except those that were granted before; if they ask
/// for more than it can ever hold; and if too many wait, where
/// [`max_waiters`](Semaphore::max_waiters) limits that.
///
/// # Panics
///
/// If a waker panics, the operation that woke it is complete and all others were woken; then the
/// panic propagates.
///
/// # From a thread
///
/// [`Blocking`](crate::Blocking) gives each future `block`, `block_timeout` and `block_deadline`.
/// Threads wait in the same line as tasks.
///
/// ```
/// use std::time::Duration;
/// use waystation_semaphore::{Blocking, Semaphore};
///
/// static SLOTS: Semaphore = Semaphore::new(1);
///
/// let permit = SLOTS.acquire().block()?;
/// let mut second = SLOTS.acquire();
/// assert!(second.block_timeout(Duration::from_millis(1)).is_none()); // still in line
/// drop(permit);
/// let _permit = second.block()?;
/// # Ok::<(), waystation_semaphore::AcquireError>(())
/// ```
pub struct Semaphore {
    pub(crate) pool: Pool,
}

/// How to make one.
impl Semaphore {
    /// The most permits a semaphore can count: 2⁵⁶ − 1 on 64-bit machines, 2²⁴ − 1 on 32-bit ones.
    pub const MAX_PERMITS: usize = MAX_PERMITS;

    const_fn! {
        /// A semaphore in strict order of arrival.
        ///
        /// # Panics
        ///
        /// If `permits` exceeds [`MAX_PERMITS`](Semaphore::MAX_PERMITS).
        #[must_use]
        #[track_caller]
        pub const fn new(permits: usize) -> Self {
            assert!(permits <= MAX_PERMITS, "a semaphore counts at most MAX_PERMITS permits");
            Self { pool: Pool::new(permits, None) }
        }
    }

    const_fn! {
        /// A semaphore whose [`total`](Semaphore::total) never exceeds what it is made with.
        ///
        /// *Acquire … release* without guards is [`Permit::forget`](crate::Permit::forget) and
        /// [`try_add_permits`](Semaphore::try_add_permits), and one release too many is an error. A
        /// request for more than the bound fails at once.
        ///
        /// # Panics
        ///
        /// If `permits` exceeds [`MAX_PERMITS`](Semaphore::MAX_PERMITS).
        ///
        /// ```
        /// # use waystation_semaphore::{OverRelease, Semaphore};
        /// static LICENCES: Semaphore = Semaphore::bounded(1);
        ///
        /// LICENCES.try_acquire()?.forget();
        /// assert_eq!(LICENCES.try_add_permits(1), Ok(()));
        /// assert_eq!(LICENCES.try_add_permits(1), Err(OverRelease)); // the mistake shows here
        /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
        /// ```
        #[doc(alias = "BoundedSemaphore")]
        #[must_use]
        #[track_caller]
        pub const fn bounded(permits: usize) -> Self {
            assert!(permits <= MAX_PERMITS, "a semaphore counts at most MAX_PERMITS permits");
            Self { pool: Pool::new(permits, Some(permits)) }
        }
    }

    const_fn! {
        /// [`new`](Semaphore::new) with a chosen [`fairness`](Semaphore::fairness).
        ///
        /// # Panics
        ///
        /// If `permits` exceeds [`MAX_PERMITS`](Semaphore::MAX_PERMITS), or a limit exceeds 31.
        #[must_use]
        #[track_caller]
        pub const fn with_fairness(permits: usize, fairness: Fairness) -> Self {
            Self::new(permits).fairness(fairness)
        }
    }

    const_fn! {
        /// Chooses who may take a free permit while others wait.
        ///
        /// # Panics
        ///
        /// If a limit exceeds 31.
        ///
        /// ```
        /// # use futures_lite::future::poll_once;
        /// # use waystation_semaphore::{Fairness, Semaphore};
        /// # futures_lite::future::block_on(async {
        /// let semaphore = Semaphore::bounded(1).fairness(Fairness::Bypass { limit: 1 });
        /// let permit = semaphore.try_acquire()?;
        /// let mut head = semaphore.acquire();
        /// assert!(poll_once(&mut head).await.is_none());
        /// drop(permit);
        /// drop(semaphore.try_acquire()?); // passes once
        /// assert!(semaphore.try_acquire().is_err()); // and not twice
        /// let _permit = head.await?;
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// # }).unwrap();
        /// ```
        #[must_use]
        #[track_caller]
        pub const fn fairness(mut self, fairness: Fairness) -> Self {
            self.pool.state.limit = fairness.limit();
            self
        }
    }

    const_fn! {
        /// Limits the line, to shed load: an acquire that would have to join a line of `n` fails
        /// with [`AcquireError::TooManyWaiting`](crate::AcquireError::TooManyWaiting) at its first
        /// poll. 0: nobody waits. [`closed`](Semaphore::closed) does not count.
        ///
        /// ```
        /// # use futures_lite::future::poll_once;
        /// # use waystation_semaphore::{AcquireError, Semaphore};
        /// static BACKEND: Semaphore = Semaphore::new(1).max_waiters(1);
        ///
        /// # futures_lite::future::block_on(async {
        /// let permit = BACKEND.acquire().await?;
        /// let mut second = BACKEND.acquire();
        /// assert!(poll_once(&mut second).await.is_none());
        /// let third = BACKEND.acquire().await;
        /// assert_eq!(third.unwrap_err(), AcquireError::TooManyWaiting); // try again later
        /// # drop(permit);
        /// # Ok::<(), waystation_semaphore::AcquireError>(())
        /// # }).unwrap();
        /// ```
        #[must_use]
        pub const fn max_waiters(mut self, n: usize) -> Self {
            self.pool.max_waiters = n;
            self
        }
    }
}

/// To change how many permits there are.
impl Semaphore {
    /// Adds `n` new permits. asyncio's `release()`; here permits come back by themselves, and this
    /// is for permits that were [forgotten](crate::Permit::forget) or that never existed.
    ///
    /// # Panics
    ///
    /// If [`total`](Semaphore::total) would exceed the [`bound`](Semaphore::bound) or
    /// [`MAX_PERMITS`](Semaphore::MAX_PERMITS); nothing has changed then.
    #[doc(alias = "release")]
    #[track_caller]
    pub fn add_permits(&self, n: usize) {
        if let Err(total) = self.pool.add(n) {
            let (ceiling, most) = self.pool.ceiling();
            panic!("adding {n} permits to {total} exceeds {ceiling} ({most})");
        }
    }

    /// Like [`add_permits`](Semaphore::add_permits), for a caller who wants to handle the mistake.
    ///
    /// # Errors
    ///
    /// [`OverRelease`] where `add_permits` panics; nothing has changed then.
    #[doc(alias = "release")]
    pub fn try_add_permits(&self, n: usize) -> Result<(), OverRelease> {
        self.pool.add(n).map_err(|_total| OverRelease)
    }

    /// Destroys up to `n` of the free permits and returns how many it found.
    pub fn forget_permits(&self, n: usize) -> usize {
        self.pool.forget_free(n)
    }

    /// Destroys exactly `n` permits. What is not free now becomes a debt, which later releases pay
    /// before they serve anybody in line.
    ///
    /// # Panics
    ///
    /// If `n` exceeds [`total`](Semaphore::total); nothing has changed then.
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Semaphore::new(2);
    /// let permits = semaphore.try_acquire_many(2)?;
    /// semaphore.reduce_permits(1);
    /// drop(permits); // one pays the debt
    /// assert_eq!(semaphore.available_permits(), 1);
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    #[track_caller]
    pub fn reduce_permits(&self, n: usize) {
        if let Err(total) = self.pool.reduce(n) {
            panic!("cannot reduce by {n} permits: the total is {total}");
        }
    }

    /// Adds or destroys permits until [`total`](Semaphore::total) is `total`. Growing wakes;
    /// shrinking below what is held leaves a debt, as [`reduce_permits`](Semaphore::reduce_permits)
    /// does.
    ///
    /// # Panics
    ///
    /// If `total` exceeds the [`bound`](Semaphore::bound) or
    /// [`MAX_PERMITS`](Semaphore::MAX_PERMITS); nothing has changed then.
    #[track_caller]
    pub fn resize(&self, total: usize) {
        let (ceiling, most) = self.pool.ceiling();
        assert!(
            total <= most,
            "cannot resize to {total} permits: {ceiling} is {most}"
        );
        self.pool.resize(total);
    }
}

/// What can be seen.
impl Semaphore {
    /// How many permits are free now: the real count, hoarded by nobody.
    #[inline]
    pub fn available_permits(&self) -> usize {
        self.pool.state.load().permits()
    }

    /// Whether [`acquire`](Semaphore::acquire) would have to wait. A closed semaphore is not locked:
    /// an acquire fails at once. One with a bound of 0 is, as in asyncio, until it is closed.
    pub fn locked(&self) -> bool {
        self.pool.is_locked()
    }

    /// What would be available if every live permit came back and every debt were paid: what it was
    /// made with, plus added, minus forgotten and reduced.
    pub fn total(&self) -> usize {
        self.pool.total()
    }

    /// What [`total`](Semaphore::total) never exceeds, if it was made by
    /// [`bounded`](Semaphore::bounded).
    pub fn bound(&self) -> Option<usize> {
        self.pool.bound
    }

    /// How many wait in line for permits now.
    pub fn waiters(&self) -> usize {
        self.pool.waiters()
    }
}

/// To end it.
impl Semaphore {
    /// Closes for good: waiting and later acquires fail. Returns whether this call did it.
    ///
    /// Permits outlive the close, and one that was granted before is still given.
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_semaphore::{AcquireError, Semaphore};
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Semaphore::new(1);
    /// let _permit = semaphore.acquire().await?;
    /// let mut waiting = semaphore.acquire();
    /// assert!(poll_once(&mut waiting).await.is_none());
    /// assert!(semaphore.close());
    /// assert_eq!(waiting.await.unwrap_err(), AcquireError::Closed);
    /// assert!(!semaphore.close()); // it was closed already
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    pub fn close(&self) -> bool {
        self.pool.close()
    }

    /// Whether the semaphore is closed.
    pub fn is_closed(&self) -> bool {
        self.pool.state.load().is_closed()
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pool.fmt(f)
    }
}
