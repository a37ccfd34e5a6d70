//! Periodic schedules: when is the next tick, and what becomes of those that were missed?

use std::fmt;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::timers::When;

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
    /// They are left out, and the next tick comes one whole period after the late one ran. The
    /// grid moves.
    Delay,
    /// They run one after the other, as fast as they can, until the schedule has caught up.
    Burst,
}

/// A period, where it begins, and what becomes of missed ticks.
///
/// The first tick comes after one period, or at [`start_at`](Every::start_at).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use waystation_loop::{Every, MissedTick};
///
/// let every = Every::new(Duration::from_millis(100)).missed(MissedTick::Burst);
/// assert_eq!(every.period(), Duration::from_millis(100));
/// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::ops::ControlFlow;
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, Every, VirtualClock};
    ///
    /// # let clock = VirtualClock::manual();
    /// # let event_loop = EventLoop::builder().clock(clock.clone()).build();
    /// let midnight = event_loop.time();
    /// clock.advance(Duration::from_secs(25));
    /// // On the grid of midnight, not on that of now.
    /// let every = Every::new(Duration::from_secs(10)).start_at(midnight);
    /// let timer = event_loop.call_every(every, |_| ControlFlow::Continue(()));
    /// assert_eq!(timer.when(), Some(midnight), "the first one at once");
    /// event_loop.run_until_idle();
    /// assert_eq!(timer.when(), Some(midnight + Duration::from_secs(30)));
    /// ```
    pub const fn start_at(mut self, start: Instant) -> Self {
        self.start_at = Some(start);
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

/// One tick of a schedule.
///
/// # Examples
///
/// ```
/// # use std::time::Duration;
/// use waystation_loop::{EventLoop, VirtualClock, current, interval, sleep};
///
/// # let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
/// # event_loop.run_until_complete(async {
/// let start = current().time();
/// let mut interval = interval(Duration::from_secs(10)).start_at(start);
/// interval.tick().await;
/// sleep(Duration::from_secs(37)).await;
/// let late = interval.tick().await;
/// assert_eq!(late.scheduled, start + Duration::from_secs(10));
/// assert_eq!(late.now, start + Duration::from_secs(37));
/// assert_eq!(late.missed, 2, "those of 20 and 30");
/// # });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// When it should have run.
    pub scheduled: Instant,
    /// When it runs. What lies between is the drift.
    pub now: Instant,
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

    /// The tick that runs at `now`, and the schedule goes on to the next one.
    pub(crate) fn tick(&mut self, now: Instant) -> Tick {
        let scheduled = self.next.unwrap_or(now);
        let late = now.saturating_duration_since(scheduled);
        // The ticks after this one whose time has passed. One that is due this very moment can
        // still run in time and is not missed.
        let behind = late.as_nanos().saturating_sub(1) / self.period.as_nanos();
        self.next = match self.missed {
            MissedTick::Burst => scheduled.checked_add(self.period),
            MissedTick::Delay => now.checked_add(self.period),
            MissedTick::Skip => {
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

/// A schedule with what it calls.
pub(crate) struct Periodic {
    pub(crate) schedule: Schedule,
    pub(crate) callback: Box<dyn FnMut(Tick) -> ControlFlow<()>>,
}

impl fmt::Debug for Periodic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Periodic")
            .field("schedule", &self.schedule)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MS: Duration = Duration::from_millis(1);

    fn schedule(missed: MissedTick, start: Instant) -> Schedule {
        Every::new(10 * MS)
            .missed(missed)
            .start_at(start)
            .begin(start)
    }

    #[test]
    fn a_tick_in_time_is_followed_by_the_next_on_the_grid() {
        let t = Instant::now();
        for missed in [MissedTick::Skip, MissedTick::Burst, MissedTick::Delay] {
            let mut schedule = schedule(missed, t);
            assert_eq!(
                schedule.tick(t),
                Tick {
                    scheduled: t,
                    now: t,
                    missed: 0
                }
            );
            assert_eq!(schedule.next(), When::At(t + 10 * MS));
        }
    }

    #[test]
    fn a_late_tick_under_each_policy() {
        let t = Instant::now();
        let late = t + 35 * MS;
        for (missed, left_out, next) in [
            (MissedTick::Skip, 3, t + 40 * MS),
            (MissedTick::Delay, 3, t + 45 * MS),
            (MissedTick::Burst, 0, t + 10 * MS),
        ] {
            let mut schedule = schedule(missed, t);
            assert_eq!(
                schedule.tick(late),
                Tick {
                    scheduled: t,
                    now: late,
                    missed: left_out
                }
            );
            assert_eq!(schedule.next(), When::At(next), "{missed:?}");
        }
    }

    #[test]
    fn a_tick_that_is_due_this_very_moment_is_not_missed() {
        let t = Instant::now();
        let mut schedule = schedule(MissedTick::Skip, t);
        assert_eq!(schedule.tick(t + 20 * MS).missed, 1);
        assert_eq!(schedule.next(), When::At(t + 20 * MS));
    }

    #[test]
    fn a_schedule_beyond_the_clock_never_ticks_and_never_panics() {
        let t = Instant::now();
        for missed in [MissedTick::Skip, MissedTick::Burst, MissedTick::Delay] {
            let mut schedule = Every::new(Duration::MAX).missed(missed).begin(t);
            assert_eq!(schedule.next(), When::Never);
            schedule.set_next(Some(t));
            schedule.tick(t + 5 * MS);
            assert_eq!(schedule.next(), When::Never);
        }
    }

    proptest! {
        #[test]
        fn skip_stays_on_the_grid_and_counts_what_it_leaves_out(
            period in 1u64..1_000_000_000_000,
            late in 0u64..10_000_000_000_000,
        ) {
            let t = Instant::now();
            let period = Duration::from_nanos(period);
            let now = t + Duration::from_nanos(late);
            let mut schedule = Every::new(period).start_at(t).begin(t);
            let tick = schedule.tick(now);
            let When::At(next) = schedule.next() else { panic!("the clock goes that far") };
            let steps = (next - t).as_nanos() / period.as_nanos();
            prop_assert_eq!((next - t).as_nanos() % period.as_nanos(), 0);
            prop_assert_eq!(steps, u128::from(tick.missed) + 1);
            prop_assert!(next >= now && next > t);
            prop_assert!(next - period < now || next - period == t);
        }
    }
}
