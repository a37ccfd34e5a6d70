use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use waystation_core::source::Source;
use waystation_core::sync::LockGuard;
use waystation_core::wait::{Ticket, drop_quietly, polled_after_ready};

use crate::queue::{AnyQueue, Disciplined, ItemOf};
use crate::section::{Ring, Section};
use crate::state::{Inner, Wants};
use crate::{BaseQueue, Discipline, PutError};

/// An item on its way into a queue: what `Put` and `PutMany` have in common.
///
/// It stays here until there is room for it, so that it can be had back.
pub(crate) struct Putting<T> {
    item: Option<T>,
    place: Option<Ticket>,
}

impl<T> Putting<T> {
    pub(crate) fn new(item: T) -> Self {
        Self {
            item: Some(item),
            place: None,
        }
    }

    /// Nothing is on its way any more.
    pub(crate) fn is_over(&self) -> bool {
        self.item.is_none()
    }

    #[inline]
    #[track_caller]
    pub(crate) fn poll<D: Discipline<T>>(
        &mut self,
        queue: &BaseQueue<T, D>,
        cx: &Context<'_>,
    ) -> Poll<Result<(), PutError<T>>> {
        let inner = queue.lock();
        if self.place.is_none() && inner.may_put() {
            self.enter(None, queue.section(inner));
            return Poll::Ready(Ok(()));
        }
        self.poll_in_line(queue, inner, cx)
    }

    #[track_caller]
    fn poll_in_line<'a, D: Discipline<T>>(
        &mut self,
        queue: &'a BaseQueue<T, D>,
        inner: LockGuard<'a, Inner<D>>,
        cx: &Context<'_>,
    ) -> Poll<Result<(), PutError<T>>> {
        let mut fresh = None;
        // Declared last and so unlocked first, however this ends: a waker's drop is foreign code.
        let mut inner = inner;
        loop {
            if inner.closed {
                drop(inner);
                drop_quietly(fresh);
                self.place = None;
                return Poll::Ready(Err(PutError(self.expect_item())));
            }
            match self.place {
                None if inner.may_put() => {
                    self.enter(fresh, queue.section(inner));
                    return Poll::Ready(Ok(()));
                }
                None => {}
                Some(ticket) if inner.has_grant(ticket) => {
                    self.place = None;
                    inner.granted -= 1;
                    self.enter(fresh, queue.section(inner));
                    return Poll::Ready(Ok(()));
                }
                Some(ticket) => {
                    let registered = inner.putters().waker(ticket);
                    if registered.is_some_and(|registered| registered.will_wake(cx.waker())) {
                        return Poll::Pending;
                    }
                }
            }
            // Clones are foreign code: not under the lock.
            let Some(waker) = fresh.take() else {
                drop(inner);
                fresh = Some(cx.waker().clone());
                inner = queue.lock();
                continue;
            };
            match self.place {
                None => self.place = Some(inner.putters().join(waker, Wants::ToPut)),
                Some(ticket) => {
                    let displaced = inner.putters().replace(ticket, waker);
                    drop(inner);
                    drop(displaced);
                }
            }
            return Poll::Pending;
        }
    }

    /// Moves the item in, and ends the section: the last parameter, so that it ends before the
    /// waker is dropped should the discipline panic.
    #[inline]
    #[track_caller]
    fn enter<D: Discipline<T>>(&mut self, fresh: Option<Waker>, mut section: Section<'_, T, D>) {
        section.push(self.expect_item());
        section.end(fresh, Ring::Loud);
    }

    #[inline]
    fn expect_item(&mut self) -> T {
        match self.item.take() {
            Some(item) => item,
            None => unreachable!("polled with an item only"),
        }
    }

    /// Leaves the line, or hands the room that was granted to the next. The item stays here.
    #[inline]
    #[track_caller]
    pub(crate) fn leave<D>(&mut self, queue: &BaseQueue<T, D>, ring: Ring) {
        if let Some(ticket) = self.place.take() {
            Self::leave_line(ticket, queue, ring);
        }
    }

    #[track_caller]
    fn leave_line<D>(ticket: Ticket, queue: &BaseQueue<T, D>, ring: Ring) {
        let mut inner = queue.lock();
        let mut waker = None;
        if inner.closed {
            // The close has taken the line out and revoked what was granted.
        } else if inner.has_grant(ticket) {
            inner.granted -= 1;
        } else {
            waker = inner.putters().leave(ticket);
        }
        queue.end(inner, waker, ring);
    }

    /// The item that is still on its way.
    pub(crate) fn take_item(&mut self) -> Option<T> {
        self.item.take()
    }
}

