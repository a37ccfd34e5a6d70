use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use waystation_core::sync::OrLocked;

use crate::closed::QueueClosed;
use crate::discipline::{Discipline, Fifo, Lifo, Priority};
use crate::section::Ring;
use crate::state::{Locked, Outside};
use crate::{Get, Put, Reserve, TryGetError, TryPutError};

/// A queue that tasks and threads share: first in, first out.
///
/// asyncio's [`Queue`](https://docs.python.org/3/library/asyncio-queue.html#queue). See
/// [`BaseQueue`] for what it can do.
///
/// # Examples
///
/// ```
/// # use waystation_queue::Queue;
/// let queue = Queue::unbounded();
/// queue.try_put("first")?;
/// queue.try_put("second")?;
/// assert_eq!(queue.try_get(), Ok("first"));
/// assert_eq!(queue.try_get(), Ok("second"));
/// # Ok::<(), waystation_queue::TryPutError<&str>>(())
/// ```
pub type Queue<T> = BaseQueue<T, Fifo<T>>;

/// A queue that gives the last item first.
///
/// asyncio's [`LifoQueue`](https://docs.python.org/3/library/asyncio-queue.html#lifo-queue). See
/// [`BaseQueue`].
///
/// # Examples
///
/// ```
/// # use waystation_queue::LifoQueue;
/// let history = LifoQueue::unbounded();
/// history.try_put("typed")?;
/// history.try_put("pasted")?;
/// // What was done last is undone first.
/// assert_eq!(history.try_get(), Ok("pasted"));
/// history.try_put("deleted")?;
/// assert_eq!(history.try_get(), Ok("deleted"));
/// assert_eq!(history.try_get(), Ok("typed"));
/// # Ok::<(), waystation_queue::TryPutError<&str>>(())
/// ```
pub type LifoQueue<T> = BaseQueue<T, Lifo<T>>;

/// A queue that gives the lowest item first, and equal ones in order of arrival.
///
/// asyncio's
/// [`PriorityQueue`](https://docs.python.org/3/library/asyncio-queue.html#priority-queue). `T: Ord`
/// runs under the queue's lock: see [`Discipline`]. See [`BaseQueue`].
///
/// # Examples
///
/// ```
/// # use waystation_queue::PriorityQueue;
/// let queue = PriorityQueue::unbounded();
/// queue.try_put((5, "mail"))?;
/// queue.try_put((1, "alarm"))?;
/// queue.try_put((3, "call"))?;
/// assert_eq!(queue.drain(), [(1, "alarm"), (3, "call"), (5, "mail")]);
/// # Ok::<(), waystation_queue::TryPutError<(u8, &str)>>(())
/// ```
pub type PriorityQueue<T> = BaseQueue<T, Priority<T>>;

