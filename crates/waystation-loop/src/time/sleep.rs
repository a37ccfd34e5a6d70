use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use waystation_core::coop;
use waystation_core::ring::Ticket;
use waystation_core::wait::polled_after_ready;

use crate::driver::callback::{Caller, When};
use crate::driver::context;
use crate::driver::inner::Inner;
use crate::driver::shared::{LoopId, post};
use crate::driver::timers::Watch;

/// Waits until `duration` has passed.
///
/// The time begins at the first poll, by the clock of the loop that polls it. A zero duration waits
/// for one turn, as in asyncio; one that overflows the clock waits for ever.
///
/// # Cancel safety
///
/// Dropped, it takes its timer off the loop.
///
/// # Panics
///
/// When polled outside an event loop, or again after it returned `Ready`.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use waystation_loop::{current, run, sleep};
///
/// run(async {
///     let start = current().time();
///     sleep(Duration::from_millis(2)).await;
///     assert!(current().time() - start >= Duration::from_millis(2));
/// });
/// ```
#[track_caller]
pub fn sleep(duration: Duration) -> Sleep {
    Sleep::new(Goal::After(duration), Location::caller())
}

/// Waits until a time of the loop's clock, as [`sleep`] does. A deadline in the past is ready at
/// the first poll, so that a `select!` loop with a new `sleep_until` in each round keeps its time.
/// One poll of a task may take 128 of those; the next one waits for a turn.
#[track_caller]
pub fn sleep_until(deadline: Instant) -> Sleep {
    Sleep::new(Goal::At(When::At(deadline)), Location::caller())
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    After(Duration),
    At(When),
}

/// The future of [`sleep`] and [`sleep_until`].
#[derive(Debug)]
#[must_use = "nothing waits until it is awaited: `sleep(duration).await`"]
pub struct Sleep {
    goal: Goal,
    stage: Stage,
    caller: Caller,
}

#[derive(Debug)]
enum Stage {
    New,
    /// A timer of this loop, by number: so it may be sent to another thread, and dropped there.
    Set(LoopId, Ticket),
    Done,
}

impl Sleep {
    pub(crate) fn new(goal: Goal, caller: Caller) -> Self {
        Self {
            goal,
            stage: Stage::New,
            caller,
        }
    }

    /// Takes the timer off the loop.
    pub(crate) fn forget(&mut self) {
        let Stage::Set(id, ticket) = std::mem::replace(&mut self.stage, Stage::Done) else {
            return;
        };
        match context::find_by_id(id) {
            Some(inner) => cancel(&inner, ticket),
            // On another thread; a closed loop has dropped its timers.
            None => post(id, self.caller, move || {
                if let Some(inner) = context::current() {
                    cancel(&inner, ticket);
                }
            }),
        }
    }

    /// When it is over. The time begins with this call, and goes on if this is moved to another loop.
    fn due(&mut self, inner: &Inner) -> When {
        let when = match self.goal {
            Goal::At(when) => when,
            Goal::After(duration) => inner.now().checked_add(duration).into(),
        };
        self.goal = Goal::At(when);
        when
    }

    /// The time begins, before the first poll, for a timeout: no time is a deadline in the past.
    /// Does nothing where no loop runs.
    pub(crate) fn start(&mut self) {
        // Looked at first: every poll of a timeout comes here, and the loop is needed at one.
        if let Goal::After(_) = self.goal {
            if let Some(inner) = context::current() {
                self.due(&inner);
            }
        }
    }

    fn begin(&mut self, inner: &Inner, cx: &mut Context<'_>) -> Poll<()> {
        if inner.is_closing() {
            return Poll::Pending;
        }
        // A sleep of no time yields.
        let yields = matches!(self.goal, Goal::After(_));
        let when = self.due(inner);
        if !yields && when <= When::At(inner.now()) && coop::try_spend() {
            self.stage = Stage::Done;
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        let caller = self.caller;
        let ticket = inner.timers(|timers| timers.set_sleep(when, waker, caller));
        self.stage = Stage::Set(inner.id, ticket);
        Poll::Pending
    }
}

fn cancel(inner: &Rc<Inner>, ticket: Ticket) {
    let cancelled = inner.timers(|timers| timers.take_sleep(ticket));
    drop(cancelled);
}

impl Future for Sleep {
    type Output = ();

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Stage::Done = self.stage {
            polled_after_ready("Sleep");
        }
        let Some(inner) = context::current() else {
            context::no_loop(self.caller);
        };
        match self.stage {
            Stage::Set(id, ticket) if id == inner.id => {
                match inner.timers(|timers| timers.watch(ticket, cx.waker())) {
                    Watch::Fired => {
                        self.stage = Stage::Done;
                        return Poll::Ready(());
                    }
                    Watch::Same => {}
                    Watch::Other => {
                        let waker = cx.waker().clone();
                        let displaced = inner.timers(|timers| timers.replace_waker(ticket, waker));
                        drop(displaced);
                    }
                }
                Poll::Pending
            }
            Stage::Set(..) => {
                self.forget();
                self.begin(&inner, cx)
            }
            _ => self.begin(&inner, cx),
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.forget();
    }
}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl futures_core::FusedFuture for Sleep {
    fn is_terminated(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }
}
