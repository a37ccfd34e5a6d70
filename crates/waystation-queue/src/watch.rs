use std::sync::Arc;
use std::task::{Context, Poll};

use waystation_core::wait::{Place, Watch, Watched};

use crate::state::Inner;
use crate::{BaseQueue, Discipline};

impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// Waits until the queue is closed.
    pub fn closed(&self) -> QueueClosed<&Self> {
        Watch::new(self)
    }

    /// [`closed`](BaseQueue::closed) as a `'static` future.
    pub fn closed_owned(self: &Arc<Self>) -> QueueClosed<Arc<Self>> {
        Watch::new(self.clone())
    }

    /// Waits until every item that was put is reported as done, by
    /// [`task_done`](BaseQueue::task_done) or a dropped [`TaskGuard`](crate::TaskGuard).
    ///
    /// One moment at which nothing is unfinished releases all who wait.
    #[doc(alias = "join_blocking")]
    #[doc(alias = "join_timeout")]
    #[doc(alias = "join_deadline")]
    pub fn join(&self) -> Join<&Self> {
        Watch::new(self)
    }

    /// [`join`](BaseQueue::join) as a `'static` future.
    pub fn join_owned(self: &Arc<Self>) -> Join<Arc<Self>> {
        Watch::new(self.clone())
    }
}

/// The condition of [`Join`]: nothing is unfinished.
#[derive(Debug)]
pub enum Finished {}

/// The condition of [`QueueClosed`]: no more puts.
#[derive(Debug)]
pub enum Closing {}

/// The future of [`BaseQueue::join`].
pub type Join<H> = Watch<H, Finished>;

/// The future of [`BaseQueue::closed`], and of `closed` of a channel's handles.
pub type QueueClosed<H> = Watch<H, Closing>;

impl<T, D> Watched<Finished> for BaseQueue<T, D> {
    const NAME: &'static str = "Join";

    #[track_caller]
    fn poll_watch(&self, place: &mut Place, cx: &Context<'_>) -> Poll<()> {
        let holds = |inner: &mut Inner<D>| {
            inner.disturb();
            inner.unfinished == 0
        };
        place.watch("Join", cx, self.lock_of(), holds, |inner| {
            &mut inner.joiners
        })
    }

    fn end_watch(&self, place: &mut Place) {
        place.unwatch(self.lock_of(), |inner| &mut inner.joiners);
    }
}

impl<T, D> Watched<Closing> for BaseQueue<T, D> {
    const NAME: &'static str = "QueueClosed";

    #[track_caller]
    fn poll_watch(&self, place: &mut Place, cx: &Context<'_>) -> Poll<()> {
        let holds = |inner: &mut Inner<D>| {
            inner.disturb();
            inner.closed
        };
        place.watch("QueueClosed", cx, self.lock_of(), holds, |inner| {
            &mut inner.closers
        })
    }

    fn end_watch(&self, place: &mut Place) {
        place.unwatch(self.lock_of(), |inner| &mut inner.closers);
    }
}
