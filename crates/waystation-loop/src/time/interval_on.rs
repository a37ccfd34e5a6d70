use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::SystemTime;

use waystation_core::wait::polled_after_ready;

use crate::driver::callback::{Caller, Rhythm};
use crate::driver::context;
use crate::time::occurrences::{Calendar, Occurrences};
use crate::time::schedule::Tick;
use crate::time::sleep::{Goal, Sleep};

/// Ticks at every occurrence of a schedule by the calendar, for a task that awaits them: what
/// [`call_on`](crate::LocalHandle::call_on) is for callbacks.
///
/// The schedule begins at the first poll. A step of the wall clock is noticed within 30 seconds.
pub fn interval_on<O: Occurrences>(occurrences: O) -> IntervalOn<O> {
    IntervalOn {
        stage: Stage::New(occurrences),
        sleep: None,
    }
}

/// The ticks of [`interval_on`].
#[derive(Debug)]
pub struct IntervalOn<O> {
    stage: Stage<O>,
    sleep: Option<Sleep>,
}

#[derive(Debug)]
enum Stage<O> {
    New(O),
    Begun(Calendar<O>),
    /// Its occurrences have panicked.
    Lost,
}

impl<O: Occurrences> IntervalOn<O> {
    /// Waits for the next tick. `None` when the schedule has no further occurrence.
    ///
    /// # Cancel safety
    ///
    /// Dropped, it consumes no tick: the next call waits for the same one.
    ///
    /// # Panics
    ///
    /// When polled outside an event loop, or again after it returned `Ready`.
    #[track_caller]
    pub fn tick(&mut self) -> NextTickOn<'_, O> {
        NextTickOn {
            interval: self,
            caller: Location::caller(),
            done: false,
        }
    }

    #[track_caller]
    fn poll(&mut self, cx: &mut Context<'_>, caller: Caller) -> Poll<Option<Tick<SystemTime>>> {
        let Some(inner) = context::current() else {
            context::no_loop(caller);
        };
        let clock = &*inner.shared.clock;
        loop {
            // Taken out meanwhile: the occurrences are foreign code.
            let mut calendar = match std::mem::replace(&mut self.stage, Stage::Lost) {
                Stage::New(occurrences) => Calendar::begin(occurrences, clock),
                Stage::Begun(calendar) => calendar,
                Stage::Lost => return Poll::Ready(None),
            };
            let tick = calendar.tick(clock);
            let next = calendar.next(clock);
            self.stage = Stage::Begun(calendar);
            let Some(next) = next.filter(|_| tick.is_none()) else {
                self.sleep = None;
                return Poll::Ready(tick);
            };
            let goal = Goal::At(next.check);
            let sleep = self.sleep.get_or_insert_with(|| Sleep::new(goal, caller));
            ready!(Pin::new(sleep).poll(cx));
            self.sleep = None;
        }
    }
}

/// The future of [`IntervalOn::tick`].
#[derive(Debug)]
#[must_use = "nothing waits until it is awaited: `interval.tick().await`"]
pub struct NextTickOn<'a, O> {
    interval: &'a mut IntervalOn<O>,
    caller: Caller,
    done: bool,
}

impl<O: Occurrences> Future for NextTickOn<'_, O> {
    type Output = Option<Tick<SystemTime>>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.done {
            polled_after_ready("NextTickOn");
        }
        let caller = self.caller;
        let tick = ready!(self.interval.poll(cx, caller));
        self.done = true;
        Poll::Ready(tick)
    }
}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<O: Occurrences> futures_core::FusedFuture for NextTickOn<'_, O> {
    fn is_terminated(&self) -> bool {
        self.done
    }
}
