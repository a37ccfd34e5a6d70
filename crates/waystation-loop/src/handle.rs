use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use waystation_core::panics::FirstPanic;

use crate::driver::callback::{Call, Caller, Once, Timed, When};
use crate::driver::context;
use crate::driver::shared::Shared;
use crate::error::LoopClosed;
use crate::join::{Failure, JoinCell, JoinHandle, Kind, Unclaimed};
use crate::task;

/// A loop, seen from other threads.
///
/// What it sends stands in line with everything else, in the order of arrival, and wakes the loop
/// if it sleeps. It also works on the loop's own thread.
///
/// While a handle lives, a loop that [detects stalls](crate::Builder::detect_stall) waits for what
/// it may send, and the time of a [`VirtualClock`](crate::VirtualClock) does not jump.
///
/// # Errors
///
/// [`LoopClosed`] from every method that sends something, when the loop is closed. What was to be
/// sent is dropped on the caller's thread.
///
/// # Examples
///
/// ```
/// use std::thread;
/// use waystation_loop::{EventLoop, current};
///
/// let event_loop = EventLoop::new();
/// let handle = event_loop.handle();
/// let other = thread::spawn(move || {
///     handle.call_soon_threadsafe(|| current().stop()).unwrap();
/// });
/// event_loop.run_forever().unwrap();
/// other.join().unwrap();
/// ```
pub struct Handle {
    shared: Arc<Shared>,
}

impl Handle {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        shared.inbox.hold();
        Self { shared }
    }

    /// Has the loop call `callback` in one of its next turns. From any thread.
    ///
    /// # Errors
    ///
    /// If the loop is closed.
    #[track_caller]
    pub fn call_soon_threadsafe(
        &self,
        callback: impl FnOnce() + Send + 'static,
    ) -> Result<(), LoopClosed> {
        self.post(Location::caller(), callback)
    }

    /// Has the loop call `callback` when `delay` has passed since now, by the loop's clock. From
    /// any thread. A delay that overflows the clock never passes.
    ///
    /// # Errors
    ///
    /// If the loop is closed.
    #[track_caller]
    pub fn call_later(
        &self,
        delay: Duration,
        callback: impl FnOnce() + Send + 'static,
    ) -> Result<(), LoopClosed> {
        let when = When::from(self.time().checked_add(delay));
        self.set(when, callback, Location::caller())
    }

    /// Has the loop call `callback` at a time of its clock. From any thread.
    ///
    /// # Errors
    ///
    /// If the loop is closed.
    #[track_caller]
    pub fn call_at(
        &self,
        at: Instant,
        callback: impl FnOnce() + Send + 'static,
    ) -> Result<(), LoopClosed> {
        self.set(When::At(at), callback, Location::caller())
    }

    /// Makes the loop run a future. From any thread; the handle gives the output on any thread.
    ///
    /// Dropping the [`JoinHandle`] detaches the task. If the loop is closed before the task is
    /// done, the handle gives [`JoinError::Cancelled`](crate::JoinError::Cancelled).
    ///
    /// # Errors
    ///
    /// If the loop is closed.
    #[doc(alias = "run_coroutine_threadsafe")]
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> Result<JoinHandle<F::Output>, LoopClosed>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.send_task(None, future, Location::caller())
    }

    /// Like [`spawn`](Handle::spawn), with a name for reports.
    ///
    /// # Errors
    ///
    /// If the loop is closed.
    #[track_caller]
    pub fn spawn_named<F>(
        &self,
        name: impl Into<String>,
        future: F,
    ) -> Result<JoinHandle<F::Output>, LoopClosed>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.send_task(
            Some(name.into().into_boxed_str()),
            future,
            Location::caller(),
        )
    }

    /// Stops the loop at the end of the turn that finds this. From any thread.
    ///
    /// # Errors
    ///
    /// If the loop is closed.
    #[track_caller]
    pub fn stop(&self) -> Result<(), LoopClosed> {
        self.post(Location::caller(), || {
            if let Some(inner) = context::current() {
                inner.is_stopping.set(true);
            }
        })
    }

    /// The time of the loop's clock.
    pub fn time(&self) -> Instant {
        self.shared.clock.now()
    }

    /// Whether the loop is closed.
    pub fn is_closed(&self) -> bool {
        self.shared.inbox.is_closed()
    }

    fn post(&self, caller: Caller, call: impl FnOnce() + Send + 'static) -> Result<(), LoopClosed> {
        if self.shared.post(caller, call) {
            Ok(())
        } else {
            Err(LoopClosed)
        }
    }

    fn set(
        &self,
        when: When,
        callback: impl FnOnce() + Send + 'static,
        caller: Caller,
    ) -> Result<(), LoopClosed> {
        self.post(caller, move || {
            if let Some(inner) = context::current() {
                inner.call_at(
                    Rc::new(Call::new(Timed::new(Once::new(callback)), caller)),
                    when.into(),
                );
            }
        })
    }

    fn send_task<F>(
        &self,
        name: Option<Box<str>>,
        future: F,
        caller: Caller,
    ) -> Result<JoinHandle<F::Output>, LoopClosed>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let cell = Arc::new(JoinCell::new(self.shared.id, Kind::Parcel));
        let contents = Some((future, cell.clone()));
        let mut parcel = Parcel { contents };
        self.post(caller, move || {
            let contents = parcel.contents.take();
            if let (Some((future, cell)), Some(inner)) = (contents, context::current()) {
                task::launch_arrived(&inner, future, name, caller, cell);
            }
        })?;
        Ok(JoinHandle::new(cell))
    }
}

impl Clone for Handle {
    fn clone(&self) -> Self {
        Self::new(self.shared.clone())
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.inbox.let_go();
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inbox = &self.shared.inbox;
        f.debug_tuple("Handle").field(inbox).finish()
    }
}

/// A task on its way to its loop. If it never arrives, its handle says so.
struct Parcel<F: Future> {
    contents: Option<(F, Arc<JoinCell<F::Output>>)>,
}

impl<F: Future> Drop for Parcel<F> {
    fn drop(&mut self) {
        let Some((future, cell)) = self.contents.take() else {
            return;
        };
        // The future first, so that the awaiting task finds it gone; and its panic after.
        let mut panics = FirstPanic::new();
        panics.drop(future);
        let Unclaimed { waker, unwanted } = cell.complete(Err(Failure::Cancelled));
        panics.drop(unwanted);
        panics.run(|| waker.map(Waker::wake));
        panics.resume();
    }
}
