use std::fmt;
use std::marker::PhantomData;

use waystation_core::sync::{Lock, LockGuard, OrLocked};
use waystation_core::wait::Batch;

use crate::discipline::{Discipline, Fifo, Lifo, Priority, lacks_item};
use crate::state::{Inner, Locked, Outside};
use crate::{TryGetError, TryPutError};

/// First in, first out: asyncio's `Queue`. All methods are those of [`BaseQueue`].
pub type Queue<T> = BaseQueue<T, Fifo<T>>;

/// Last in, first out: asyncio's `LifoQueue`.
pub type LifoQueue<T> = BaseQueue<T, Lifo<T>>;

/// Lowest first, equal ones in order of arrival: asyncio's `PriorityQueue`.
///
/// A parked getter gets the best item at the time it takes it. `T`'s `Ord` runs under the queue's
/// lock: it must not use the same queue, and if it panics, so does the call; no other item is lost.
/// For an item that is not `Ord` there is [`Prioritized`](crate::Prioritized).
///
/// ```
/// # use waystation_queue::PriorityQueue;
/// let queue = PriorityQueue::unbounded();
/// for n in [3, 1, 2] {
///     queue.try_put(n)?;
/// }
/// assert_eq!(queue.drain(), [1, 2, 3]);
/// # Ok::<(), waystation_queue::TryPutError<i32>>(())
/// ```
pub type PriorityQueue<T> = BaseQueue<T, Priority<T>>;

/// A queue of items in the order of its [`Discipline`], for tasks and threads.
///
/// A pending `put` is not in the queue, and a pending `get` has taken nothing: a put that finds no
/// room waits with its item in its own future, and is granted *room*; a get that finds no item is
/// granted *an* item, and takes the next one when it is polled. The capacity is exact, 1 included.
///
/// **Fairness.** Room and items are granted in the order in which putters and getters were first
/// polled, and nobody can take what was granted: [`try_put`](BaseQueue::try_put) fails while putters
/// wait, [`try_get`](BaseQueue::try_get) while all items are promised. An item enters when its
/// putter is polled; the awaited puts of one producer stay in order.
///
/// **Cancel safety.** A dropped future has done nothing: it leaves the line, and what it was granted
/// goes to the next one before `drop` returns. No item is lost, duplicated or reordered. A granted
/// future that is neither polled nor dropped keeps its grant. A waker that drops its granted future
/// inside `wake` nests one chain of stack frames per waiter: thousands are fine, tens of thousands
/// overflow the stack.
///
/// **Closing.** After [`close`](BaseQueue::close) puts fail and gets drain what is left;
/// [`close_now`](BaseQueue::close_now) takes that away too.
///
/// **Panics.** If a waker panics, all others are woken first; then the panic propagates, except from
/// calls that return items, which would lose them. If an item's `Drop` or a discipline panics, the
/// queue stays usable. Polling a future after `Ready` panics with its name.
///
/// What was done before an item was put, before `task_done` and before `close` is visible after the
/// `get`, `join` or `closed` that it released.
///
/// # From a thread
///
/// `queue.put(item).block()`, `queue.get().block_timeout(limit)`, …: see
/// [`Blocking`](crate::Blocking).
///
/// # Examples
///
/// ```
/// # use waystation_queue::{GetError, Queue};
/// # futures_lite::future::block_on(async {
/// let queue = Queue::bounded(16);
/// queue.put("tea").await?;
/// queue.close();
/// assert_eq!(queue.get().await, Ok("tea"));
/// assert_eq!(queue.get().await, Err(GetError));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct BaseQueue<T, D> {
    pub(crate) outside: Outside,
    pub(crate) inner: Locked<D>,
    /// Items are behind the lock, so that this queue may be shared if they may be sent.
    pub(crate) item: PhantomData<fn() -> T>,
}

impl<T, D: Discipline<T> + Default> BaseQueue<T, D> {
    /// A queue for up to `capacity` items.
    ///
    /// # Panics
    ///
    /// If `capacity` is 0.
    #[must_use]
    #[track_caller]
    pub fn bounded(capacity: usize) -> Self {
        Self::with_discipline(D::default(), Some(capacity))
    }

    /// A queue without a bound: `put` never waits.
    #[must_use]
    pub fn unbounded() -> Self {
        Self::with_discipline(D::default(), None)
    }

