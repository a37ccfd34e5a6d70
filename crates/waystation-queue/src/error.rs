use std::error::Error;
use std::fmt;

/// The queue was closed before the item could enter. Gives it back.
///
/// # Examples
///
/// ```
/// # use waystation_queue::{PutError, Queue};
/// # futures_lite::future::block_on(async {
/// let queue = Queue::bounded(16);
/// queue.close();
/// let PutError(item) = queue.put(String::from("tea")).await.unwrap_err();
/// assert_eq!(item, "tea");
/// # });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PutError<T>(pub T);

/// Why [`try_put`](crate::BaseQueue::try_put) failed. Gives the item back.
///
/// # Examples
///
/// ```
/// # use waystation_queue::{Queue, TryPutError};
/// let (main, spare) = (Queue::bounded(1), Queue::unbounded());
/// for job in ["a", "b"] {
///     match main.try_put(job) {
///         Err(TryPutError::Full(job)) => spare.try_put(job).unwrap(),
///         outcome => outcome.unwrap(),
///     }
/// }
/// assert_eq!((main.drain(), spare.drain()), (vec!["a"], vec!["b"]));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum TryPutError<T> {
    /// There is no room now, or others wait for it.
    Full(T),
    /// The queue is closed.
    Closed(T),
}

/// Why [`put_timeout`](crate::BaseQueue::put_timeout) or its kin failed. Gives the item back.
///
/// # Examples
///
/// ```
/// # use std::time::Duration;
/// # use waystation_queue::{PutTimeoutError, Queue};
/// let queue = Queue::bounded(1);
/// queue.try_put("tea")?;
/// let outcome = queue.put_timeout("milk", Duration::ZERO);
/// assert_eq!(outcome, Err(PutTimeoutError::Timeout("milk")));
/// queue.close();
/// let outcome = queue.put_timeout("milk", Duration::ZERO);
/// assert_eq!(outcome, Err(PutTimeoutError::Closed("milk")));
/// # Ok::<(), waystation_queue::TryPutError<&str>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum PutTimeoutError<T> {
    /// There was no room in time.
    Timeout(T),
    /// The queue was closed.
    Closed(T),
}

/// [`put_many`](crate::BaseQueue::put_many) was stopped by a close. What was put before is in the
/// queue.
///
/// # Examples
///
/// ```
/// # use futures_lite::future::poll_once;
/// # use waystation_queue::{PutManyError, Queue};
/// # futures_lite::future::block_on(async {
/// let queue = Queue::bounded(1);
/// let mut put = queue.put_many(1..=4);
/// assert!(poll_once(&mut put).await.is_none());
/// queue.close();
/// let PutManyError { item, rest } = put.await.unwrap_err();
/// assert_eq!((item, rest), (2, 3..=4));
/// assert_eq!(queue.drain(), [1]);
/// # });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PutManyError<T, I> {
    /// The item that could not enter.
    pub item: T,
    /// The items after it.
    pub rest: I,
}

/// The queue is closed, and nothing will come out of it any more. asyncio raises `QueueShutDown`.
///
/// # Examples
///
/// ```
/// # use waystation_queue::{GetError, Queue};
/// # futures_lite::future::block_on(async {
/// let queue = Queue::unbounded();
/// queue.put(1).await?;
/// queue.close();
/// let sum = async { Ok(queue.get().await? + queue.get().await?) };
/// // There is no second summand, and there never will be.
/// assert_eq!(sum.await, Err(GetError));
/// # Ok::<(), waystation_queue::PutError<u32>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetError;

/// Why [`try_get`](crate::BaseQueue::try_get) failed.
///
/// # Examples
///
/// ```
/// # use waystation_queue::{Queue, TryGetError};
/// let queue = Queue::<&str>::unbounded();
/// let next = match queue.try_get() {
///     Ok(item) => item,
///     Err(TryGetError::Empty) => "later",
///     Err(TryGetError::Closed) => "never",
/// };
/// assert_eq!(next, "later");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TryGetError {
    /// There is no item now, or others were promised it.
    Empty,
    /// The queue is closed, and nothing will come out of it any more.
    Closed,
}

/// Why [`get_timeout`](crate::BaseQueue::get_timeout) or its kin failed.
///
/// # Examples
///
/// ```
/// # use std::time::Duration;
/// # use waystation_queue::{GetTimeoutError, Queue};
/// let queue = Queue::bounded(1);
/// let slot = queue.reserve_blocking()?;
/// queue.close();
/// // Closed, but what is reserved may still come.
/// assert_eq!(queue.get_timeout(Duration::ZERO), Err(GetTimeoutError::Timeout));
/// slot.put("tea")?;
/// assert_eq!(queue.get_timeout(Duration::ZERO), Ok("tea"));
/// assert_eq!(queue.get_timeout(Duration::ZERO), Err(GetTimeoutError::Closed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GetTimeoutError {
    /// There was no item in time.
    Timeout,
    /// The queue is closed, and nothing will come out of it any more.
    Closed,
}

