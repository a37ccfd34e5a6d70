use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use waystation_core::source::Source;
use waystation_core::wait::polled_after_ready;

use crate::discipline::pop_down_to;
use crate::get::Getting;
use crate::put::Putting;
use crate::queue::{AnyQueue, Disciplined, ItemOf};
use crate::section::Ring;
use crate::{BaseQueue, Discipline, PutError, PutManyError};

/// Many items at once.
impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// Waits for an item, and appends it and others that are there to `into`: `limit` at most.
    /// Returns how many; 0 if the queue is closed and drained, or `limit` is 0.
    ///
    /// # Fairness
    ///
    /// One place in line, for one item; the others are those that nobody in line was promised.
    ///
    /// # Cancel safety
    ///
    /// As for [`get`](BaseQueue::get): a future that is pending has taken nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// queue.put_many(1..=5).await.unwrap();
    /// let mut batch = Vec::new();
    /// assert_eq!(queue.get_many(&mut batch, 3).await, 3);
    /// assert_eq!(batch, [1, 2, 3]);
    /// # });
    /// ```
    pub fn get_many<'v>(&self, into: &'v mut Vec<T>, limit: usize) -> GetMany<'v, &Self> {
        GetMany {
            queue: self,
            into,
            limit,
            getting: Getting::New,
        }
    }

    /// Like [`get_many`](BaseQueue::get_many), for a future that owns its queue.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Arc::new(Queue::unbounded());
    /// queue.put_many(["tea", "milk"]).await?;
    /// let mut batch = Vec::new();
    /// let get = queue.get_many_owned(&mut batch, 16);
    /// // The future keeps the queue alive.
    /// drop(queue);
    /// assert_eq!(get.await, 2);
    /// assert_eq!(batch, ["tea", "milk"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn get_many_owned<'v>(
        self: &Arc<Self>,
        into: &'v mut Vec<T>,
        limit: usize,
    ) -> GetMany<'v, Arc<Self>> {
        GetMany {
            queue: self.clone(),
            into,
            limit,
            getting: Getting::New,
        }
    }

    /// Puts one item after the other, in order, waiting for room. Returns how many.
    ///
    /// # Fairness
    ///
    /// Each item takes a place in line of its own, when the one before is in.
    ///
    /// # Cancel safety
    ///
    /// What is in is in. [`PutMany::into_rest`] gives the others; dropping the future drops them.
    ///
    /// # Errors
    ///
    /// [`PutManyError`] with the item that could not enter and the rest, once the queue is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::zip;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::bounded(2);
    /// let consumer = async {
    ///     for n in 0..10 {
    ///         assert_eq!(queue.get().await, Ok(n));
    ///     }
    /// };
    /// let (put, ()) = zip(queue.put_many(0..10), consumer).await;
    /// assert_eq!(put, Ok(10));
    /// # });
    /// ```
    pub fn put_many<I>(&self, items: I) -> PutMany<&Self, I::IntoIter>
    where
        I: IntoIterator<Item = T>,
    {
        PutMany::new(self, items.into_iter())
    }

    /// Like [`put_many`](BaseQueue::put_many), for a future that owns its queue.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::block_on;
    /// # use std::sync::Arc;
    /// # use std::thread;
    /// # use waystation_queue::Queue;
    /// let queue = Arc::new(Queue::bounded(1));
    /// let put = queue.put_many_owned(["tea", "milk"]);
    /// let producer = thread::spawn(move || block_on(put).ok());
    /// assert_eq!(queue.get_blocking(), Ok("tea"));
    /// assert_eq!(queue.get_blocking(), Ok("milk"));
    /// assert_eq!(producer.join().unwrap(), Some(2));
    /// ```
    pub fn put_many_owned<I>(self: &Arc<Self>, items: I) -> PutMany<Arc<Self>, I::IntoIter>
    where
        I: IntoIterator<Item = T>,
    {
        PutMany::new(self.clone(), items.into_iter())
    }

    /// Takes every item that no getter was promised, in the order of gets. They stay unfinished, as
    /// with [`get`](BaseQueue::get).
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::LifoQueue;
    /// let queue = LifoQueue::unbounded();
    /// queue.try_put(1).unwrap();
    /// queue.try_put(2).unwrap();
    /// assert_eq!(queue.drain(), [2, 1]);
    /// ```
    pub fn drain(&self) -> Vec<T> {
        let mut section = self.section(self.lock());
        let keep = section.inner().claims;
        let taken = section.take(|items| pop_down_to(items, keep));
        section.end(None, Ring::Quiet);
        taken.into_iter().map(|(item, _)| item).collect()
    }
}

