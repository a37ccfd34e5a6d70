use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use waystation_core::panics::FirstPanic;

use crate::calls;
#[cfg(doc)]
use crate::error::JoinError;
use crate::error::LoopClosed;
use crate::inner::{Here, Inner};
use crate::join::{Failure, JoinCell, JoinHandle, Left};
use crate::remote::Remote;
use crate::task;
use crate::timers::When;

/// A loop, seen from other threads.
///
/// What it sends stands in line with everything else, in the order of arrival, and wakes the loop
/// if it sleeps. It also works on the loop's own thread.
///
/// While a handle lives, a loop that [detects stalls](crate::Builder::detect_stall) waits for what
/// it may send.
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
    remote: Arc<Remote>,
}

impl Handle {
    pub(crate) fn new(remote: Arc<Remote>) -> Self {
        remote.inbox.hold();
        Self { remote }
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
        self.order(Location::caller(), move |_| callback())
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
    /// done, the handle gives [`JoinError::Cancelled`].
    ///
    /// # Errors
    ///
    /// If the loop is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::thread;
    /// use waystation_loop::EventLoop;
    ///
    /// let event_loop = EventLoop::new();
    /// let handle = event_loop.handle();
    /// let task = thread::spawn(move || handle.spawn(async { 7 })).join().unwrap().unwrap();
    /// assert_eq!(event_loop.run_until_complete(task).unwrap(), 7);
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::mpsc;
    /// # use std::thread;
    /// use waystation_loop::{EventLoop, LoopClosed};
    ///
    /// let event_loop = EventLoop::new();
    /// let handle = event_loop.handle();
    /// let (sender, work) = mpsc::channel();
    /// let other = thread::spawn(move || {
    ///     handle.call_soon_threadsafe(move || _ = sender.send("done"))?;
    ///     handle.stop()
    /// });
    /// event_loop.run_forever()?;
    /// assert_eq!(work.try_recv()?, "done", "what was sent before comes before");
    /// # other.join().unwrap()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn stop(&self) -> Result<(), LoopClosed> {
        self.order(Location::caller(), |inner| inner.stop())
    }

    /// The time of the loop's clock.
    pub fn time(&self) -> Instant {
        self.remote.clock.now()
    }

    /// Whether the loop is closed.
    pub fn is_closed(&self) -> bool {
        self.remote.inbox.is_closed()
    }

    fn order(
        &self,
        location: Here,
        what: impl FnOnce(&Rc<Inner>) + Send + 'static,
    ) -> Result<(), LoopClosed> {
        if self.remote.order(location, what) {
            Ok(())
        } else {
            Err(LoopClosed)
        }
    }

    fn set(
        &self,
        when: When,
        callback: impl FnOnce() + Send + 'static,
        location: Here,
    ) -> Result<(), LoopClosed> {
        self.order(location, move |inner| {
            drop(calls::call_at(inner, when, callback, location))
        })
    }

    fn send_task<F>(
        &self,
        name: Option<Box<str>>,
        future: F,
        location: Here,
    ) -> Result<JoinHandle<F::Output>, LoopClosed>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let cell = Arc::new(JoinCell::of_parcel(self.remote.id));
        let parcel = Parcel {
            contents: Some(Contents {
                future,
                name,
                cell: cell.clone(),
            }),
        };
        self.order(location, move |inner| parcel.open(inner, location))?;
        Ok(JoinHandle::new(cell))
    }
}

impl Clone for Handle {
    fn clone(&self) -> Self {
        Self::new(self.remote.clone())
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.remote.inbox.let_go();
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handle").field(&self.remote).finish()
    }
}

/// A task on its way to its loop. If it never arrives, whoever awaits it learns so.
struct Parcel<F: Future> {
    contents: Option<Contents<F>>,
}

struct Contents<F: Future> {
    future: F,
    name: Option<Box<str>>,
    cell: Arc<JoinCell<F::Output>>,
}

impl<F> Parcel<F>
where
    F: Future + 'static,
    F::Output: 'static,
{
    fn open(mut self, inner: &Rc<Inner>, location: Here) {
        if let Some(Contents { future, name, cell }) = self.contents.take() {
            task::launch_arrived(inner, future, name, location, cell);
        }
    }
}

impl<F: Future> Drop for Parcel<F> {
    fn drop(&mut self) {
        let Some(Contents { future, cell, .. }) = self.contents.take() else {
            return;
        };
        // The future first, so that whoever awaits the task finds it gone; and its panic after.
        let mut panics = FirstPanic::new();
        panics.drop(future);
        let Left { waker, unwanted } = cell.complete(Err(Failure::Cancelled));
        panics.drop(unwanted);
        panics.run(|| waker.map(Waker::wake));
        panics.resume();
    }
}