/// A queue that tasks and threads share: bounded or not, in the order of its [`Discipline`].
///
/// | method | asyncio | waits for |
/// |---|---|---|
/// | [`put`](BaseQueue::put), [`put_many`](BaseQueue::put_many) | `put` | room |
/// | [`reserve`](BaseQueue::reserve) | | room, to be filled later |
/// | [`get`](BaseQueue::get), [`get_many`](BaseQueue::get_many), [`get_task`](BaseQueue::get_task) | `get` | an item |
/// | [`try_put`](BaseQueue::try_put), [`try_get`](BaseQueue::try_get) | `put_nowait`, `get_nowait` | nothing |
/// | [`join`](BaseQueue::join) | `join` | all items to be [done](BaseQueue::task_done) |
/// | [`closed`](BaseQueue::closed) | | the close |
///
/// # Fairness
///
/// Putters get room, and getters get items, strictly in the order in which they parked: `try_put`
/// fails while putters wait, `try_get` while every item is promised. An item enters when its putter
/// is polled; the awaited puts of one producer stay in order. Which item a getter gets is decided
/// when it takes it: of a priority queue the best at that moment.
///
/// # Cancel safety
///
/// A pending `put` is not in the queue, and a pending `get` has taken nothing. So an item is never
/// lost to a `select!`, and a put that was given up can be repeated without sending twice. What was
/// granted to a future that is dropped goes to the next in line before `drop` returns. A granted
/// future that is neither polled nor dropped keeps its claim: it is seen in [`len`](BaseQueue::len)
/// being more than can be got.
///
/// # Panics
///
/// A waker that panics costs nobody else a wake-up or an item. Its panic goes on when all others
/// were woken, except in the calls that return an item, where it is swallowed after the panic hook
/// has reported it: the item would be lost in the unwinding. Items are dropped outside the lock.
///
/// # Examples
///
/// ```
/// use waystation_queue::Queue;
///
/// # futures_lite::future::block_on(async {
/// let queue = Queue::bounded(16);
/// queue.put("tea").await?;
/// queue.put("milk").await?;
/// queue.close();
/// assert_eq!(queue.get().await, Ok("tea"));
/// assert_eq!(queue.get().await, Ok("milk"));
/// assert!(queue.get().await.is_err());
/// # Ok::<(), waystation_queue::PutError<&str>>(())
/// # }).unwrap();
/// ```
pub struct BaseQueue<T, D> {
    pub(crate) outside: Outside,
    pub(crate) inner: Locked<D>,
    pub(crate) item: PhantomData<fn() -> T>,
}

/// What the futures need of a queue or a channel. Sealed.
///
/// It does not say that the discipline is one, and neither does what lives longer than a call:
/// rustc could not prove that a future of a queue of `&'static str` is `Send` (it asks for the
/// discipline of items of *any* lifetime).
#[allow(
    unnameable_types,
    reason = "a sealed trait: not to be named is its purpose"
)]
pub trait AnyQueue {
    /// What is queued.
    type Item;
    /// In which order.
    type Discipline;

    #[doc(hidden)]
    fn base(&self) -> &BaseQueue<Self::Item, Self::Discipline>;
}

impl<T, D> AnyQueue for BaseQueue<T, D> {
    type Item = T;
    type Discipline = D;

    #[inline]
    fn base(&self) -> &Self {
        self
    }
}

/// A queue or a channel whose discipline is one: what is needed to put and get.
#[allow(
    unnameable_types,
    reason = "a sealed trait: not to be named is its purpose"
)]
pub trait Disciplined: AnyQueue<Discipline: Discipline<<Self as AnyQueue>::Item>> {}

impl<Q: AnyQueue<Discipline: Discipline<<Q as AnyQueue>::Item>>> Disciplined for Q {}

/// What is in the queue behind a handle.
pub(crate) type ItemOf<H> = <<H as std::ops::Deref>::Target as AnyQueue>::Item;

/// What the discipline of a queue remembers of an item that was taken.
pub(crate) type TokenOf<H> =
    <<<H as std::ops::Deref>::Target as AnyQueue>::Discipline as Discipline<
        <<H as std::ops::Deref>::Target as AnyQueue>::Item,
    >>::Token;

impl<T, D: Discipline<T> + Default> BaseQueue<T, D> {
    /// A queue with room for `capacity` items. Memory is taken as items come, not before.
    ///
    /// # Panics
    ///
    /// If `capacity` is 0: nothing could ever enter. asyncio's `maxsize=0` is
    /// [`unbounded`](BaseQueue::unbounded).
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::{Queue, TryPutError};
    /// let queue = Queue::bounded(1);
    /// queue.try_put("tea")?;
    /// // The next one finds no room, and comes back.
    /// assert_eq!(queue.try_put("milk"), Err(TryPutError::Full("milk")));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    #[track_caller]
    pub fn bounded(capacity: usize) -> Self {
        assert!(
            capacity > 0,
            "a queue of capacity 0 holds nothing: use `unbounded` or 1 at least"
        );
        Self::from_parts(D::default(), capacity)
    }

