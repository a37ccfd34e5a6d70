use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use waystation_core::block::Seal;
use waystation_core::coop;
use waystation_core::source::Source;
use waystation_core::wait::{Batch, Place, polled_after_ready};

use crate::state::MAX_PERMITS;
use crate::{AcquireError, Permit, Semaphore};

/// To wait for permits.
impl Semaphore {
    /// Waits for one permit.
    #[doc(alias = "acquire_blocking")]
    #[doc(alias = "acquire_timeout")]
    #[doc(alias = "acquire_deadline")]
    #[inline]
    pub fn acquire(&self) -> Acquire<&Self> {
        self.acquire_many(1)
    }

    /// Waits for `n` permits: all or nothing, in line order. A request for none is ready at once;
    /// with an error if the semaphore is closed.
    ///
    /// A large request at the head is not overtaken, and hoards nothing while it waits. Dropped, it
    /// lets those behind it in at once. One above the [`bound`](Semaphore::bound), or above
    /// [`MAX_PERMITS`](Semaphore::MAX_PERMITS), is an error; one above the
    /// [`total`](Semaphore::total) waits.
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_semaphore::Semaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Semaphore::new(4);
    /// let small = semaphore.acquire().await?;
    /// let mut large = semaphore.acquire_many(4);
    /// assert!(poll_once(&mut large).await.is_none());
    /// assert_eq!(semaphore.available_permits(), 3); // hoards nothing
    /// drop(small);
    /// assert_eq!(large.await?.num_permits(), 4);
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "acquire_many_blocking")]
    #[doc(alias = "acquire_many_timeout")]
    #[doc(alias = "acquire_many_deadline")]
    #[inline]
    pub fn acquire_many(&self, n: usize) -> Acquire<&Self> {
        Acquire::new(self, n)
    }

    /// Like [`acquire`](Semaphore::acquire), for a permit that owns its semaphore and can be moved
    /// into a spawned task.
    #[doc(alias = "acquire_owned_blocking")]
    #[doc(alias = "acquire_owned_timeout")]
    #[doc(alias = "acquire_owned_deadline")]
    #[inline]
    pub fn acquire_owned(self: &Arc<Self>) -> Acquire<Arc<Self>> {
        self.acquire_many_owned(1)
    }

    /// Like [`acquire_many`](Semaphore::acquire_many), for permits that own their semaphore.
    #[doc(alias = "acquire_many_owned_blocking")]
    #[doc(alias = "acquire_many_owned_timeout")]
    #[doc(alias = "acquire_many_owned_deadline")]
    #[inline]
    pub fn acquire_many_owned(self: &Arc<Self>, n: usize) -> Acquire<Arc<Self>> {
        Acquire::new(self.clone(), n)
    }
}

/// The future of [`Semaphore::acquire`] and its variants.
///
/// A place in line is taken at the first poll. A granted future that is neither polled nor dropped
/// keeps its permits, and a leaked one keeps them for ever.
///
/// # Cancel safety
///
/// A future that is dropped leaves the line, and the new head is looked at again. What it was
/// granted and has not returned goes to the next in line before `drop` returns. A waker that drops
/// its task inside `wake` therefore nests one chain of stack frames per waiter: thousands are fine,
/// 10,000 may overflow a stack of 8 MiB.
///
/// # Panics
///
/// If it is polled after it has returned `Ready`. If a waker panics, that panic propagates when
/// all others were woken.
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
/// drop(first); // passes it on
/// let _permit = second.await?;
/// # Ok::<(), waystation_semaphore::AcquireError>(())
/// # }).unwrap();
/// ```
#[must_use = "nothing is acquired until it is awaited: `let permit = semaphore.acquire().await?`"]
pub struct Acquire<H: Source<Target = Semaphore>> {
    /// `None` once the future has returned `Ready`.
    semaphore: Option<H>,
    ask: usize,
    place: Place,
}

impl<H: Source<Target = Semaphore>> Acquire<H> {
    #[inline]
    fn new(semaphore: H, ask: usize) -> Self {
        Self {
            semaphore: Some(semaphore),
            ask,
            place: Place::New,
        }
    }

    /// Every poll but the one that finds permits free at once. Not inline, so that that one is.
    #[inline(never)]
    #[track_caller]
    fn poll_in_line(&mut self, cx: &Context<'_>) -> Poll<Result<Permit<H>, AcquireError>> {
        let Some(semaphore) = &self.semaphore else {
            polled_after_ready("Acquire")
        };
        match semaphore.pool.look_without_lock(self.place, self.ask) {
            Some(found) => Poll::Ready(self.end(found)),
            None => self.poll_under_lock(cx),
        }
    }

    #[track_caller]
    fn poll_under_lock(&mut self, cx: &Context<'_>) -> Poll<Result<Permit<H>, AcquireError>> {
        let Some(semaphore) = &self.semaphore else {
            polled_after_ready("Acquire")
        };
        let mut batch = Batch::new();
        let pool = &semaphore.pool;
        let outcome = match pool.poll(&mut self.place, cx, self.ask, &mut batch) {
            Poll::Pending => {
                batch.finish().resume();
                return Poll::Pending;
            }
            // The permit first: if a waker panics after that, unwinding gives it back.
            Poll::Ready(found) => self.end(found),
        };
        batch.finish().resume();
        Poll::Ready(outcome)
    }

    /// The permit, or the error, and the end of this future.
    #[inline]
    fn end(&mut self, found: Result<(), AcquireError>) -> Result<Permit<H>, AcquireError> {
        self.place = Place::Done;
        let semaphore = self.semaphore.take();
        found?;
        match semaphore {
            Some(semaphore) => Ok(Permit::new(semaphore, self.ask)),
            None => unreachable!("a future ends once"),
        }
    }
}

impl<H: Source<Target = Semaphore>> Future for Acquire<H> {
    type Output = Result<Permit<H>, AcquireError>;

    #[inline]
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let unit = ready!(coop::poll_unit(cx));
        if let (Place::New, Some(semaphore)) = (this.place, &this.semaphore) {
            // A request above the bound finds too few permits here; the reason is found afterwards.
            let is_sane = 0 < this.ask && this.ask <= MAX_PERMITS;
            if is_sane && semaphore.pool.state.take(this.ask).is_ok() {
                return unit.charge(Poll::Ready(this.end(Ok(()))));
            }
        }
        unit.charge(this.poll_in_line(cx))
    }
}

impl<H: Source<Target = Semaphore>> Seal for Acquire<H> {}

impl<H: Source<Target = Semaphore>> Drop for Acquire<H> {
    #[inline]
    fn drop(&mut self) {
        if let (Place::In(ticket), Some(semaphore)) = (self.place, &self.semaphore) {
            semaphore.pool.give_up(&mut self.place, ticket, self.ask);
        }
    }
}

impl<H: Source<Target = Semaphore>> fmt::Debug for Acquire<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acquire")
            .field("permits", &self.ask)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target = Semaphore>> futures_core::FusedFuture for Acquire<H> {
    fn is_terminated(&self) -> bool {
        self.semaphore.is_none()
    }
}
