//! Periodic schedules: when is the next tick, and what becomes of those that were missed?

use std::time::{Duration, Instant};

use crate::driver::callback::{Next, Rhythm, When};
use crate::time::clock::Clock;

/// What becomes of the ticks of a schedule that could not run in time.
///
/// # Examples
///
/// ```
/// # use std::time::Duration;
/// use waystation_loop::{EventLoop, MissedTick, VirtualClock, current, interval, sleep};
///
/// # const MS: Duration = Duration::from_millis(1);
/// # let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
/// # event_loop.run_until_complete(async {
/// for (missed, ticks) in [
///     (MissedTick::Skip, [10, 40, 50]),
///     (MissedTick::Delay, [10, 45, 55]),
///     (MissedTick::Burst, [10, 20, 30]),
/// ] {
///     let start = current().time();
///     let mut interval = interval(10 * MS).start_at(start + 10 * MS).missed(missed);
///     sleep(35 * MS).await;
///     for tick in ticks {
///         assert_eq!(interval.tick().await.scheduled, start + tick * MS);
///     }
/// }
/// # });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissedTick {
    /// They are left out. The schedule stays on its grid. The default.
    #[default]
    Skip,
    /// They are left out, and the grid moves: the next tick comes one period after the late one
    /// ran. A tick that is late by less than a period has missed none, and leaves the grid alone.
    Delay,
    /// They run one after the other, as fast as they can, until the schedule has caught up.
    Burst,
}

/// A period, where it begins, and what becomes of missed ticks.
///
/// The first tick comes after one period, or at [`start_at`](Every::start_at).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a description of a schedule does nothing by itself"]
pub struct Every {
    period: Duration,
    start_at: Option<Instant>,
    missed: MissedTick,
}

impl Every {
    /// Once in every period.
    ///
    /// # Panics
    ///
    /// If the period is zero.
    #[track_caller]
    pub const fn new(period: Duration) -> Self {
        assert!(!period.is_zero(), "the period of a schedule cannot be zero");
        Self {
            period,
            start_at: None,
            missed: MissedTick::Skip,
        }
    }

    /// The first tick comes at this time. If it has passed, the first tick comes at once, and those
    /// that should have followed it were missed.
    pub const fn start_at(mut self, start: Instant) -> Self {
        self.start_at = Some(start);
        self
    }

    /// Without what `start_at` has said.
    pub(crate) const fn start_after_a_period(mut self) -> Self {
        self.start_at = None;
        self
    }

    /// What becomes of missed ticks.
    pub const fn missed(mut self, missed: MissedTick) -> Self {
        self.missed = missed;
        self
    }

    /// The period.
    pub const fn period(&self) -> Duration {
        self.period
    }

    /// The schedule, seen from `now`.
    pub(crate) fn begin(self, now: Instant) -> Schedule {
        let next = self.start_at.or_else(|| now.checked_add(self.period));
        Schedule {
            period: self.period,
            missed: self.missed,
            next,
        }
    }
}

/// One tick of a schedule: by the loop's clock, or by the wall clock for
/// [`call_on`](crate::LocalHandle::call_on) and [`interval_on`](crate::interval_on).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick<T = Instant> {
    /// When it should have run.
    pub scheduled: T,
    /// When it runs. What lies between is the drift.
    pub now: T,
    /// How many ticks that should have run in between are left out. Always 0 under
    /// [`MissedTick::Burst`], which leaves none out.
    pub missed: u64,
}

/// A schedule under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    period: Duration,
    missed: MissedTick,
    /// `None`: beyond what the clock can say.
    next: Option<Instant>,
}

impl Schedule {
    pub(crate) fn next(&self) -> When {
        self.next.into()
    }

    pub(crate) fn set_next(&mut self, next: Option<Instant>) {
        self.next = next;
    }

    /// The tick that runs at `now`. The schedule moves on to the next one.
    pub(crate) fn tick(&mut self, now: Instant) -> Tick {
        let scheduled = self.next.unwrap_or(now);
        let late = now.saturating_duration_since(scheduled);
        // The ticks after this one whose time has passed. One that is due this very moment can
        // still run in time and is not missed.
        let behind = late.as_nanos().saturating_sub(1) / self.period.as_nanos();
        self.next = match self.missed {
            MissedTick::Burst => scheduled.checked_add(self.period),
            MissedTick::Delay if behind > 0 => now.checked_add(self.period),
            MissedTick::Skip | MissedTick::Delay => {
                let ahead = self.period.as_nanos().checked_mul(behind + 1);
                ahead
                    .and_then(from_nanos)
                    .and_then(|ahead| scheduled.checked_add(ahead))
            }
        };
        let missed = match self.missed {
            MissedTick::Burst => 0,
            MissedTick::Skip | MissedTick::Delay => u64::try_from(behind).unwrap_or(u64::MAX),
        };
        Tick {
            scheduled,
            now,
            missed,
        }
    }
}

fn from_nanos(nanos: u128) -> Option<Duration> {
    const PER_SECOND: u128 = 1_000_000_000;
    let seconds = u64::try_from(nanos / PER_SECOND).ok()?;
    let rest = u32::try_from(nanos % PER_SECOND).ok()?;
    Some(Duration::new(seconds, rest))
}

impl Rhythm for Schedule {
    type Tick = Tick;

    fn tick(&mut self, clock: &dyn Clock) -> Option<Tick> {
        Some(self.tick(clock.now()))
    }

    fn next(&self, _: &dyn Clock) -> Option<Next> {
        Some(self.next().into())
    }

    fn reset(&mut self, at: Instant, _: &dyn Clock) {
        self.set_next(Some(at));
    }
}
