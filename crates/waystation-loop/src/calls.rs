//! The handles that take callbacks back.

use std::fmt;
use std::ops::Deref;
use std::rc::Rc;
use std::time::Instant;

use crate::driver::callback::Call;
use crate::driver::inner::Inner;

/// A callback that is to be called: by [`call_soon`](crate::LocalHandle::call_soon) in the next
/// turn, or at its time, as a [`TimerHandle`].
///
/// Dropping it does not cancel the callback.
#[doc(alias = "Handle")]
pub struct CallHandle {
    call: Rc<Call>,
    /// The loop whose timer it is.
    timer_of: Option<Rc<Inner>>,
}

impl CallHandle {
    pub(crate) fn new(call: Rc<Call>) -> Self {
        let timer_of = None;
        Self { call, timer_of }
    }

    /// Takes the callback back and drops it. `false` if it has run, or was cancelled before.
    ///
    /// One that is due but has not run yet does not run. One that runs is past cancelling, unless
    /// it is periodic: then this is its last tick, whatever it returns.
    pub fn cancel(&self) -> bool {
        match &self.timer_of {
            Some(inner) => inner.cancel(&self.call),
            None => self.call.cancel(|| ()),
        }
    }

    /// Whether it was cancelled, by [`cancel`](CallHandle::cancel) or because its loop was closed.
    #[doc(alias = "cancelled")]
    pub fn is_cancelled(&self) -> bool {
        self.call.is_cancelled()
    }
}

impl fmt::Debug for CallHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Read first and shown after: a writer is foreign code, and may use the call.
        let (is_waiting, when) = (self.call.is_waiting(), self.call.when());
        let is_cancelled = self.is_cancelled();
        f.debug_struct("CallHandle")
            .field("waiting", &is_waiting)
            .field("when", &when)
            .field("cancelled", &is_cancelled)
            .field("location", &self.call.caller)
            .finish()
    }
}

/// A timer of [`call_later`](crate::LocalHandle::call_later),
/// [`call_at`](crate::LocalHandle::call_at), [`call_every`](crate::LocalHandle::call_every) or
/// [`call_on`](crate::LocalHandle::call_on): a [`CallHandle`] with a time.
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
#[derive(Debug)]
pub struct TimerHandle(CallHandle);

impl TimerHandle {
    pub(crate) fn new(inner: Rc<Inner>, call: Rc<Call>) -> Self {
        let timer_of = Some(inner);
        Self(CallHandle { call, timer_of })
    }

    /// When it fires next. `None` if it never does: its time lies beyond what the clock can say, it
    /// was cancelled, or it has fired. It is also `None` while a periodic callback runs.
    pub fn when(&self) -> Option<Instant> {
        self.call.when()
    }

    /// Sets it to another time, as if it had been set now; a periodic one goes on from there.
    /// `false`, and nothing happens, if it has fired or was cancelled.
    pub fn reset_at(&self, at: Instant) -> bool {
        let inner = self.timer_of.as_ref();
        inner.is_some_and(|inner| inner.reset(&self.call, at))
    }

    /// Makes a handle whose drop cancels the timer.
    pub fn cancel_on_drop(self) -> TimerGuard {
        TimerGuard(self)
    }
}

impl Deref for TimerHandle {
    type Target = CallHandle;

    fn deref(&self) -> &CallHandle {
        &self.0
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
