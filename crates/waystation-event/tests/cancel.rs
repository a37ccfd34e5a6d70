//! "Cancelled means it did not happen": the cells of the cancellation matrix, for both events.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::mem::ManuallyDrop;

use common::{Subject, WakeLog, subjects};
use waystation_event::Event;
use waystation_testkit::{Driver, Rng, assert_pending, assert_ready};

#[test]
fn event_wait_never_polled_nothing() {
    let event = Event::new();
    drop(event.wait());
    assert!(!event.is_set());
    assert_eq!(event.waiters(), 0);
    assert_eq!(event.pulse(), 0);
}

#[test]
fn event_wait_parked_leaves_the_line() {
    let event = Event::new();
    let mut wait = Driver::new(event.wait());
    assert_pending(wait.poll());
    let probe = wait.probe().clone();
    drop(wait);
    assert_eq!((event.waiters(), probe.live()), (0, 0));
    assert!(event.set(), "the flag was left alone");
    assert_eq!(probe.wakes(), 0);
}

#[test]
fn event_wait_granted_nothing() {
    for pulse in [false, true] {
        let event = Event::new();
        let mut waits: Vec<_> = (0..3).map(|_| Driver::new(event.wait())).collect();
        waits
            .iter_mut()
            .for_each(|wait| assert_pending(wait.poll()));
        if pulse {
            assert_eq!(event.pulse(), 3);
        } else {
            event.set();
        }
        drop(waits.remove(1));
        assert_eq!(event.is_set(), !pulse, "state untouched");
        for wait in &mut waits {
            assert_eq!(wait.wakes(), 1);
            assert_ready(wait.poll());
        }
    }
}

#[test]
fn a_granted_wait_dropped_while_others_wait_anew_leaves_them_in_line() {
    let event = Event::new();
    let mut granted = Driver::new(event.wait());
    assert_pending(granted.poll());
    event.pulse();
    let mut anew = Driver::new(event.wait());
    assert_pending(anew.poll());
    drop(granted);
    assert_eq!(event.waiters(), 1);
    event.set();
    assert!(anew.woken());
    assert_ready(anew.poll());
}

#[test]
fn a_finished_wait_dropped_while_others_wait_anew_leaves_them_in_line() {
    for subject in subjects() {
        let mut done = subject.parked();
        subject.set();
        assert_ready(done.poll());
        subject.clear();
        let mut anew = subject.parked();
        drop(done);
        assert_eq!(subject.waiters(), 1);
        subject.set();
        assert_ready(anew.poll());
    }
}

#[test]
fn the_last_to_leave_lets_set_work_without_a_line() {
    for subject in subjects() {
        for first_leaves_first in [true, false] {
            let (a, b) = (subject.parked(), subject.parked());
            if first_leaves_first {
                drop(a);
                drop(b);
            } else {
                drop(b);
                drop(a);
            }
            assert_eq!(subject.waiters(), 0);
            assert!(subject.set());
            assert!(!subject.set());
            assert!(subject.clear());
        }
    }
}

#[test]
fn who_leaves_the_middle_changes_nothing_for_the_others() {
    for subject in subjects() {
        let log = WakeLog::default();
        let mut waits: Vec<_> = (0..50_usize)
            .map(|name| {
                let mut wait = Driver::new(subject.wait());
                assert_pending(wait.poll_with(&log.waker(name).0));
                Some(wait)
            })
            .collect();
        for name in [25, 24, 26, 0, 49, 48, 1, 10] {
            waits[name] = None;
        }
        assert_eq!(subject.waiters(), 42);
        release_everybody(&subject, 42);
        let left: Vec<_> = (0..50).filter(|&name| waits[name].is_some()).collect();
        assert_eq!(log.take(), left, "line order");
        for mut wait in waits.into_iter().flatten() {
            assert_ready(wait.poll());
        }
    }
}

#[test]
fn leaving_in_any_order_keeps_the_order_of_the_others() {
    let mut rng = Rng::new(3);
    for round in 0..50 {
        for subject in subjects() {
            let log = WakeLog::default();
            let mut waits = Vec::new();
            let mut names = 0..;
            for _ in 0..rng.below(200) {
                if !waits.is_empty() && rng.chance(2, 5) {
                    waits.remove(rng.below(waits.len()));
                } else {
                    let name: usize = names.next().unwrap();
                    let mut wait = Driver::new(subject.wait());
                    assert_pending(wait.poll_with(&log.waker(name).0));
                    waits.push((name, wait));
                }
                assert_eq!(subject.waiters(), waits.len(), "round {round}");
            }
            release_everybody(&subject, waits.len());
            let left: Vec<_> = waits.iter().map(|(name, _)| *name).collect();
            assert_eq!(log.take(), left, "round {round}");
        }
    }
}

fn release_everybody(subject: &Subject, waiting: usize) {
    if subject.is_manual() {
        assert!(subject.set());
    } else {
        (0..waiting).for_each(|_| assert!(subject.set()));
    }
    assert_eq!(subject.waiters(), 0);
}

#[test]
fn wakers_are_given_back_in_every_ending() {
    for subject in subjects() {
        let endings: [fn(&Subject, Driver<common::AnyWait<'static>>); 5] = [
            |_, parked| drop(parked),
            |subject, released| {
                subject.set();
                drop(released);
            },
            |subject, mut finished| {
                subject.set();
                assert_ready(finished.poll());
            },
            |subject, mut changed| {
                let old = changed.change_waker();
                assert_pending(changed.poll());
                assert_eq!(old.live(), 0);
                subject.set();
                assert_ready(changed.poll());
            },
            |subject, leaked| {
                let _leaked = ManuallyDrop::new(leaked);
                subject.set();
            },
        ];
        for (number, ending) in endings.into_iter().enumerate() {
            let wait = subject.parked();
            let probe = wait.probe().clone();
            assert_eq!(probe.live(), 1);
            ending(&subject, wait);
            assert_eq!(probe.live(), 0, "ending {number} of {subject:?}");
            subject.clear();
            assert_eq!(subject.waiters(), 0);
        }
    }
}

#[test]
fn a_wait_polled_in_another_place_than_it_was_made_still_leaves() {
    for subject in subjects() {
        let mut wait = Box::new(subject.wait());
        assert_pending(waystation_testkit::poll_once(
            &mut wait,
            std::task::Waker::noop(),
        ));
        // Futures are `Unpin`: they may be moved while in line.
        let moved = [wait];
        assert_eq!(subject.waiters(), 1);
        drop(moved);
        assert_eq!(subject.waiters(), 0);
    }
}
