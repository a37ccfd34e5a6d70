use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use waystation_core::block::Seal;
use waystation_core::coop;
use waystation_core::source::Source;
use waystation_core::wait::{Batch, Left, Place, Seen};

use crate::Event;
use crate::state::Snapshot;

impl Event {
    /// Waits until the flag is set. A `set` or `pulse` counts from this call on, polled or not.
    #[doc(alias = "wait_blocking")]
    #[doc(alias = "wait_timeout")]
    #[doc(alias = "wait_deadline")]
    #[inline]
    pub fn wait(&self) -> Wait<&Event> {
        Wait::new(self)
    }

    /// [`wait`](Event::wait) as a `'static` future.
    #[inline]
    pub fn wait_owned(self: &Arc<Self>) -> Wait<Arc<Event>> {
        Wait::new(self.clone())
    }
}

/// The future of [`Event::wait`] and [`Event::wait_owned`]. Its output is `()`.
#[derive(Debug)]
#[must_use = "a wait does nothing unless it is awaited: `event.wait().await`"]
pub struct Wait<H: Source<Target = Event>> {
    event: H,
    /// The word at the call.
    seen: Snapshot,
    place: Place,
}

impl<H: Source<Target = Event>> Wait<H> {
    #[inline]
    fn new(event: H) -> Self {
        Self {
            seen: event.state.load(),
            event,
            place: Place::New,
        }
    }

    /// Whether the flag was set at the call, or a release has changed the word since.
    #[inline]
    fn is_released(&self) -> bool {
        self.seen.is_set() || self.event.state.load().releases(self.seen)
    }

    #[inline(never)]
    #[track_caller]
    fn poll_in_line(&mut self, cx: &Context<'_>) -> Poll<()> {
        let (event, seen_at_call) = (&*self.event, self.seen);
        let mut batch = Batch::new();
        let outcome = self.place.poll(
            "Wait",
            cx,
            (&event.line, &mut batch),
            (),
            |line| line,
            |_, seen, _| {
                let is_over = match seen {
                    Seen::New => event.state.freeze_unless_released(seen_at_call),
                    Seen::Waiting(_) => false,
                    // Only a release takes an entry out.
                    Seen::Released(_) => true,
                };
                is_over.then_some(())
            },
        );
        batch.finish().resume();
        outcome
    }

    #[inline(never)]
    #[track_caller]
    fn leave(&mut self) {
        // A release changes the word and takes the line out in one section: nothing is left to do.
        if self.is_released() {
            return;
        }
        let event = &*self.event;
        let mut batch = Batch::new();
        self.place.leave(
            (&event.line, &mut batch),
            |line| line,
            |line, _, left, _| {
                if left != Left::Released && line.is_empty() {
                    event.state.thaw();
                }
            },
        );
        batch.finish().resume();
    }
}

impl<H: Source<Target = Event>> Future for Wait<H> {
    type Output = ();

    #[inline]
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let unit = ready!(coop::poll_unit(cx));
        if !self.place.is_done() && self.is_released() {
            self.place = Place::Done;
            return unit.charge(Poll::Ready(()));
        }
        unit.charge(self.poll_in_line(cx))
    }
}

impl<H: Source<Target = Event>> Seal for Wait<H> {}

impl<H: Source<Target = Event>> Drop for Wait<H> {
    #[inline]
    #[track_caller]
    fn drop(&mut self) {
        if let Place::In(_) = self.place {
            self.leave();
        }
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target = Event>> futures_core::FusedFuture for Wait<H> {
    fn is_terminated(&self) -> bool {
        self.place.is_done()
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn poll(wait: &mut Wait<&Event>) -> Poll<()> {
        Pin::new(wait).poll(&mut Context::from_waker(Waker::noop()))
    }

    /// Parked and released, but the word looks as it did at the call.
    fn wrapped(event: &Event) -> Wait<&Event> {
        let mut wait = event.wait();
        assert!(poll(&mut wait).is_pending());
        assert_eq!(event.pulse(), 1);
        wait.seen = event.state.load();
        wait
    }

    #[test]
    fn a_wait_that_began_when_the_flag_was_set_is_over() {
        let event = Event::new();
        event.set();
        let mut wait = event.wait();
        event.clear();
        assert!(poll(&mut wait).is_ready());
    }

    #[test]
    fn the_last_to_leave_thaws_the_word() {
        let event = Event::new();
        let mut waits = [event.wait(), event.wait()];
        for wait in &mut waits {
            assert!(poll(wait).is_pending());
        }
        let [first, last] = waits;
        drop(first);
        assert!(event.state.load().has_waiters());
        drop(last);
        assert!(!event.state.load().has_waiters());
    }

    #[test]
    fn a_waiter_in_line_is_released_even_if_the_epoch_has_wrapped() {
        let event = Event::new();
        let mut wait = wrapped(&event);
        assert!(poll(&mut wait).is_ready());
        assert_eq!(event.waiters(), 0);
    }

    #[test]
    fn a_released_waiter_whose_epoch_has_wrapped_leaves_nothing_when_dropped() {
        let event = Event::new();
        drop(wrapped(&event));
        assert!(event.set());

        let event = Event::new();
        let released = wrapped(&event);
        let mut behind = event.wait();
        assert!(poll(&mut behind).is_pending());
        drop(released);
        assert_eq!(event.waiters(), 1);
        assert!(event.set());
        assert!(poll(&mut behind).is_ready());
    }
}
