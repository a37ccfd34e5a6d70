//! Callbacks: now, later, at a time, every so often; and the handles that take them back.

use std::cell::Cell;
use std::fmt;
use std::ops::{ControlFlow, Deref};
use std::rc::Rc;
use std::time::Instant;

use waystation_core::ring::Ticket;

use crate::inner::{Here, Inner, Item};
use crate::schedule::{Every, Periodic, Tick};
use crate::timers::{Action, When};

/// A callback of `call_soon`, in line and in its handle.
pub(crate) trait Callback {
    fn call(&self);
    fn cancel(&self) -> bool;
    fn is_cancelled(&self) -> bool;
    fn is_waiting(&self) -> bool;
    fn location(&self) -> Here;
}

struct Soon<F> {
    state: Cell<SoonState<F>>,
    location: Here,
}

enum SoonState<F> {
    Waiting(F),
    /// It ran, or is running.
    Called,
    Cancelled,
}

impl<F> Soon<F> {
    /// Looks at the state, which goes out of the cell and in again.
    fn peek(&self, look: impl FnOnce(&SoonState<F>) -> bool) -> bool {
        let state = self.state.replace(SoonState::Called);
        let seen = look(&state);
        self.state.set(state);
        seen
    }
}

impl<F: FnOnce()> Callback for Soon<F> {
    fn call(&self) {
        match self.state.replace(SoonState::Called) {
            SoonState::Waiting(callback) => callback(),
            before => self.state.set(before),
        }
    }

    fn cancel(&self) -> bool {
        match self.state.replace(SoonState::Cancelled) {
            SoonState::Waiting(callback) => {
                drop(callback);
                true
            }
            before => {
                self.state.set(before);
                false
            }
        }
    }

    fn is_cancelled(&self) -> bool {
        self.peek(|state| matches!(state, SoonState::Cancelled))
    }

    fn is_waiting(&self) -> bool {
        self.peek(|state| matches!(state, SoonState::Waiting(_)))
    }

    fn location(&self) -> Here {
        self.location
    }
}

pub(crate) fn call_soon<F: FnOnce() + 'static>(
    inner: &Inner,
    callback: F,
    location: Here,
) -> CallHandle {
    let soon = Rc::new(Soon {
        state: Cell::new(SoonState::Waiting(callback)),
        location,
    });
    if inner.is_closing() {
        soon.cancel();
    } else {
        inner.push(Item::Call(soon.clone()));
    }
    CallHandle { callback: soon }
}

pub(crate) fn call_at<F: FnOnce() + 'static>(
    inner: &Rc<Inner>,
    when: When,
    callback: F,
    location: Here,
) -> TimerHandle {
    set_timer(inner, when, Action::Once(Box::new(callback)), location)
}

pub(crate) fn call_every<F>(
    inner: &Rc<Inner>,
    every: Every,
    callback: F,
    location: Here,
) -> TimerHandle
where
    F: FnMut(Tick) -> ControlFlow<()> + 'static,
{
    let schedule = every.begin(inner.now());
    let periodic = Box::new(Periodic {
        schedule,
        callback: Box::new(callback),
    });
    set_timer(inner, schedule.next(), Action::Every(periodic), location)
}

fn set_timer(inner: &Rc<Inner>, when: When, action: Action, location: Here) -> TimerHandle {
    if inner.is_closing() {
        drop(action);
        return TimerHandle {
            inner: inner.clone(),
            number: None,
            cancelled: Cell::new(true),
        };
    }
    let number = inner.timers.borrow_mut().set(when, action, location);
    TimerHandle {
        inner: inner.clone(),
        number: Some(number),
        cancelled: Cell::new(false),
    }
}

/// A callback that [`call_soon`](crate::EventLoop::call_soon) has put in line.
///
/// Dropping it does not cancel the callback.
///
/// # Examples
///
/// ```
/// use waystation_loop::EventLoop;
///
/// let event_loop = EventLoop::new();
/// let call = event_loop.call_soon(|| unreachable!());
/// assert!(call.cancel());
/// event_loop.run_until_idle();
/// ```
pub struct CallHandle {
    callback: Rc<dyn Callback>,
}

impl CallHandle {
    /// Takes the callback back and drops it. `false` if it has run, runs, or was cancelled before.
    pub fn cancel(&self) -> bool {
        self.callback.cancel()
    }

    /// Whether it was cancelled, by [`cancel`](CallHandle::cancel) or because its loop was closed.
    #[doc(alias = "cancelled")]
    pub fn is_cancelled(&self) -> bool {
        self.callback.is_cancelled()
    }
}