    /// A queue that always has room.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// let log = Queue::unbounded();
    /// for line in 0..1000 {
    ///     log.try_put(line)?;
    /// }
    /// assert_eq!(log.len(), 1000);
    /// assert!(!log.is_full());
    /// # Ok::<(), waystation_queue::TryPutError<u32>>(())
    /// ```
    pub fn unbounded() -> Self {
        Self::from_parts(D::default(), usize::MAX)
    }

    /// A queue as asyncio makes it: 0 is unbounded.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// let queue = Queue::with_maxsize(1);
    /// queue.try_put("tea")?;
    /// assert!(queue.is_full());
    /// // 0 is no limit.
    /// let queue = Queue::with_maxsize(0);
    /// queue.try_put("tea")?;
    /// assert!(!queue.is_full());
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn with_maxsize(maxsize: usize) -> Self {
        Self::from_parts(
            D::default(),
            if maxsize == 0 { usize::MAX } else { maxsize },
        )
    }
}

impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// A queue with a discipline of your own; `None` is unbounded. Items that are in it already
    /// count as put.
    ///
    /// # Panics
    ///
    /// If the capacity is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::{BaseQueue, Discipline, Fifo};
    /// let mut saved = Fifo::default();
    /// saved.push("job of yesterday");
    /// let queue = BaseQueue::with_discipline(saved, Some(16));
    /// assert_eq!(queue.unfinished(), 1);
    /// assert_eq!(queue.try_get(), Ok("job of yesterday"));
    /// ```
    #[track_caller]
    pub fn with_discipline(discipline: D, capacity: Option<usize>) -> Self {
        assert!(
            capacity != Some(0),
            "a queue of capacity 0 holds nothing: use `None` or 1 at least"
        );
        Self::from_parts(discipline, capacity.unwrap_or(usize::MAX))
    }

    /// Puts an item, waiting for room.
    ///
    /// # Fairness
    ///
    /// A place in line is taken at the first poll. Room is granted in line order; the item enters
    /// at the next poll.
    ///
    /// # Cancel safety
    ///
    /// A put that is dropped did not happen: its item is dropped with it, or handed back by
    /// [`Put::cancel`], and room that was granted goes to the next putter.
    ///
    /// # Errors
    ///
    /// [`PutError`](crate::PutError) with the item, once the queue is closed: also if room was
    /// granted before and the item had not entered.
    ///
    /// # Panics
    ///
    /// If a waker panics: the item is in the queue then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::bounded(1);
    /// queue.put("tea").await?;
    /// // The second waits for room, and enters once it is there.
    /// let mut put = queue.put("milk");
    /// assert!(poll_once(&mut put).await.is_none());
    /// assert_eq!(queue.get().await, Ok("tea"));
    /// put.await?;
    /// assert_eq!(queue.get().await, Ok("milk"));
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "send")]
    #[inline]
    pub fn put(&self, item: T) -> Put<&Self> {
        Put::new(self, item)
    }

    /// Like [`put`](BaseQueue::put), for a future that owns its queue and can be spawned.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::block_on;
    /// # use std::sync::Arc;
    /// # use std::thread;
    /// # use waystation_queue::Queue;
    /// let queue = Arc::new(Queue::bounded(16));
    /// let put = queue.put_owned("tea");
    /// thread::spawn(move || block_on(put)).join().unwrap()?;
    /// assert_eq!(queue.try_get(), Ok("tea"));
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// ```
    #[inline]
    pub fn put_owned(self: &Arc<Self>, item: T) -> Put<Arc<Self>> {
        Put::new(self.clone(), item)
    }

    /// Puts an item if there is room and nobody waits for it.
    ///
    /// # Errors
    ///
    /// [`TryPutError`] with the item.
    ///
    /// # Panics
    ///
    /// If a waker panics: the item is in the queue then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::{Queue, TryPutError};
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::bounded(1);
    /// queue.put("tea").await?;
    /// let mut waits = queue.put("milk");
    /// assert!(poll_once(&mut waits).await.is_none());
    /// // The room that this makes belongs to the one who waits for it.
    /// assert_eq!(queue.get().await, Ok("tea"));
    /// assert_eq!(queue.try_put("sugar"), Err(TryPutError::Full("sugar")));
    /// waits.await?;
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "put_nowait")]
    #[doc(alias = "try_send")]
    #[inline]
    #[track_caller]
    pub fn try_put(&self, item: T) -> Result<(), TryPutError<T>> {
        let inner = self.lock();
        if !inner.may_put() {
            let closed = inner.closed;
            drop(inner);
            return Err(if closed {
                TryPutError::Closed(item)
            } else {
                TryPutError::Full(item)
            });
        }
        let mut section = self.section(inner);
        section.push(item);
        section.end(None, Ring::Loud);
        Ok(())
    }

    /// Takes an item, waiting for one.
    ///
    /// # Fairness
    ///
    /// A place in line is taken at the first poll. A claim on one item is granted in line order.
    ///
    /// # Cancel safety
    ///
    /// A get that is dropped did not happen: the item stays where it was in the order, and the
    /// claim goes to the next getter.
    ///
    /// # Errors
    ///
    /// [`GetError`](crate::GetError) once the queue is closed and drained: empty, with no item
    /// promised and no [`Slot`](crate::Slot) alive that could still bring one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// let mut get = queue.get();
    /// assert_eq!(poll_once(&mut get).await, None);
    /// queue.put("tea").await?;
    /// assert_eq!(get.await, Ok("tea"));
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "recv")]
    #[inline]
    pub fn get(&self) -> Get<&Self> {
        Get::new(self)
    }

    /// Like [`get`](BaseQueue::get), for a future that owns its queue and can be spawned.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::block_on;
    /// # use std::sync::Arc;
    /// # use std::thread;
    /// # use waystation_queue::Queue;
    /// let queue = Arc::new(Queue::unbounded());
    /// let get = queue.get_owned();
    /// let consumer = thread::spawn(move || block_on(get));
    /// queue.try_put("tea")?;
    /// assert_eq!(consumer.join().unwrap(), Ok("tea"));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    #[inline]
    pub fn get_owned(self: &Arc<Self>) -> Get<Arc<Self>> {
        Get::new(self.clone())
    }

    /// Takes an item if there is one that nobody in line was promised.
    ///
    /// # Errors
    ///
    /// [`TryGetError`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::{Queue, TryGetError};
    /// let queue = Queue::unbounded();
    /// assert_eq!(queue.try_get(), Err(TryGetError::Empty));
    /// queue.try_put("tea")?;
    /// queue.close();
    /// assert_eq!(queue.try_get(), Ok("tea"));
    /// // Not only empty: nothing will come any more.
    /// assert_eq!(queue.try_get(), Err(TryGetError::Closed));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    #[doc(alias = "get_nowait")]
    #[doc(alias = "try_recv")]
    #[inline]
    #[track_caller]
    pub fn try_get(&self) -> Result<T, TryGetError> {
        let inner = self.lock();
        if !inner.may_get() {
            let drained = inner.is_drained();
            drop(inner);
            return Err(if drained {
                TryGetError::Closed
            } else {
                TryGetError::Empty
            });
        }
        let mut section = self.section(inner);
        let (item, _) = section.pop();
        section.end(None, Ring::Quiet);
        Ok(item)
    }

    /// Waits for room and holds it, for an item that is made only then.
    ///
    /// # Fairness
    ///
    /// In one line with the puts.
    ///
    /// # Cancel safety
    ///
    /// A reserve that is dropped leaves the line; a slot that was granted goes to the next putter.
    ///
    /// # Errors
    ///
    /// [`Closed`](crate::Closed) once the queue is closed, unless the slot was granted before.
    /// After [`close_now`](BaseQueue::close_now) always.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::bounded(1);
    /// let slot = queue.reserve().await?;
    /// assert!(queue.is_full());
    /// slot.put("made only now").unwrap();
    /// # Ok::<(), waystation_queue::Closed>(())
    /// # }).unwrap();
    /// ```
    pub fn reserve(&self) -> Reserve<&Self> {
        Reserve::new(self)
    }

    /// Like [`reserve`](BaseQueue::reserve), for a future and a slot that own their queue.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use std::thread;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Arc::new(Queue::bounded(1));
    /// let slot = queue.reserve_owned().await?;
    /// // The room goes along to where the item is made.
    /// thread::spawn(move || slot.put("made elsewhere")).join().unwrap()?;
    /// assert_eq!(queue.get().await, Ok("made elsewhere"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn reserve_owned(self: &Arc<Self>) -> Reserve<Arc<Self>> {
        Reserve::new(self.clone())
    }

    /// Closes for new items; what is in the queue can still be got. Returns whether this call did
    /// it.
    ///
    /// Pending puts fail and get their items back. Gets go on until the queue is drained, and then
    /// fail. asyncio's `shutdown()`. The handles of a [`channel`](crate::channel) close it by
    /// themselves, when the last sender is gone.
    ///
    /// # Panics
    ///
    /// If a waker panics: the queue is closed and all others were woken, then the panic goes on.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::{PutError, Queue};
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::bounded(1);
    /// queue.put("tea").await?;
    /// let mut late = queue.put("milk");
    /// assert!(poll_once(&mut late).await.is_none());
    /// assert!(queue.close());
    /// // What is on its way comes back, what is in comes out.
    /// assert_eq!(late.await, Err(PutError("milk")));
    /// assert_eq!(queue.get().await, Ok("tea"));
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "shutdown")]
    #[track_caller]
    pub fn close(&self) -> bool {
        self.shut(false, Ring::Loud).0
    }

    /// Closes at once, and returns what was in the queue, in the order of gets. asyncio's
    /// `shutdown(immediate=True)`.
    ///
    /// All who wait for an item fail, those too who were promised one.
    /// [`unfinished`](BaseQueue::unfinished) falls by the number of items;
    /// [`join`](BaseQueue::join) is released if it reaches 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::{GetError, Queue};
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// queue.put("tea").await?;
    /// queue.put("milk").await?;
    /// assert_eq!(queue.close_now(), ["tea", "milk"]);
    /// assert_eq!(queue.get().await, Err(GetError));
    /// // Nobody has to wait for what will not be done.
    /// queue.join().await;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "shutdown")]
    #[track_caller]
    pub fn close_now(&self) -> Vec<T> {
        self.shut(true, Ring::Quiet).1
    }

    /// Whether the queue is closed for new items.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// let queue = Queue::unbounded();
    /// queue.try_put("tea")?;
    /// queue.close();
    /// // Closed, but not drained yet.
    /// assert!(queue.is_closed());
    /// assert_eq!(queue.try_get(), Ok("tea"));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Waits until the queue is closed for new items.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::zip;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::<u32>::unbounded();
    /// let heater = async {
    ///     // There is nothing to put, so that no put would fail.
    ///     queue.closed().await;
    ///     "off"
    /// };
    /// let (heater, _) = zip(heater, async { queue.close() }).await;
    /// assert_eq!(heater, "off");
    /// # });
    /// ```
    pub fn closed(&self) -> QueueClosed<&Self> {
        QueueClosed::new(self)
    }

    /// Like [`closed`](BaseQueue::closed), for a future that owns its queue.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::block_on;
    /// # use std::sync::Arc;
    /// # use std::thread;
    /// # use waystation_queue::Queue;
    /// let queue = Arc::new(Queue::<u32>::unbounded());
    /// let closed = queue.closed_owned();
    /// let watcher = thread::spawn(move || block_on(closed));
    /// queue.close();
    /// watcher.join().unwrap();
    /// ```
    pub fn closed_owned(self: &Arc<Self>) -> QueueClosed<Arc<Self>> {
        QueueClosed::new(self.clone())
    }

    /// How many items are in the queue, promised to a getter or not.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// let mut get = queue.get();
    /// assert_eq!(poll_once(&mut get).await, None);
    /// queue.put("tea").await?;
    /// // Promised, but not taken yet.
    /// assert_eq!(queue.len(), 1);
    /// assert_eq!(get.await, Ok("tea"));
    /// assert_eq!(queue.len(), 0);
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "qsize")]
    pub fn len(&self) -> usize {
        self.lock().len
    }

    /// Whether no item is in the queue.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::bounded(1);
    /// // Room that is held is not an item.
    /// let slot = queue.reserve().await?;
    /// assert!(queue.is_empty());
    /// slot.put("tea")?;
    /// assert!(!queue.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "empty")]
    pub fn is_empty(&self) -> bool {
        self.lock().len == 0
    }

    /// Whether [`try_put`](BaseQueue::try_put) would find no room: items, granted and reserved
    /// slots all take room, and those who wait for room come first. A closed queue is not full for
    /// that.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// let queue = Queue::bounded(2);
    /// queue.try_put("tea")?;
    /// assert!(!queue.is_full());
    /// queue.try_put("milk")?;
    /// assert!(queue.is_full());
    /// assert_eq!(queue.try_get(), Ok("tea"));
    /// assert!(!queue.is_full());
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    #[doc(alias = "full")]
    pub fn is_full(&self) -> bool {
        !self.lock().has_room()
    }

    /// For how many items there is room; `None` if it is unbounded. Items that were put back by
    /// [`nack`](crate::TaskGuard::nack) may exceed it for a while.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// let queue = Queue::bounded(16);
    /// queue.try_put("tea")?;
    /// let room = queue.capacity().map(|capacity| capacity.saturating_sub(queue.len()));
    /// assert_eq!(room, Some(15));
    /// assert_eq!(Queue::<u32>::unbounded().capacity(), None);
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    #[doc(alias = "maxsize")]
    pub fn capacity(&self) -> Option<usize> {
        Some(self.lock().capacity).filter(|&capacity| capacity != usize::MAX)
    }

    /// How many wait in line for an item now.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// let (mut one, mut other) = (queue.get(), queue.get());
    /// assert_eq!(poll_once(&mut one).await, None);
    /// assert_eq!(poll_once(&mut other).await, None);
    /// assert_eq!(queue.getters_waiting(), 2);
    /// // Whoever was promised an item waits no more.
    /// queue.put("tea").await?;
    /// assert_eq!(queue.getters_waiting(), 1);
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    pub fn getters_waiting(&self) -> usize {
        self.lock().waiting().0
    }

    /// How many wait in line for room now, to put or to reserve.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::bounded(1);
    /// queue.put("tea").await?;
    /// let (mut put, mut reserve) = (queue.put("milk"), queue.reserve());
    /// assert!(poll_once(&mut put).await.is_none());
    /// assert!(poll_once(&mut reserve).await.is_none());
    /// assert_eq!(queue.putters_waiting(), 2);
    /// drop(put);
    /// assert_eq!(queue.putters_waiting(), 1);
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    pub fn putters_waiting(&self) -> usize {
        self.lock().waiting().1
    }
}

impl<T, D> fmt::Debug for BaseQueue<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Read first and shown after: a writer is foreign code, and may want the queue.
        let seen = self.inner.0.try_lock().map(|inner| {
            let counts = [
                ("len", inner.len),
                ("capacity", inner.capacity),
                ("claims", inner.claims),
                ("granted", inner.granted),
                ("slots", inner.slots),
                ("unfinished", inner.unfinished),
                ("getters_waiting", inner.waiting().0),
                ("putters_waiting", inner.waiting().1),
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
