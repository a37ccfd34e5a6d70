use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use waystation_core::wait::polled_after_ready;

use crate::inner::Here;
use crate::near;
use crate::schedule::{Every, MissedTick, Schedule, Tick};
use crate::sleep::{Goal, Sleep};

/// Ticks once in every period, for a task that awaits them.
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
    sleep: Option<Sleep>,
}

impl Interval {
    /// The first tick comes at this time. Before the first tick only; later it changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, VirtualClock, current, interval};
    ///
    /// # let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// # event_loop.run_until_complete(async {
    /// let now = current().time();
    /// let mut interval = interval(Duration::from_secs(60)).start_at(now);
    /// assert_eq!(interval.tick().await.scheduled, now, "the first one at once");
    /// assert_eq!(interval.tick().await.scheduled, now + Duration::from_secs(60));
    /// # });
    /// ```
    #[must_use = "it is a new interval"]
    pub fn start_at(mut self, start: Instant) -> Self {
        self.every = self.every.start_at(start);
        self
    }

    /// What becomes of ticks that could not be awaited in time. The default is
    /// [`MissedTick::Skip`]. Before the first tick only; later it changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, MissedTick, VirtualClock, interval, sleep};
    ///
    /// # let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// # event_loop.run_until_complete(async {
    /// let mut interval = interval(Duration::from_secs(10)).missed(MissedTick::Delay);
    /// interval.tick().await;
    /// // Five seconds too long.
    /// sleep(Duration::from_secs(15)).await;
    /// let late = interval.tick().await;
    /// assert_eq!(late.now - late.scheduled, Duration::from_secs(5));
    /// let next = interval.tick().await;
    /// assert_eq!(next.scheduled - late.now, interval.period(), "counted from the late one");
    /// # });
    /// ```
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

    /// Waits for the next tick.
    ///
    /// A tick that is past waits for one turn.
    ///
    /// # Cancel safety
    ///
    /// Dropped, it takes its timer off the loop. The tick is not consumed: the next call waits for
    /// the same one.
    ///
    /// # Panics
    ///
    /// When polled outside an event loop, or again after it returned `Ready`.
    #[track_caller]
    pub fn tick(&mut self) -> NextTick<'_> {
        NextTick {
            interval: self,
            location: Location::caller(),
            done: false,
        }
    }
}

/// The future of [`Interval::tick`].
#[derive(Debug)]
#[must_use = "nothing waits until it is awaited: `interval.tick().await`"]
pub struct NextTick<'a> {
    interval: &'a mut Interval,
    location: Here,
    done: bool,
}

impl Future for NextTick<'_> {
    type Output = Tick;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Tick> {
        if self.done {
            polled_after_ready("NextTick");
        }
        let Some(inner) = near::current() else {
            near::no_loop(self.location);
        };
        let location = self.location;
        let Interval {
            every,
            schedule,
            sleep,
        } = &mut *self.interval;
        let schedule = schedule.get_or_insert_with(|| every.begin(inner.now()));
        let sleep = sleep.get_or_insert_with(|| Sleep::new(Goal::At(schedule.next()), location));
        if Pin::new(sleep).poll(cx).is_pending() {
            return Poll::Pending;
        }
        let tick = schedule.tick(inner.now());
        self.done = true;
        Poll::Ready(tick)
    }
}

impl Drop for NextTick<'_> {
    fn drop(&mut self) {
        self.interval.sleep = None;
    }
}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl futures_core::FusedFuture for NextTick<'_> {
    fn is_terminated(&self) -> bool {
        self.done
    }
}