/// The queue was closed before room could be reserved.
///
/// # Examples
///
/// ```
/// # use futures_lite::future::poll_once;
/// # use waystation_queue::{Closed, Queue};
/// # futures_lite::future::block_on(async {
/// let queue = Queue::bounded(1);
/// queue.put("tea").await?;
/// let mut reserve = queue.reserve();
/// assert!(poll_once(&mut reserve).await.is_none());
/// queue.close();
/// assert_eq!(reserve.await.err(), Some(Closed));
/// # Ok::<(), waystation_queue::PutError<&str>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Closed;

/// Why [`reserve_timeout`](crate::BaseQueue::reserve_timeout) or its kin failed.
///
/// # Examples
///
/// ```
/// # use std::time::Duration;
/// # use waystation_queue::{Queue, ReserveTimeoutError};
/// let queue = Queue::bounded(1);
/// queue.try_put("tea")?;
/// let made = match queue.reserve_timeout(Duration::from_millis(1)) {
///     Ok(slot) => slot.put("milk").is_ok(),
///     Err(ReserveTimeoutError::Timeout | ReserveTimeoutError::Closed) => false,
/// };
/// // There was no room, and nothing was made for it.
/// assert!(!made);
/// # Ok::<(), waystation_queue::TryPutError<&str>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReserveTimeoutError {
    /// There was no room in time.
    Timeout,
    /// The queue was closed.
    Closed,
}

/// [`task_done`](crate::BaseQueue::task_done) was called more often than items were put. asyncio
/// raises `ValueError`.
///
/// # Examples
///
/// ```
/// # use waystation_queue::{Queue, TooManyTaskDone};
/// # futures_lite::future::block_on(async {
/// let queue = Queue::unbounded();
/// queue.put("job").await?;
/// // The guard has said so already.
/// drop(queue.get_task().await?);
/// assert_eq!(queue.task_done(), Err(TooManyTaskDone));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TooManyTaskDone;

impl<T> PutError<T> {
    /// The item.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let (old, new) = (Queue::bounded(16), Queue::bounded(16));
    /// old.close();
    /// if let Err(error) = old.put("tea").await {
    ///     new.put(error.into_inner()).await.unwrap();
    /// }
    /// assert_eq!(new.try_get(), Ok("tea"));
    /// # });
    /// ```
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> TryPutError<T> {
    /// The item.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// let queue = Queue::bounded(1);
    /// queue.try_put("old")?;
    /// // Room for the newest: the oldest goes.
    /// if let Err(error) = queue.try_put("new") {
    ///     queue.try_get().unwrap();
    ///     queue.try_put(error.into_inner())?;
    /// }
    /// assert_eq!(queue.drain(), ["new"]);
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(item) | Self::Closed(item) => item,
        }
    }

    /// Whether there was no room.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// let queue = Queue::bounded(1);
    /// queue.try_put("tea")?;
    /// // Worth another try, later.
    /// assert!(queue.try_put("milk").is_err_and(|error| error.is_full()));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// Whether the queue was closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// let queue = Queue::bounded(1);
    /// queue.try_put("tea")?;
    /// queue.close();
    /// // Full too, but it is not worth another try.
    /// assert!(queue.try_put("milk").is_err_and(|error| error.is_closed()));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed(_))
    }
}

impl<T> PutTimeoutError<T> {
    /// The item.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_queue::Queue;
    /// let queue = Queue::bounded(1);
    /// queue.put_timeout("tea", Duration::ZERO)?;
    /// let late = queue.put_timeout("milk", Duration::ZERO).map_err(|error| error.into_inner());
    /// // Whatever the reason was.
    /// assert_eq!(late, Err("milk"));
    /// # Ok::<(), waystation_queue::PutTimeoutError<&str>>(())
    /// ```
    pub fn into_inner(self) -> T {
        match self {
            Self::Timeout(item) | Self::Closed(item) => item,
        }
    }
}

impl<T, I> PutManyError<T, I> {
    /// The item that could not enter.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::bounded(16);
    /// queue.close();
    /// let error = queue.put_many(["tea", "milk"]).await.unwrap_err();
    /// // Without those after it: they are in `rest`.
    /// assert_eq!(error.into_inner(), "tea");
    /// # });
    /// ```
    pub fn into_inner(self) -> T {
        self.item
    }
}

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
            Self::Full(_) => "the queue has no room now, or others wait for it",
            Self::Closed(_) => NO_PUTS,
        })
    }
}

impl<T> fmt::Display for PutTimeoutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout(_) => "the queue had no room in time",
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

impl fmt::Display for GetTimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout => "the queue had no item in time",
            Self::Closed => NO_GETS,
        })
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NO_PUTS)
    }
}

impl fmt::Display for ReserveTimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout => "the queue had no room in time",
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

impl<T> fmt::Debug for PutTimeoutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout(_) => "Timeout(..)",
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
impl<T> Error for PutTimeoutError<T> {}
impl<T, I> Error for PutManyError<T, I> {}
impl Error for GetError {}
impl Error for TryGetError {}
impl Error for GetTimeoutError {}
impl Error for Closed {}
impl Error for ReserveTimeoutError {}
impl Error for TooManyTaskDone {}
