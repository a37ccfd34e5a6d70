use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use waystation_core::ring::Ticket;
use waystation_core::wait::polled_after_ready;

use crate::inner::{Here, Inner};
use crate::near;
use crate::remote::{LoopId, order_far};
use crate::timers::{Action, Watch, When};

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

/// Waits until a time of the loop's clock. A time that has passed waits for one turn.
///
/// # Cancel safety
///
/// Dropped, it takes its timer off the loop.
///
/// # Panics
///
/// When polled outside an event loop, or again after it returned `Ready`.
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
#[must_use = "nothing waits until it is awaited: `sleep(duration).await`"]
pub struct Sleep {
    goal: Goal,
    stage: Stage,
    location: Here,
}

enum Stage {
    New,
    /// A timer of this loop, by number: so it may be sent to another thread, and dropped there.
    Set(LoopId, Ticket),
    Done,
}

impl Sleep {
    pub(crate) fn new(goal: Goal, location: Here) -> Self {
        Self {
            goal,
            stage: Stage::New,
            location,
        }
    }

    /// Takes the timer off the loop.
    pub(crate) fn forget(&mut self) {
        let Stage::Set(id, number) = std::mem::replace(&mut self.stage, Stage::Done) else {
            return;
        };
        match near::find_by_id(id) {
            Some(inner) => {
                let cancelled = inner.timers.borrow_mut().cancel(number);
                drop(cancelled);
            }
            // On another thread; a closed loop has dropped its timers.
            None => {
                let cancel = move |inner: &Rc<Inner>| {
                    let cancelled = inner.timers.borrow_mut().cancel(number);
                    drop(cancelled);
                };
                order_far(id, self.location, cancel);
            }
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

    /// The time begins, before the first poll. Does nothing where no loop runs.
    pub(crate) fn start(&mut self) {
        // Looked at first: every poll of a timeout comes here, and the loop is needed at one.
        if let Goal::After(_) = self.goal {
            if let Some(inner) = near::current() {
                self.due(&inner);
            }
        }
    }

    fn begin(&mut self, inner: &Rc<Inner>, cx: &mut Context<'_>) {
        if inner.is_closing() {
            return;
        }
        let when = self.due(inner);
        let waker = cx.waker().clone();
        let number = inner
            .timers
            .borrow_mut()
            .set(when, Action::Wake(waker), self.location);
        self.stage = Stage::Set(inner.id, number);
    }
}

impl Future for Sleep {
    type Output = ();

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Stage::Done = self.stage {
            polled_after_ready("Sleep");
        }
        let Some(inner) = near::current() else {
            near::no_loop(self.location);
        };
        match self.stage {
            Stage::Set(id, number) if id == inner.id => {
                let watch = inner.timers.borrow().watch(number, cx.waker());
                match watch {
                    Watch::Fired => {
                        self.stage = Stage::Done;
                        return Poll::Ready(());
                    }
                    Watch::Same => {}
                    Watch::Other => {
                        let waker = cx.waker().clone();
                        let displaced = inner.timers.borrow_mut().replace_waker(number, waker);
                        drop(displaced);
                    }
                }
            }
            Stage::Set(..) => {
                self.forget();
                self.begin(&inner, cx);
            }
            _ => self.begin(&inner, cx),
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.forget();
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match self.stage {
            Stage::New => "new",
            Stage::Set(..) => "waiting",
            Stage::Done => "done",
        };
        f.debug_struct("Sleep")
            .field("goal", &self.goal)
            .field("stage", &stage)
            .finish()
    }
}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl futures_core::FusedFuture for Sleep {
    fn is_terminated(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }
}
