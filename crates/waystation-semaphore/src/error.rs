use std::error::Error;
use std::fmt;

/// Why [`acquire`](crate::Semaphore::acquire) failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AcquireError {
    /// The semaphore was closed before the permits were granted.
    Closed,
    /// More permits were asked for than the semaphore can ever hold.
    TooMany,
}

/// Why [`try_acquire`](crate::Semaphore::try_acquire) failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TryAcquireError {
    /// The semaphore is closed.
    Closed,
    /// Not enough permits are free, or others wait for them.
    NoPermits,
    /// More permits were asked for than the semaphore can ever hold.
    TooMany,
}

/// Why [`acquire_timeout`](crate::Semaphore::acquire_timeout) or its kin failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AcquireTimeoutError {
    /// The permits were not granted in time.
    Timeout,
    /// The semaphore was closed before the permits were granted.
    Closed,
    /// More permits were asked for than the semaphore can ever hold.
    TooMany,
}

/// More permits were released than had been taken and forgotten:
/// [`BoundedSemaphore::release`](crate::BoundedSemaphore::release). asyncio raises `ValueError`.
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
