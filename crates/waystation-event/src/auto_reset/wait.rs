use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::source::Source;
use waystation_core::wait::{Ticket, drop_loudly, polled_after_ready, refresh};

use super::AutoResetEvent;

/// The future of [`AutoResetEvent::wait`] and [`AutoResetEvent::wait_owned`].
///
/// Polling it again after it has returned `Ready` panics.
///
/// # Examples
///
/// ```
/// # use futures_lite::future::poll_once;
/// # use waystation_event::AutoResetEvent;
/// # futures_lite::future::block_on(async {
/// let event = AutoResetEvent::new();
/// let (mut first, mut second) = (event.wait(), event.wait());
/// assert!(poll_once(&mut first).await.is_none());
/// assert!(poll_once(&mut second).await.is_none());
/// event.set();
/// assert!(poll_once(&mut second).await.is_none()); // not its turn
/// assert!(poll_once(&mut first).await.is_some());
/// # });
/// ```
#[derive(Debug)]
#[must_use = "a wait does nothing unless it is awaited: `event.wait().await`"]
pub struct AutoResetWait<H: Source<Target = AutoResetEvent>> {
    event: H,
    place: Place,
}

#[derive(Debug)]
enum Place {
    New,
    In(Ticket),
    /// Holds the signal and has not said so yet.
    Granted,
    Done,
}

impl<H: Source<Target = AutoResetEvent>> AutoResetWait<H> {
    pub(super) fn new(event: H) -> Self {
        Self {
            event,
            place: Place::New,
        }
    }

    /// Whether the future has returned `Ready` and must not be polled again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_event::AutoResetEvent;
    /// # futures_lite::future::block_on(async {
    /// let event = AutoResetEvent::new();
    /// let mut wait = event.wait();
    /// assert!(poll_once(&mut wait).await.is_none());
    /// event.set();
    /// assert!(!wait.is_terminated()); // granted the signal, and must be polled to take it
    /// assert!(poll_once(&mut wait).await.is_some());
    /// assert!(wait.is_terminated());
    /// # });
    /// ```
    pub fn is_terminated(&self) -> bool {
        matches!(self.place, Place::Done)
    }

    /// Takes a kept signal, or a place in line.
    fn take_or_join(&mut self, cx: &Context<'_>) {
        if self.event.state.take() {
            self.place = Place::Granted;
            return;
        }
        let waker = cx.waker().clone();
        let mut line = self.event.line.lock();
        if self.event.state.freeze_unless_taken() {
            self.place = Place::Granted;
            drop(line);
            drop(waker);
        } else {
            self.place = Place::In(line.join(waker, ()));
        }
    }

    /// Looks whether a waiter in line was granted the signal; registers the waker if not.
    fn look(&mut self, ticket: Ticket, cx: &Context<'_>) {
        // Only a grant takes an entry out, so one that is gone was granted.
        if self.event.served.has_passed(ticket)
            || !refresh(&self.event.line, |line| line, ticket, cx.waker())
        {
            self.place = Place::Granted;
        }
    }
}

impl<H: Source<Target = AutoResetEvent>> Future for AutoResetWait<H> {
    type Output = ();

    #[inline]
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.place {
            Place::New => self.take_or_join(cx),
            Place::In(ticket) => self.look(ticket, cx),
            Place::Granted => {}
            Place::Done => polled_after_ready("AutoResetWait"),
        }
        if let Place::In(_) = self.place {
            return Poll::Pending;
        }
        self.place = Place::Done;
        Poll::Ready(())
    }
}

impl<H: Source<Target = AutoResetEvent>> Drop for AutoResetWait<H> {
    #[track_caller]
    fn drop(&mut self) {
        match self.place {
            Place::New | Place::Done => {}
            Place::Granted => {
                self.event.set();
            }
            Place::In(ticket) if self.event.served.has_passed(ticket) => {
                self.event.set();
            }
            Place::In(ticket) => {
                let mut line = self.event.line.lock();
                let waker = line.leave(ticket);
                if waker.is_some() && line.is_empty() {
                    self.event.state.thaw();
                }
                drop(line);
                if waker.is_none() {
                    // Granted between the look and the lock: hand it on.
                    self.event.set();
                }
                drop_loudly(waker);
            }
        }
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target = AutoResetEvent>> futures_core::FusedFuture for AutoResetWait<H> {
    fn is_terminated(&self) -> bool {
        self.is_terminated()
    }
}
