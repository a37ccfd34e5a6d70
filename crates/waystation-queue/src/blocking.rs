//! The same for threads: one line each.

use std::time::{Duration, Instant};

use waystation_core::block::{block_on, block_on_deadline, block_on_timeout};
use waystation_core::source::Source;

use crate::queue::{AnyQueue, ItemOf};
use crate::{
    BaseQueue, Closed, Discipline, GetError, GetTimeoutError, Put, PutError, PutTimeoutError,
    ReserveTimeoutError, Slot,
};

/// For threads. Each of these blocks the thread, which waits in the same lines as the tasks; not to
/// be called from a task. A timeout of zero tries once; `Duration::MAX` never gives up.
impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// Like [`put`](BaseQueue::put), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread.
    ///
    /// # Errors
    ///
    /// As for [`put`](BaseQueue::put).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::thread;
    /// # use waystation_queue::Queue;
    /// let queue = Queue::bounded(1);
    /// thread::scope(|scope| {
    ///     // There is room for one of them at a time.
    ///     scope.spawn(|| (1..=3).try_for_each(|n| queue.put_blocking(n)));
    ///     for n in 1..=3 {
    ///         assert_eq!(queue.get_blocking(), Ok(n));
    ///     }
    /// });
    /// ```
    pub fn put_blocking(&self, item: T) -> Result<(), PutError<T>> {
        block_on(self.put(item))
    }

    /// Like [`put_blocking`](BaseQueue::put_blocking), but gives up after `timeout` and hands the
    /// item back. It was never in the queue then.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, for `timeout` at most.
    ///
    /// # Errors
    ///
    /// [`PutTimeoutError`] with the item.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_queue::{PutTimeoutError, Queue};
    /// let queue = Queue::bounded(1);
    /// let patience = Duration::from_millis(1);
    /// queue.put_timeout("tea", patience)?;
    /// let late = queue.put_timeout("milk", patience);
    /// assert_eq!(late, Err(PutTimeoutError::Timeout("milk")));
    /// // What came back was not sent.
    /// assert_eq!(queue.drain(), ["tea"]);
    /// # Ok::<(), waystation_queue::PutTimeoutError<&str>>(())
    /// ```
    pub fn put_timeout(&self, item: T, timeout: Duration) -> Result<(), PutTimeoutError<T>> {
        let mut put = self.put(item);
        let outcome = block_on_timeout(&mut put, timeout);
        put_in_time(put, outcome)
    }

    /// Like [`put_timeout`](BaseQueue::put_timeout), but gives up at `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, until `deadline` at most.
    ///
    /// # Errors
    ///
    /// [`PutTimeoutError`] with the item.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::{Duration, Instant};
    /// # use waystation_queue::{PutTimeoutError, Queue};
    /// let queue = Queue::bounded(2);
    /// // One deadline for all of them.
    /// let deadline = Instant::now() + Duration::from_millis(1);
    /// let outcome = (1..=5).try_for_each(|n| queue.put_deadline(n, deadline));
    /// assert_eq!(outcome, Err(PutTimeoutError::Timeout(3)));
    /// ```
    pub fn put_deadline(&self, item: T, deadline: Instant) -> Result<(), PutTimeoutError<T>> {
        let mut put = self.put(item);
        let outcome = block_on_deadline(&mut put, deadline);
        put_in_time(put, outcome)
    }

    /// Like [`get`](BaseQueue::get), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread.
    ///
    /// # Errors
    ///
    /// As for [`get`](BaseQueue::get).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::thread;
    /// # use waystation_queue::{GetError, Queue};
    /// let queue = Queue::<&str>::unbounded();
    /// thread::scope(|scope| {
    ///     let worker = scope.spawn(|| queue.get_blocking());
    ///     queue.close();
    ///     // Whoever waits for what will not come is told.
    ///     assert_eq!(worker.join().unwrap(), Err(GetError));
    /// });
    /// ```
    pub fn get_blocking(&self) -> Result<T, GetError> {
        block_on(self.get())
    }

    /// Like [`get_blocking`](BaseQueue::get_blocking), but gives up after `timeout`, with nothing
    /// taken.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, for `timeout` at most.
    ///
    /// # Errors
    ///
    /// [`GetTimeoutError`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_queue::{GetTimeoutError, Queue};
    /// let queue = Queue::<&str>::unbounded();
    /// let patience = Duration::from_millis(1);
    /// assert_eq!(queue.get_timeout(patience), Err(GetTimeoutError::Timeout));
    /// queue.close();
    /// // Now it is of no use to try again.
    /// assert_eq!(queue.get_timeout(patience), Err(GetTimeoutError::Closed));
    /// ```
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetTimeoutError> {
        got_in_time(block_on_timeout(self.get(), timeout))
    }

    /// Like [`get_timeout`](BaseQueue::get_timeout), but gives up at `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, until `deadline` at most.
    ///
    /// # Errors
    ///
    /// [`GetTimeoutError`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Instant;
    /// # use waystation_queue::{GetTimeoutError, Queue};
    /// let queue = Queue::unbounded();
    /// let deadline = Instant::now();
    /// queue.try_put("tea")?;
    /// // The deadline is over, but what is there need not be waited for.
    /// assert_eq!(queue.get_deadline(deadline), Ok("tea"));
    /// assert_eq!(queue.get_deadline(deadline), Err(GetTimeoutError::Timeout));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn get_deadline(&self, deadline: Instant) -> Result<T, GetTimeoutError> {
        got_in_time(block_on_deadline(self.get(), deadline))
    }

    /// Like [`reserve`](BaseQueue::reserve), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread.
    ///
    /// # Errors
    ///
    /// As for [`reserve`](BaseQueue::reserve).
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// let queue = Queue::bounded(1);
    /// let slot = queue.reserve_blocking()?;
    /// // Dear to make, and not made for nothing: its room is there.
    /// let report = String::from("report");
    /// slot.put(report)?;
    /// assert_eq!(queue.get_blocking()?, "report");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reserve_blocking(&self) -> Result<Slot<&Self>, Closed> {
        block_on(self.reserve())
    }

    /// Like [`reserve_blocking`](BaseQueue::reserve_blocking), but gives up after `timeout`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, for `timeout` at most.
    ///
    /// # Errors
    ///
    /// [`ReserveTimeoutError`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_queue::{Queue, ReserveTimeoutError};
    /// let queue = Queue::bounded(1);
    /// queue.try_put("tea")?;
    /// let patience = Duration::from_millis(1);
    /// let slot = queue.reserve_timeout(patience);
    /// assert_eq!(slot.err(), Some(ReserveTimeoutError::Timeout));
    /// // Whoever gives up leaves the line.
    /// assert_eq!(queue.putters_waiting(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reserve_timeout(&self, timeout: Duration) -> Result<Slot<&Self>, ReserveTimeoutError> {
        reserved_in_time(block_on_timeout(self.reserve(), timeout))
    }

    /// Like [`reserve_timeout`](BaseQueue::reserve_timeout), but gives up at `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, until `deadline` at most.
    ///
    /// # Errors
    ///
    /// [`ReserveTimeoutError`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::{Duration, Instant};
    /// # use waystation_queue::{Queue, ReserveTimeoutError};
    /// let queue = Queue::bounded(1);
    /// let deadline = Instant::now() + Duration::from_secs(1);
    /// queue.reserve_deadline(deadline)?.put("tea")?;
    /// queue.close();
    /// let slot = queue.reserve_deadline(deadline);
    /// assert_eq!(slot.err(), Some(ReserveTimeoutError::Closed));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reserve_deadline(&self, deadline: Instant) -> Result<Slot<&Self>, ReserveTimeoutError> {
        reserved_in_time(block_on_deadline(self.reserve(), deadline))
    }

    /// Like [`join`](BaseQueue::join), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::block_on;
    /// # use std::thread;
    /// # use waystation_queue::Queue;
    /// let queue = Queue::unbounded();
    /// queue.try_put("job")?;
    /// thread::scope(|scope| {
    ///     scope.spawn(|| block_on(queue.get_task()).map(drop));
    ///     queue.join_blocking();
    ///     // The worker has taken it and is done with it.
    ///     assert_eq!((queue.len(), queue.unfinished()), (0, 0));
    /// });
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn join_blocking(&self) {
        block_on(self.join());
    }

    /// Like [`join_blocking`](BaseQueue::join_blocking), but gives up after `timeout` and returns
    /// `false`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, for `timeout` at most.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_queue::Queue;
    /// let queue = Queue::unbounded();
    /// queue.try_put("job")?;
    /// assert!(!queue.join_timeout(Duration::from_millis(1)));
    /// queue.get_blocking()?;
    /// queue.task_done()?;
    /// assert!(queue.join_timeout(Duration::from_millis(1)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn join_timeout(&self, timeout: Duration) -> bool {
        block_on_timeout(self.join(), timeout).is_some()
    }

    /// Like [`join_timeout`](BaseQueue::join_timeout), but gives up at `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, until `deadline` at most.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::{Duration, Instant};
    /// # use waystation_queue::Queue;
    /// let queue = Queue::unbounded();
    /// queue.try_put("job")?;
    /// let deadline = Instant::now() + Duration::from_millis(1);
    /// assert!(!queue.join_deadline(deadline));
    /// // Time is up: what nobody has taken is called off.
    /// assert_eq!(queue.close_now(), ["job"]);
    /// assert!(queue.join_deadline(deadline));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn join_deadline(&self, deadline: Instant) -> bool {
        block_on_deadline(self.join(), deadline).is_some()
    }
}

pub(crate) fn put_in_time<H>(
    put: Put<H>,
    outcome: Option<Result<(), PutError<ItemOf<H>>>>,
) -> Result<(), PutTimeoutError<ItemOf<H>>>
where
    H: Source<Target: AnyQueue>,
{
    match (outcome, put.cancel()) {
        (Some(outcome), _) => outcome.map_err(|PutError(item)| PutTimeoutError::Closed(item)),
        (None, Some(item)) => Err(PutTimeoutError::Timeout(item)),
        (None, None) => unreachable!("a pending put has its item"),
    }
}

pub(crate) fn got_in_time<T>(outcome: Option<Result<T, GetError>>) -> Result<T, GetTimeoutError> {
    match outcome {
        Some(outcome) => outcome.map_err(|GetError| GetTimeoutError::Closed),
        None => Err(GetTimeoutError::Timeout),
    }
}

fn reserved_in_time<S>(outcome: Option<Result<S, Closed>>) -> Result<S, ReserveTimeoutError> {
    match outcome {
        Some(outcome) => outcome.map_err(|Closed| ReserveTimeoutError::Closed),
        None => Err(ReserveTimeoutError::Timeout),
    }
}
