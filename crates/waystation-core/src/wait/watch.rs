//! Waiting for something that concerns everybody at once: a close, a queue whose tasks are done.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::{Batch, Left, Line, Place, Seen};
use crate::block::Seal;
use crate::source::Source;
use crate::sync::Lock;

/// What can be watched of a primitive: `K` names the condition.
pub trait Watched<K> {
    /// What the future is called.
    const NAME: &'static str;

    /// Polls a watcher's place, by [`Place::watch`].
    #[doc(hidden)]
    fn poll_watch(&self, place: &mut Place, cx: &Context<'_>) -> Poll<()>;

    /// Leaves with a watcher's place, by [`Place::unwatch`].
    #[doc(hidden)]
    fn end_watch(&self, place: &mut Place);
}

/// The future of `join` and of `closed`: it is ready once its condition has held since its first
/// poll, even if it no longer does.
///
/// **Cancel safety.** Dropping it leaves the line. Polling it after `Ready` panics.
#[must_use = "it does nothing unless it is awaited"]
pub struct Watch<H: Source<Target: Watched<K>>, K> {
    primitive: H,
    place: Place,
    condition: PhantomData<fn() -> K>,
}

impl<H: Source<Target: Watched<K>>, K> Watch<H, K> {
    /// A watcher that was not polled yet.
    pub fn new(primitive: H) -> Self {
        Self {
            primitive,
            place: Place::New,
            condition: PhantomData,
        }
    }
}

impl<H: Source<Target: Watched<K>>, K> Future for Watch<H, K> {
    type Output = ();

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        this.primitive.poll_watch(&mut this.place, cx)
    }
}

impl<H: Source<Target: Watched<K>>, K> Seal for Watch<H, K> {}

impl<H: Source<Target: Watched<K>>, K> Drop for Watch<H, K> {
    fn drop(&mut self) {
        self.primitive.end_watch(&mut self.place);
    }
}

impl<H: Source<Target: Watched<K>>, K> fmt::Debug for Watch<H, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(<H::Target as Watched<K>>::NAME)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target: Watched<K>>, K> futures_core::FusedFuture for Watch<H, K> {
    fn is_terminated(&self) -> bool {
        self.place.is_done()
    }
}

impl Place {
    /// Polls a watcher: ready if `holds` at the first poll, or once the line was taken out.
    #[track_caller]
    pub fn watch<S>(
        &mut self,
        name: &str,
        cx: &Context<'_>,
        lock: &Lock<S>,
        holds: impl Fn(&mut S) -> bool,
        line: impl Fn(&mut S) -> &mut Line<()>,
    ) -> Poll<()> {
        let mut batch = Batch::new();
        let outcome = self.poll(name, cx, (lock, &mut batch), (), line, |state, seen, _| {
            // The entry is taken out in the section in which the condition began to hold: no flag
            // is needed to know that it did, even if it does not hold any more.
            let released = match seen {
                Seen::New => holds(state),
                Seen::Waiting(_) => false,
                Seen::Released(_) => true,
            };
            released.then_some(())
        });
        batch.finish().resume();
        outcome
    }

    /// Ends a watcher.
    pub fn unwatch<S>(&mut self, lock: &Lock<S>, line: impl Fn(&mut S) -> &mut Line<()>) {
        let mut batch = Batch::new();
        let nothing_was_granted = |_: &mut S, _, _: Left, _: &mut Batch| {};
        self.leave((lock, &mut batch), line, nothing_was_granted);
        batch.finish().resume();
    }
}
