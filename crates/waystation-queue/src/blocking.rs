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
    pub fn put_blocking(&self, item: T) -> Result<(), PutError<T>> {
        block_on(self.put(item))
    }

    /// Like [`put_blocking`](BaseQueue::put_blocking), but gives up after `timeout` and hands the
    /// item back. It was never in the queue then.
    ///
    /// # Errors
    ///
    /// [`PutTimeoutError`] with the item.
    pub fn put_timeout(&self, item: T, timeout: Duration) -> Result<(), PutTimeoutError<T>> {
        let mut put = self.put(item);
        let outcome = block_on_timeout(&mut put, timeout);
        put_in_time(put, outcome)
    }

    /// Like [`put_timeout`](BaseQueue::put_timeout), but gives up at `deadline`.
    ///
    /// # Errors
    ///
    /// [`PutTimeoutError`] with the item.
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
    pub fn get_blocking(&self) -> Result<T, GetError> {
        block_on(self.get())
    }

    /// Like [`get_blocking`](BaseQueue::get_blocking), but gives up after `timeout`, with nothing
    /// taken.
    ///
    /// # Errors
    ///
    /// [`GetTimeoutError`].
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetTimeoutError> {
        got_in_time(block_on_timeout(self.get(), timeout))
    }

    /// Like [`get_timeout`](BaseQueue::get_timeout), but gives up at `deadline`.
    ///
    /// # Errors
    ///
    /// [`GetTimeoutError`].
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
    pub fn reserve_blocking(&self) -> Result<Slot<&Self>, Closed> {
        block_on(self.reserve())
    }

    /// Like [`reserve_blocking`](BaseQueue::reserve_blocking), but gives up after `timeout`.
    ///
    /// # Errors
    ///
    /// [`ReserveTimeoutError`].
    pub fn reserve_timeout(&self, timeout: Duration) -> Result<Slot<&Self>, ReserveTimeoutError> {
        reserved_in_time(block_on_timeout(self.reserve(), timeout))
    }

    /// Like [`reserve_timeout`](BaseQueue::reserve_timeout), but gives up at `deadline`.
    ///
    /// # Errors
    ///
    /// [`ReserveTimeoutError`].
    pub fn reserve_deadline(&self, deadline: Instant) -> Result<Slot<&Self>, ReserveTimeoutError> {
        reserved_in_time(block_on_deadline(self.reserve(), deadline))
    }

    /// Like [`join`](BaseQueue::join), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread.
    pub fn join_blocking(&self) {
        block_on(self.join());
    }

    /// Like [`join_blocking`](BaseQueue::join_blocking), but gives up after `timeout` and returns
    /// `false`.
    pub fn join_timeout(&self, timeout: Duration) -> bool {
        block_on_timeout(self.join(), timeout).is_some()
    }

    /// Like [`join_timeout`](BaseQueue::join_timeout), but gives up at `deadline`.
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
