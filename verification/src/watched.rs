//! Futures whose every poll, and whose cancellation, is noted in a history.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::block::Seal;
use waystation_testkit::Recorder;

/// A future that notes each poll with what came out of it, and that it was dropped while pending.
///
/// A poll is one operation of the history, so that the order in which futures took their places and
/// were granted is checked, not only what came out in the end.
pub struct Watched<'a, F: Future, Op: Clone, Ret: Clone> {
    /// `None` while it is dropped.
    future: Option<F>,
    log: &'a Recorder<Op, Ret>,
    names: Names<Op, Ret>,
    note: fn(&Poll<F::Output>) -> Ret,
    /// A cancellation now is something to note.
    is_noted: bool,
    /// Further polls that leave it pending are not noted.
    is_quiet: bool,
}

/// How a future's operations are called.
#[derive(Clone, Debug)]
pub struct Names<Op, Ret> {
    /// A poll.
    pub poll: Op,
    /// Dropping it before it was ready.
    pub cancel: Op,
    /// What dropping it returns.
    pub gone: Ret,
}

impl<'a, F: Future, Op: Clone, Ret: Clone> Watched<'a, F, Op, Ret> {
    /// Watches a future that was not polled yet; dropped like that, it is nothing to note.
    pub fn new(
        log: &'a Recorder<Op, Ret>,
        future: F,
        names: Names<Op, Ret>,
        note: fn(&Poll<F::Output>) -> Ret,
    ) -> Self {
        Self {
            future: Some(future),
            log,
            names,
            note,
            is_noted: false,
            is_quiet: false,
        }
    }

    /// After the first poll, notes only the one that makes it ready: for long histories of futures
    /// that nothing can happen to in between, since parked threads may wake for no reason.
    #[must_use]
    pub fn quietly(mut self) -> Self {
        self.is_quiet = true;
        self
    }

    /// Dropping it is something to note even if it was never polled.
    #[must_use]
    pub fn from_its_call(mut self) -> Self {
        self.is_noted = true;
        self
    }
}

impl<F: Future + Unpin, Op: Clone + Unpin, Ret: Clone + Unpin> Future for Watched<'_, F, Op, Ret> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let Some(future) = &mut this.future else {
            unreachable!("polled while it is dropped")
        };
        let call = this.log.call(this.names.poll.clone());
        let outcome = Pin::new(future).poll(cx);
        if this.is_quiet && this.is_noted && outcome.is_pending() {
            this.log.withdrawn(call);
        } else {
            this.log.returned(call, (this.note)(&outcome));
        }
        this.is_noted = outcome.is_pending();
        outcome
    }
}

impl<F: Future, Op: Clone, Ret: Clone> Seal for Watched<'_, F, Op, Ret> {}

impl<F: Future, Op: Clone, Ret: Clone> Drop for Watched<'_, F, Op, Ret> {
    fn drop(&mut self) {
        let future = self.future.take();
        if self.is_noted {
            let Names { cancel, gone, .. } = &self.names;
            self.log
                .record(cancel.clone(), || drop(future), |()| gone.clone());
        }
    }
}

impl<F: Future, Op: Clone + fmt::Debug, Ret: Clone> fmt::Debug for Watched<'_, F, Op, Ret> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched")
            .field("poll", &self.names.poll)
            .finish_non_exhaustive()
    }
}
