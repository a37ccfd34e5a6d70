use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use waystation_core::coop;
use waystation_core::wait::polled_after_ready;

use crate::driver::callback::{Caller, When};
use crate::driver::context;
use crate::time::schedule::{Every, MissedTick, Schedule, Tick};
use crate::time::sleep::{Goal, Sleep};

/// Ticks once in every period, for a task that awaits them.
///
/// An interval keeps its timer when a [`tick`](Interval::tick) is dropped, and a tick that is due
/// is ready at its first poll: in a `select!` loop it ticks however busy the other branches are.
///
/// The first tick comes one period after the first poll of the first
/// [`tick`](Interval::tick), unless [`start_at`](Interval::start_at) says when.
///
/// # Panics
///
/// If the period is zero.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use waystation_loop::{EventLoop, VirtualClock, current, interval};
///
/// let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
/// event_loop.run_until_complete(async {
///     let start = current().time();
///     let mut interval = interval(Duration::from_secs(60));
///     for n in 1..=60 {
///         let tick = interval.tick().await;
///         assert_eq!(tick.scheduled, start + n * Duration::from_secs(60));
///     }
/// });
/// ```
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    Interval {
        every: Every::new(period),
        schedule: None,
        sleep: None,
    }
}

/// The ticks of [`interval`].
#[derive(Debug)]
pub struct Interval {
    every: Every,
    /// Begins at the first poll.
    schedule: Option<Schedule>,
    /// The timer of the next tick, once a poll has set it.
    sleep: Option<Sleep>,
}

impl Interval {
    /// The first tick comes at this time. Before the first tick only; later it changes nothing.
    #[must_use = "it is a new interval"]
    pub fn start_at(mut self, start: Instant) -> Self {
        self.every = self.every.start_at(start);
        self
    }

    /// What becomes of ticks that could not be awaited in time. The default is
    /// [`MissedTick::Skip`]. Before the first tick only; later it changes nothing.
    #[must_use = "it is a new interval"]
    #[doc(alias = "set_missed_tick_behavior")]
    pub fn missed(mut self, missed: MissedTick) -> Self {
        self.every = self.every.missed(missed);
        self
    }

    /// The period.
    pub fn period(&self) -> Duration {
        self.every.period()
    }

    /// Begins anew: the next tick comes one period after this call, or after the next poll if no
    /// loop runs on this thread.
    pub fn reset(&mut self) {
        self.sleep = None;
        self.every = self.every.start_after_a_period();
        self.schedule = context::current().map(|inner| self.every.begin(inner.now()));
    }

    /// Waits for the next tick.
    ///
    /// # Cancel safety
    ///
    /// Dropped, it consumes no tick: the next call waits for the same one. The timer stays set
    /// until the interval is dropped.
    ///
    /// # Panics
    ///
    /// When polled outside an event loop, or again after it returned `Ready`.
    #[track_caller]
    pub fn tick(&mut self) -> NextTick<'_> {
        NextTick {
            interval: self,
            caller: Location::caller(),
            done: false,
        }
    }

    /// The ticks as a stream, which never ends.
    #[cfg(feature = "futures-core")]
    #[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
    #[track_caller]
    pub fn into_stream(self) -> TickStream {
        TickStream {
            interval: self,
            caller: Location::caller(),
        }
    }

    #[track_caller]
    fn poll(&mut self, cx: &mut Context<'_>, caller: Caller) -> Poll<Tick> {
        let Some(inner) = context::current() else {
            context::no_loop(caller);
        };
        let now = inner.now();
        let every = self.every;
        let schedule = self.schedule.get_or_insert_with(|| every.begin(now));
        // Looked at first: a timer that is set fires at the beginning of a turn only.
        if schedule.next() > When::At(now) || !coop::try_spend() {
            let goal = Goal::At(schedule.next());
            let sleep = self.sleep.get_or_insert_with(|| Sleep::new(goal, caller));
            ready!(Pin::new(sleep).poll(cx));
        }
        self.sleep = None;
        Poll::Ready(schedule.tick(inner.now()))
    }
}

/// The future of [`Interval::tick`].
#[derive(Debug)]
#[must_use = "nothing waits until it is awaited: `interval.tick().await`"]
pub struct NextTick<'a> {
    interval: &'a mut Interval,
    caller: Caller,
    done: bool,
}

impl Future for NextTick<'_> {
    type Output = Tick;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Tick> {
        if self.done {
            polled_after_ready("NextTick");
        }
        let caller = self.caller;
        let tick = ready!(self.interval.poll(cx, caller));
        self.done = true;
        Poll::Ready(tick)
    }
}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl futures_core::FusedFuture for NextTick<'_> {
    fn is_terminated(&self) -> bool {
        self.done
    }
}

/// The stream of [`Interval::into_stream`].
#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
#[derive(Debug)]
#[must_use = "a stream does nothing until it is polled"]
pub struct TickStream {
    interval: Interval,
    caller: Caller,
}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl futures_core::Stream for TickStream {
    type Item = Tick;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Tick>> {
        let caller = self.caller;
        self.interval.poll(cx, caller).map(Some)
    }
}
