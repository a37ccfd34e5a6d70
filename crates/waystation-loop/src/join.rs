//! What a task and its `JoinHandle` share, and the handle.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use waystation_core::Panicked;
use waystation_core::block::Seal;
use waystation_core::panics::Payload;
use waystation_core::ring::Ticket;
use waystation_core::sync::{Lock, OrLocked};
use waystation_core::wait::polled_after_ready;

use crate::driver::callback::Caller;
use crate::driver::context;
use crate::driver::shared::{LoopId, post};
use crate::error::JoinError;

/// How a task ended. Small: its place is part of every task.
pub(crate) type Outcome<T> = Result<T, Failure>;

/// A [`JoinError`] that nobody has looked at yet.
pub(crate) enum Failure {
    Cancelled,
    Panicked(Payload),
}

impl From<Failure> for JoinError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Cancelled => Self::Cancelled,
            Failure::Panicked(payload) => Self::Panicked(Panicked::new(payload)),
        }
    }
}

/// The place where a task leaves its outcome.
pub(crate) struct JoinCell<T> {
    state: Lock<State<T>>,
    id: LoopId,
}

struct State<T> {
    stage: Stage<T>,
    kind: Kind,
    aborted: bool,
}

enum Stage<T> {
    /// Not finished, with the waker of who awaits it.
    Waiting(Option<Waker>),
    /// Finished, and not yet taken.
    Finished(Outcome<T>),
    /// Nobody is interested, or the outcome was taken.
    Gone,
}

/// What it is that leaves its outcome here.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// A task that the loop knows under this number.
    Task(Ticket),
    /// A task on its way to its loop.
    Parcel,
    /// A job of the executor.
    Job,
}

/// What is to be done, outside the lock, after an outcome was stored.
pub(crate) struct Unclaimed<T> {
    pub(crate) waker: Option<Waker>,
    pub(crate) unwanted: Option<Outcome<T>>,
}

impl<T> JoinCell<T> {
    pub(crate) fn new(id: LoopId, kind: Kind) -> Self {
        let stage = Stage::Waiting(None);
        let state = Lock::new(State {
            stage,
            kind,
            aborted: false,
        });
        Self { state, id }
    }

    /// The task has arrived at its loop. Returns `false` if it was aborted on its way.
    pub(crate) fn arrive(&self, key: Ticket) -> bool {
        let mut state = self.state.lock();
        state.kind = Kind::Task(key);
        !state.aborted
    }

    /// Whether a job may begin.
    pub(crate) fn may_begin(&self) -> bool {
        !self.state.lock().aborted
    }

    /// Stores the outcome. The first one counts.
    pub(crate) fn complete(&self, outcome: Outcome<T>) -> Unclaimed<T> {
        let mut state = self.state.lock();
        if !matches!(state.stage, Stage::Waiting(_)) {
            drop(state);
            return Unclaimed {
                waker: None,
                unwanted: Some(outcome),
            };
        }
        let before = std::mem::replace(&mut state.stage, Stage::Finished(outcome));
        drop(state);
        let Stage::Waiting(waker) = before else {
            unreachable!("it was looked at above")
        };
        Unclaimed {
            waker,
            unwanted: None,
        }
    }

    #[track_caller]
    fn poll(&self, cx: &mut Context<'_>) -> Poll<Outcome<T>> {
        let mut fresh: Option<Waker> = None;
        loop {
            let mut state = self.state.lock();
            match &mut state.stage {
                Stage::Waiting(Some(registered)) if registered.will_wake(cx.waker()) => {
                    drop(state);
                    return Poll::Pending;
                }
                Stage::Waiting(registered) => {
                    if let Some(fresh) = fresh.take() {
                        let displaced = registered.replace(fresh);
                        drop(state);
                        drop(displaced);
                        return Poll::Pending;
                    }
                    // Clones are foreign code: not under the lock.
                    drop(state);
                    fresh = Some(cx.waker().clone());
                }
                Stage::Finished(_) | Stage::Gone => {
                    let stage = std::mem::replace(&mut state.stage, Stage::Gone);
                    drop(state);
                    let Stage::Finished(outcome) = stage else {
                        polled_after_ready("JoinHandle")
                    };
                    return Poll::Ready(outcome);
                }
            }
        }
    }

    fn is_finished(&self) -> bool {
        !matches!(self.state.lock().stage, Stage::Waiting(_))
    }

