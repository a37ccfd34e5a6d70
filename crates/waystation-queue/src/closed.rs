use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::source::Source;
use waystation_core::wait::Crowd;

use crate::queue::AnyQueue;

/// The future of [`BaseQueue::closed`](crate::BaseQueue::closed) and its kin.
///
/// Polling it again after it has returned `Ready` panics.
///
/// # Examples
///
/// ```
/// # use futures_lite::future::{poll_once, zip};
/// # use waystation_queue::Queue;
/// # futures_lite::future::block_on(async {
/// let queue = Queue::<&str>::unbounded();
/// let (mut one, mut other) = (queue.closed(), queue.closed());
/// assert!(poll_once(&mut one).await.is_none());
/// assert!(poll_once(&mut other).await.is_none());
/// queue.close();
/// // Everybody hears of it.
/// zip(one, other).await;
/// # });
/// ```
#[must_use = "it does nothing unless it is awaited: `queue.closed().await`"]
pub struct QueueClosed<H: Source<Target: AnyQueue>> {
    queue: H,
    place: Crowd,
}

impl<H: Source<Target: AnyQueue>> QueueClosed<H> {
    pub(crate) fn new(queue: H) -> Self {
        Self {
            queue,
            place: Crowd::New,
        }
    }

    /// Whether the future has returned `Ready` and must not be polled again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::<&str>::unbounded();
    /// queue.close();
    /// let mut closed = queue.closed();
    /// // It knows nothing before it is polled.
    /// assert!(!closed.is_terminated());
    /// (&mut closed).await;
    /// assert!(closed.is_terminated());
    /// # });
    /// ```
    pub fn is_terminated(&self) -> bool {
        self.place.is_done()
    }
}

impl<H: Source<Target: AnyQueue>> Future for QueueClosed<H> {
    type Output = ();

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let lock = &this.queue.base().inner.0;
        this.place.poll(
            "QueueClosed",
            cx,
            lock,
            |inner| inner.closed,
            |inner| inner.closers(),
        )
    }
}

impl<H: Source<Target: AnyQueue>> Drop for QueueClosed<H> {
    fn drop(&mut self) {
        self.place
            .leave(&self.queue.base().inner.0, |inner| inner.closers());
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for QueueClosed<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueClosed")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target: AnyQueue>> futures_core::FusedFuture for QueueClosed<H> {
    fn is_terminated(&self) -> bool {
        self.is_terminated()
    }
}
