use std::fmt;
use std::sync::Arc;

use waystation_core::const_fn;

use crate::acquire::try_acquire;
use crate::pool::Pool;
use crate::state::{MAX_LIMIT, MAX_PERMITS};
use crate::{Acquire, Permit, SemaphoreClosed, TryAcquireError};

/// Who may take a free permit while others wait.
///
/// | | [`Fifo`](Fairness::Fifo) | [`Bypass`](Fairness::Bypass) |
/// |---|---|---|
/// | order | strictly that of arrival | up to `limit` passers-by between two grants to the line |
/// | a permit comes back while somebody waits | it is handed over | the head is woken; who runs first may take it |
/// | price | each hand-over between threads waits for a thread to wake up | the head may wait longer, by a bounded number of turns |
/// | choose it | by default; when the order matters | when threads contend for few permits and throughput matters |
///
/// Handing over between threads costs a thread wake-up each time in every fair semaphore alike:
/// while the woken thread gets going, the permit rests. On one thread the two are alike in speed.
///
/// # Examples
///
/// ```
/// # use futures_lite::future::poll_once;
/// # use waystation_semaphore::{Fairness, Semaphore};
/// # futures_lite::future::block_on(async {
/// for (fairness, may_pass) in [(Fairness::Fifo, false), (Fairness::Bypass { limit: 1 }, true)] {
///     let semaphore = Semaphore::with_fairness(1, fairness);
///     let permit = semaphore.acquire().await?;
///     let mut head = semaphore.acquire();
///     assert!(poll_once(&mut head).await.is_none());
///     drop(permit);
///     assert_eq!(semaphore.try_acquire().is_ok(), may_pass);
/// }
/// # Ok::<(), waystation_semaphore::AcquireError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Fairness {
    /// Strict order of arrival: nobody passes.
    #[default]
    Fifo,
    /// Between two grants to the line at most `limit` passers-by take a permit. One may do so only
    /// past a head that has been woken, and only while the free permits are no more than the head
    /// asks for; any surplus is granted to the line at once. A cancelled head does not reset the
    /// count; a line that has emptied was passed by nobody, and the next one starts at none.
    ///
    /// A head that was woken is not granted anything yet: if the semaphore is closed before it
    /// looks, it fails.
    Bypass {
        /// At most this many in a row, up to 31. 0 is `Fifo`.
        limit: u32,
    },
}

impl Fairness {
    #[track_caller]
    pub(crate) const fn limit(self) -> usize {
        match self {
            Self::Fifo => 0,
            Self::Bypass { limit } => {
                assert!(
                    limit as usize <= MAX_LIMIT,
                    "the limit of a bypass is at most 31"
                );
                limit as usize
            }
        }
    }
}

/// What `Acquire` and `Permit` need of either kind of semaphore. Sealed: its items are private.
#[allow(
    unnameable_types,
    reason = "a sealed trait: not to be named is its purpose"
)]
pub trait Permits: fmt::Debug {
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "sealed")]
    fn pool(&self) -> &Pool;

    /// The largest request that can ever be served.
    #[doc(hidden)]
    fn most(&self) -> usize;
}

