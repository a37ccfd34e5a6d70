use std::task::{Context, Poll};

use waystation_core::wait::{Place, Watch, Watched};

use crate::BaseQueue;
use crate::state::Inner;

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