    fn abort(&self, caller: Caller) -> bool {
        let mut state = self.state.lock();
        if !matches!(state.stage, Stage::Waiting(_)) {
            return false;
        }
        state.aborted = true;
        let kind = state.kind;
        drop(state);
        match kind {
            Kind::Task(key) => match context::find_by_id(self.id) {
                Some(inner) => inner.abort(key),
                None => post(self.id, caller, move || {
                    if let Some(inner) = context::current() {
                        inner.abort(key);
                    }
                }),
            },
            // It learns so when it arrives.
            Kind::Parcel => {}
            // It cannot be stopped once it runs; its outcome is not waited for.
            Kind::Job => {
                let Unclaimed { waker, unwanted } = self.complete(Err(Failure::Cancelled));
                drop(unwanted);
                if let Some(waker) = waker {
                    waker.wake();
                }
            }
        }
        true
    }

    /// The handle goes. What it leaves is returned, to be dropped outside the lock.
    fn leave(&self) -> Stage<T> {
        let mut state = self.state.lock();
        std::mem::replace(&mut state.stage, Stage::Gone)
    }
}

/// A task of the loop, or a job of its executor, seen from outside. Awaiting it gives the output.
///
/// Dropping it detaches the task, which runs on. It may be sent to another thread if the output
/// may, and be awaited, or aborted, there.
///
/// A panic of the task is caught and comes out as [`JoinError::Panicked`]. If nobody can see it,
/// because the handle was dropped, it goes to the
/// [`panic_handler`](crate::Builder::panic_handler), if there is one.
///
/// Another thread waits for it with [`block`](crate::Blocking::block). On the thread of its own loop
/// that would never end: the loop cannot run meanwhile.
///
/// # Cancel safety
///
/// Dropped, polled or not, it leaves the task running: what elsewhere takes a `detach`, or
/// asyncio's `shield`. An output that is there already is dropped. To stop the task, call
/// [`abort`](JoinHandle::abort).
///
/// # Panics
///
/// When polled again after it returned `Ready`.
///
/// # Examples
///
/// ```
/// use waystation_loop::{current, run};
///
/// let sum = run(async {
///     let one = current().spawn(async { 1 });
///     let two = current().spawn(async { 2 });
///     one.await.unwrap() + two.await.unwrap()
/// });
/// assert_eq!(sum, 3);
/// ```
#[doc(alias = "Task")]
#[doc(alias = "detach")]
#[doc(alias = "shield")]
#[must_use = "a task runs on when its handle is dropped: await it, or say `drop`"]
pub struct JoinHandle<T> {
    cell: Arc<JoinCell<T>>,
    done: bool,
}

impl<T> JoinHandle<T> {
    pub(crate) fn new(cell: Arc<JoinCell<T>>) -> Self {
        Self { cell, done: false }
    }

    /// Asks the task to end, and returns whether it had not finished.
    ///
    /// Its future is dropped on the loop's thread at the loop's next turn, unless it finishes
    /// before; then the handle gives [`JoinError::Cancelled`]. A job of
    /// [`run_in_executor`](crate::LocalHandle::run_in_executor) that has not begun never begins; one
    /// that runs cannot be stopped, and its outcome is dropped. From any thread that has the
    /// handle.
    #[doc(alias = "cancel")]
    #[track_caller]
    pub fn abort(&self) -> bool {
        !self.done && self.cell.abort(Location::caller())
    }

    /// Whether the task has finished, in whatever way.
    #[doc(alias = "done")]
    pub fn is_finished(&self) -> bool {
        self.done || self.cell.is_finished()
    }
}

impl<T> Unpin for JoinHandle<T> {}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    #[inline]
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = ready!(self.cell.poll(cx));
        self.done = true;
        Poll::Ready(outcome.map_err(JoinError::from))
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if !self.done {
            drop(self.cell.leave());
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Read first and shown after: a writer is foreign code, and may use the task.
        let state = self.cell.state.try_lock();
        let seen = state.map(|state| (!matches!(state.stage, Stage::Waiting(_)), state.aborted));
        f.debug_struct("JoinHandle")
            .field("finished", &OrLocked(seen.map(|(is, _)| self.done || is)))
            .field("aborted", &OrLocked(seen.map(|(_, aborted)| aborted)))
            .finish_non_exhaustive()
    }
}

impl<T> Seal for JoinHandle<T> {}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<T> futures_core::FusedFuture for JoinHandle<T> {
    fn is_terminated(&self) -> bool {
        self.done
    }
}
