use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use waystation_core::block::Seal;
use waystation_core::coop;
use waystation_core::panics::FirstPanic;
use waystation_core::source::Source;
use waystation_core::wait::{Batch, Left, Place, Seen, polled_after_ready};

use crate::any::{AnyQueue, Disciplined, ItemOf};
use crate::state::Wants;
use crate::{BaseQueue, Closed, Discipline, PutError, TryReserveError};

/// The future of [`BaseQueue::reserve`] and its variants. Its output is `Result<Slot, Closed>`.
#[must_use = "nothing is reserved until it is awaited: `let slot = queue.reserve().await?`"]
pub struct Reserve<H: Source<Target: AnyQueue>> {
    /// `None` once the future has returned `Ready`.
    queue: Option<H>,
    place: Place,
}

impl<H: Source<Target: AnyQueue>> Reserve<H> {
    pub(crate) fn new(queue: H) -> Self {
        Self {
            queue: Some(queue),
            place: Place::New,
        }
    }

    /// Whether it has returned `Ready`, or panicked.
    #[cfg(feature = "futures-core")]
    pub(crate) fn is_over(&self) -> bool {
        self.queue.is_none()
    }
}

/// Waits for room and takes it. What was granted is not given back should a waker panic: the
/// caller holds it first.
#[track_caller]
fn poll_room<T, D: Discipline<T>>(
    place: &mut Place,
    queue: &BaseQueue<T, D>,
    cx: &Context<'_>,
    batch: &mut Batch,
) -> Poll<Result<(), Closed>> {
    let is_ready = match *place {
        Place::New => queue.take_room().is_ok(),
        Place::In(ticket) => queue.outside.has_reserved(ticket),
        Place::Done => false,
    };
    if is_ready {
        *place = Place::Done;
        return Poll::Ready(Ok(()));
    }
    place.poll(
        "Reserve",
        cx,
        (queue.lock_of(), batch),
        Wants::ToReserve,
        |inner| &mut inner.putters,
        |inner, seen, _| match seen {
            Seen::Released(ticket) if inner.has_grant(ticket) => {
                if !inner.killed {
                    return Some(Ok(()));
                }
                inner.slots -= 1;
                Some(Err(Closed))
            }
            _ if inner.closed => Some(Err(Closed)),
            Seen::New if inner.may_put() => {
                inner.slots += 1;
                Some(Ok(()))
            }
            _ => {
                inner.disturb();
                None
            }
        },
    )
}

impl<H: Source<Target: Disciplined>> Future for Reserve<H> {
    type Output = Result<Slot<H>, Closed>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(queue) = &this.queue else {
            polled_after_ready("Reserve")
        };
        let mut batch = Batch::new();
        let unit = ready!(coop::poll_unit(cx));
        let outcome = poll_room(&mut this.place, queue.base(), cx, &mut batch);
        let outcome = unit.charge(outcome);
        // The slot first: should a waker panic, unwinding gives the room to the next one.
        let outcome = match (outcome, &mut this.queue) {
            (Poll::Ready(Ok(())), queue) => match queue.take() {
                Some(queue) => Poll::Ready(Ok(Slot::new(queue))),
                None => unreachable!("looked at above"),
            },
            (Poll::Ready(Err(closed)), queue) => {
                *queue = None;
                Poll::Ready(Err(closed))
            }
            (Poll::Pending, _) => Poll::Pending,
        };
        batch.finish().resume();
        outcome
    }
}

impl<H: Source<Target: AnyQueue>> Seal for Reserve<H> {}

