use std::error::Error;
use std::fmt;

/// The queue was closed before the item could enter. Gives it back.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PutError<T>(pub T);

/// Why [`try_put`](crate::BaseQueue::try_put) failed. Gives the item back.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum TryPutError<T> {
    /// There is no room now, or others wait for it.
    Full(T),
    /// The queue is closed.
    Closed(T),
}

/// [`put_many`](crate::BaseQueue::put_many) was stopped by a close. What was put before is in the
/// queue.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PutManyError<T, I> {
    /// The item that could not enter.
    pub item: T,
    /// The items after it.
    pub rest: I,
}

/// The queue is closed, and nothing will come out of it any more. asyncio raises `QueueShutDown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetError;

/// Why [`try_get`](crate::BaseQueue::try_get) failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TryGetError {
    /// There is no item now, or others were promised it.
    Empty,
    /// The queue is closed, and nothing will come out of it any more.
    Closed,
}

/// The queue was closed before room could be reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Closed;

/// Why [`try_reserve`](crate::BaseQueue::try_reserve) failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TryReserveError {
    /// There is no room now, or others wait for it.
    Full,
    /// The queue is closed.
    Closed,
}

/// [`task_done`](crate::BaseQueue::task_done) was called more often than items were put. asyncio
/// raises `ValueError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TooManyTaskDone;

impl<T> PutError<T> {
    /// The item.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> TryPutError<T> {
    /// The item.
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(item) | Self::Closed(item) => item,
        }
    }

    /// Whether there was no room.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// Whether the queue was closed.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed(_))
    }
}

impl<T, I> PutManyError<T, I> {
    /// The item that could not enter.
    pub fn into_inner(self) -> T {
        self.item
    }
}

const FULL: &str = "the queue has no room now, or others wait for it";
const NO_PUTS: &str = "the queue is closed to new items";
const NO_GETS: &str = "the queue is closed and drained";

impl<T> fmt::Display for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NO_PUTS)
    }
}

impl<T> fmt::Display for TryPutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => FULL,
            Self::Closed(_) => NO_PUTS,
        })
    }
}

impl<T, I> fmt::Display for PutManyError<T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the queue was closed before all items were in")
    }
}

impl fmt::Display for GetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NO_GETS)
    }
}

impl fmt::Display for TryGetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the queue has no item now, or others were promised it",
            Self::Closed => NO_GETS,
        })
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NO_PUTS)
    }
}

impl fmt::Display for TryReserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => FULL,
            Self::Closed => NO_PUTS,
        })
    }
}

impl fmt::Display for TooManyTaskDone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`task_done` was called more often than items were put")
    }
}

// `Debug` without the item, so that `unwrap` asks nothing of it.

impl<T> fmt::Debug for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PutError(..)")
    }
}

impl<T> fmt::Debug for TryPutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::Closed(_) => "Closed(..)",
        })
    }
}

impl<T, I> fmt::Debug for PutManyError<T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PutManyError { .. }")
    }
}

impl<T> Error for PutError<T> {}
impl<T> Error for TryPutError<T> {}
impl<T, I> Error for PutManyError<T, I> {}
impl Error for GetError {}
impl Error for TryGetError {}
impl Error for Closed {}
impl Error for TryReserveError {}
impl Error for TooManyTaskDone {}