    /// asyncio's constructor: 0 means no bound.
    #[must_use]
    pub fn with_maxsize(maxsize: usize) -> Self {
        let capacity = Some(maxsize).filter(|&maxsize| maxsize > 0);
        Self::with_discipline(D::default(), capacity)
    }
}

impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// A queue with a discipline of your own; `None` means no bound. Items that are in it already
    /// are unfinished.
    ///
    /// # Panics
    ///
    /// If `capacity` is `Some(0)`.
    #[must_use]
    #[track_caller]
    pub fn with_discipline(discipline: D, capacity: Option<usize>) -> Self {
        assert!(
            capacity != Some(0),
            "a queue of capacity 0 holds nothing: make it 1 at least, or `unbounded`"
        );
        let len = discipline.len();
        let inner = Inner::new(discipline, len, capacity.unwrap_or(usize::MAX));
        Self {
            outside: Outside::new(),
            inner: Locked(Lock::new(inner)),
            item: PhantomData,
        }
    }

    /// Puts an item if there is room now and nobody waits for it.
    ///
    /// # Errors
    ///
    /// The item comes back if the queue is full, or closed.
    #[doc(alias = "put_nowait")]
    #[doc(alias = "try_send")]
    #[inline]
    #[track_caller]
    pub fn try_put(&self, item: T) -> Result<(), TryPutError<T>> {
        let mut inner = self.lock();
        if inner.is_idle() && inner.may_put() {
            inner.push(item);
            return Ok(());
        }
        let mut item = Some(item);
        match (self.enter_for_others(inner, &mut item), item) {
            (Err(TryPutError::Full(())), Some(item)) => Err(TryPutError::Full(item)),
            (Err(TryPutError::Closed(())), Some(item)) => Err(TryPutError::Closed(item)),
            _ => Ok(()),
        }
    }

    /// Moves the item in, if a newcomer may put.
    #[inline]
    #[track_caller]
    pub(crate) fn enter(&self, item: &mut Option<T>) -> Result<(), TryPutError<()>> {
        let mut inner = self.lock();
        if inner.is_idle() && inner.may_put() {
            if let Some(item) = item.take() {
                inner.push(item);
            }
            return Ok(());
        }
        self.enter_for_others(inner, item)
    }

    #[inline(never)]
    #[track_caller]
    fn enter_for_others(
        &self,
        inner: LockGuard<'_, Inner<D>>,
        item: &mut Option<T>,
    ) -> Result<(), TryPutError<()>> {
        if !inner.may_put() {
            return Err(if inner.closed {
                TryPutError::Closed(())
            } else {
                TryPutError::Full(())
            });
        }
        // Should the discipline panic, the lock is released first, and then they are woken.
        let mut batch = Batch::new();
        let mut inner = inner;
        if let Some(item) = item.take() {
            inner.change(&self.outside, &mut batch).push(item);
        }
        drop(inner);
        batch.finish().resume();
        Ok(())
    }

    /// Takes an item if there is one now that nobody was promised.
    ///
    /// # Errors
    ///
    /// If there is none, or the queue is closed and drained.
    #[doc(alias = "get_nowait")]
    #[doc(alias = "try_recv")]
    #[inline]
    #[track_caller]
    pub fn try_get(&self) -> Result<T, TryGetError> {
        match self.exit()? {
            Some((item, _)) => Ok(item),
            None => lacks_item(),
        }
    }

    /// Takes an item, if a newcomer may get; `None` if the discipline lacks it.
    #[inline]
    pub(crate) fn exit(&self) -> Result<Option<(T, D::Token)>, TryGetError> {
        let mut inner = self.lock();
        if inner.is_idle() && inner.may_get() {
            return Ok(inner.pop());
        }
        self.exit_for_others(inner)
    }

    #[inline(never)]
    fn exit_for_others(
        &self,
        inner: LockGuard<'_, Inner<D>>,
    ) -> Result<Option<(T, D::Token)>, TryGetError> {
        if !inner.may_get() {
            return Err(if inner.is_drained() {
                TryGetError::Closed
            } else {
                TryGetError::Empty
            });
        }
        // Should the discipline panic, the lock is released first, and then they are woken.
        let mut batch = Batch::new();
        let mut inner = inner;
        let taken = inner.change(&self.outside, &mut batch).pop();
        drop(inner);
        // The unwinding would drop the item.
        batch.finish().suppress();
        Ok(taken)
    }

    /// Closes to new items: asyncio's `shutdown()`. Returns whether this call did it.
    ///
    /// Waiting puts get their item back. Gets take what is left, then fail; live
    /// [`Slot`](crate::Slot)s and granted reserves hold, and the end waits for them.
    #[doc(alias = "shutdown")]
    #[track_caller]
    pub fn close(&self) -> bool {
        let mut batch = Batch::new();
        let mut inner = self.lock();
        let was_open = inner.change(&self.outside, &mut batch).close();
        drop(inner);
        batch.finish().resume();
        was_open
    }

    /// Closes and takes what is in the queue, in get order: asyncio's `shutdown(immediate=True)`.
    ///
    /// Gets fail, also those that were granted an item; `unfinished` falls by as many as were taken,
    /// and `join` is released only when it is 0.
    #[doc(alias = "shutdown")]
    #[track_caller]
    pub fn close_now(&self) -> Vec<T> {
        let mut batch = Batch::new();
        let mut inner = self.lock();
        let mut change = inner.change(&self.outside, &mut batch);
        // The discipline first: if it panics, nothing was closed.
        let items = change.take(Discipline::drain_all);
        change.close();
        change.kill(items.len());
        drop(change);
        drop(inner);
        // The unwinding would drop the items.
        batch.finish().suppress();
        items
    }

    /// Whether the queue is closed to new items.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// How many items are in the queue, promised or not.
    #[doc(alias = "qsize")]
    pub fn len(&self) -> usize {
        self.lock().len
    }

    /// Whether no item is in the queue.
    #[doc(alias = "empty")]
    pub fn is_empty(&self) -> bool {
        self.lock().len == 0
    }

    /// Whether `try_put` would find no room: items, granted and reserved slots take it.
    #[doc(alias = "full")]
    pub fn is_full(&self) -> bool {
        !self.lock().has_room()
    }

    /// For how many items there is room; `None` without a bound.
    #[doc(alias = "maxsize")]
    pub fn capacity(&self) -> Option<usize> {
        Some(self.lock().capacity).filter(|&capacity| capacity != usize::MAX)
    }

    /// How many gets wait.
    pub fn getters_waiting(&self) -> usize {
        self.lock().getters.len()
    }

    /// How many puts and reserves wait.
    pub fn putters_waiting(&self) -> usize {
        self.lock().putters.len()
    }

    /// Gives back the memory that is not needed for what is in the queue now. Much of it comes back
    /// by itself when the queue has emptied after a peak of more than 1,024 items.
    pub fn shrink_to_fit(&self) {
        let mut batch = Batch::new();
        let mut inner = self.lock();
        inner
            .change(&self.outside, &mut batch)
            .take(Discipline::shrink_to_fit);
        inner.getters.shrink_to_fit();
        inner.putters.shrink_to_fit();
        inner.streams.shrink_to_fit();
        inner.joiners.shrink_to_fit();
        inner.closers.shrink_to_fit();
    }
}

