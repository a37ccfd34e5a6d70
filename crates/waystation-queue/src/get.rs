use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use waystation_core::block::Seal;
use waystation_core::coop;
use waystation_core::source::Source;
use waystation_core::wait::{Batch, Left, Place, Seen};

use crate::any::{AnyQueue, Disciplined, ItemOf};
use crate::discipline::lacks_item;
use crate::state::Inner;
use crate::{BaseQueue, Discipline, GetError};

impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// Waits for an item and takes it.
    ///
    /// # Errors
    ///
    /// When the queue is closed and drained.
    #[doc(alias = "recv")]
    #[doc(alias = "get_blocking")]
    #[doc(alias = "get_timeout")]
    #[doc(alias = "get_deadline")]
    #[inline]
    pub fn get(&self) -> Get<&Self> {
        Get::new(self)
    }

    /// [`get`](BaseQueue::get) as a `'static` future.
    #[inline]
    pub fn get_owned(self: &Arc<Self>) -> Get<Arc<Self>> {
        Get::new(self.clone())
    }
}

/// A getter's place: what [`Get`], `GetMany` and `GetTask` share.
#[derive(Debug, Default)]
pub(crate) struct Getting {
    place: Place,
}

impl Getting {
    pub(crate) fn is_done(&self) -> bool {
        self.place.is_done()
    }

    /// Has returned `Ready` without having asked.
    pub(crate) fn end(&mut self) {
        self.place = Place::Done;
    }

    /// Waits for an item and takes it.
    #[inline]
    #[track_caller]
    pub(crate) fn poll<T, D: Discipline<T>>(
        &mut self,
        name: &str,
        queue: &BaseQueue<T, D>,
        cx: &Context<'_>,
    ) -> Poll<Result<(T, D::Token), GetError>> {
        if self.place == Place::New {
            match queue.exit() {
                Ok(Some(taken)) => {
                    self.place = Place::Done;
                    return Poll::Ready(Ok(taken));
                }
                Ok(None) => lacks_item(),
                Err(_) => {}
            }
        }
        self.poll_in_line(name, queue, cx, |_, taken| taken)
    }

    /// Waits for an item; `take` is given it under the lock.
    #[inline(never)]
    #[track_caller]
    pub(crate) fn poll_in_line<T, D: Discipline<T>, R>(
        &mut self,
        name: &str,
        queue: &BaseQueue<T, D>,
        cx: &Context<'_>,
        mut take: impl FnMut(&mut Inner<D>, (T, D::Token)) -> R,
    ) -> Poll<Result<R, GetError>> {
        let mut batch = Batch::new();
        let outcome = self.place.poll(
            name,
            cx,
            (queue.lock_of(), &mut batch),
            (),
            |inner| &mut inner.getters,
            |inner, seen, batch| {
                let has_claim = match seen {
                    Seen::New if inner.may_get() => false,
                    Seen::New if inner.is_drained() => return Some(Err(GetError)),
                    Seen::Released(ticket) if inner.has_claim(ticket) && !inner.killed => true,
                    Seen::Released(_) => return Some(Err(GetError)),
                    _ => {
                        inner.disturb();
                        return None;
                    }
                };
                if has_claim && inner.len == 0 {
                    // A discipline that panicked has lost what was promised: in line again.
                    inner.claims -= 1;
                    inner.disturb();
                    return None;
                }
                let mut inner = inner.change(&queue.outside, batch);
                // If the discipline panics here, this getter still has its turn.
                let taken = inner.pop();
                inner.claims -= usize::from(has_claim);
                Some(Ok(taken.map(|taken| take(&mut inner, taken))))
            },
        );
        // The unwinding would drop the item.
        batch.finish().suppress();
        match outcome {
            Poll::Ready(Ok(Some(taken))) => Poll::Ready(Ok(taken)),
            Poll::Ready(Ok(None)) => lacks_item(),
            Poll::Ready(Err(closed)) => Poll::Ready(Err(closed)),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Leaves the line, or gives the claim to the next getter.
    #[inline]
    pub(crate) fn leave<T, D>(&mut self, queue: &BaseQueue<T, D>) {
        if let Place::In(_) = self.place {
            self.leave_line(queue);
        }
    }

    #[inline(never)]
    fn leave_line<T, D>(&mut self, queue: &BaseQueue<T, D>) {
        let mut batch = Batch::new();
        self.place.leave(
            (queue.lock_of(), &mut batch),
            |inner| &mut inner.getters,
            |inner, ticket, left, batch| {
                let mut inner = inner.change(&queue.outside, batch);
                // `close_now` has taken the claims back; a getter of a drained queue has none.
                if left == Left::Released && !inner.killed && inner.has_claim(ticket) {
                    inner.claims -= 1;
                }
            },
        );
        batch.finish().resume();
    }
}

/// The future of [`BaseQueue::get`] and its variants. Its output is `Result<T, GetError>`.
#[must_use = "nothing is taken until it is awaited: `queue.get().await?`"]
pub struct Get<H: Source<Target: AnyQueue>> {
    queue: H,
    getting: Getting,
}

impl<H: Source<Target: AnyQueue>> Get<H> {
    #[inline]
    pub(crate) fn new(queue: H) -> Self {
        Self {
            queue,
            getting: Getting::default(),
        }
    }
}

impl<H: Source<Target: Disciplined>> Future for Get<H> {
    type Output = Result<ItemOf<H>, GetError>;

    #[inline]
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let queue = this.queue.base();
        let unit = ready!(coop::poll_unit(cx));
        let outcome = this.getting.poll("Get", queue, cx);
        unit.charge(outcome.map_ok(|(item, _)| item))
    }
}

impl<H: Source<Target: AnyQueue>> Seal for Get<H> {}

impl<H: Source<Target: AnyQueue>> Drop for Get<H> {
    #[inline]
    fn drop(&mut self) {
        self.getting.leave(self.queue.base());
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for Get<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Get")
            .field("place", &self.getting.place)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target: Disciplined>> futures_core::FusedFuture for Get<H> {
    fn is_terminated(&self) -> bool {
        self.getting.is_done()
    }
}
