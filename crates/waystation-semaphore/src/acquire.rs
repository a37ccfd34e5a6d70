use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::source::Source;
use waystation_core::wait::{Batch, Ticket, drop_loudly, polled_after_ready};

use crate::Permit;
use crate::error::{AcquireError, TryAcquireError};
use crate::pool::{Found, Pool};
use crate::semaphore::Permits;
use crate::state::Refused;

/// The future of [`Semaphore::acquire`](crate::Semaphore::acquire) and its kin.
///
/// Polling it again after it has returned `Ready` panics.
///
/// # Examples
///
/// ```
/// # use futures_lite::future::poll_once;
/// # use waystation_semaphore::Semaphore;
/// # futures_lite::future::block_on(async {
/// let semaphore = Semaphore::new(0);
/// let (mut first, mut second) = (semaphore.acquire(), semaphore.acquire());
/// assert!(poll_once(&mut first).await.is_none());
/// assert!(poll_once(&mut second).await.is_none());
/// semaphore.add_permits(1); // granted to `first`
/// assert!(poll_once(&mut second).await.is_none());
/// drop(first); // hands it on
/// let _permit = second.await?;
/// # Ok::<(), waystation_semaphore::AcquireError>(())
/// # }).unwrap();
/// ```
#[must_use = "nothing is acquired until it is awaited: `let permit = semaphore.acquire().await?`"]
pub struct Acquire<H: Source<Target: Permits>> {
    /// `None` once the future has returned `Ready`.
    semaphore: Option<H>,
    ask: usize,
    place: Place,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    New,
    In(Ticket),
}

impl<H: Source<Target: Permits>> Acquire<H> {
    #[inline]
    pub(crate) fn new(semaphore: H, ask: usize) -> Self {
        Self {
            semaphore: Some(semaphore),
            ask,
            place: Place::New,
        }
    }

    /// Whether the future has returned `Ready` and must not be polled again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_semaphore::Semaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Semaphore::new(0);
    /// let mut acquire = semaphore.acquire();
    /// assert!(poll_once(&mut acquire).await.is_none());
    /// assert!(!acquire.is_terminated()); // may be polled again
    /// semaphore.add_permits(1);
    /// let _permit = (&mut acquire).await?;
    /// assert!(acquire.is_terminated());
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    pub fn is_terminated(&self) -> bool {
        self.semaphore.is_none()
    }

    #[inline]
    #[track_caller]
    fn semaphore(&self) -> &H::Target {
        match &self.semaphore {
            Some(semaphore) => semaphore,
            None => polled_after_ready("Acquire"),
        }
    }

    /// The permit, or the error, and the end of this future.
    #[inline]
    fn end(&mut self, outcome: Result<(), AcquireError>) -> Result<Permit<H>, AcquireError> {
        let semaphore = self.semaphore.take();
        outcome?;
        match semaphore {
            Some(semaphore) => Ok(Permit::new(semaphore, self.ask)),
            None => unreachable!("a future ends once"),
        }
    }

