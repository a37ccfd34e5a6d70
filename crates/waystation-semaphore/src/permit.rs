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
///
/// # Examples
///
/// However a scope is left, its permit comes back:
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
/// # Ok::<(), waystation_semaphore::TryAcquireError>(())
/// ```
#[must_use = "unbound, or bound to `_`, a permit is given back at once: bind it to a name, `let _permit = …`"]
pub struct Permit<H: Source<Target: Permits>> {
    semaphore: H,
    permits: usize,
}

/// A permit that owns its semaphore: `'static`, for spawned tasks.
///
/// # Examples
///
/// ```
/// # use std::sync::Arc;
/// # use waystation_semaphore::{OwnedPermit, Semaphore};
/// struct Connection {
///     _slot: OwnedPermit,
/// }
/// let slots = Arc::new(Semaphore::new(1));
/// let connection = Connection { _slot: slots.try_acquire_owned()? };
/// assert!(slots.locked());
/// drop(connection);
/// assert!(!slots.locked());
/// # Ok::<(), waystation_semaphore::TryAcquireError>(())
/// ```
pub type OwnedPermit = Permit<Arc<Semaphore>>;

/// A permit that owns its bounded semaphore: `'static`, for spawned tasks.
///
/// # Examples
///
/// ```
/// # use std::sync::Arc;
/// # use std::sync::mpsc;
/// # use waystation_semaphore::{BoundedSemaphore, OwnedBoundedPermit};
/// let semaphore = Arc::new(BoundedSemaphore::new(1));
/// let (sender, receiver) = mpsc::channel::<OwnedBoundedPermit>();
/// sender.send(semaphore.try_acquire_owned()?)?;
/// assert_eq!(semaphore.available_permits(), 0); // held by the message
/// drop(receiver);
/// assert_eq!(semaphore.available_permits(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type OwnedBoundedPermit = Permit<Arc<BoundedSemaphore>>;

impl<H: Source<Target: Permits>> Permit<H> {
    #[inline]
    pub(crate) fn new(semaphore: H, permits: usize) -> Self {
        Self { semaphore, permits }
    }

    /// How many permits these are.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Semaphore::new(5);
    /// let mut permits = semaphore.try_acquire_many(5)?;
    /// let part = permits.split(2);
    /// assert_eq!(permits.num_permits(), 3);
    /// assert_eq!(part.map(|part| part.num_permits()), Some(2));
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    pub fn num_permits(&self) -> usize {
        self.permits
    }

    /// The semaphore they belong to.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::{OwnedPermit, Semaphore};
    /// # futures_lite::future::block_on(async {
    /// fn is_wanted(permit: &OwnedPermit) -> bool {
    ///     permit.semaphore().waiters() > 0
    /// }
    /// let semaphore = Arc::new(Semaphore::new(1));
    /// let permit = semaphore.acquire_owned().await?;
    /// let mut next = semaphore.acquire();
    /// assert!(poll_once(&mut next).await.is_none());
    /// assert!(is_wanted(&permit)); // time to give it back
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    pub fn semaphore(&self) -> &H::Target {
        &self.semaphore
    }

    /// Destroys the permits: they do not come back. A debt of
    /// [`reduce_permits`](Semaphore::reduce_permits) is paid with them first; the rest lowers
    /// [`total`](Semaphore::total). On a [`BoundedSemaphore`] they may be
    /// [`release`](BoundedSemaphore::release)d later.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// let slots = Semaphore::new(2);
    /// let broken = slots.try_acquire()?;
    /// broken.forget(); // this slot is not used again
    /// assert_eq!(slots.available_permits(), 1);
    /// slots.add_permits(1); // repaired
    /// assert_eq!(slots.available_permits(), 2);
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    pub fn forget(mut self) {
        // What is left of the guard gives nothing back.
        let permits = std::mem::take(&mut self.permits);
        self.semaphore.pool().forget(permits);
    }

    /// Takes `n` of the permits out into a guard of their own; `None` if there are fewer.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Semaphore::new(3);
    /// let mut permits = semaphore.try_acquire_many(3)?;
    /// drop(permits.split(2)); // the heavy part of the work is done
    /// assert_eq!(semaphore.available_permits(), 2);
    /// assert!(permits.split(2).is_none()); // only one is left
    /// assert_eq!(permits.num_permits(), 1);
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Semaphore::new(3);
    /// let mut permits = semaphore.try_acquire()?;
    /// while let Ok(another) = semaphore.try_acquire() {
    ///     permits.merge(another);
    /// }
    /// assert_eq!(permits.num_permits(), 3);
    /// drop(permits);
    /// assert_eq!(semaphore.available_permits(), 3);
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
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
