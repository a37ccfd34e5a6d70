use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use waystation_core::source::Source;
use waystation_core::wait::{Ticket, polled_after_ready};

use crate::queue::AnyQueue;
use crate::section::Ring;
use crate::state::Wants;
use crate::{BaseQueue, Closed, Slot};

/// The future of [`BaseQueue::reserve`] and its kin.
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
/// let (mut reserve, mut put) = (queue.reserve(), queue.put("milk"));
/// assert!(poll_once(&mut reserve).await.is_none());
/// assert!(poll_once(&mut put).await.is_none());
/// queue.get().await?;
/// drop(reserve.await?); // First in line. It gives the room back, …
/// put.await?; // … and the next has it.
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[must_use = "nothing is reserved until it is awaited: `let slot = queue.reserve().await?`"]
pub struct Reserve<H: Source<Target: AnyQueue>> {
    /// `None` once the future has returned `Ready`.
    queue: Option<H>,
    place: Option<Ticket>,
}

impl<H: Source<Target: AnyQueue>> Reserve<H> {
    pub(crate) fn new(queue: H) -> Self {
        Self {
            queue: Some(queue),
            place: None,
        }
    }

    /// Whether the future has returned `Ready` and must not be polled again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::bounded(1);
    /// let mut reserve = queue.reserve();
    /// assert!(!reserve.is_terminated());
    /// let slot = (&mut reserve).await?;
    /// assert!(reserve.is_terminated());
    /// // It is the slot that holds the room.
    /// drop(reserve);
    /// slot.put("tea")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn is_terminated(&self) -> bool {
        self.queue.is_none()
    }
}

/// Waits for room and takes it; with a waker that was not needed.
fn poll_room<T, D>(
    place: &mut Option<Ticket>,
    queue: &BaseQueue<T, D>,
    cx: &Context<'_>,
) -> Poll<Result<Option<Waker>, Closed>> {
    if place.is_some_and(|ticket| queue.outside.has_reserved(ticket)) {
        return Poll::Ready(Ok(None));
    }
    let mut fresh = None;
    loop {
        let mut inner = queue.lock();
        match *place {
            Some(ticket) if inner.has_grant(ticket) => {
                if !inner.killed {
                    return Poll::Ready(Ok(fresh));
                }
                inner.slots -= 1;
                return Poll::Ready(Err(Closed));
            }
            _ if inner.closed => return Poll::Ready(Err(Closed)),
            None if inner.may_put() => {
                inner.slots += 1;
                return Poll::Ready(Ok(fresh));
            }
            None => {}
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
            continue;
        };
        match *place {
            None => *place = Some(inner.putters().join(waker, Wants::ToReserve)),
            Some(ticket) => {
                let displaced = inner.putters().replace(ticket, waker);
                drop(inner);
                drop(displaced);
            }
        }
        return Poll::Pending;
    }
}

impl<H: Source<Target: AnyQueue>> Future for Reserve<H> {
    type Output = Result<Slot<H>, Closed>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(queue) = &this.queue else {
            polled_after_ready("Reserve")
        };
        let Poll::Ready(outcome) = poll_room(&mut this.place, queue.base(), cx) else {
            return Poll::Pending;
        };
        this.place = None;
        let Some(queue) = this.queue.take() else {
            polled_after_ready("Reserve")
        };
        // The slot first: should dropping the waker panic, unwinding hands the room on.
        Poll::Ready(outcome.map(|fresh| {
            let slot = Slot::new(queue);
            drop(fresh);
            slot
        }))
    }
}

impl<H: Source<Target: AnyQueue>> Drop for Reserve<H> {
    #[track_caller]
    fn drop(&mut self) {
        let (Some(queue), Some(ticket)) = (&self.queue, self.place) else {
            return;
        };
        let queue = queue.base();
        let mut inner = queue.lock();
        let mut waker = None;
        if inner.has_grant(ticket) {
            inner.slots -= 1;
        } else {
            waker = inner.putters().leave(ticket);
        }
        queue.end(inner, waker, Ring::Loud);
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for Reserve<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reserve")
            .field("place", &self.place)
            .field("terminated", &self.is_terminated())
            .finish()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target: AnyQueue>> futures_core::FusedFuture for Reserve<H> {
    fn is_terminated(&self) -> bool {
        self.is_terminated()
    }
}