impl<T, D> BaseQueue<T, D> {
    #[inline]
    pub(crate) fn lock(&self) -> LockGuard<'_, Inner<D>> {
        self.inner.0.lock()
    }

    #[inline]
    pub(crate) fn lock_of(&self) -> &Lock<Inner<D>> {
        &self.inner.0
    }
}

impl<T, D> fmt::Debug for BaseQueue<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Read first and shown after: a writer is foreign code, and may want the queue.
        let seen = self.inner.0.try_lock().map(|inner| {
            let counts = [
                ("len", inner.len as u64),
                ("capacity", inner.capacity as u64),
                ("claims", inner.claims as u64),
                ("granted", inner.granted as u64),
                ("slots", inner.slots as u64),
                ("unfinished", inner.unfinished),
                ("getters_waiting", inner.getters.len() as u64),
                ("putters_waiting", inner.putters.len() as u64),
                ("streams_waiting", inner.streams.len() as u64),
            ];
            (counts, inner.closed)
        });
        let mut shown = f.debug_struct("BaseQueue");
        match seen {
            Some((counts, closed)) => {
                for (name, count) in counts {
                    shown.field(name, &count);
                }
                shown.field("closed", &closed).finish()
            }
            None => shown.field("state", &OrLocked::<()>(None)).finish(),
        }
    }
}