/// The future of [`BaseQueue::get_many`] and its kin.
///
/// Polling it again after it has returned `Ready` panics.
///
/// # Examples
///
/// ```
/// # use futures_lite::future::poll_once;
/// # use waystation_queue::Queue;
/// # futures_lite::future::block_on(async {
/// let queue = Queue::unbounded();
/// let mut batch = Vec::new();
/// let mut get = queue.get_many(&mut batch, 16);
/// assert_eq!(poll_once(&mut get).await, None);
/// queue.put("tea").await?;
/// drop(get);
/// // Given up: nothing has moved.
/// assert_eq!((batch.len(), queue.len()), (0, 1));
/// # Ok::<(), waystation_queue::PutError<&str>>(())
/// # }).unwrap();
/// ```
#[must_use = "nothing is taken until it is awaited: `queue.get_many(&mut items, limit).await`"]
pub struct GetMany<'v, H: Source<Target: AnyQueue>> {
    queue: H,
    into: &'v mut Vec<ItemOf<H>>,
    limit: usize,
    getting: Getting,
}

impl<H: Source<Target: AnyQueue>> GetMany<'_, H> {
    /// Whether the future has returned `Ready` and must not be polled again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// queue.put("tea").await?;
    /// let mut batch = Vec::new();
    /// let mut get = queue.get_many(&mut batch, 16);
    /// // It does not wait until the batch is full.
    /// assert_eq!((&mut get).await, 1);
    /// assert!(get.is_terminated());
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    pub fn is_terminated(&self) -> bool {
        self.getting.is_done()
    }
}

impl<H: Source<Target: Disciplined>> Future for GetMany<'_, H> {
    type Output = usize;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<usize> {
        let this = &mut *self;
        if this.limit == 0 && !this.getting.is_done() {
            this.getting = Getting::Done;
            return Poll::Ready(0);
        }
        let queue = this.queue.base();
        let (inner, fresh) = match this.getting.poll_turn("GetMany", queue, cx) {
            Poll::Ready(Ok(turn)) => turn,
            Poll::Ready(Err(_)) => return Poll::Ready(0),
            Poll::Pending => return Poll::Pending,
        };
        let before = this.into.len();
        let (item, _, mut section) = this.getting.take(queue, inner);
        this.into.push(item);
        while this.into.len() - before < this.limit && section.inner().may_get() {
            this.into.push(section.pop().0);
        }
        section.end(fresh, Ring::Quiet);
        Poll::Ready(this.into.len() - before)
    }
}

impl<H: Source<Target: AnyQueue>> Drop for GetMany<'_, H> {
    #[track_caller]
    fn drop(&mut self) {
        self.getting.leave(self.queue.base());
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for GetMany<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GetMany")
            .field("limit", &self.limit)
            .field("place", &self.getting)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target: Disciplined>> futures_core::FusedFuture for GetMany<'_, H> {
    fn is_terminated(&self) -> bool {
        self.is_terminated()
    }
}

/// The future of [`BaseQueue::put_many`] and its kin.
///
/// Polling it again after it has returned `Ready` panics.
///
/// # Examples
///
/// ```
/// # use futures_lite::future::poll_once;
/// # use waystation_queue::Queue;
/// # futures_lite::future::block_on(async {
/// let queue = Queue::bounded(2);
/// let mut put = queue.put_many(1..=5);
/// assert!(poll_once(&mut put).await.is_none());
/// // Given up half-way: what is in is in.
/// drop(put);
/// assert_eq!(queue.drain(), [1, 2]);
/// # });
/// ```
#[must_use = "nothing is put until it is awaited: `queue.put_many(items).await?`"]
pub struct PutMany<H, I>
where
    H: Source<Target: AnyQueue>,
    I: Iterator<Item = ItemOf<H>>,
{
    queue: H,
    /// `None` between two items.
    in_hand: Option<Putting<I::Item>>,
    /// `None` once the future has returned `Ready`.
    rest: Option<I>,
    count: usize,
}

