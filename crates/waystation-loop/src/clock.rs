//! What time is it, and what does an idle loop do until the next timer?

use std::fmt;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use waystation_core::sync::{Lock, OrLocked};

/// Where a loop takes its time from.
///
/// Everything a loop does about time goes through its clock: `time`, timers, `sleep`, `timeout`,
/// `interval`, the measure of slow callbacks. A clock of your own implements [`now`](Clock::now);
/// the rest has defaults that suit a clock which follows the real time.
///
/// A clock is asked on the loop's thread, and by [`Handle`](crate::Handle)s on theirs.
///
/// # Examples
///
/// ```
/// # use std::sync::atomic::{AtomicU32, Ordering};
/// # use std::time::{Duration, Instant};
/// use waystation_loop::{Clock, EventLoop, Idle, sleep};
///
/// /// A time that goes from frame to frame, as a game counts it.
/// struct Frames(Instant, AtomicU32);
///
/// impl Clock for Frames {
///     fn now(&self) -> Instant {
///         self.0 + self.1.load(Ordering::Relaxed) * Duration::from_millis(20)
///     }
///
///     fn idle(&self, _next: Instant) -> Idle {
///         self.1.fetch_add(1, Ordering::Relaxed);
///         Idle::Moved
///     }
/// }
///
/// let frames = Frames(Instant::now(), AtomicU32::new(0));
/// let event_loop = EventLoop::builder().clock(frames).build();
/// let start = event_loop.time();
/// event_loop.run_until_complete(sleep(Duration::from_millis(50)));
/// assert_eq!(event_loop.time() - start, Duration::from_millis(60), "three frames");
/// ```
pub trait Clock: Send + Sync + 'static {
    /// The time.
    fn now(&self) -> Instant;

    /// What an idle loop does until its next timer, which is due at `next` and not yet.
    fn idle(&self, next: Instant) -> Idle {
        Idle::Sleep(next.saturating_duration_since(self.now()))
    }

    /// Whether this time is made up. A loop with a virtual clock detects stalls unless told
    /// otherwise, and does not call [`idle`](Clock::idle) while a job runs on the executor.
    fn is_virtual(&self) -> bool {
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
///
/// # Examples
///
/// ```
/// # use std::time::{Duration, Instant};
/// use waystation_loop::{Clock, Idle, SystemClock, VirtualClock};
///
/// let next = Instant::now();
/// assert_eq!(SystemClock.idle(next), Idle::Sleep(Duration::ZERO), "it is time already");
/// assert_eq!(VirtualClock::manual().idle(next), Idle::Wait);
/// let clock = VirtualClock::new();
/// let next = clock.now() + Duration::from_secs(5);
/// assert_eq!(clock.idle(next), Idle::Moved);
/// assert_eq!(clock.now(), next);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// It sleeps for so long, or until it is woken.
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

/// A time that moves when it is told to, for tests and simulations.
///
/// [`new`](VirtualClock::new) makes a clock that advances by itself: when nothing is ready on its
/// loop, the time jumps to the next timer. An hour of schedule takes milliseconds, and the same
/// program does the same things in the same order in every run. While a job of
/// [`run_in_executor`](crate::EventLoop::run_in_executor) is out, the time stands still, so that
/// real work does not run into virtual timeouts.
///
/// [`manual`](VirtualClock::manual) makes one that only [`advance`](VirtualClock::advance) moves.
/// A loop that waits for a timer of such a clock sleeps until somebody calls `advance` on a clone;
/// a test on one thread uses [`run_until_idle`](crate::EventLoop::run_until_idle) instead.
///
/// Clones show the same time.
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
    shared: Arc<Lock<Shared>>,
    manual: bool,
}

struct Shared {
    now: Instant,
    // Each waker in an `Arc`, so that none has to be cloned, which is foreign code, under the lock.
    wakers: Vec<Arc<Waker>>,
}

impl VirtualClock {
    /// A clock that jumps to the next timer when nothing is ready.
    pub fn new() -> Self {
        Self::with(false)
    }

    /// A clock that moves only by [`advance`](VirtualClock::advance).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, VirtualClock};
    ///
    /// let clock = VirtualClock::manual();
    /// let event_loop = EventLoop::builder().clock(clock.clone()).build();
    /// let timer = event_loop.call_later(Duration::from_secs(10), || ());
    /// clock.advance(Duration::from_secs(9));
    /// event_loop.run_until_idle();
    /// assert!(timer.when().is_some(), "not yet");
    /// clock.advance(Duration::from_secs(1));
    /// event_loop.run_until_idle();
    /// assert!(timer.when().is_none());
    /// ```
    pub fn manual() -> Self {
        Self::with(true)
    }

    fn with(manual: bool) -> Self {
        let shared = Shared {
            now: Instant::now(),
            wakers: Vec::new(),
        };
        Self {
            shared: Arc::new(Lock::new(shared)),
            manual,
        }
    }

    /// Whether only [`advance`](VirtualClock::advance) moves it.
    pub fn is_manual(&self) -> bool {
        self.manual
    }

    /// Moves the time forward and wakes the loops that wait for it, from any thread.
    ///
    /// # Panics
    ///
    /// If the time overflows. It has not moved then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::thread;
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, VirtualClock, sleep_until};
    ///
    /// let clock = VirtualClock::manual();
    /// let event_loop = EventLoop::builder().clock(clock.clone()).build();
    /// let then = event_loop.time() + Duration::from_secs(60);
    /// // The loop sleeps until this thread has moved its time.
    /// let other = thread::spawn(move || clock.advance(Duration::from_secs(60)));
    /// event_loop.run_until_complete(sleep_until(then));
    /// assert_eq!(event_loop.time(), then);
    /// # other.join().unwrap();
    /// ```
    #[track_caller]
    pub fn advance(&self, by: Duration) {
        let mut shared = self.shared.lock();
        let Some(now) = shared.now.checked_add(by) else {
            drop(shared);
            panic!("the virtual clock cannot be advanced by {by:?}: the time would overflow");
        };
        shared.now = now;
        let wakers = shared.wakers.clone();
        drop(shared);
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
        self.shared.lock().now
    }

    fn idle(&self, next: Instant) -> Idle {
        if self.manual {
            return Idle::Wait;
        }
        let mut shared = self.shared.lock();
        shared.now = shared.now.max(next);
        Idle::Moved
    }

    fn is_virtual(&self) -> bool {
        true
    }

    fn attach(&self, waker: &Waker) {
        let waker = Arc::new(waker.clone());
        self.shared.lock().wakers.push(waker);
    }

    fn detach(&self, waker: &Waker) {
        let mut shared = self.shared.lock();
        let found = shared
            .wakers
            .iter()
            .position(|attached| attached.will_wake(waker));
        let detached = found.map(|index| shared.wakers.remove(index));
        drop(shared);
        drop(detached);
    }
}

impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Read first and shown after: a writer is foreign code, and may use the clock.
        let now = self.shared.try_lock().map(|shared| shared.now);
        f.debug_struct("VirtualClock")
            .field("now", &OrLocked(now))
            .field("manual", &self.manual)
            .finish_non_exhaustive()
    }
}
