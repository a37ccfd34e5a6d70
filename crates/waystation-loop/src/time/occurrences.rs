//! Schedules by the calendar: the wall clock says when, and may be set meanwhile.

use std::time::{Duration, Instant, SystemTime};

use crate::driver::callback::{Next, Rhythm};
use crate::time::clock::Clock;
use crate::time::schedule::Tick;

/// A loop looks at the wall clock at least this often while a schedule waits for it.
const CHECK: Duration = Duration::from_secs(30);

/// A wall clock that is this far behind the latest time seen was corrected.
const CORRECTION: Duration = Duration::from_secs(3 * 3600);

/// The default of [`Occurrences::count`] counts no further.
const COUNTED: u64 = 1 << 16;

/// The times at which something is to happen, by the wall clock: a calendar, a cron expression.
///
/// [`call_on`](crate::LocalHandle::call_on) and [`interval_on`](crate::interval_on) follow it. A
/// closure is one, too.
pub trait Occurrences {
    /// The first occurrence strictly after `time`, if there is one.
    fn after(&self, time: SystemTime) -> Option<SystemTime>;

    /// How many occurrences lie strictly between two times. This default counts one by one, and
    /// stops at 65,536.
    fn count(&self, after: SystemTime, before: SystemTime) -> u64 {
        let mut time = after;
        let mut count = 0;
        while count < COUNTED {
            match self.after(time) {
                Some(next) if next > time && next < before => time = next,
                _ => break,
            }
            count += 1;
        }
        count
    }
}

impl<F: Fn(SystemTime) -> Option<SystemTime>> Occurrences for F {
    fn after(&self, time: SystemTime) -> Option<SystemTime> {
        self(time)
    }
}

/// A schedule by the calendar, under way. What it gives out rises strictly, until the wall clock
/// is corrected.
#[derive(Debug)]
pub(crate) struct Calendar<O> {
    occurrences: O,
    next: Option<SystemTime>,
    /// The latest time that the wall clock has shown, and when.
    latest: (Instant, SystemTime),
}

impl<O: Occurrences> Calendar<O> {
    pub(crate) fn begin(occurrences: O, clock: &dyn Clock) -> Self {
        let latest = (clock.now(), clock.wall());
        let next = occurrences.after(latest.1);
        Self {
            occurrences,
            next,
            latest,
        }
    }

    fn tick_at(&mut self, now: Instant, wall: SystemTime) -> Option<Tick<SystemTime>> {
        let (then, latest) = self.latest;
        match latest.duration_since(wall) {
            Ok(behind) if behind + now.saturating_duration_since(then) >= CORRECTION => {
                self.latest = (now, wall);
                self.next = self.occurrences.after(wall);
            }
            Ok(_) => {}
            Err(_) => self.latest = (now, wall),
        }
        let scheduled = self.next.filter(|next| *next <= wall)?;
        // An occurrence of this very moment can still run in time and is not missed.
        let from = wall.checked_sub(Duration::from_nanos(1));
        let from = from.map_or(scheduled, |from| from.max(scheduled));
        self.next = self.occurrences.after(from).filter(|next| *next > from);
        let missed = if from > scheduled {
            self.occurrences.count(scheduled, wall)
        } else {
            0
        };
        Some(Tick {
            scheduled,
            now: wall,
            missed,
        })
    }

    fn next_at(&self, now: Instant, wall: SystemTime) -> Option<Next> {
        let ahead = self.next?.duration_since(wall).unwrap_or_default();
        Some(Next {
            when: now.checked_add(ahead).into(),
            check: now.checked_add(ahead.min(CHECK)).into(),
        })
    }
}

impl<O: Occurrences> Rhythm for Calendar<O> {
    type Tick = Tick<SystemTime>;

    fn tick(&mut self, clock: &dyn Clock) -> Option<Tick<SystemTime>> {
        self.tick_at(clock.now(), clock.wall())
    }

    fn next(&self, clock: &dyn Clock) -> Option<Next> {
        self.next_at(clock.now(), clock.wall())
    }

    fn reset(&mut self, at: Instant, clock: &dyn Clock) {
        let ahead = at.saturating_duration_since(clock.now());
        self.next = clock.wall().checked_add(ahead);
    }
}