/// The future of [`BaseQueue::put`] and its kin.
///
/// Polling it again after it has returned `Ready` panics.
///
/// # Examples
///
/// ```
/// # use futures_lite::future::poll_once;
/// # use waystation_queue::Queue;
/// # futures_lite::future::block_on(async {
/// let queue = Queue::bounded(1);
/// queue.put("tea").await?;
/// let mut put = queue.put("milk");
/// assert!(poll_once(&mut put).await.is_none());
/// // Given up in line, it did not happen.
/// drop(put);
/// assert_eq!(queue.drain(), ["tea"]);
/// # Ok::<(), waystation_queue::PutError<&str>>(())
/// # }).unwrap();
/// ```
#[must_use = "nothing is put until it is awaited: `queue.put(item).await?`"]
pub struct Put<H: Source<Target: AnyQueue>> {
    queue: H,
    putting: Putting<ItemOf<H>>,
}

// The item is never pinned.
impl<H: Source<Target: AnyQueue>> Unpin for Put<H> {}

impl<H: Source<Target: AnyQueue>> Put<H> {
    #[inline]
    pub(crate) fn new(queue: H, item: ItemOf<H>) -> Self {
        Self {
            queue,
            putting: Putting::new(item),
        }
    }

    /// Gives up and takes the item back; `None` if the future has returned `Ready`.
    ///
    /// The item was never in the queue, so that it can be put again without being sent twice. Room
    /// that was granted goes to the next putter.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let (queue, overflow) = (Queue::bounded(1), Queue::unbounded());
    /// queue.put("tea").await?;
    /// let mut put = queue.put("milk");
    /// assert!(poll_once(&mut put).await.is_none());
    /// // It takes too long: the item goes elsewhere.
    /// overflow.put(put.cancel().unwrap()).await?;
    /// assert_eq!((queue.drain(), overflow.drain()), (vec!["tea"], vec!["milk"]));
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    #[must_use = "the item is dropped"]
    pub fn cancel(mut self) -> Option<ItemOf<H>> {
        self.putting.leave(self.queue.base(), Ring::Quiet);
        self.putting.take_item()
    }

    /// Whether the future has returned `Ready` and must not be polled again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::bounded(1);
    /// let mut put = queue.put("tea");
    /// (&mut put).await?;
    /// assert!(put.is_terminated());
    /// // Its item is in the queue, so that there is none to be had back.
    /// assert_eq!(put.cancel(), None);
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    pub fn is_terminated(&self) -> bool {
        self.putting.is_over()
    }
}

impl<H: Source<Target: Disciplined>> Future for Put<H> {
    type Output = Result<(), PutError<ItemOf<H>>>;

    #[inline]
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.is_terminated() {
            polled_after_ready("Put");
        }
        let this = &mut *self;
        this.putting.poll(this.queue.base(), cx)
    }
}

impl<H: Source<Target: AnyQueue>> Drop for Put<H> {
    #[inline]
    #[track_caller]
    fn drop(&mut self) {
        self.putting.leave(self.queue.base(), Ring::Loud);
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for Put<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Put")
            .field("place", &self.putting.place)
            .field("terminated", &self.is_terminated())
            .finish()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target: Disciplined>> futures_core::FusedFuture for Put<H> {
    fn is_terminated(&self) -> bool {
        self.is_terminated()
    }
}
