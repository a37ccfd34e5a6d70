use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::source::Source;
use waystation_core::wait::Crowd;

use crate::queue::AnyQueue;

/// The future of [`BaseQueue::join`](crate::BaseQueue::join) and its kin.
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
/// queue.put("job").await?;
/// let mut join = queue.join();
/// assert!(poll_once(&mut join).await.is_none());
/// drop(queue.get_task().await?);
/// // It was released when all was done: what comes now is not waited for.
/// queue.put("one more").await?;
/// join.await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[must_use = "it does nothing unless it is awaited: `queue.join().await`"]
pub struct Join<H: Source<Target: AnyQueue>> {
    queue: H,
    place: Crowd,
}

impl<H: Source<Target: AnyQueue>> Join<H> {
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
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// let mut join = queue.join();
    /// // Nothing was put, and so all of it is done.
    /// assert!(poll_once(&mut join).await.is_some());
    /// queue.put("job").await?;
    /// // It waits only once.
    /// assert!(join.is_terminated());
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    pub fn is_terminated(&self) -> bool {
        self.place.is_done()
    }
}

impl<H: Source<Target: AnyQueue>> Future for Join<H> {
    type Output = ();

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let lock = &this.queue.base().inner.0;
        this.place.poll(
            "Join",
            cx,
            lock,
            |inner| inner.unfinished == 0,
            |inner| inner.joiners(),
        )
    }
}

impl<H: Source<Target: AnyQueue>> Drop for Join<H> {
    fn drop(&mut self) {
        self.place
            .leave(&self.queue.base().inner.0, |inner| inner.joiners());
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for Join<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Join")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target: AnyQueue>> futures_core::FusedFuture for Join<H> {
    fn is_terminated(&self) -> bool {
        self.is_terminated()
    }
}
