//! A signal for one thread: given before the sleep or in it, it is not lost.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use waystation_core::signal::Signal;
use waystation_testkit::{PATIENCE, within};

const MOMENT: Duration = Duration::from_millis(10);

#[test]
fn a_signal_is_taken_once_however_often_it_was_given() {
    let signal = Signal::default();
    assert!(!signal.is_notified() && !signal.take());
    signal.notify();
    signal.notify();
    assert!(signal.is_notified() && signal.take());
    assert!(!signal.is_notified() && !signal.take());
}

#[test]
fn a_signal_that_was_given_spares_the_sleep_and_stays_to_be_taken() {
    within(PATIENCE, "a spared sleep", || {
        let signal = Signal::new();
        signal.notify();
        signal.wait(None);
        signal.wait(None);
        assert!(signal.take());
    });
}

#[test]
fn a_sleep_ends_when_its_time_has_passed() {
    let signal = Signal::new();
    let start = Instant::now();
    // It may end for no reason, but hardly each time.
    assert!((0..5).any(|_| {
        let start = Instant::now();
        signal.wait(Some(MOMENT));
        start.elapsed() >= MOMENT
    }));
    assert!(start.elapsed() < PATIENCE);
    assert!(!signal.take());
    signal.wait(Some(Duration::ZERO));
    // A sleep that is over leaves nothing: the next notification is a new one.
    signal.notify();
    assert!(signal.take());
}

#[test]
fn another_thread_ends_the_sleep() {
    within(PATIENCE, "a sleep that is ended", || {
        let signal = Arc::new(Signal::new());
        let notifies = {
            let signal = signal.clone();
            thread::spawn(move || {
                thread::sleep(MOMENT);
                signal.notify();
            })
        };
        while !signal.take() {
            signal.wait(Some(Duration::MAX));
        }
        notifies.join().unwrap();
    });
}

#[test]
fn what_was_done_before_the_notification_is_seen_after_it() {
    const ROUNDS: usize = 20_000;
    within(PATIENCE, "a game of ping-pong", || {
        let ball = Arc::new(AtomicUsize::new(0));
        let (sender, receiver) = std::sync::mpsc::channel();
        let here = Arc::new(Signal::new());
        let (ball_there, back) = (ball.clone(), here.clone());
        let other = thread::spawn(move || {
            let there = Arc::new(Signal::new());
            sender.send(there.clone()).unwrap();
            for round in 0..ROUNDS {
                while !there.take() {
                    there.wait(None);
                }
                assert_eq!(ball_there.load(Ordering::Relaxed), 2 * round + 1);
                ball_there.store(2 * round + 2, Ordering::Relaxed);
                back.notify();
            }
        });
        let there = receiver.recv().unwrap();
        for round in 0..ROUNDS {
            assert_eq!(ball.load(Ordering::Relaxed), 2 * round);
            ball.store(2 * round + 1, Ordering::Relaxed);
            there.notify();
            while !here.take() {
                here.wait(None);
            }
        }
        other.join().unwrap();
    });
}

#[test]
fn a_sleep_leaves_the_threads_park_token_alone() {
    let signal = Signal::new();
    thread::current().unpark();
    let start = Instant::now();
    while start.elapsed() < MOMENT {
        signal.wait(Some(MOMENT));
    }
    let start = Instant::now();
    thread::park_timeout(PATIENCE);
    assert!(start.elapsed() < PATIENCE, "the token is still there");
}
