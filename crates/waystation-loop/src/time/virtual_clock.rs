use std::fmt;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant, SystemTime};

use waystation_core::sync::{Lock, OrLocked};

use crate::time::clock::{Clock, Idle};

/// A time that moves when it is told to, for tests and simulations.
///
/// [`new`](VirtualClock::new) makes a clock that advances by itself: when nothing is ready on its
/// loop, the time jumps to the next timer. An hour of schedule takes milliseconds, and the same
/// program does the same things in the same order in every run.
///
/// [`manual`](VirtualClock::manual) makes one that only [`advance`](VirtualClock::advance) moves.
/// A loop that waits for a timer of such a clock sleeps until `advance` is called on a clone; a
/// test on one thread uses [`run_until_idle`](crate::EventLoop::run_until_idle) instead.
///
/// Clones show the same time.
///
/// # Real work
///
/// The time does not jump while a job of [`run_in_executor`](crate::LocalHandle::run_in_executor)
/// is out, nor while a [`Handle`](crate::Handle) of the loop lives: another thread may be about to
/// send something, and would find that virtual timeouts have passed. So a handle that is kept on
/// the loop's own thread stops the time for good: drop it, or say
/// [`ignore_handles`](VirtualClock::ignore_handles).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use waystation_loop::{EventLoop, VirtualClock, sleep};
///
/// let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
/// let start = event_loop.time();
/// event_loop.run_until_complete(sleep(Duration::from_secs(3600)));
/// assert_eq!(event_loop.time() - start, Duration::from_secs(3600));
/// ```
#[doc(alias = "pause")]
#[derive(Clone)]
pub struct VirtualClock {
    state: Arc<Lock<State>>,
    manual: bool,
    ignores_handles: bool,
}

struct State {
    now: Instant,
    wall: SystemTime,
    // Each waker in an `Arc`, so that none has to be cloned, which is foreign code, under the lock.
    wakers: Vec<Arc<Waker>>,
}

impl State {
    /// Moves both hands. `None`, and nothing has moved, if one overflows.
    fn advance(&mut self, by: Duration) -> Option<()> {
        let now = self.now.checked_add(by)?;
        self.wall = self.wall.checked_add(by)?;
        self.now = now;
        Some(())
    }
}

/// How [`VirtualClock::step_wall`] moves the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WallStep {
    /// Into the future.
    Forward(Duration),
    /// Into the past.
    Back(Duration),
}

impl VirtualClock {
    /// A clock that jumps to the next timer when nothing is ready.
    pub fn new() -> Self {
        Self::with(false, SystemTime::now())
    }

    /// A clock that moves only by [`advance`](VirtualClock::advance).
    pub fn manual() -> Self {
        Self::with(true, SystemTime::now())
    }

    /// A clock as of [`new`](VirtualClock::new), whose wall clock shows this time of day and date.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::{Duration, SystemTime};
    /// use waystation_loop::{Clock, EventLoop, VirtualClock, sleep};
    ///
    /// const HOUR: Duration = Duration::from_secs(3600);
    /// let clock = VirtualClock::starting_at(SystemTime::UNIX_EPOCH);
    /// let event_loop = EventLoop::builder().clock(clock.clone()).build();
    /// event_loop.run_until_complete(sleep(HOUR));
    /// assert_eq!(clock.wall(), SystemTime::UNIX_EPOCH + HOUR);
    /// ```
    pub fn starting_at(wall: SystemTime) -> Self {
        Self::with(false, wall)
    }

    fn with(manual: bool, wall: SystemTime) -> Self {
        let state = State {
            now: Instant::now(),
            wall,
            wakers: Vec::new(),
        };
        Self {
            state: Arc::new(Lock::new(state)),
            manual,
            ignores_handles: false,
        }
    }

    /// Lets the time jump although a [`Handle`](crate::Handle) lives.
    #[must_use = "it is a new clock"]
    pub fn ignore_handles(mut self) -> Self {
        self.ignores_handles = true;
        self
    }

    /// Whether only [`advance`](VirtualClock::advance) moves it.
    pub fn is_manual(&self) -> bool {
        self.manual
    }

    /// Moves the time, and the wall clock with it, and wakes the loops that wait for it. From any
    /// thread.
    ///
    /// # Panics
    ///
    /// If the time overflows. It has not moved then.
    #[track_caller]
    pub fn advance(&self, by: Duration) {
        self.change("advanced by", by, |state| state.advance(by));
    }

    /// Sets the wall clock forward or back, as NTP or an administrator does. The time of timers
    /// goes on as before.
    ///
    /// # Panics
    ///
    /// If the wall clock overflows. It has not moved then.
    #[track_caller]
    pub fn step_wall(&self, step: WallStep) {
        self.change("stepped by", step, |state| {
            state.wall = match step {
                WallStep::Forward(by) => state.wall.checked_add(by)?,
                WallStep::Back(by) => state.wall.checked_sub(by)?,
            };
            Some(())
        });
    }

    /// A machine sleeps for this long: the wall clock goes on, and the time of timers stands
    /// still, as it does on Linux.
    ///
    /// # Panics
    ///
    /// If the wall clock overflows. It has not moved then.
    #[track_caller]
    pub fn suspend(&self, by: Duration) {
        self.step_wall(WallStep::Forward(by));
    }

    #[track_caller]
    fn change(&self, how: &str, by: impl fmt::Debug, with: impl FnOnce(&mut State) -> Option<()>) {
        let mut state = self.state.lock();
        let changed = with(&mut state);
        let wakers = state.wakers.clone();
        drop(state);
        assert!(
            changed.is_some(),
            "the virtual clock cannot be {how} {by:?}: the time would overflow"
        );
        for waker in wakers {
            waker.wake_by_ref();
        }
    }
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        self.state.lock().now
    }

    fn wall(&self) -> SystemTime {
        self.state.lock().wall
    }

    fn idle(&self, next: Instant) -> Idle {
        if self.manual {
            return Idle::Wait;
        }
        let mut state = self.state.lock();
        let by = next.saturating_duration_since(state.now);
        if state.advance(by).is_none() {
            // Only the wall clock can overflow here: it stops.
            state.now = next;
        }
        Idle::Moved
    }

    fn is_virtual(&self) -> bool {
        true
    }

    fn waits_for_handles(&self) -> bool {
        !self.ignores_handles
    }

    fn attach(&self, waker: &Waker) {
        let waker = Arc::new(waker.clone());
        self.state.lock().wakers.push(waker);
    }

    fn detach(&self, waker: &Waker) {
        let mut state = self.state.lock();
        let found = state
            .wakers
            .iter()
            .position(|attached| attached.will_wake(waker));
        let detached = found.map(|index| state.wakers.remove(index));
        drop(state);
        drop(detached);
    }
}

impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Read first and shown after: a writer is foreign code, and may use the clock.
        let seen = self.state.try_lock().map(|state| (state.now, state.wall));
        f.debug_struct("VirtualClock")
            .field("now", &OrLocked(seen.map(|(now, _)| now)))
            .field("wall", &OrLocked(seen.map(|(_, wall)| wall)))
            .field("manual", &self.manual)
            .finish_non_exhaustive()
    }
}
