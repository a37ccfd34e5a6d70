use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use waystation_core::block::Seal;
use waystation_core::coop;
use waystation_core::source::Source;
use waystation_core::wait::{Batch, Left, Place, Seen};

use super::AutoResetEvent;

impl AutoResetEvent {
    /// Waits for a signal and takes it. A place in line is taken at the first poll.
    #[doc(alias = "wait_blocking")]
    #[doc(alias = "wait_timeout")]
    #[doc(alias = "wait_deadline")]
    pub fn wait(&self) -> AutoResetWait<&AutoResetEvent> {
        AutoResetWait::new(self)
    }

    /// [`wait`](AutoResetEvent::wait) as a `'static` future.
    pub fn wait_owned(self: &Arc<Self>) -> AutoResetWait<Arc<AutoResetEvent>> {
        AutoResetWait::new(self.clone())
    }
}

/// The future of [`AutoResetEvent::wait`] and [`AutoResetEvent::wait_owned`]. Its output is `()`.
#[derive(Debug)]
#[must_use = "a wait does nothing unless it is awaited: `event.wait().await`"]
pub struct AutoResetWait<H: Source<Target = AutoResetEvent>> {
    event: H,
    place: Place,
}

/// A signal that was taken and not returned yet: should a waker panic, the next one gets it.
struct Taken<'a>(&'a AutoResetEvent);

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.0.set();
    }
}

impl<H: Source<Target = AutoResetEvent>> AutoResetWait<H> {
    fn new(event: H) -> Self {
        Self {
            event,
            place: Place::New,
        }
    }

    #[track_caller]
    fn poll_in_line(&mut self, cx: &Context<'_>) -> Poll<()> {
        let event = &*self.event;
        let mut batch = Batch::new();
        let outcome = self.place.poll(
            "AutoResetWait",
            cx,
            (&event.line, &mut batch),
            (),
            |line| line,
            |_, seen, _| {
                let is_granted = match seen {
                    Seen::New => event.state.freeze_unless_taken(),
                    Seen::Waiting(_) => false,
                    // Only a grant takes an entry out.
                    Seen::Released(_) => true,
                };
                // Lazily: one that is made and dropped here would give a signal, under the lock.
                is_granted.then(|| Taken(event))
            },
        );
        batch.finish().resume();
        outcome.map(|taken| {
            let _returned = ManuallyDrop::new(taken);
        })
    }
}

impl<H: Source<Target = AutoResetEvent>> Future for AutoResetWait<H> {
    type Output = ();

    #[inline]
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let unit = ready!(coop::poll_unit(cx));
        let has_signal = match self.place {
            Place::New => self.event.state.take(),
            Place::In(ticket) => self.event.served.has_passed(ticket),
            Place::Done => false,
        };
        if has_signal {
            self.place = Place::Done;
            return unit.charge(Poll::Ready(()));
        }
        unit.charge(self.poll_in_line(cx))
    }
}

impl<H: Source<Target = AutoResetEvent>> Seal for AutoResetWait<H> {}

impl<H: Source<Target = AutoResetEvent>> Drop for AutoResetWait<H> {
    #[track_caller]
    fn drop(&mut self) {
        let Place::In(ticket) = self.place else {
            return;
        };
        let event = &*self.event;
        let mut was_granted = event.served.has_passed(ticket);
        let mut batch = Batch::new();
        if !was_granted {
            self.place.leave(
                (&event.line, &mut batch),
                |line| line,
                |line, _, left, _| match left {
                    // Between the look and the lock.
                    Left::Released => was_granted = true,
                    Left::Waiting { .. } if line.is_empty() => event.state.thaw(),
                    Left::Waiting { .. } => {}
                },
            );
        }
        if was_granted {
            event.set();
        }
        batch.finish().resume();
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target = AutoResetEvent>> futures_core::FusedFuture for AutoResetWait<H> {
    fn is_terminated(&self) -> bool {
        self.place.is_done()
    }
}
