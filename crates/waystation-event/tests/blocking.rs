//! Threads wait in the same line as tasks.
//!
//! Only the tests with a timeout that has to pass look at a clock, and only at its lower bound.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use common::{Subject, subjects};
use waystation_event::{AutoResetEvent, Event};
use waystation_testkit::{Driver, PATIENCE, assert_pending, assert_ready, within};

const LONG: Duration = Duration::from_secs(3_600);
const SHORT: Duration = Duration::from_millis(20);

impl Subject {
    fn wait_blocking(&self) {
        match self {
            Self::Manual(event) => event.wait_blocking(),
            Self::Auto(event) => event.wait_blocking(),
        }
    }

    fn wait_timeout(&self, timeout: Duration) -> bool {
        match self {
            Self::Manual(event) => event.wait_timeout(timeout),
            Self::Auto(event) => event.wait_timeout(timeout),
        }
    }

    fn wait_deadline(&self, deadline: Instant) -> bool {
        match self {
            Self::Manual(event) => event.wait_deadline(deadline),
            Self::Auto(event) => event.wait_deadline(deadline),
        }
    }

    /// Waits until `n` stand in line.
    fn until_waiting(&self, n: usize) {
        while self.waiters() != n {
            thread::yield_now();
        }
    }
}

/// A subject of each kind, under the watchdog.
fn for_both(name: &str, case: fn(Subject)) {
    for subject in subjects() {
        within(PATIENCE, name, move || case(subject));
    }
}

#[test]
fn a_thread_does_not_wait_for_what_is_set() {
    for_both("set before", |subject| {
        subject.set();
        subject.wait_blocking();
        assert_eq!(subject.is_set(), subject.is_manual());
    });
}

#[test]
fn a_thread_waits_until_another_sets() {
    for_both("set after", |subject| {
        let inner = subject.clone();
        let thread = thread::spawn(move || inner.wait_blocking());
        subject.until_waiting(1);
        assert!(!thread.is_finished());
        assert!(subject.set());
        thread.join().unwrap();
        assert_eq!(subject.waiters(), 0);
    });
}

