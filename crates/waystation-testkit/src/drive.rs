//! Polling by hand: one poll at a time, and a word on whether another is due.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use crate::waker::Probe;

/// Polls a future once.
pub fn poll_once<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

/// The value of a finished poll.
///
/// # Panics
///
/// If it is pending.
#[track_caller]
pub fn assert_ready<T>(poll: Poll<T>) -> T {
    match poll {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("expected Ready, got Pending"),
    }
}

/// Nothing, for a poll that is pending.
///
/// # Panics
///
/// If it is ready.
#[track_caller]
pub fn assert_pending<T>(poll: Poll<T>) {
    assert!(poll.is_pending(), "expected Pending, got Ready");
}

/// A future and the probe whose waker it is polled with.
///
/// Between polls the driver itself holds no handle of that waker: `probe().live()` is what the
/// future and its primitive hold. A future that is not `Unpin` goes in as `Box::pin(future)`.
///
/// ```
/// # use waystation_testkit::{Driver, assert_ready};
/// let mut driver = Driver::new(std::future::ready(7));
/// assert_eq!(assert_ready(driver.poll()), 7);
/// assert!(!driver.woken());
/// ```
pub struct Driver<F> {
    future: F,
    probe: Probe,
    /// Takes the place of `probe` at the next poll: until then the old waker is the registered one.
    next: Option<Probe>,
    /// Wakes of `probe` before the latest poll.
    seen: usize,
    /// Wakes of the probes before `probe`, at the time they were replaced.
    earlier: usize,
}

impl<F> Driver<F> {
    /// A driver for a future that was not polled yet.
    pub fn new(future: F) -> Self {
        Self {
            future,
            probe: Probe::new(),
            next: None,
            seen: 0,
            earlier: 0,
        }
    }

    /// Whether the waker of the latest [`poll`](Driver::poll) was woken since that poll began.
    pub fn woken(&self) -> bool {
        self.probe.wakes() > self.seen
    }

    /// Wakes since the beginning, over all probes.
    pub fn wakes(&self) -> usize {
        self.earlier + self.probe.wakes()
    }

    /// The next poll brings a fresh waker, which will not `will_wake` the former. Returns the probe
    /// in use until then: nothing should wake it after that poll.
    pub fn change_waker(&mut self) -> Probe {
        self.next = Some(Probe::new());
        self.probe.clone()
    }

    /// The probe of the latest poll.
    pub fn probe(&self) -> &Probe {
        &self.probe
    }

    /// The future.
    pub fn get(&self) -> &F {
        &self.future
    }

    /// The future, to be changed between polls.
    pub fn get_mut(&mut self) -> &mut F {
        &mut self.future
    }

    /// The future, and no more driver.
    pub fn into_inner(self) -> F {
        self.future
    }
}

impl<F: Future + Unpin> Driver<F> {
    /// Polls once with the driver's own waker.
    pub fn poll(&mut self) -> Poll<F::Output> {
        if let Some(next) = self.next.take() {
            self.earlier += self.probe.wakes();
            self.probe = next;
        }
        self.seen = self.probe.wakes();
        let waker = self.probe.waker();
        poll_once(&mut self.future, &waker)
    }

    /// Polls once with another waker, of which [`woken`](Driver::woken) and
    /// [`wakes`](Driver::wakes) know nothing.
    pub fn poll_with(&mut self, waker: &Waker) -> Poll<F::Output> {
        poll_once(&mut self.future, waker)
    }
}

impl<F> fmt::Debug for Driver<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver")
            .field("probe", &self.probe)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    type Shelf = Arc<Mutex<Vec<Waker>>>;

    /// Pending for ever; keeps every waker it is shown.
    fn keeper(shelf: &Shelf) -> impl Future<Output = ()> + Unpin {
        let shelf = shelf.clone();
        std::future::poll_fn(move |cx| {
            shelf.lock().unwrap().push(cx.waker().clone());
            Poll::Pending
        })
    }

    #[test]
    fn woken_is_about_the_latest_poll() {
        let shelf = Shelf::default();
        let mut driver = Driver::new(keeper(&shelf));
        assert_pending(driver.poll());
        assert!(!driver.woken());
        shelf.lock().unwrap()[0].wake_by_ref();
        assert!(driver.woken());
        assert_pending(driver.poll());
        assert!(!driver.woken());
        assert_eq!(driver.wakes(), 1);
    }

    #[test]
    fn the_old_waker_counts_until_the_next_poll() {
        let shelf = Shelf::default();
        let mut driver = Driver::new(keeper(&shelf));
        assert_pending(driver.poll());
        let old = driver.change_waker();
        shelf.lock().unwrap()[0].wake_by_ref();
        assert!(driver.woken());
        assert_pending(driver.poll());
        assert!(!driver.woken());
        let late = shelf.lock().unwrap().remove(0);
        assert!(!late.will_wake(&shelf.lock().unwrap()[0]));
        late.wake();
        assert!(!driver.woken(), "a stale waker wakes nobody");
        assert_eq!((driver.wakes(), old.wakes(), old.live()), (1, 2, 0));
    }

    #[test]
    fn the_driver_holds_no_handle_between_polls() {
        let mut driver = Driver::new(std::future::pending::<()>());
        assert_pending(driver.poll());
        assert_eq!(driver.probe().live(), 0);
    }

    #[test]
    #[should_panic(expected = "expected Ready, got Pending")]
    fn pending_is_not_ready() {
        assert_ready(Poll::<()>::Pending);
    }

    #[test]
    #[should_panic(expected = "expected Pending, got Ready")]
    fn ready_is_not_pending() {
        assert_pending(Poll::Ready(1));
    }
}