// Neither the items nor the iterator are ever pinned.
impl<H, I> Unpin for PutMany<H, I>
where
    H: Source<Target: AnyQueue>,
    I: Iterator<Item = ItemOf<H>>,
{
}

impl<H, I> PutMany<H, I>
where
    H: Source<Target: AnyQueue>,
    I: Iterator<Item = ItemOf<H>>,
{
    fn new(queue: H, items: I) -> Self {
        Self {
            queue,
            in_hand: None,
            rest: Some(items),
            count: 0,
        }
    }

    /// Gives up and takes back the items that are not in the queue, the one in hand first.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::bounded(2);
    /// let mut put = queue.put_many(["tea", "milk", "sugar", "bread"]);
    /// assert!(poll_once(&mut put).await.is_none());
    /// let rest: Vec<_> = put.into_rest().collect();
    /// assert_eq!(rest, ["sugar", "bread"]);
    /// # });
    /// ```
    pub fn into_rest(mut self) -> impl Iterator<Item = I::Item> + use<H, I> {
        self.leave(Ring::Quiet);
        let in_hand = self
            .in_hand
            .take()
            .and_then(|mut putting| putting.take_item());
        in_hand
            .into_iter()
            .chain(self.rest.take().into_iter().flatten())
    }

    /// Whether the future has returned `Ready` and must not be polled again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::bounded(1);
    /// let mut put = queue.put_many(["tea", "milk"]);
    /// // One is in, and the other waits for room.
    /// assert!(poll_once(&mut put).await.is_none());
    /// assert!(!put.is_terminated());
    /// queue.get().await?;
    /// assert_eq!((&mut put).await?, 2);
    /// assert!(put.is_terminated());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn is_terminated(&self) -> bool {
        self.rest.is_none()
    }

    #[track_caller]
    fn leave(&mut self, ring: Ring) {
        if let Some(putting) = &mut self.in_hand {
            putting.leave(self.queue.base(), ring);
        }
    }
}

impl<H, I> Future for PutMany<H, I>
where
    H: Source<Target: Disciplined>,
    I: Iterator<Item = ItemOf<H>>,
{
    type Output = Result<usize, PutManyError<I::Item, I>>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            let Some(rest) = &mut this.rest else {
                polled_after_ready("PutMany")
            };
            match &mut this.in_hand {
                None => match rest.next() {
                    Some(item) => this.in_hand = Some(Putting::new(item)),
                    None => {
                        this.rest = None;
                        return Poll::Ready(Ok(this.count));
                    }
                },
                // It is in, even if a waker has panicked then.
                Some(putting) if putting.is_over() => {
                    this.count += 1;
                    this.in_hand = None;
                }
                Some(putting) => match putting.poll(this.queue.base(), cx) {
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(PutError(item))) => {
                        this.in_hand = None;
                        let Some(rest) = this.rest.take() else {
                            unreachable!("looked at above")
                        };
                        return Poll::Ready(Err(PutManyError { item, rest }));
                    }
                    Poll::Pending => return Poll::Pending,
                },
            }
        }
    }
}

impl<H, I> Drop for PutMany<H, I>
where
    H: Source<Target: AnyQueue>,
    I: Iterator<Item = ItemOf<H>>,
{
    #[track_caller]
    fn drop(&mut self) {
        self.leave(Ring::Loud);
    }
}

impl<H, I> fmt::Debug for PutMany<H, I>
where
    H: Source<Target: AnyQueue>,
    I: Iterator<Item = ItemOf<H>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PutMany")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
impl<H, I> futures_core::FusedFuture for PutMany<H, I>
where
    H: Source<Target: Disciplined>,
    I: Iterator<Item = ItemOf<H>>,
{
    fn is_terminated(&self) -> bool {
        self.is_terminated()
    }
}