impl<H: Source<Target: AnyQueue>> Drop for Reserve<H> {
    fn drop(&mut self) {
        let (Some(queue), Place::In(_)) = (&self.queue, self.place) else {
            return;
        };
        let queue = queue.base();
        let mut batch = Batch::new();
        self.place.leave(
            (queue.lock_of(), &mut batch),
            |inner| &mut inner.putters,
            |inner, ticket, left, batch| {
                let mut inner = inner.change(&queue.outside, batch);
                // A close has released those that were not granted a slot.
                if left == Left::Released && inner.has_grant(ticket) {
                    inner.slots -= 1;
                }
            },
        );
        batch.finish().resume();
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for Reserve<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reserve")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target: Disciplined>> futures_core::FusedFuture for Reserve<H> {
    fn is_terminated(&self) -> bool {
        self.is_over()
    }
}

/// Room for one item, held: from [`BaseQueue::reserve`] and [`BaseQueue::try_reserve`].
///
/// It outlives [`close`](BaseQueue::close), and getters wait for it then; it does not outlive
/// [`close_now`](BaseQueue::close_now). Dropping it gives the room back. A leaked one keeps its
/// room, and keeps a closed queue from ending. A waker that drops its granted `reserve` inside
/// `wake` nests one chain of stack frames per waiter: thousands are fine, tens of thousands
/// overflow the stack.
///
/// ```
/// # use waystation_queue::{GetError, Queue};
/// # futures_lite::future::block_on(async {
/// let queue = Queue::bounded(1);
/// let slot = queue.reserve().await?;
/// queue.close();
/// slot.put("last word")?; // granted before the close
/// assert_eq!(queue.get().await, Ok("last word"));
/// assert_eq!(queue.get().await, Err(GetError));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[must_use = "unbound, or bound to `_`, a slot is given back at once: bind it to a name, or `put` into it"]
pub struct Slot<H: Source<Target: AnyQueue>> {
    queue: H,
    is_spent: bool,
}

impl<H: Source<Target: AnyQueue>> Slot<H> {
    pub(crate) fn new(queue: H) -> Self {
        Self {
            queue,
            is_spent: false,
        }
    }
}

impl<H: Source<Target: Disciplined>> Slot<H> {
    /// Puts an item into the room held. Never waits and never lacks room.
    ///
    /// # Errors
    ///
    /// The item comes back if the queue was shut down by [`close_now`](BaseQueue::close_now).
    ///
    /// # Panics
    ///
    /// If a waker panics: the item is in the queue then.
    #[track_caller]
    pub fn put(mut self, item: ItemOf<H>) -> Result<(), PutError<ItemOf<H>>> {
        self.is_spent = true;
        let queue = self.queue.base();
        let mut batch = Batch::new();
        let mut inner = queue.lock();
        inner.slots -= 1;
        if inner.killed {
            drop(inner);
            return Err(PutError(item));
        }
        inner.change(&queue.outside, &mut batch).push(item);
        drop(inner);
        batch.finish().resume();
        Ok(())
    }
}

impl<H: Source<Target: AnyQueue>> Drop for Slot<H> {
    fn drop(&mut self) {
        if !self.is_spent {
            let give_back = |inner: &mut crate::state::Inner<_>| inner.slots -= 1;
            self.queue.base().change(give_back).resume();
        }
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for Slot<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").finish_non_exhaustive()
    }
}

impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// Waits for room and holds it. The [`Slot`] puts an item there without waiting.
    ///
    /// For an item that is not made yet, or that must not be in a future that may be cancelled.
    #[doc(alias = "reserve_blocking")]
    #[doc(alias = "reserve_timeout")]
    #[doc(alias = "reserve_deadline")]
    pub fn reserve(&self) -> Reserve<&Self> {
        Reserve::new(self)
    }

    /// [`reserve`](BaseQueue::reserve) as a `'static` future.
    pub fn reserve_owned(self: &std::sync::Arc<Self>) -> Reserve<std::sync::Arc<Self>> {
        Reserve::new(self.clone())
    }

    /// Holds room if there is some now and nobody waits for it.
    ///
    /// # Errors
    ///
    /// If the queue is full, or closed.
    pub fn try_reserve(&self) -> Result<Slot<&Self>, TryReserveError> {
        try_reserve(self)
    }
}

pub(crate) fn try_reserve<H: Source<Target: AnyQueue>>(
    queue: H,
) -> Result<Slot<H>, TryReserveError> {
    queue.base().take_room()?;
    Ok(Slot::new(queue))
}

impl<T, D> BaseQueue<T, D> {
    /// Takes a slot, if a newcomer may put.
    fn take_room(&self) -> Result<(), TryReserveError> {
        let mut inner = self.lock();
        if inner.may_put() {
            inner.slots += 1;
            Ok(())
        } else if inner.closed {
            Err(TryReserveError::Closed)
        } else {
            Err(TryReserveError::Full)
        }
    }

    /// Changes counts under the lock, grants what that makes room for, and wakes.
    #[inline]
    pub(crate) fn change(&self, change: impl FnOnce(&mut crate::state::Inner<D>)) -> FirstPanic {
        let mut batch = Batch::new();
        let mut inner = self.lock();
        change(&mut inner.change(&self.outside, &mut batch));
        drop(inner);
        batch.finish()
    }
}
