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
use waystation_event::{AutoResetEvent, Blocking, Event};
use waystation_testkit::{Driver, PATIENCE, assert_pending, assert_ready, within};

const LONG: Duration = Duration::from_secs(3_600);
const SHORT: Duration = Duration::from_millis(20);

impl Subject {
    fn block(&self) {
        match self {
            Self::Manual(event) => event.wait().block(),
            Self::Auto(event) => event.wait().block(),
        }
    }

    fn block_timeout(&self, limit: Duration) -> bool {
        match self {
            Self::Manual(event) => event.wait().block_timeout(limit).is_some(),
            Self::Auto(event) => event.wait().block_timeout(limit).is_some(),
        }
    }

    fn block_deadline(&self, deadline: Instant) -> bool {
        match self {
            Self::Manual(event) => event.wait().block_deadline(deadline).is_some(),
            Self::Auto(event) => event.wait().block_deadline(deadline).is_some(),
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
        subject.block();
        assert_eq!(subject.is_set(), subject.is_manual());
    });
}

#[test]
fn a_thread_waits_until_another_sets() {
    for_both("set after", |subject| {
        let inner = subject.clone();
        let thread = thread::spawn(move || inner.block());
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
                thread::spawn(move || inner.block())
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
                    inner.block();
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
        let thread = thread::spawn(move || inner.block());
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
fn block_timeout_zero_polls_once() {
    for_both("zero", |subject| {
        assert!(!subject.block_timeout(Duration::ZERO));
        assert_eq!(subject.waiters(), 0);
        subject.set();
        assert!(subject.block_timeout(Duration::ZERO));
        assert_eq!(subject.is_set(), subject.is_manual());
        subject.clear();
        assert!(!subject.block_timeout(Duration::ZERO));
    });
}

#[test]
fn timeout_zero_does_not_pass_those_in_line() {
    let event = Subject::Auto(Arc::new(AutoResetEvent::new()));
    let mut first = event.parked();
    event.set();
    assert!(!event.block_timeout(Duration::ZERO));
    assert_ready(first.poll());
}

#[test]
fn a_timeout_that_passes_leaves_the_line_and_takes_nothing() {
    for_both("passes", |subject| {
        let start = Instant::now();
        assert!(!subject.block_timeout(SHORT));
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
                let thread = thread::spawn(move || inner.block_timeout(timeout));
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
        assert!(subject.block_timeout(Duration::MAX));
    });
}

#[test]
fn a_deadline_in_the_past_polls_once() {
    for_both("past", |subject| {
        let past = Instant::now();
        assert!(!subject.block_deadline(past));
        assert_eq!(subject.waiters(), 0);
        subject.set();
        assert!(subject.block_deadline(past));
    });
}

#[test]
fn a_deadline_that_passes_ends_the_wait() {
    for_both("deadline", |subject| {
        let deadline = Instant::now() + SHORT;
        assert!(!subject.block_deadline(deadline));
        assert!(Instant::now() >= deadline);
        assert_eq!(subject.waiters(), 0);
    });
}

#[test]
fn a_set_before_the_deadline_counts() {
    for_both("in time", |subject| {
        let inner = subject.clone();
        let thread = thread::spawn(move || inner.block_deadline(Instant::now() + LONG));
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
        let thread = thread::spawn(move || inner.wait().block_timeout(LONG).is_some());
        Subject::Manual(event.clone()).until_waiting(1);
        assert_eq!(event.pulse(), 1);
        assert!(thread.join().unwrap());
    });
}

#[test]
fn signals_between_threads_lose_none_while_others_give_up() {
    within(PATIENCE, "pass on", || {
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
                        if event.wait().block_timeout(patience).is_some() {
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
                    ping.wait().block();
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
            pong.wait().block();
        }
        there.join().unwrap();
        assert_eq!(ball.load(SeqCst), 2_000);
    });
}

#[test]
fn a_wait_goes_on_in_its_place_after_a_timeout() {
    within(PATIENCE, "goes on", || {
        let event = Subject::Auto(Arc::new(AutoResetEvent::new()));
        let Subject::Auto(inner) = &event else {
            unreachable!()
        };
        let mut wait = inner.wait();
        for limit in [Duration::ZERO, Duration::ZERO, SHORT] {
            assert_eq!(wait.block_timeout(limit), None);
            assert_eq!(event.waiters(), 1);
        }
        assert_eq!(wait.block_deadline(Instant::now()), None);
        let mut behind = event.parked();
        assert!(event.set());
        assert!(!behind.woken(), "the thread was first");
        assert_eq!(wait.block_timeout(LONG), Some(()));
        assert_pending(behind.poll());
        event.set();
        assert_ready(behind.poll());
    });
}

#[test]
fn a_wait_that_timed_out_is_granted_while_nobody_polls_it() {
    within(PATIENCE, "granted meanwhile", || {
        for mode in 0..3 {
            let event = Arc::new(AutoResetEvent::new());
            let mut wait = event.wait();
            assert_eq!(wait.block_timeout(SHORT), None);
            assert!(event.set());
            assert!(!event.is_set(), "granted");
            match mode {
                0 => assert_eq!(wait.block_timeout(Duration::ZERO), Some(())),
                1 => wait.block(),
                _ => drop(wait),
            }
            assert_eq!(event.is_set(), mode == 2, "given back by the drop only");
        }
    });
}

#[test]
fn a_wait_may_be_blocked_on_by_one_thread_and_then_by_another() {
    within(PATIENCE, "moved", || {
        let event = Arc::new(Event::new());
        let mut wait = event.wait_owned();
        assert_eq!(wait.block_timeout(SHORT), None);
        let thread = thread::spawn(move || wait.block());
        let subject = Subject::Manual(event);
        subject.until_waiting(1);
        subject.set();
        thread.join().unwrap();
    });
}

#[test]
fn blocking_after_the_output_panics_as_a_second_poll_does() {
    within(PATIENCE, "twice", || {
        let (event, auto) = (Event::with_state(true), AutoResetEvent::with_state(true));
        let (mut wait, mut auto_wait) = (event.wait(), auto.wait());
        assert_eq!(wait.block_timeout(Duration::MAX), Some(()));
        assert_eq!(auto_wait.block_timeout(Duration::MAX), Some(()));
        auto.set();
        assert!(common::panic_of(|| wait.block_timeout(Duration::ZERO)).contains("`Wait`"));
        let said = common::panic_of(|| auto_wait.block_deadline(Instant::now()));
        assert!(said.contains("`AutoResetWait`"), "{said}");
        assert!(common::panic_of(|| wait.block()).contains("`Wait`"));
        assert!(auto.is_set(), "nothing was taken");
    });
}

#[test]
fn a_park_token_of_the_callers_own_is_neither_taken_nor_left_behind() {
    within(PATIENCE, "token", || {
        let event = Arc::new(AutoResetEvent::new());
        let inner = event.clone();
        let waiter = thread::spawn(move || {
            thread::current().unpark();
            inner.wait().block();
            // The token is still there, once.
            thread::park();
            let start = Instant::now();
            thread::park_timeout(SHORT);
            start.elapsed() >= SHORT
        });
        Subject::Auto(event.clone()).until_waiting(1);
        thread::sleep(SHORT);
        event.set();
        assert!(waiter.join().unwrap());
    });
}
