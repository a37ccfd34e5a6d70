//! What time is it, and what does an idle loop do until the next timer?

use std::task::Waker;
use std::time::{Duration, Instant, SystemTime};

/// Where a loop takes its time from.
///
/// A clock has two hands. Timers follow [`now`](Clock::now), which never goes back. Schedules by the
/// calendar ([`call_on`](crate::LocalHandle::call_on)) follow [`wall`](Clock::wall), which people
/// and NTP set, and which goes on while a machine sleeps (on Linux `now` does not).
///
/// A clock of your own implements `now`; the defaults suit a clock that follows the real time. It
/// is asked on the loop's thread, and by [`Handle`](crate::Handle)s on theirs.
pub trait Clock: Send + Sync + 'static {
    /// The time.
    fn now(&self) -> Instant;

    /// The time of day and date.
    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    /// What an idle loop does until its next timer, which is due at `next` and not yet.
    fn idle(&self, next: Instant) -> Idle {
        Idle::Sleep(next.saturating_duration_since(self.now()))
    }

    /// Whether this time is made up. A loop with a virtual clock detects stalls unless told
    /// otherwise, and does not call [`idle`](Clock::idle) while a job runs on the executor.
    fn is_virtual(&self) -> bool {
        false
    }

    /// Whether an idle loop sleeps, instead of asking [`idle`](Clock::idle), while a
    /// [`Handle`](crate::Handle) lives. A time that jumps would run past what the holder of the
    /// handle is about to send.
    fn waits_for_handles(&self) -> bool {
        false
    }

    /// Called by a loop that begins to use the clock. Waking the waker, from any thread, makes an
    /// idle loop look at the time again. A clock that is moved by somebody needs it.
    fn attach(&self, waker: &Waker) {
        let _unused = waker;
    }

    /// Called by a loop that is closed, with the waker of [`attach`](Clock::attach).
    fn detach(&self, waker: &Waker) {
        let _unused = waker;
    }
}

/// What an idle loop does until its next timer: the answer of [`Clock::idle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// It sleeps for this long, or until it is woken.
    Sleep(Duration),
    /// It sleeps until it is woken.
    Wait,
    /// It does not sleep: the time has been moved.
    Moved,
}

/// The real time: [`Instant::now`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }
}