/// A number of permits that tasks and threads share: fair, weighted, resizable, closable.
///
/// The semaphore of [asyncio](https://docs.python.org/3/library/asyncio-sync.html#semaphore), with
/// permits as guards that come back on drop.
///
/// # Fairness
///
/// Strict FIFO unless made [`with_fairness`](Semaphore::with_fairness). Nobody passes: neither
/// [`try_acquire`](Semaphore::try_acquire) nor a small request behind a large one. A request above
/// the total waits, and all behind it, until permits are added; only one above
/// [`MAX_PERMITS`](Semaphore::MAX_PERMITS) is an error. Handing over means that a task that gives
/// back and asks again goes to the back of the line; asyncio's order differs there by one turn.
///
/// Where threads contend, strict order has its price, here and in every fair design: the permit
/// rests from the moment it is handed over until the thread that got it has woken up, which takes
/// microseconds. Tasks of one thread do not pay it. [`Fairness::Bypass`] lets a bounded number pass
/// instead; what either costs is measured on the page `guide::choosing_fairness` of the crate
/// `waystation`.
///
/// A granted acquire that is neither polled nor dropped keeps its permits, and a leaked one for
/// ever.
///
/// # Examples
///
/// At most two at a time:
///
/// ```
/// use waystation_semaphore::Semaphore;
///
/// static SLOTS: Semaphore = Semaphore::new(2);
///
/// # futures_lite::future::block_on(async {
/// let permit = SLOTS.acquire().await?;
/// assert_eq!(SLOTS.available_permits(), 1);
/// drop(permit);
/// assert_eq!(SLOTS.available_permits(), 2);
/// # Ok::<(), waystation_semaphore::AcquireError>(())
/// # }).unwrap();
/// ```
pub struct Semaphore {
    pub(crate) pool: Pool,
}

impl Permits for Semaphore {
    #[inline]
    #[allow(private_interfaces, reason = "sealed")]
    fn pool(&self) -> &Pool {
        &self.pool
    }

    #[inline]
    fn most(&self) -> usize {
        Self::MAX_PERMITS
    }
}

impl Semaphore {
    /// The most permits a semaphore can count: 2⁵⁶ − 1 on a 64-bit machine, 2²⁴ − 1 on a 32-bit
    /// one.
    pub const MAX_PERMITS: usize = MAX_PERMITS;

    const_fn! {
        /// A semaphore in strict order of arrival.
        ///
        /// # Panics
        ///
        /// If `permits` exceeds [`MAX_PERMITS`](Semaphore::MAX_PERMITS).
        ///
        /// # Examples
        ///
        /// ```
        /// # use waystation_semaphore::Semaphore;
        /// static CONNECTIONS: Semaphore = Semaphore::new(2);
        ///
        /// let _both = [CONNECTIONS.try_acquire()?, CONNECTIONS.try_acquire()?];
        /// assert!(CONNECTIONS.try_acquire().is_err());
        /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
        /// ```
        #[must_use]
        #[track_caller]
        pub const fn new(permits: usize) -> Self {
            Self::with_fairness(permits, Fairness::Fifo)
        }
    }

    const_fn! {
        /// A semaphore with a chosen [`Fairness`].
        ///
        /// # Panics
        ///
        /// If `permits` exceeds [`MAX_PERMITS`](Semaphore::MAX_PERMITS), or a limit exceeds 31.
        ///
        /// # Examples
        ///
        /// ```
        /// # use futures_lite::future::poll_once;
        /// # use waystation_semaphore::{Fairness, Semaphore};
        /// # futures_lite::future::block_on(async {
        /// let semaphore = Semaphore::with_fairness(1, Fairness::Bypass { limit: 1 });
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
        pub const fn with_fairness(permits: usize, fairness: Fairness) -> Self {
            assert!(permits <= MAX_PERMITS, "a semaphore counts at most MAX_PERMITS permits");
            Self { pool: Pool::new(permits, fairness.limit()) }
        }
    }

    /// Waits for one permit.
    ///
    /// # Fairness
    ///
    /// A place in line is taken at the first poll.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the line, and the new head is looked at again. A permit that was
    /// granted and not taken by a poll goes to the next in line before `drop` returns.
    ///
    /// # Errors
    ///
    /// [`AcquireError::Closed`](crate::AcquireError::Closed) once the semaphore is closed, unless
    /// the permit was granted before.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Semaphore::new(1);
    /// let _permit = semaphore.acquire().await?;
    /// // … at most one at a time …
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    #[inline]
    pub fn acquire(&self) -> Acquire<&Self> {
        self.acquire_many(1)
    }

