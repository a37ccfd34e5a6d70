use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use waystation_core::source::Source;
use waystation_core::sync::LockGuard;
use waystation_core::wait::{Ticket, polled_after_ready};

use crate::queue::{AnyQueue, Disciplined, ItemOf};
use crate::section::{Ring, Section};
use crate::state::Inner;
use crate::{BaseQueue, Discipline, GetError, TryGetError};

/// A place among the getters: what `Get`, `GetMany`, `GetTask` and the stream have in common.
///
/// What is granted is a claim on one item; the item is taken at the poll that returns it.
#[derive(Debug, Default)]
pub(crate) enum Getting {
    #[default]
    New,
    In(Ticket),
    Done,
}

/// The right to take an item now: the lock, and a waker that was not needed.
pub(crate) type Turn<'a, D> = (LockGuard<'a, Inner<D>>, Option<Waker>);

impl Getting {
    pub(crate) fn is_done(&self) -> bool {
        matches!(self, Self::Done)
    }

    /// Waits for the right to take an item. The caller takes it with [`Getting::take`], and ends
    /// the section with the waker that was not needed.
    #[inline]
    #[track_caller]
    pub(crate) fn poll_turn<'a, T, D>(
        &mut self,
        name: &str,
        queue: &'a BaseQueue<T, D>,
        cx: &Context<'_>,
    ) -> Poll<Result<Turn<'a, D>, GetError>> {
        let inner = queue.lock();
        if matches!(self, Self::New) && inner.may_get() {
            return Poll::Ready(Ok((inner, None)));
        }
        self.poll_in_line(name, queue, inner, cx)
    }

    #[track_caller]
    fn poll_in_line<'a, T, D>(
        &mut self,
        name: &str,
        queue: &'a BaseQueue<T, D>,
        inner: LockGuard<'a, Inner<D>>,
        cx: &Context<'_>,
    ) -> Poll<Result<Turn<'a, D>, GetError>> {
        let mut fresh = None;
        // Declared last and so unlocked first, however this ends: a waker's drop is foreign code.
        let mut inner = inner;
        loop {
            match *self {
                Self::New if inner.may_get() => return Poll::Ready(Ok((inner, fresh))),
                Self::New if inner.is_drained() => break,
                Self::New => {}
                Self::In(_) if inner.killed => break,
                Self::In(ticket) if inner.has_claim(ticket) => {
                    if inner.len > 0 {
                        return Poll::Ready(Ok((inner, fresh)));
                    }
                    // A discipline that panicked has lost what was promised: in line again.
                    inner.claims -= 1;
                    *self = Self::New;
                    continue;
                }
                Self::In(ticket) => match inner.getters().waker(ticket) {
                    // Taken out of the line without a claim: the queue was drained.
                    None => break,
                    Some(registered) if registered.will_wake(cx.waker()) => return Poll::Pending,
                    Some(_) => {}
                },
                Self::Done => polled_after_ready(name),
            }
            // Clones are foreign code: not under the lock.
            let Some(waker) = fresh.take() else {
                drop(inner);
                fresh = Some(cx.waker().clone());
                inner = queue.lock();
                continue;
            };
            if let Self::In(ticket) = *self {
                let displaced = inner.getters().replace(ticket, waker);
                drop(inner);
                drop(displaced);
            } else {
                *self = Self::In(inner.getters().join(waker, ()));
            }
            return Poll::Pending;
        }
        *self = Self::Done;
        Poll::Ready(Err(GetError))
    }

    /// Takes the item that it is this getter's turn to take.
    #[inline]
    #[track_caller]
    pub(crate) fn take<'a, T, D: Discipline<T>>(
        &mut self,
        queue: &'a BaseQueue<T, D>,
        inner: LockGuard<'a, Inner<D>>,
    ) -> (T, D::Token, Section<'a, T, D>) {
        // If the discipline panics here, this getter still has its turn.
        let mut section = queue.section(inner);
        let (item, token) = section.pop();
        if let Self::In(_) = std::mem::replace(self, Self::Done) {
            section.inner().claims -= 1;
        }
        (item, token, section)
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
        match self.poll_turn(name, queue, cx) {
            Poll::Ready(Ok((inner, fresh))) => {
                let (item, token, section) = self.take(queue, inner);
                section.end(fresh, Ring::Quiet);
                Poll::Ready(Ok((item, token)))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Takes an item if it is there for this getter, without waiting. A place in line is kept.
    pub(crate) fn try_take<T, D: Discipline<T>>(
        &mut self,
        queue: &BaseQueue<T, D>,
    ) -> Result<T, TryGetError> {
        let Self::In(ticket) = *self else {
            return queue.try_get();
        };
        let mut inner = queue.lock();
        if inner.has_claim(ticket) && !inner.killed {
            let (item, _, section) = self.take(queue, inner);
            section.end(None, Ring::Quiet);
            return Ok(item);
        }
        if inner.getters().waker(ticket).is_some() {
            return Err(TryGetError::Empty);
        }
        *self = Self::Done;
        Err(TryGetError::Closed)
    }

    /// Registers another waker while this place is in line.
    ///
    /// # Errors
    ///
    /// The new waker comes back if it is not, or not any more.
    pub(crate) fn exchange<T, D>(
        &self,
        queue: &BaseQueue<T, D>,
        waker: Waker,
    ) -> Result<Waker, Waker> {
        match *self {
            Self::In(ticket) => queue.lock().getters().replace(ticket, waker),
            Self::New | Self::Done => Err(waker),
        }
    }

    /// Leaves the line, or hands the claim to the next. The item stays where it is.
    #[inline]
    #[track_caller]
    pub(crate) fn leave<T, D>(&mut self, queue: &BaseQueue<T, D>) {
        if let Self::In(ticket) = std::mem::replace(self, Self::Done) {
            Self::leave_line(ticket, queue);
        }
    }

    #[track_caller]
    fn leave_line<T, D>(ticket: Ticket, queue: &BaseQueue<T, D>) {
        let mut inner = queue.lock();
        let mut waker = None;
        if inner.killed {
            // `close_now` has taken the line out and the claims back.
        } else if inner.has_claim(ticket) {
            inner.claims -= 1;
        } else {
            waker = inner.getters().leave(ticket);
        }
        queue.end(inner, waker, Ring::Loud);
    }
}

/// The future of [`BaseQueue::get`] and its kin.
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
/// let (mut first, mut second) = (queue.get(), queue.get());
/// assert_eq!(poll_once(&mut first).await, None);
/// assert_eq!(poll_once(&mut second).await, None);
/// queue.put("tea").await?;
/// // What the first was promised goes to the next in line.
/// drop(first);
/// assert_eq!(second.await, Ok("tea"));
/// # Ok::<(), waystation_queue::PutError<&str>>(())
/// # }).unwrap();
/// ```
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
            getting: Getting::New,
        }
    }

    /// Whether the future has returned `Ready` and must not be polled again.
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
    /// assert!(!get.is_terminated());
    /// queue.put("tea").await?;
    /// assert_eq!(poll_once(&mut get).await, Some(Ok("tea")));
    /// assert!(get.is_terminated());
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    pub fn is_terminated(&self) -> bool {
        self.getting.is_done()
    }
}

impl<H: Source<Target: Disciplined>> Future for Get<H> {
    type Output = Result<ItemOf<H>, GetError>;

    #[inline]
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        this.getting
            .poll("Get", this.queue.base(), cx)
            .map_ok(|(item, _)| item)
    }
}

impl<H: Source<Target: AnyQueue>> Drop for Get<H> {
    #[inline]
    #[track_caller]
    fn drop(&mut self) {
        self.getting.leave(self.queue.base());
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for Get<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Get")
            .field("place", &self.getting)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target: Disciplined>> futures_core::FusedFuture for Get<H> {
    fn is_terminated(&self) -> bool {
        self.is_terminated()
    }
}
