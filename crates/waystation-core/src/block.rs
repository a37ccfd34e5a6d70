//! A thread stands in for a task.
//!
//! [`Blocking`] polls a future on the calling thread and parks the thread in between, so that
//! threads wait in the same lines as tasks and inherit their fairness, their cancellation and
//! their proofs. Giving up at a deadline is dropping the future, nothing else.

use std::cell::Cell;
use std::future::Future;
use std::hint::spin_loop;
use std::ops::Range;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::yield_now;
use std::time::{Duration, Instant};

use crate::signal::Signal;
use crate::sync::{MODEL, has_other_cores};

/// Marks the futures that [`Blocking`] is for.
#[doc(hidden)]
pub trait Seal {}

/// Waits for a future of this library on the calling thread.
///
/// The thread waits in the same line as tasks do: with their fairness, and granted in their order.
/// It looks for the result a short while before it parks. A `thread::park` token of the caller's
/// own is neither taken nor left behind.
///
/// Inside a task this blocks the executor's thread: `.await` there.
///
/// # Panics
///
/// As polling does: after the output was returned. With debug assertions also where it would wait
/// for ever: without a deadline, on the thread of a running `EventLoop` of which no `Handle` lives
/// and no job is out.
pub trait Blocking: Future + Unpin + Sized + Seal {
    /// Waits for the output.
    #[track_caller]
    fn block(self) -> Self::Output {
        block_on(self)
    }

    /// Waits for the output, at most as long as `limit`. `None`: the future still stands in line
    /// and is still yours, to go on waiting, or to drop. A limit of zero polls once;
    /// `Duration::MAX` never times out.
    #[track_caller]
    fn block_timeout(&mut self, limit: Duration) -> Option<Self::Output> {
        drive(Pin::new(self), Instant::now().checked_add(limit))
    }

    /// Waits for the output until `deadline`, as [`block_timeout`](Blocking::block_timeout) does.
    /// A deadline in the past polls once.
    #[track_caller]
    fn block_deadline(&mut self, deadline: Instant) -> Option<Self::Output> {
        drive(Pin::new(self), Some(deadline))
    }
}

impl<F: Future + Unpin + Seal> Blocking for F {}

/// Runs any future to its end on this thread.
#[track_caller]
pub fn block_on<F: Future>(future: F) -> F::Output {
    match drive(pin!(future), None) {
        Some(output) => output,
        None => unreachable!("without a deadline the loop ends with an output only"),
    }
}

/// Whether something outside the event loop that runs on this thread is known that could wake it.
#[doc(hidden)]
pub type CanBeWoken = fn() -> bool;

thread_local! {
    static LOOP: Cell<Option<CanBeWoken>> = const { Cell::new(None) };
}

/// An event loop runs on this thread from now on, or none. Returns what was said before.
#[doc(hidden)]
pub fn loop_runs_here(can_be_woken: Option<CanBeWoken>) -> Option<CanBeWoken> {
    LOOP.try_with(|here| here.replace(can_be_woken))
        .ok()
        .flatten()
}

/// A bug that would otherwise be a silent hang.
#[track_caller]
fn assert_can_be_woken() {
    let can_be_woken = LOOP.try_with(Cell::get).ok().flatten();
    assert!(
        can_be_woken.is_none_or(|can_be_woken| can_be_woken()),
        "`block` on the thread of a running event loop, where nothing outside the loop is known \
         that could wake it: `.await` in a task instead"
    );
}

#[track_caller]
fn drive<F: Future>(mut future: Pin<&mut F>, deadline: Option<Instant>) -> Option<F::Output> {
    let mut seat = Seat::take();
    let waker = seat.waker.clone();
    let mut cx = Context::from_waker(&waker);
    let outcome = loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            break Some(output);
        }
        // After a sleep there is always one more poll: what was granted in the last moment counts.
        match deadline.map(|at| at.saturating_duration_since(Instant::now())) {
            Some(Duration::ZERO) => break None,
            left => {
                if cfg!(debug_assertions) && left.is_none() {
                    assert_can_be_woken();
                }
                seat.wait(left);
            }
        }
    };
    seat.put_back();
    outcome
}

/// The pauses between the first looks, in turns of a spin loop: 2⁰, 2¹, …
const PAUSES: Range<u32> = if MODEL { 0..0 } else { 0..7 };

/// How often a thread yields and looks then, before it parks.
const YIELDS: Range<u32> = if MODEL { 0..0 } else { 0..4 };

/// A sleep longer than this shows that looking was in vain: waking a thread takes as long.
const LONG: Duration = Duration::from_micros(100);

/// What a blocked thread waits with: its signal, and a waker that gives it.
struct Seat {
    signal: Arc<Owner>,
    waker: Waker,
    /// Whether the last sleep was long: the next wait parks at once.
    was_long: bool,
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
        let signal = Arc::new(Owner(Signal::new()));
        Self {
            waker: Waker::from(signal.clone()),
            signal,
            was_long: false,
        }
    }

    fn put_back(self) {
        // A model's objects end with its execution, so nothing is kept there.
        if !MODEL {
            // A thread that is ending has no place to keep a seat.
            let _: Result<(), _> = FREE.try_with(|free| free.set(Some(self)));
        }
    }

    /// Returns after a wake, after the timeout, or for no reason: the caller polls again.
    fn wait(&mut self, timeout: Option<Duration>) {
        let signal = &self.signal.0;
        if signal.take() || self.looks_in_time() {
            return;
        }
        if MODEL {
            signal.wait(timeout);
        } else {
            let start = Instant::now();
            signal.wait(timeout);
            self.was_long = start.elapsed() > LONG;
        }
        self.signal.0.take();
    }

    /// Looks for the signal a few times. The pauses cost less than a sleep, which takes
    /// microseconds to end.
    fn looks_in_time(&self) -> bool {
        if self.was_long || !has_other_cores() {
            return false;
        }
        for pause in PAUSES {
            for _ in 0..1 << pause {
                spin_loop();
            }
            if self.signal.0.take() {
                return true;
            }
        }
        for _ in YIELDS {
            yield_now();
            if self.signal.0.take() {
                return true;
            }
        }
        false
    }
}

struct Owner(Signal);

impl Wake for Owner {
    fn wake(self: Arc<Self>) {
        self.0.notify();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.notify();
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
        assert_eq!(drive(pin!(never), Some(Instant::now())), None);
        assert_eq!(polls, 1);
    }

    #[test]
    fn a_past_deadline_still_finds_what_is_ready() {
        let past = Instant::now();
        assert_eq!(drive(pin!(ready(1)), Some(past)), Some(1));
        assert_eq!(drive(pin!(pending::<()>()), Some(past)), None);
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
