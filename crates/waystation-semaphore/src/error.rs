use std::error::Error;
use std::fmt;

/// Why [`acquire`](crate::Semaphore::acquire) failed.
///
/// # Examples
///
/// ```
/// # use waystation_semaphore::{AcquireError, BoundedSemaphore};
/// # futures_lite::future::block_on(async {
/// let semaphore = BoundedSemaphore::new(2);
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
}

/// Why [`try_acquire`](crate::Semaphore::try_acquire) failed.
///
/// # Examples
///
/// ```
/// # use waystation_semaphore::{BoundedSemaphore, TryAcquireError};
/// let semaphore = BoundedSemaphore::new(1);
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

/// Why [`acquire_timeout`](crate::Semaphore::acquire_timeout) or its kin failed.
///
/// # Examples
///
/// ```
/// # use std::time::Duration;
/// # use waystation_semaphore::{AcquireTimeoutError, Semaphore};
/// fn take_two(semaphore: &Semaphore) -> Result<(), AcquireTimeoutError> {
///     let _first = semaphore.acquire_blocking()?; // an `AcquireError` is converted
///     let _second = semaphore.acquire_timeout(Duration::from_millis(1))?;
///     Ok(())
/// }
/// assert_eq!(take_two(&Semaphore::new(1)), Err(AcquireTimeoutError::Timeout));
/// assert_eq!(take_two(&Semaphore::new(2)), Ok(()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AcquireTimeoutError {
    /// The permits were not granted in time.
    Timeout,
    /// The semaphore was closed before the permits were granted.
    Closed,
    /// More permits were asked for than the semaphore can ever hold; closed or not.
    TooMany,
}

/// More permits were released than had been taken and forgotten:
/// [`BoundedSemaphore::release`](crate::BoundedSemaphore::release). asyncio raises `ValueError`.
///
/// # Examples
///
/// ```
/// # use waystation_semaphore::{BoundedSemaphore, OverRelease};
/// let semaphore = BoundedSemaphore::new(2);
/// semaphore.try_acquire()?.forget();
/// semaphore.release(1)?;
/// assert_eq!(semaphore.release(1), Err(OverRelease)); // the mistake shows where it is made
/// assert_eq!(semaphore.available_permits(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OverRelease;

const CLOSED: &str = "the semaphore is closed";
const TOO_MANY: &str = "more permits were asked for than the semaphore can ever hold";

impl fmt::Display for AcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => CLOSED,
            Self::TooMany => TOO_MANY,
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

impl fmt::Display for AcquireTimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout => "the permits were not granted in time",
            Self::Closed => CLOSED,
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
impl Error for AcquireTimeoutError {}
impl Error for OverRelease {}

impl From<AcquireError> for AcquireTimeoutError {
    fn from(error: AcquireError) -> Self {
        match error {
            AcquireError::Closed => Self::Closed,
            AcquireError::TooMany => Self::TooMany,
        }
    }
}