impl fmt::Debug for CallHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallHandle")
            .field("waiting", &self.callback.is_waiting())
            .field("cancelled", &self.callback.is_cancelled())
            .field("location", &self.callback.location())
            .finish()
    }
}

/// A timer of [`call_later`](crate::EventLoop::call_later), [`call_at`](crate::EventLoop::call_at)
/// or [`call_every`](crate::EventLoop::call_every).
///
/// Dropping it does not cancel the timer; see [`cancel_on_drop`](TimerHandle::cancel_on_drop).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use waystation_loop::{EventLoop, VirtualClock};
///
/// let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
/// let now = event_loop.time();
/// let timer = event_loop.call_later(Duration::from_secs(1), || println!("late"));
/// assert_eq!(timer.when(), Some(now + Duration::from_secs(1)));
/// assert!(timer.reset_at(now + Duration::from_secs(2)));
/// assert!(timer.cancel());
/// assert_eq!(timer.when(), None);
/// ```
#[doc(alias = "Handle")]
pub struct TimerHandle {
    inner: Rc<Inner>,
    /// `None`: its loop was closing, and nothing was set.
    number: Option<Ticket>,
    cancelled: Cell<bool>,
}

impl TimerHandle {
    /// Takes the timer back and drops its callback. `false` if it has fired, or was cancelled
    /// before.
    ///
    /// A callback that is due but has not run yet does not run. A periodic one may cancel itself
    /// while it runs; then this is its last tick, whatever it returns.
    pub fn cancel(&self) -> bool {
        let cancel = |number| self.inner.timers.borrow_mut().cancel(number);
        let entry = self.number.and_then(cancel);
        if entry.is_some() {
            self.cancelled.set(true);
        }
        entry.is_some()
    }

    /// Whether [`cancel`](TimerHandle::cancel) has taken it back.
    #[doc(alias = "cancelled")]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.get()
    }

    /// When it fires next. `None` if it never does: its time lies beyond what the clock can say, it
    /// was cancelled, or it has fired. A periodic callback that asks while it runs gets `None`: its
    /// next tick is settled when it returns.
    pub fn when(&self) -> Option<Instant> {
        self.inner.timers.borrow().when(self.number?)
    }

    /// Sets it to another time, as if it had been set now; a periodic one goes on from there.
    /// `false`, and nothing happens, if it has fired or was cancelled.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, VirtualClock, current, sleep};
    ///
    /// # let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// const PATIENCE: Duration = Duration::from_secs(30);
    /// let start = event_loop.time();
    /// let idle = event_loop.call_later(PATIENCE, || current().stop());
    /// event_loop.run_until_complete(sleep(Duration::from_secs(20)));
    /// // A sign of life: it begins to wait anew.
    /// assert!(idle.reset_at(event_loop.time() + PATIENCE));
    /// event_loop.run_forever()?;
    /// assert_eq!(event_loop.time() - start, Duration::from_secs(50));
    /// # Ok::<(), waystation_loop::RunError>(())
    /// ```
    pub fn reset_at(&self, at: Instant) -> bool {
        let reset = |number| self.inner.timers.borrow_mut().reset(number, When::At(at));
        self.number.is_some_and(reset)
    }

    /// Makes a handle whose drop cancels the timer.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// use waystation_loop::{EventLoop, VirtualClock, current, sleep};
    ///
    /// async fn fails() -> Result<(), std::num::ParseIntError> {
    ///     let late = current().call_later(Duration::from_secs(5), || unreachable!());
    ///     let _late = late.cancel_on_drop();
    ///     "x".parse::<u32>()?; // The timer goes here, on the way out.
    ///     Ok(())
    /// }
    /// # let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// assert!(event_loop.run_until_complete(fails()).is_err());
    /// event_loop.run_until_complete(sleep(Duration::from_secs(10)));
    /// ```
    pub fn cancel_on_drop(self) -> TimerGuard {
        TimerGuard(self)
    }
}

impl fmt::Debug for TimerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Read first and shown after: a writer is foreign code, and may use the loop.
        let timers = self.inner.timers.try_borrow();
        let when = timers.map(|timers| timers.when(self.number?));
        let mut debug = f.debug_struct("TimerHandle");
        if let Ok(when) = when {
            debug.field("when", &when);
        }
        debug
            .field("cancelled", &self.cancelled.get())
            .finish_non_exhaustive()
    }
}

/// A [`TimerHandle`] whose drop cancels the timer.
#[derive(Debug)]
#[must_use = "the timer is cancelled when this is dropped"]
pub struct TimerGuard(TimerHandle);

impl Deref for TimerGuard {
    type Target = TimerHandle;

    fn deref(&self) -> &TimerHandle {
        &self.0
    }
}

impl Drop for TimerGuard {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
