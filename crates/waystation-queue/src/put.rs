use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use waystation_core::block::Seal;
use waystation_core::coop;
use waystation_core::panics::FirstPanic;
use waystation_core::source::Source;
use waystation_core::wait::{Batch, Left, Place, Seen, polled_after_ready};

use crate::any::{AnyQueue, Disciplined, ItemOf};
use crate::state::Wants;
use crate::{BaseQueue, Discipline, PutError};

impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// Puts an item, waiting for room. [`Put::cancel`] gives it back.
    ///
    /// # Errors
    ///
    /// The item comes back if the queue is closed before it is in.
    #[doc(alias = "send")]
    #[doc(alias = "put_blocking")]
    #[doc(alias = "put_timeout")]
    #[doc(alias = "put_deadline")]
    #[inline]
    pub fn put(&self, item: T) -> Put<&Self> {
        Put::new(self, item)
    }

    /// [`put`](BaseQueue::put) as a `'static` future.
    #[inline]
    pub fn put_owned(self: &Arc<Self>, item: T) -> Put<Arc<Self>> {
        Put::new(self.clone(), item)
    }
}

/// An item on its way in: what [`Put`] and `PutMany` share.
pub(crate) struct Putting<T> {
    /// `None` once it is in, or was given back.
    item: Option<T>,
    place: Place,
}

impl<T> Putting<T> {
    pub(crate) fn new(item: T) -> Self {
        Self {
            item: Some(item),
            place: Place::New,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.item.is_none()
    }

    #[inline]
    #[track_caller]
    pub(crate) fn poll<D: Discipline<T>>(
        &mut self,
        name: &str,
        queue: &BaseQueue<T, D>,
        cx: &Context<'_>,
    ) -> Poll<Result<(), PutError<T>>> {
        if self.item.is_none() {
            polled_after_ready(name);
        }
        if self.place == Place::New && queue.enter(&mut self.item).is_ok() {
            return Poll::Ready(Ok(()));
        }
        self.poll_in_line(name, queue, cx)
    }

    #[inline(never)]
    #[track_caller]
    fn poll_in_line<D: Discipline<T>>(
        &mut self,
        name: &str,
        queue: &BaseQueue<T, D>,
        cx: &Context<'_>,
    ) -> Poll<Result<(), PutError<T>>> {
        let Self { item, place } = self;
        let mut batch = Batch::new();
        let outcome = place.poll(
            name,
            cx,
            (queue.lock_of(), &mut batch),
            Wants::ToPut,
            |inner| &mut inner.putters,
            |inner, seen, batch| {
                let had_room = match seen {
                    _ if inner.closed => return Some(false),
                    Seen::New if inner.may_put() => false,
                    Seen::Released(ticket) if inner.has_grant(ticket) => true,
                    _ => {
                        inner.disturb();
                        return None;
                    }
                };
                let mut inner = inner.change(&queue.outside, batch);
                inner.granted -= usize::from(had_room);
                if let Some(item) = item.take() {
                    inner.push(item);
                }
                Some(true)
            },
        );
        let panics = batch.finish();
        match outcome {
            Poll::Ready(true) => {
                panics.resume();
                Poll::Ready(Ok(()))
            }
            Poll::Ready(false) => {
                // The item goes back: the unwinding would drop it.
                panics.suppress();
                match item.take() {
                    Some(item) => Poll::Ready(Err(PutError(item))),
                    None => unreachable!("it was there, and did not enter"),
                }
            }
            Poll::Pending => {
                panics.resume();
                Poll::Pending
            }
        }
    }

    /// Leaves the line, or gives the granted room to the next putter.
    #[inline]
    pub(crate) fn leave<D>(&mut self, queue: &BaseQueue<T, D>) -> FirstPanic {
        match self.place {
            // What has no item any more holds no room either.
            Place::In(_) if self.item.is_some() => self.leave_line(queue),
            _ => FirstPanic::new(),
        }
    }

    #[inline(never)]
    fn leave_line<D>(&mut self, queue: &BaseQueue<T, D>) -> FirstPanic {
        let mut batch = Batch::new();
        self.place.leave(
            (queue.lock_of(), &mut batch),
            |inner| &mut inner.putters,
            |inner, _, left, batch| {
                let mut inner = inner.change(&queue.outside, batch);
                // The close has taken the line out and revoked what was granted.
                if left == Left::Released && !inner.closed {
                    inner.granted -= 1;
                }
            },
        );
        batch.finish()
    }

    pub(crate) fn take_item(&mut self) -> Option<T> {
        self.item.take()
    }
}

/// The future of [`BaseQueue::put`] and its variants. Its output is `Result<(), PutError<T>>`.
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

    /// Leaves the line and returns the item; `None` if the future has returned `Ready`.
    ///
    /// A waker that panics here does so for the panic hook only: the item is not lost.
    #[must_use = "the item is dropped"]
    pub fn cancel(mut self) -> Option<ItemOf<H>> {
        self.putting.leave(self.queue.base()).suppress();
        self.putting.take_item()
    }
}

impl<H: Source<Target: Disciplined>> Future for Put<H> {
    type Output = Result<(), PutError<ItemOf<H>>>;

    #[inline]
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let queue = this.queue.base();
        let unit = ready!(coop::poll_unit(cx));
        unit.charge(this.putting.poll("Put", queue, cx))
    }
}

impl<H: Source<Target: AnyQueue>> Seal for Put<H> {}

impl<H: Source<Target: AnyQueue>> Drop for Put<H> {
    #[inline]
    fn drop(&mut self) {
        self.putting.leave(self.queue.base()).resume();
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for Put<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Put")
            .field("place", &self.putting.place)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target: Disciplined>> futures_core::FusedFuture for Put<H> {
    fn is_terminated(&self) -> bool {
        self.putting.is_over()
    }
}
