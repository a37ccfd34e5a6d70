use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use waystation_core::block::Seal;
use waystation_core::coop;
use waystation_core::panics::FirstPanic;
use waystation_core::source::Source;
use waystation_core::wait::{Batch, polled_after_ready};

use crate::any::{AnyQueue, Disciplined, ItemOf};
use crate::discipline::pop_down_to;
use crate::get::Getting;
use crate::put::Putting;
use crate::{BaseQueue, Discipline, PutError, PutManyError};

/// How many items one poll of a `put_many` puts before it lets others run.
const PAUSE_AFTER: usize = 64;

impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// Waits for an item and appends it to `into`, with up to `limit - 1` more that are there and
    /// promised to nobody, in get order. Returns how many; 0: closed and drained, or `limit` is 0.
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// queue.put_many(0..5).await?;
    /// let mut batch = Vec::new();
    /// assert_eq!(queue.get_many(&mut batch, 3).await, 3);
    /// assert_eq!(batch, [0, 1, 2]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "recv_many")]
    pub fn get_many<'v>(&self, into: &'v mut Vec<T>, limit: usize) -> GetMany<'v, &Self> {
        GetMany::new(self, into, limit)
    }

    /// [`get_many`](BaseQueue::get_many) that owns the queue.
    pub fn get_many_owned<'v>(
        self: &Arc<Self>,
        into: &'v mut Vec<T>,
        limit: usize,
    ) -> GetMany<'v, Arc<Self>> {
        GetMany::new(self.clone(), into, limit)
    }

    /// Puts one item after the other, in order. Returns how many.
    ///
    /// Cancelled, what is in stays in; [`into_rest`](PutMany::into_rest) gives the others back. A
    /// poll that has put 64 items wakes itself and lets others run.
    ///
    /// # Errors
    ///
    /// When the queue is closed, with the item in hand and the rest.
    pub fn put_many<I>(&self, items: I) -> PutMany<&Self, I::IntoIter>
    where
        I: IntoIterator<Item = T>,
    {
        PutMany::new(self, items.into_iter())
    }

    /// [`put_many`](BaseQueue::put_many) that owns the queue.
    pub fn put_many_owned<I>(self: &Arc<Self>, items: I) -> PutMany<Arc<Self>, I::IntoIter>
    where
        I: IntoIterator<Item = T>,
    {
        PutMany::new(self.clone(), items.into_iter())
    }

    /// Takes the items that are promised to nobody, in get order. They stay unfinished, as with
    /// `get`.
    #[track_caller]
    pub fn drain(&self) -> Vec<T> {
        let mut batch = Batch::new();
        let mut inner = self.lock();
        let keep = inner.claims;
        let taken = inner
            .change(&self.outside, &mut batch)
            .take(|items| pop_down_to(items, keep));
        drop(inner);
        // The unwinding would drop the items.
        batch.finish().suppress();
        taken.into_iter().map(|(item, _)| item).collect()
    }
}

/// The future of [`BaseQueue::get_many`] and its variants. Its output is `usize`.
#[must_use = "nothing is taken until it is awaited: `queue.get_many(&mut items, limit).await`"]
pub struct GetMany<'v, H: Source<Target: AnyQueue>> {
    queue: H,
    into: &'v mut Vec<ItemOf<H>>,
    limit: usize,
    getting: Getting,
}

impl<'v, H: Source<Target: AnyQueue>> GetMany<'v, H> {
    pub(crate) fn new(queue: H, into: &'v mut Vec<ItemOf<H>>, limit: usize) -> Self {
        Self {
            queue,
            into,
            limit,
            getting: Getting::default(),
        }
    }
}

impl<H: Source<Target: Disciplined>> Future for GetMany<'_, H> {
    type Output = usize;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<usize> {
        let this = &mut *self;
        if this.limit == 0 && !this.getting.is_done() {
            this.getting.end();
            return Poll::Ready(0);
        }
        let queue = this.queue.base();
        let (into, limit) = (&mut *this.into, this.limit);
        let before = into.len();
        let unit = ready!(coop::poll_unit(cx));
        let outcome = this
            .getting
            .poll_in_line("GetMany", queue, cx, |inner, (item, _)| {
                into.push(item);
                let mut panics = FirstPanic::new();
                while into.len() - before < limit && inner.may_get() {
                    // What was taken before a panic of the discipline is in `into`.
                    let next = panics.run(|| inner.pop());
                    match next.flatten() {
                        Some((item, _)) => into.push(item),
                        None => break,
                    }
                }
                panics
            });
        match unit.charge(outcome) {
            Poll::Ready(Ok(panics)) => {
                panics.resume();
                Poll::Ready(this.into.len() - before)
            }
            Poll::Ready(Err(_)) => Poll::Ready(0),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<H: Source<Target: AnyQueue>> Seal for GetMany<'_, H> {}

impl<H: Source<Target: AnyQueue>> Drop for GetMany<'_, H> {
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
        self.getting.is_done()
    }
}

/// The future of [`BaseQueue::put_many`] and its variants. Its output is
/// `Result<usize, PutManyError>`.
#[must_use = "nothing is put until it is awaited: `queue.put_many(items).await?`"]
pub struct PutMany<H, I>
where
    H: Source<Target: AnyQueue>,
    I: Iterator<Item = ItemOf<H>>,
{
    queue: H,
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
    pub(crate) fn new(queue: H, items: I) -> Self {
        Self {
            queue,
            in_hand: None,
            rest: Some(items),
            count: 0,
        }
    }

    /// The items that are not in the queue, the one in hand first.
    pub fn into_rest(mut self) -> impl Iterator<Item = I::Item> + use<H, I> {
        self.leave().suppress();
        let in_hand = self.in_hand.as_mut().and_then(Putting::take_item);
        in_hand
            .into_iter()
            .chain(self.rest.take().into_iter().flatten())
    }

    fn leave(&mut self) -> FirstPanic {
        match &mut self.in_hand {
            Some(putting) => putting.leave(self.queue.base()),
            None => FirstPanic::new(),
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
        let pause_at = this.count + PAUSE_AFTER;
        loop {
            let Some(rest) = &mut this.rest else {
                polled_after_ready("PutMany")
            };
            match &mut this.in_hand {
                None if this.count == pause_at => {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
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
                Some(putting) => {
                    let unit = ready!(coop::poll_unit(cx));
                    match unit.charge(putting.poll("PutMany", this.queue.base(), cx)) {
                        Poll::Ready(Ok(())) => {}
                        Poll::Ready(Err(PutError(item))) => {
                            this.in_hand = None;
                            let Some(rest) = this.rest.take() else {
                                unreachable!("looked at above")
                            };
                            return Poll::Ready(Err(PutManyError { item, rest }));
                        }
                        Poll::Pending => return Poll::Pending,
                    }
                }
            }
        }
    }
}

impl<H, I> Seal for PutMany<H, I>
where
    H: Source<Target: AnyQueue>,
    I: Iterator<Item = ItemOf<H>>,
{
}

impl<H, I> Drop for PutMany<H, I>
where
    H: Source<Target: AnyQueue>,
    I: Iterator<Item = ItemOf<H>>,
{
    fn drop(&mut self) {
        self.leave().resume();
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
        self.rest.is_none()
    }
}