    /// Waits for `n` permits: all or nothing, in line order. A request for none is ready at once;
    /// with an error if the semaphore is closed.
    ///
    /// # Fairness
    ///
    /// A large request at the head is not overtaken; it hoards nothing while it waits.
    ///
    /// # Cancel safety
    ///
    /// As for [`acquire`](Semaphore::acquire). A large head that is dropped lets those behind it in
    /// at once, with no release needed.
    ///
    /// # Errors
    ///
    /// [`AcquireError::Closed`](crate::AcquireError::Closed), and
    /// [`AcquireError::TooMany`](crate::AcquireError::TooMany) above
    /// [`MAX_PERMITS`](Semaphore::MAX_PERMITS). A request above the [`total`](Semaphore::total)
    /// waits.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_semaphore::Semaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Semaphore::new(4);
    /// let small = semaphore.acquire().await?;
    /// let mut large = semaphore.acquire_many(4);
    /// assert!(poll_once(&mut large).await.is_none());
    /// assert_eq!(semaphore.available_permits(), 3); // hoards nothing
    /// drop(small);
    /// assert_eq!(large.await?.num_permits(), 4);
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    #[inline]
    pub fn acquire_many(&self, n: usize) -> Acquire<&Self> {
        Acquire::new(self, n)
    }

    /// Like [`acquire`](Semaphore::acquire), for a permit that owns its semaphore and can be moved
    /// into a spawned task.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::Semaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Arc::new(Semaphore::new(1));
    /// let permit = semaphore.acquire_owned().await?;
    /// let worker = std::thread::spawn(move || {
    ///     let _permit = permit; // held while the thread works
    /// });
    /// worker.join().unwrap();
    /// assert_eq!(semaphore.available_permits(), 1);
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    #[inline]
    pub fn acquire_owned(self: &Arc<Self>) -> Acquire<Arc<Self>> {
        self.acquire_many_owned(1)
    }

    /// Like [`acquire_many`](Semaphore::acquire_many), for permits that own their semaphore.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::Semaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Arc::new(Semaphore::new(3));
    /// let mut all = semaphore.acquire_many_owned(3).await?;
    /// let workers = std::iter::from_fn(|| all.split(1)) // one for each thread
    ///     .map(|permit| std::thread::spawn(move || permit.num_permits()));
    /// let used: usize = workers.map(|worker| worker.join().unwrap()).sum();
    /// assert_eq!((used, semaphore.available_permits()), (3, 3));
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
    /// [`TryAcquireError::NoPermits`] if none is free or others wait, and
    /// [`TryAcquireError::Closed`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::{Semaphore, TryAcquireError};
    /// let semaphore = Semaphore::new(1);
    /// let permit = semaphore.try_acquire().unwrap();
    /// assert_eq!(semaphore.try_acquire().unwrap_err(), TryAcquireError::NoPermits);
    /// # drop(permit);
    /// ```
    #[inline]
    pub fn try_acquire(&self) -> Result<Permit<&Self>, TryAcquireError> {
        try_acquire(self, 1)
    }

    /// Takes `n` permits if that passes nobody.
    ///
    /// # Errors
    ///
    /// As for [`try_acquire`](Semaphore::try_acquire), and [`TryAcquireError::TooMany`] above
    /// [`MAX_PERMITS`](Semaphore::MAX_PERMITS).
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::{Semaphore, TryAcquireError};
    /// let semaphore = Semaphore::new(3);
    /// let _two = semaphore.try_acquire_many(2)?;
    /// assert_eq!(semaphore.try_acquire_many(2).unwrap_err(), TryAcquireError::NoPermits);
    /// assert_eq!(semaphore.available_permits(), 1); // nothing was taken
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    #[inline]
    pub fn try_acquire_many(&self, n: usize) -> Result<Permit<&Self>, TryAcquireError> {
        try_acquire(self, n)
    }

