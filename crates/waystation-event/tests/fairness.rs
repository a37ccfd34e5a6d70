//! Who is woken when.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{WakeLog, subjects};
use waystation_event::{AutoResetEvent, Event};
use waystation_testkit::{Driver, assert_pending, assert_ready, poll_once};

#[test]
fn set_and_pulse_wake_in_the_order_of_the_first_polls() {
    for release in [
        |event: &Event| {
            event.set();
        },
        |event: &Event| {
            event.pulse();
        },
    ] {
        for n in [2, 8, 9, 100] {
            let (event, log) = (Event::new(), WakeLog::default());
            let mut waits: Vec<_> = (0..n).map(|_| event.wait()).collect();
            // Called first, polled last.
            for (name, wait) in waits.iter_mut().enumerate().rev() {
                assert_pending(poll_once(wait, &log.waker(name).0));
            }
            release(&event);
            assert_eq!(log.take(), (0..n).rev().collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_repoll_does_not_lose_the_place() {
    for subject in subjects() {
        let log = WakeLog::default();
        let mut waits: Vec<_> = (0..3).map(|_| subject.wait()).collect();
        for (name, wait) in waits.iter_mut().enumerate() {
            assert_pending(poll_once(wait, &log.waker(name).0));
        }
        // With another waker, and in another order.
        for (name, wait) in waits.iter_mut().enumerate().rev() {
            assert_pending(poll_once(wait, &log.waker(10 + name).0));
        }
        let sets = if subject.is_manual() { 1 } else { 3 };
        (0..sets).for_each(|_| assert!(subject.set()));
        assert_eq!(log.take(), [10, 11, 12]);
    }
}

#[test]
fn auto_reset_signals_go_out_first_come_first_served() {
    let (event, log) = (AutoResetEvent::new(), WakeLog::default());
    let mut waits: Vec<_> = (0..100).map(|_| event.wait()).collect();
    for (name, wait) in waits.iter_mut().enumerate() {
        assert_pending(poll_once(wait, &log.waker(name).0));
    }
    for (name, wait) in waits.iter_mut().enumerate() {
        assert!(event.set());
        assert_eq!(log.take(), [name]);
        assert_ready(poll_once(wait, std::task::Waker::noop()));
    }
}

#[test]
fn a_passer_by_cannot_take_a_given_signal() {
    let event = AutoResetEvent::new();
    let mut waits: Vec<_> = (0..2).map(|_| Driver::new(event.wait())).collect();
    waits
        .iter_mut()
        .for_each(|wait| assert_pending(wait.poll()));
    event.set();
    let mut passer_by = Driver::new(event.wait());
    assert_pending(passer_by.poll());
    assert!(!event.is_set());
    assert!(!event.clear());
    assert_ready(waits[0].poll());
    event.set();
    assert_ready(waits[1].poll());
    assert_pending(passer_by.poll());
    event.set();
    assert_ready(passer_by.poll());
}

#[test]
fn a_signal_that_is_passed_on_goes_to_the_front_of_the_line() {
    let (event, log) = (AutoResetEvent::new(), WakeLog::default());
    let mut waits: Vec<_> = (0..4).map(|_| event.wait()).collect();
    for (name, wait) in waits.iter_mut().enumerate() {
        assert_pending(poll_once(wait, &log.waker(name).0));
    }
    event.set();
    event.set();
    assert_eq!(log.take(), [0, 1]);
    // The second granted gives up first.
    drop(waits.remove(1));
    assert_eq!(log.take(), [2]);
    drop(waits.remove(0));
    assert_eq!(log.take(), [3]);
}

#[test]
fn who_was_released_and_waits_again_goes_to_the_back() {
    let event = AutoResetEvent::new();
    let log = WakeLog::default();
    let [mut a, mut b] = [event.wait(), event.wait()];
    assert_pending(poll_once(&mut a, &log.waker('a').0));
    assert_pending(poll_once(&mut b, &log.waker('b').0));
    event.set();
    assert_ready(poll_once(&mut a, std::task::Waker::noop()));
    let mut again = event.wait();
    assert_pending(poll_once(&mut again, &log.waker('A').0));
    event.set();
    event.set();
    assert_eq!(log.take(), ['a', 'b', 'A']);
}