    /// The first poll: takes what is free, or a place in line.
    #[allow(
        clippy::inline_always,
        reason = "a call and a trip through memory on the fast way otherwise: 1 ns of 20"
    )]
    #[inline(always)]
    #[track_caller]
    fn begin(&mut self, cx: &Context<'_>) -> Poll<Result<Permit<H>, AcquireError>> {
        let semaphore = self.semaphore();
        let is_sane = 0 < self.ask && self.ask <= semaphore.most();
        if is_sane && semaphore.pool().state.try_take(self.ask) {
            return Poll::Ready(self.end(Ok(())));
        }
        self.join(cx)
    }

    /// The first poll when nothing could simply be taken: takes a place in line, under the lock.
    /// Not inline, so that the way without the lock is.
    #[inline(never)]
    #[track_caller]
    fn join(&mut self, cx: &Context<'_>) -> Poll<Result<Permit<H>, AcquireError>> {
        let semaphore = self.semaphore();
        if self.ask > semaphore.most() {
            return Poll::Ready(self.end(Err(AcquireError::TooMany)));
        }
        match semaphore.pool().state.take_or_tell(self.ask) {
            Ok(()) => return Poll::Ready(self.end(Ok(()))),
            Err(Refused::Closed) => return Poll::Ready(self.end(Err(AcquireError::Closed))),
            Err(Refused::NoPermits) => {}
        }
        let waker = cx.waker().clone();
        match self.semaphore().pool().join(self.ask, waker) {
            Ok(ticket) => {
                self.place = Place::In(ticket);
                Poll::Pending
            }
            Err((found, unneeded)) => {
                // The permit first: if the waker panics, unwinding gives it back.
                let outcome = self.end(found);
                drop_loudly(Some(unneeded));
                Poll::Ready(outcome)
            }
        }
    }

    /// A later poll: takes what was granted, or keeps the place in line.
    #[inline(never)]
    #[track_caller]
    fn go_on(&mut self, ticket: Ticket, cx: &Context<'_>) -> Poll<Result<Permit<H>, AcquireError>> {
        let pool = self.semaphore().pool();
        // CLOSED first, then the watermark: what was granted before the close counts.
        let closed = pool.state.load().is_closed();
        if pool.served.has_passed(ticket) {
            Poll::Ready(self.end(Ok(())))
        } else if closed {
            Poll::Ready(self.end(Err(AcquireError::Closed)))
        } else {
            self.look_again(ticket, cx)
        }
    }

    /// Under the lock: keeps the place in line.
    #[track_caller]
    fn look_again(
        &mut self,
        ticket: Ticket,
        cx: &Context<'_>,
    ) -> Poll<Result<Permit<H>, AcquireError>> {
        let mut batch = Batch::new();
        let pool = self.semaphore().pool();
        let (found, displaced) = pool.look(ticket, self.ask, cx.waker(), &mut batch);
        // The permit first: if a waker panics after that, unwinding gives it back.
        let outcome = match found {
            Found::Waiting => Poll::Pending,
            Found::Granted => Poll::Ready(self.end(Ok(()))),
            Found::GrantedAsHead(more) => {
                let permit = self.end(Ok(()))?;
                permit.semaphore().pool().ring(&mut batch, more);
                Poll::Ready(Ok(permit))
            }
            Found::Closed => Poll::Ready(self.end(Err(AcquireError::Closed))),
        };
        drop_loudly(displaced);
        outcome
    }
}

impl<H: Source<Target: Permits>> Future for Acquire<H> {
    type Output = Result<Permit<H>, AcquireError>;

    #[allow(clippy::inline_always, reason = "as in `begin`")]
    #[inline(always)]
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.place {
            Place::New => self.begin(cx),
            Place::In(ticket) => self.go_on(ticket, cx),
        }
    }
}

impl<H: Source<Target: Permits>> Drop for Acquire<H> {
    #[inline]
    fn drop(&mut self) {
        let (Some(semaphore), Place::In(ticket)) = (&self.semaphore, self.place) else {
            return;
        };
        give_up(semaphore.pool(), ticket, self.ask);
    }
}

/// Gives back what was granted, or leaves the line.
#[inline(never)]
fn give_up(pool: &Pool, ticket: Ticket, ask: usize) {
    if pool.served.has_passed(ticket) {
        pool.release(ask);
    } else {
        pool.leave(ticket, ask);
    }
}

impl<H: Source<Target: Permits>> fmt::Debug for Acquire<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acquire")
            .field("permits", &self.ask)
            .field("place", &self.place)
            .field("terminated", &self.is_terminated())
            .finish()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target: Permits>> futures_core::FusedFuture for Acquire<H> {
    fn is_terminated(&self) -> bool {
        self.is_terminated()
    }
}

/// Takes permits at once, or says why not.
#[inline]
pub(crate) fn try_acquire<H: Source<Target: Permits>>(
    semaphore: H,
    n: usize,
) -> Result<Permit<H>, TryAcquireError> {
    if n > semaphore.most() {
        return Err(TryAcquireError::TooMany);
    }
    match semaphore.pool().state.take(n) {
        Ok(()) => Ok(Permit::new(semaphore, n)),
        Err(Refused::Closed) => Err(TryAcquireError::Closed),
        Err(Refused::NoPermits) => Err(TryAcquireError::NoPermits),
    }
}
