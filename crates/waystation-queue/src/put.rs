use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::source::Source;
use waystation_core::wait::{Ticket, drop_quietly, polled_after_ready};

use crate::queue::{AnyQueue, Disciplined, ItemOf};
use crate::state::{Ring, Wants};
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
        let mut fresh = None;
        loop {
            let mut inner = queue.lock();
            let may_put = match self.place {
                _ if inner.closed => false,
                None => inner.may_put(),
                Some(ticket) => inner.has_grant(ticket),
            };
            if may_put || inner.closed {
                let (place, Some(item)) = (self.place.take(), self.item.take()) else {
                    unreachable!("polled with an item only")
                };
                if !may_put {
                    drop(inner);
                    drop_quietly(fresh);
                    return Poll::Ready(Err(PutError(item)));
                }
                if place.is_some() {
                    inner.granted -= 1;
                }
                let mut section = queue.section(inner);
                section.push(item);
                section.end(fresh, Ring::Loud);
                return Poll::Ready(Ok(()));
            }
            if let Some(ticket) = self.place {
                let registered = inner.putters.waker(ticket);
                if registered.is_some_and(|registered| registered.will_wake(cx.waker())) {
                    return Poll::Pending;
                }
            }
            // Clones are foreign code: not under the lock.
            let Some(waker) = fresh.take() else {
                drop(inner);
                fresh = Some(cx.waker().clone());
                continue;
            };
            match self.place {
                None => self.place = Some(inner.putters.join(waker, Wants::ToPut)),
                Some(ticket) => {
                    let displaced = inner.putters.replace(ticket, waker);
                    drop(inner);
                    drop(displaced);
                }
            }
            return Poll::Pending;
        }
    }

    /// Leaves the line, or hands the room that was granted to the next. The item stays here.
    #[track_caller]
    pub(crate) fn leave<D>(&mut self, queue: &BaseQueue<T, D>, ring: Ring) {
        let Some(ticket) = self.place.take() else {
            return;
        };
        let mut inner = queue.lock();
        let mut waker = None;
        if inner.closed {
            // The close has taken the line out and revoked what was granted.
        } else if inner.has_grant(ticket) {
            inner.granted -= 1;
        } else {
            waker = inner.putters.leave(ticket);
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
    /// The item was never in the queue, so that it can be put again without being sent twice. Room that was
    /// granted goes to the next putter.
    #[must_use = "the item is dropped"]
    pub fn cancel(mut self) -> Option<ItemOf<H>> {
        self.putting.leave(self.queue.base(), Ring::Quiet);
        self.putting.take_item()
    }

    /// Whether the future has returned `Ready` and must not be polled again.
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