    /// Like [`try_acquire`](Semaphore::try_acquire), for a permit that owns its semaphore.
    ///
    /// # Errors
    ///
    /// As for [`try_acquire`](Semaphore::try_acquire).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::{OwnedPermit, Semaphore};
    /// let seats = Arc::new(Semaphore::new(2));
    /// let guests: Vec<OwnedPermit> = (0..3)
    ///     .filter_map(|_| seats.try_acquire_owned().ok())
    ///     .collect();
    /// assert_eq!(guests.len(), 2); // the third is turned away
    /// drop(guests);
    /// assert_eq!(seats.available_permits(), 2);
    /// ```
    #[inline]
    pub fn try_acquire_owned(self: &Arc<Self>) -> Result<Permit<Arc<Self>>, TryAcquireError> {
        try_acquire(self.clone(), 1)
    }

    /// Like [`try_acquire_many`](Semaphore::try_acquire_many), for permits that own their
    /// semaphore.
    ///
    /// # Errors
    ///
    /// As for [`try_acquire_many`](Semaphore::try_acquire_many).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Arc::new(Semaphore::new(4));
    /// let permits = semaphore.try_acquire_many_owned(3)?;
    /// let worker = std::thread::spawn(move || permits.semaphore().available_permits());
    /// assert_eq!(worker.join().unwrap(), 1);
    /// assert_eq!(semaphore.available_permits(), 4); // all three are back
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    #[inline]
    pub fn try_acquire_many_owned(
        self: &Arc<Self>,
        n: usize,
    ) -> Result<Permit<Arc<Self>>, TryAcquireError> {
        try_acquire(self.clone(), n)
    }

    /// How many permits are free now: the real count, hoarded by nobody.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Semaphore::new(3);
    /// let held = semaphore.try_acquire()?;
    /// semaphore.add_permits(1);
    /// assert_eq!(semaphore.available_permits(), 3);
    /// semaphore.try_acquire_many(3)?.forget();
    /// drop(held);
    /// assert_eq!(semaphore.available_permits(), 1);
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    #[inline]
    pub fn available_permits(&self) -> usize {
        self.pool.state.load().permits()
    }

    /// Whether [`acquire`](Semaphore::acquire) would have to wait. On a closed semaphore it would
    /// not: it fails at once.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_semaphore::Semaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Semaphore::new(2);
    /// let _one = semaphore.acquire().await?;
    /// assert!(!semaphore.locked());
    /// let mut both = semaphore.acquire_many(2);
    /// assert!(poll_once(&mut both).await.is_none());
    /// assert_eq!(semaphore.available_permits(), 1);
    /// assert!(semaphore.locked()); // one is free, but `both` comes first
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    pub fn locked(&self) -> bool {
        self.pool.is_locked()
    }

    /// Adds `n` new permits. asyncio's `release()`; here permits come back by themselves, and this
    /// is for permits that were [forgotten](Permit::forget) or that never existed.
    ///
    /// # Panics
    ///
    /// If [`total`](Semaphore::total) would exceed [`MAX_PERMITS`](Semaphore::MAX_PERMITS); nothing
    /// has changed then. If a waker panics, all others are woken first.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Semaphore::new(0);
    /// semaphore.add_permits(2);
    /// assert_eq!(semaphore.available_permits(), 2);
    /// ```
    #[doc(alias = "release")]
    #[track_caller]
    pub fn add_permits(&self, n: usize) {
        self.pool.add(n);
    }

    /// Destroys up to `n` of the free permits and returns how many: best effort, nobody's permit is
    /// taken away.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Semaphore::new(3);
    /// let permit = semaphore.try_acquire()?;
    /// assert_eq!(semaphore.forget_permits(3), 2); // only those that are free
    /// drop(permit);
    /// assert_eq!(semaphore.available_permits(), 1);
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
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
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Semaphore::new(2);
    /// let permit = semaphore.try_acquire_many(2).unwrap();
    /// semaphore.reduce_permits(1);
    /// drop(permit); // one pays the debt
    /// assert_eq!(semaphore.available_permits(), 1);
    /// ```
    #[track_caller]
    pub fn reduce_permits(&self, n: usize) {
        self.pool.reduce(n);
    }