#[test]
fn set_and_clear_release_all_threads() {
    within(PATIENCE, "threads", || {
        let event = Subject::Manual(Arc::new(Event::new()));
        let threads: Vec<_> = (0..12)
            .map(|_| {
                let inner = event.clone();
                thread::spawn(move || inner.wait_blocking())
            })
            .collect();
        event.until_waiting(12);
        event.set();
        event.clear();
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn one_signal_releases_one_thread() {
    within(PATIENCE, "signals", || {
        let event = Subject::Auto(Arc::new(AutoResetEvent::new()));
        let released = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let (inner, released) = (event.clone(), released.clone());
                thread::spawn(move || {
                    inner.wait_blocking();
                    released.fetch_add(1, SeqCst);
                })
            })
            .collect();
        event.until_waiting(8);
        for n in 1..=8 {
            assert!(event.set());
            assert_eq!(event.waiters(), 8 - n);
            while released.load(SeqCst) < n {
                thread::yield_now();
            }
            assert_eq!(released.load(SeqCst), n);
        }
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        assert!(!event.is_set());
    });
}

#[test]
fn a_thread_and_a_task_stand_in_one_line() {
    within(PATIENCE, "mixed", || {
        let event = Subject::Auto(Arc::new(AutoResetEvent::new()));
        let inner = event.clone();
        let thread = thread::spawn(move || inner.wait_blocking());
        event.until_waiting(1);
        let mut task = Driver::new(event.wait());
        assert_pending(task.poll());
        event.set();
        thread.join().unwrap();
        assert!(!task.woken(), "the thread was first");
        assert_pending(task.poll());
        event.set();
        assert_ready(task.poll());
    });
}

#[test]
fn timeout_zero_looks_once() {
    for_both("zero", |subject| {
        assert!(!subject.wait_timeout(Duration::ZERO));
        assert_eq!(subject.waiters(), 0);
        subject.set();
        assert!(subject.wait_timeout(Duration::ZERO));
        assert_eq!(subject.is_set(), subject.is_manual());
        subject.clear();
        assert!(!subject.wait_timeout(Duration::ZERO));
    });
}

#[test]
fn timeout_zero_does_not_pass_those_in_line() {
    let event = Subject::Auto(Arc::new(AutoResetEvent::new()));
    let mut first = event.parked();
    event.set();
    assert!(!event.wait_timeout(Duration::ZERO));
    assert_ready(first.poll());
}

#[test]
fn a_timeout_that_passes_leaves_the_line_and_takes_nothing() {
    for_both("passes", |subject| {
        let start = Instant::now();
        assert!(!subject.wait_timeout(SHORT));
        assert!(start.elapsed() >= SHORT);
        assert_eq!(subject.waiters(), 0);
        assert!(subject.set());
        assert!(subject.is_set());
    });
}

#[test]
fn a_set_before_the_timeout_counts() {
    for timeout in [LONG, Duration::MAX] {
        for subject in subjects() {
            within(PATIENCE, "timeout", move || {
                let inner = subject.clone();
                let thread = thread::spawn(move || inner.wait_timeout(timeout));
                subject.until_waiting(1);
                assert!(subject.set());
                assert!(thread.join().unwrap());
            });
        }
    }
}

#[test]
fn the_longest_timeout_on_a_set_event_is_no_wait() {
    for_both("max", |subject| {
        subject.set();
        assert!(subject.wait_timeout(Duration::MAX));
    });
}

#[test]
fn a_deadline_in_the_past_looks_once() {
    for_both("past", |subject| {
        let past = Instant::now();
        assert!(!subject.wait_deadline(past));
        assert_eq!(subject.waiters(), 0);
        subject.set();
        assert!(subject.wait_deadline(past));
    });
}

#[test]
fn a_deadline_that_passes_ends_the_wait() {
    for_both("deadline", |subject| {
        let deadline = Instant::now() + SHORT;
        assert!(!subject.wait_deadline(deadline));
        assert!(Instant::now() >= deadline);
        assert_eq!(subject.waiters(), 0);
    });
}

#[test]
fn a_set_before_the_deadline_counts() {
    for_both("in time", |subject| {
        let inner = subject.clone();
        let thread = thread::spawn(move || inner.wait_deadline(Instant::now() + LONG));
        subject.until_waiting(1);
        subject.set();
        assert!(thread.join().unwrap());
    });
}

#[test]
fn a_thread_that_was_released_and_cleared_meanwhile_is_released() {
    within(PATIENCE, "pulse", || {
        let event = Arc::new(Event::new());
        let inner = event.clone();
        let thread = thread::spawn(move || inner.wait_timeout(LONG));
        Subject::Manual(event.clone()).until_waiting(1);
        assert_eq!(event.pulse(), 1);
        assert!(thread.join().unwrap());
    });
}

#[test]
fn signals_between_threads_lose_none_while_others_give_up() {
    within(PATIENCE, "hand on", || {
        const SIGNALS: usize = 2_000;
        let event = Arc::new(AutoResetEvent::new());
        let taken = Arc::new(AtomicUsize::new(0));
        let given = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..4)
            .map(|n| {
                let (event, taken, given) = (event.clone(), taken.clone(), given.clone());
                thread::spawn(move || {
                    // Some wait so briefly that they give up as often as not.
                    let patience = Duration::from_micros([0, 1, 50, 1_000][n]);
                    while given.load(SeqCst) < SIGNALS || taken.load(SeqCst) < SIGNALS {
                        if event.wait_timeout(patience) {
                            taken.fetch_add(1, SeqCst);
                        }
                    }
                })
            })
            .collect();
        // One signal at a time: the next is given when the last was taken, so none may merge.
        for n in 0..SIGNALS {
            assert!(event.set());
            given.fetch_add(1, SeqCst);
            while taken.load(SeqCst) <= n {
                thread::yield_now();
            }
        }
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        assert_eq!(taken.load(SeqCst), SIGNALS);
        assert_eq!((event.waiters(), event.is_set()), (0, false));
    });
}

#[test]
fn what_was_done_before_set_is_seen_after_the_wait() {
    within(PATIENCE, "ping-pong", || {
        let (ping, pong) = (Arc::new(Event::new()), Arc::new(AutoResetEvent::new()));
        let ball = Arc::new(AtomicUsize::new(0));
        let there = {
            let (ping, pong, ball) = (ping.clone(), pong.clone(), ball.clone());
            thread::spawn(move || {
                for round in 0..1_000 {
                    ping.wait_blocking();
                    ping.clear();
                    // Relaxed: it is the event that orders them.
                    assert_eq!(
                        ball.load(std::sync::atomic::Ordering::Relaxed),
                        2 * round + 1
                    );
                    ball.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    pong.set();
                }
            })
        };
        for round in 0..1_000 {
            assert_eq!(ball.load(std::sync::atomic::Ordering::Relaxed), 2 * round);
            ball.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            ping.set();
            pong.wait_blocking();
        }
        there.join().unwrap();
        assert_eq!(ball.load(SeqCst), 2_000);
    });
}
