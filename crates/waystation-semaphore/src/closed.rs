use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::source::Source;
use waystation_core::wait::Crowd;

use crate::semaphore::Permits;

/// The future of [`Semaphore::closed`](crate::Semaphore::closed) and its kin.
///
/// Polling it again after it has returned `Ready` panics.
///
/// # Examples
///
/// ```
/// # use futures_lite::future::poll_once;
/// # use waystation_semaphore::Semaphore;
/// # futures_lite::future::block_on(async {
/// let semaphore = Semaphore::new(1);
/// let (mut first, second) = (semaphore.closed(), semaphore.closed());
/// assert!(poll_once(&mut first).await.is_none());
/// semaphore.close();
/// first.await;
/// second.await; // all are told, whenever they look
/// # });
/// ```
#[must_use = "it does nothing unless it is awaited: `semaphore.closed().await`"]
pub struct SemaphoreClosed<H: Source<Target: Permits>> {
    semaphore: H,
    place: Crowd,
}

impl<H: Source<Target: Permits>> SemaphoreClosed<H> {
    pub(crate) fn new(semaphore: H) -> Self {
        Self {
            semaphore,
            place: Crowd::New,
        }
    }

    /// Whether the future has returned `Ready` and must not be polled again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// # futures_lite::future::block_on(async {
    /// let semaphore = Semaphore::new(1);
    /// let mut closed = semaphore.closed();
    /// semaphore.close();
    /// assert!(!closed.is_terminated()); // it has not been polled since
    /// (&mut closed).await;
    /// assert!(closed.is_terminated());
    /// # });
    /// ```
    pub fn is_terminated(&self) -> bool {
        self.place.is_done()
    }
}

impl<H: Source<Target: Permits>> Future for SemaphoreClosed<H> {
    type Output = ();

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let pool = this.semaphore.pool();
        let is_closed = |_: &_| pool.state.load().is_closed();
        this.place
            .poll("SemaphoreClosed", cx, &pool.waiting, is_closed, |waiting| {
                &mut waiting.closers
            })
    }
}

impl<H: Source<Target: Permits>> Drop for SemaphoreClosed<H> {
    fn drop(&mut self) {
        self.place.leave(&self.semaphore.pool().waiting, |waiting| {
            &mut waiting.closers
        });
    }
}

impl<H: Source<Target: Permits>> fmt::Debug for SemaphoreClosed<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SemaphoreClosed")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target: Permits>> futures_core::FusedFuture for SemaphoreClosed<H> {
    fn is_terminated(&self) -> bool {
        self.is_terminated()
    }
}
