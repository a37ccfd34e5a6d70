//! Blocking a thread on a future: what the thread keeps, and what it gives up.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use waystation_core::block::{Blocking, Seal, block_on};
use waystation_core::wait::polled_after_ready;
use waystation_testkit::{PATIENCE, within};

const MOMENT: Duration = Duration::from_millis(10);

/// Opened by any thread; a future that waits for it.
#[derive(Clone, Default)]
struct Gate(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    is_open: bool,
    polls: usize,
    waker: Option<Waker>,
}

struct Pass(Gate, bool);

impl Gate {
    fn pass(&self) -> Pass {
        Pass(self.clone(), false)
    }

    fn open(&self) {
        let mut state = self.0.lock().unwrap();
        state.is_open = true;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn opens_in(&self, time: Duration) -> thread::JoinHandle<()> {
        let gate = self.clone();
        thread::spawn(move || {
            thread::sleep(time);
            gate.open();
        })
    }

    fn polls(&self) -> usize {
        self.0.lock().unwrap().polls
    }
}

impl Future for Pass {
    type Output = u32;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        if self.1 {
            polled_after_ready("Pass");
        }
        let mut state = self.0.0.lock().unwrap();
        state.polls += 1;
        if !state.is_open {
            state.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        drop(state);
        self.1 = true;
        Poll::Ready(7)
    }
}

impl Seal for Pass {}

/// The waker that a future is polled with when this thread blocks on it.
fn waker_of_this_thread() -> Waker {
    block_on(poll_fn(|cx| Poll::Ready(cx.waker().clone())))
}

#[test]
fn a_thread_blocks_with_the_same_waker_each_time() {
    let first = waker_of_this_thread();
    assert!(first.will_wake(&waker_of_this_thread()));
    let other = thread::spawn(waker_of_this_thread).join().unwrap();
    assert!(!first.will_wake(&other));
}

#[test]
fn a_future_that_blocks_inside_another_has_a_waker_of_its_own() {
    block_on(poll_fn(|cx| {
        assert!(!cx.waker().will_wake(&waker_of_this_thread()));
        Poll::Ready(())
    }));
}

#[test]
fn a_thread_waits_until_it_is_woken() {
    within(PATIENCE, "a thread that waits", || {
        for time in [Duration::ZERO, MOMENT] {
            let gate = Gate::default();
            let opens = gate.opens_in(time);
            assert_eq!(gate.pass().block(), 7);
            assert!(gate.polls() <= 2);
            opens.join().unwrap();
        }
    });
}

#[test]
fn a_limit_of_zero_polls_once() {
    let gate = Gate::default();
    let mut pass = gate.pass();
    for polls in 1..4 {
        assert_eq!(pass.block_timeout(Duration::ZERO), None);
        assert_eq!(gate.polls(), polls);
    }
    gate.open();
    assert_eq!(pass.block_timeout(Duration::ZERO), Some(7));
}

#[test]
fn a_deadline_in_the_past_polls_once() {
    let gate = Gate::default();
    let past = Instant::now();
    thread::sleep(Duration::from_millis(1));
    assert_eq!(gate.pass().block_deadline(past), None);
    assert_eq!(gate.polls(), 1);
    gate.open();
    assert_eq!(gate.pass().block_deadline(past), Some(7));
}

#[test]
fn after_a_timeout_the_wait_goes_on_with_the_same_future() {
    within(PATIENCE, "a wait that goes on", || {
        let gate = Gate::default();
        let mut pass = gate.pass();
        for limit in [MOMENT / 50, MOMENT] {
            let start = Instant::now();
            assert_eq!(pass.block_timeout(limit), None);
            assert!(start.elapsed() >= limit);
        }
        assert_eq!(pass.block_deadline(Instant::now() + MOMENT), None);
        let opens = gate.opens_in(MOMENT);
        assert_eq!(pass.block(), 7);
        opens.join().unwrap();
    });
}

#[test]
fn the_longest_limit_never_ends_the_wait() {
    within(PATIENCE, "a wait without an end", || {
        let gate = Gate::default();
        let opens = gate.opens_in(MOMENT);
        assert_eq!(gate.pass().block_timeout(Duration::MAX), Some(7));
        opens.join().unwrap();
    });
}

#[test]
fn a_second_call_after_the_output_panics_as_a_second_poll_does() {
    let gate = Gate::default();
    gate.open();
    let mut pass = gate.pass();
    assert_eq!(pass.block_timeout(MOMENT), Some(7));
    let again = catch_unwind(AssertUnwindSafe(|| pass.block_timeout(MOMENT)));
    let message = again.unwrap_err().downcast::<String>().unwrap();
    assert_eq!(*message, "`Pass` polled again after it returned `Ready`");
    // The thread can block as before.
    assert_eq!(gate.pass().block(), 7);
}

#[test]
fn a_wake_that_was_meant_for_an_earlier_future_costs_a_poll_and_no_more() {
    within(PATIENCE, "a stale wake", || {
        let gate = Gate::default();
        assert_eq!(gate.pass().block_timeout(Duration::ZERO), None);
        let stale = gate.0.lock().unwrap().waker.take().unwrap();
        stale.wake();
        let next = Gate::default();
        let opens = next.opens_in(MOMENT);
        assert_eq!(next.pass().block(), 7);
        assert!(next.polls() <= 3, "{}", next.polls());
        opens.join().unwrap();
    });
}

/// Whether this thread has a park token, which is taken.
fn takes_a_token() -> bool {
    let start = Instant::now();
    thread::park_timeout(MOMENT);
    start.elapsed() < MOMENT
}

#[test]
fn a_park_token_of_the_users_own_is_not_eaten() {
    within(PATIENCE, "a thread with a token", || {
        let gate = Gate::default();
        thread::current().unpark();
        let opens = gate.opens_in(2 * MOMENT);
        assert_eq!(gate.pass().block(), 7);
        assert_eq!(Gate::default().pass().block_timeout(MOMENT), None);
        opens.join().unwrap();
        let start = Instant::now();
        thread::park_timeout(PATIENCE);
        assert!(start.elapsed() < PATIENCE / 2, "the token is still there");
    });
}

#[test]
fn no_park_token_is_left_behind() {
    within(PATIENCE, "a thread without a token", || {
        for time in [Duration::ZERO, MOMENT] {
            let gate = Gate::default();
            let opens = gate.opens_in(time);
            assert_eq!(gate.pass().block(), 7);
            // A park may end for no reason, but hardly five times.
            assert!((0..5).any(|_| !takes_a_token()));
            opens.join().unwrap();
        }
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_thread_that_waits_for_long_sleeps() {
    const LONG: Duration = Duration::from_millis(200);
    /// What this thread has run so far, in nanoseconds.
    fn time_on_a_core() -> u64 {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        text.split_whitespace().next().unwrap().parse().unwrap()
    }
    let before = time_on_a_core();
    assert_eq!(Gate::default().pass().block_timeout(LONG), None);
    let worked = Duration::from_nanos(time_on_a_core() - before);
    assert!(worked < LONG / 10, "{worked:?} of {LONG:?}");
}
