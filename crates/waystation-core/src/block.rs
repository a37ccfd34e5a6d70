//! A thread stands in for a task.
//!
//! [`block_on`] polls a future on the calling thread and parks the thread in between, so that
//! threads wait in the same lines as tasks and inherit their fairness, their cancellation and
//! their proofs. Giving up at a deadline is dropping the future, nothing else.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{MODEL, Parking};

/// Runs a future to its end on this thread.
pub fn block_on<F: Future>(future: F) -> F::Output {
    match drive(future, None) {
        Some(output) => output,
        None => unreachable!("without a deadline the loop ends with an output only"),
    }
}

/// Like [`block_on`], but gives up after `timeout`. Zero polls once; a timeout that overflows the
/// clock never gives up.
pub fn block_on_timeout<F: Future>(future: F, timeout: Duration) -> Option<F::Output> {
    drive(future, Instant::now().checked_add(timeout))
}

/// Like [`block_on`], but gives up at `deadline`. A deadline in the past polls once.
pub fn block_on_deadline<F: Future>(future: F, deadline: Instant) -> Option<F::Output> {
    drive(future, Some(deadline))
}

fn drive<F: Future>(future: F, deadline: Option<Instant>) -> Option<F::Output> {
    let mut future = pin!(future);
    let seat = Seat::take();
    let mut cx = Context::from_waker(&seat.waker);
    let outcome = loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            break Some(output);
        }
        // After a park there is always one more poll: what was granted in the last moment counts.
        match deadline.map(|at| at.saturating_duration_since(Instant::now())) {
            Some(Duration::ZERO) => break None,
            left => seat.parker.park(left),
        }
    };
    seat.put_back();
    outcome
}

/// What a blocked thread sits on: its parker, and a waker that rings it.
struct Seat {
    parker: Arc<Parker>,
    waker: Waker,
}

thread_local! {
    /// The seat of this thread while it is free. A future that blocks inside `block_on` finds it
    /// taken and brings its own.
    static FREE: Cell<Option<Seat>> = const { Cell::new(None) };
}

impl Seat {
    fn take() -> Self {
        FREE.try_with(Cell::take)
            .ok()
            .flatten()
            .unwrap_or_else(Self::new)
    }

    fn new() -> Self {
        let parker = Arc::new(Parker {
            notified: AtomicBool::new(false),
            parking: Parking::here(),
        });
        Self {
            waker: Waker::from(parker.clone()),
            parker,
        }
    }

    fn put_back(self) {
        // A model's objects end with its execution, so nothing is kept there.
        if !MODEL {
            // A thread that is ending has no place to keep a seat.
            let _: Result<(), _> = FREE.try_with(|free| free.set(Some(self)));
        }
    }
}

struct Parker {
    notified: AtomicBool,
    parking: Parking,
}

impl Parker {
    /// Returns after a wake, after the timeout, or for no reason: the caller polls again.
    fn park(&self, timeout: Option<Duration>) {
        // Acquire pairs with the Release in `wake_by_ref`: what the waker's thread did is visible
        // to the poll that follows.
        if self.notified.swap(false, Ordering::Acquire) {
            return;
        }
        self.parking.park(timeout);
        self.notified.swap(false, Ordering::Acquire);
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // A second ring before the thread has looked adds nothing.
        if !self.notified.swap(true, Ordering::Release) {
            self.parking.unpark();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, poll_fn, ready};

    #[test]
    fn a_ready_future_needs_no_parking() {
        assert_eq!(block_on(ready(7)), 7);
    }

    #[test]
    fn a_wake_from_another_thread_ends_the_park() {
        let mut polls = 0;
        let output = block_on(poll_fn(|cx| {
            polls += 1;
            if polls == 3 {
                return Poll::Ready(polls);
            }
            let waker = cx.waker().clone();
            std::thread::spawn(move || waker.wake());
            Poll::Pending
        }));
        assert_eq!(output, 3);
    }

    #[test]
    fn timeout_zero_polls_once() {
        let mut polls = 0;
        let never = poll_fn(|_| {
            polls += 1;
            Poll::<()>::Pending
        });
        assert_eq!(block_on_timeout(never, Duration::ZERO), None);
        assert_eq!(polls, 1);
    }

    #[test]
    fn a_past_deadline_still_finds_what_is_ready() {
        let past = Instant::now();
        assert_eq!(block_on_deadline(ready(1), past), Some(1));
        assert_eq!(block_on_deadline(pending::<()>(), past), None);
    }

    #[test]
    fn the_longest_timeout_never_panics() {
        assert_eq!(block_on_timeout(ready(1), Duration::MAX), Some(1));
    }

    #[test]
    fn blocking_inside_a_blocked_future_works() {
        assert_eq!(
            block_on(async { block_on(async { block_on(ready(3)) }) }),
            3
        );
    }

    #[test]
    fn a_panic_in_the_future_leaves_the_thread_able_to_block() {
        let caught = std::panic::catch_unwind(|| block_on(async { panic!("boom") }));
        assert!(caught.is_err());
        assert_eq!(block_on(ready(1)), 1);
    }
}
