use std::error::Error;
use std::fmt;

/// Why [`acquire`](crate::Semaphore::acquire) failed.
///
/// ```
/// # use waystation_semaphore::{AcquireError, Semaphore};
/// # futures_lite::future::block_on(async {
/// let semaphore = Semaphore::bounded(2);
/// let outcome = semaphore.acquire_many(3).await;
/// assert_eq!(outcome.unwrap_err(), AcquireError::TooMany);
/// semaphore.close();
/// let outcome = semaphore.acquire_many(2).await;
/// assert_eq!(outcome.unwrap_err(), AcquireError::Closed);
/// # });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AcquireError {
    /// The semaphore was closed before the permits were granted.
    Closed,
    /// More permits were asked for than the semaphore can ever hold; closed or not.
    TooMany,
    /// As many wait already as [`max_waiters`](crate::Semaphore::max_waiters) allows.
    TooManyWaiting,
}

/// Why [`try_acquire`](crate::Semaphore::try_acquire) failed.
///
/// ```
/// # use waystation_semaphore::{Semaphore, TryAcquireError};
/// let semaphore = Semaphore::bounded(1);
/// let permit = semaphore.try_acquire()?;
/// let failure = |n| semaphore.try_acquire_many(n).unwrap_err();
/// assert_eq!(failure(1), TryAcquireError::NoPermits); // later, perhaps
/// assert_eq!(failure(2), TryAcquireError::TooMany); // never
/// semaphore.close();
/// assert_eq!(failure(1), TryAcquireError::Closed); // no longer
/// # drop(permit);
/// # Ok::<(), waystation_semaphore::TryAcquireError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TryAcquireError {
    /// The semaphore is closed.
    Closed,
    /// Not enough permits are free, or others wait for them.
    NoPermits,
    /// More permits were asked for than the semaphore can ever hold; closed or not.
    TooMany,
}

/// More permits were added than fit below the bound of the semaphore, or below
/// [`MAX_PERMITS`](crate::Semaphore::MAX_PERMITS):
/// [`try_add_permits`](crate::Semaphore::try_add_permits). asyncio raises `ValueError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OverRelease;

const CLOSED: &str = "the semaphore is closed";
const TOO_MANY: &str = "more permits were asked for than the semaphore can ever hold";

impl fmt::Display for AcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => CLOSED,
            Self::TooMany => TOO_MANY,
            Self::TooManyWaiting => "as many as may wait for the semaphore wait already",
        })
    }
}

impl fmt::Display for TryAcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => CLOSED,
            Self::NoPermits => "no permits are free now, or others wait for them",
            Self::TooMany => TOO_MANY,
        })
    }
}

impl fmt::Display for OverRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("more permits were released than the bound of the semaphore allows")
    }
}

impl Error for AcquireError {}
impl Error for TryAcquireError {}
impl Error for OverRelease {}