    /// What would be available if every live permit came back and every debt were paid: what it was
    /// made with, plus added, minus forgotten and reduced.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Semaphore::new(4);
    /// let permit = semaphore.try_acquire()?;
    /// assert_eq!(semaphore.total(), 4); // those that are held count
    /// permit.forget();
    /// assert_eq!(semaphore.total(), 3);
    /// semaphore.add_permits(2);
    /// assert_eq!(semaphore.total(), 5);
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    pub fn total(&self) -> usize {
        self.pool.total()
    }

    /// Adds or destroys permits until [`total`](Semaphore::total) is `total`. Growing wakes;
    /// shrinking below what is held leaves a debt, as [`reduce_permits`](Semaphore::reduce_permits)
    /// does.
    ///
    /// # Panics
    ///
    /// If `total` exceeds [`MAX_PERMITS`](Semaphore::MAX_PERMITS); nothing has changed then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_semaphore::Semaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Semaphore::new(1);
    /// let first = semaphore.acquire().await?;
    /// let mut second = semaphore.acquire();
    /// assert!(poll_once(&mut second).await.is_none());
    /// semaphore.resize(2); // room for both
    /// let second = second.await?;
    /// semaphore.resize(1); // nobody's permit is taken away
    /// drop((first, second));
    /// # assert_eq!(semaphore.available_permits(), 1);
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    #[track_caller]
    pub fn resize(&self, total: usize) {
        self.pool.resize(total);
    }

    /// Closes for good: waiting and later acquires fail. Returns whether this call did it.
    ///
    /// Permits outlive the close, and one that was granted before is still given.
    ///
    /// # Panics
    ///
    /// If a waker panics: the semaphore is closed and all others were woken, then the panic goes
    /// on.
    ///
    /// # Examples
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
    #[track_caller]
    pub fn close(&self) -> bool {
        self.pool.close()
    }

    /// Whether the semaphore is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Semaphore::new(1);
    /// let permit = semaphore.try_acquire()?;
    /// semaphore.close();
    /// assert!(semaphore.is_closed());
    /// drop(permit); // comes back all the same
    /// assert_eq!(semaphore.available_permits(), 1);
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    pub fn is_closed(&self) -> bool {
        self.pool.state.load().is_closed()
    }

    /// Waits until the semaphore is closed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::or;
    /// # use waystation_semaphore::Semaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Semaphore::new(1);
    /// let work = std::future::pending();
    /// let shutdown = async {
    ///     semaphore.closed().await;
    ///     "stopped"
    /// };
    /// semaphore.close();
    /// assert_eq!(or(work, shutdown).await, "stopped");
    /// # });
    /// ```
    pub fn closed(&self) -> SemaphoreClosed<&Self> {
        SemaphoreClosed::new(self)
    }

    /// Like [`closed`](Semaphore::closed), for a future that owns its semaphore.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::block_on;
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Arc::new(Semaphore::new(1));
    /// let closed = semaphore.closed_owned();
    /// let cleaner = std::thread::spawn(|| {
    ///     block_on(closed);
    ///     "clean"
    /// });
    /// semaphore.close();
    /// assert_eq!(cleaner.join().unwrap(), "clean");
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
    /// # use waystation_semaphore::Semaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Semaphore::new(0);
    /// let mut line = [semaphore.acquire(), semaphore.acquire()];
    /// for waiter in &mut line {
    ///     assert!(poll_once(waiter).await.is_none());
    /// }
    /// assert_eq!(semaphore.waiters(), 2);
    /// semaphore.add_permits(1); // granted to the first
    /// assert_eq!(semaphore.waiters(), 1);
    /// # });
    /// ```
    pub fn waiters(&self) -> usize {
        self.pool.waiters()
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pool.fmt("Semaphore", f)
    }
}
