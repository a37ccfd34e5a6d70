use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::source::Source;
use waystation_core::wait::{Ticket, drop_loudly, polled_after_ready, refresh};

use crate::Event;
use crate::state::Snapshot;

/// The future of [`Event::wait`] and [`Event::wait_owned`].
///
/// Polling it again after it has returned `Ready` panics.
///
/// # Examples
///
/// ```
/// # use futures_lite::future::poll_once;
/// # use std::sync::Arc;
/// # use waystation_event::{Event, Wait};
/// # futures_lite::future::block_on(async {
/// struct Worker {
///     stop: Wait<Arc<Event>>,
/// }
/// let stop = Arc::new(Event::new());
/// let mut worker = Worker { stop: stop.wait_owned() };
/// assert!(poll_once(&mut worker.stop).await.is_none()); // goes on
/// stop.set();
/// assert!(poll_once(&mut worker.stop).await.is_some());
/// # });
/// ```
#[derive(Debug)]
#[must_use = "a wait does nothing unless it is awaited: `event.wait().await`"]
pub struct Wait<H: Source<Target = Event>> {
    event: H,
    seen: Snapshot,
    place: Place,
}

#[derive(Debug)]
enum Place {
    New,
    In(Ticket),
    Done,
}

impl<H: Source<Target = Event>> Wait<H> {
    #[inline]
    pub(crate) fn new(event: H) -> Self {
        Self {
            seen: event.state.load(),
            event,
            place: Place::New,
        }
    }

    /// Whether the future has returned `Ready` and must not be polled again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_event::Event;
    /// # futures_lite::future::block_on(async {
    /// let event = Event::with_state(true);
    /// let mut wait = event.wait();
    /// assert!(!wait.is_terminated()); // over, but nobody has been told
    /// (&mut wait).await;
    /// assert!(wait.is_terminated());
    /// # });
    /// ```
    pub fn is_terminated(&self) -> bool {
        matches!(self.place, Place::Done)
    }

    #[inline]
    fn is_released(&self) -> bool {
        self.seen.is_set() || self.event.state.load().releases(self.seen)
    }

    /// Takes a place in line, unless the wait is over.
    fn join(&mut self, cx: &Context<'_>) -> bool {
        let waker = cx.waker().clone();
        let mut line = self.event.line.lock();
        if self.event.state.freeze_unless_released(self.seen) {
            drop(line);
            return false;
        }
        self.place = Place::In(line.join(waker, ()));
        true
    }

    /// The future is dropped after it has joined the line.
    #[track_caller]
    fn leave(&self, ticket: Ticket) {
        // A release changes the word and takes the line out in one section: nothing is left to do.
        if self.is_released() {
            return;
        }
        let mut line = self.event.line.lock();
        let waker = line.leave(ticket);
        if waker.is_some() && line.is_empty() {
            self.event.state.thaw();
        }
        drop(line);
        drop_loudly(waker);
    }
}

impl<H: Source<Target = Event>> Future for Wait<H> {
    type Output = ();

    #[inline]
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let waits = match self.place {
            Place::Done => polled_after_ready("Wait"),
            _ if self.is_released() => false,
            Place::New => self.join(cx),
            // Only a release takes an entry out, so one that is gone was released.
            Place::In(ticket) => refresh(&self.event.line, |line| line, ticket, cx.waker()),
        };
        if waits {
            return Poll::Pending;
        }
        self.place = Place::Done;
        Poll::Ready(())
    }
}

impl<H: Source<Target = Event>> Drop for Wait<H> {
    #[inline]
    #[track_caller]
    fn drop(&mut self) {
        if let Place::In(ticket) = self.place {
            self.leave(ticket);
        }
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target = Event>> futures_core::FusedFuture for Wait<H> {
    fn is_terminated(&self) -> bool {
        self.is_terminated()
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
