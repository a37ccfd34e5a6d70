//! `Event`: every state of a wait × everything that can happen to it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::task::Waker;

use common::panic_of;
use waystation_event::{Event, Wait};
use waystation_testkit::{CountingAllocator, Driver, assert_pending, assert_ready, poll_once};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn parked(event: &Event) -> Driver<Wait<&Event>> {
    let mut wait = Driver::new(event.wait());
    assert_pending(wait.poll());
    wait
}

// The flag.

#[test]
fn a_new_event_is_clear_and_nobody_waits() {
    for event in [Event::new(), Event::default(), Event::with_state(false)] {
        assert!(!event.is_set());
        assert_eq!(event.waiters(), 0);
        assert_pending(Driver::new(event.wait()).poll());
    }
}

#[test]
fn an_event_may_begin_set() {
    let event = Event::with_state(true);
    assert!(event.is_set());
    assert_ready(Driver::new(event.wait()).poll());
}

#[test]
fn set_says_whether_it_was_unset() {
    let event = Event::new();
    assert!(event.set());
    assert!(!event.set());
    assert!(event.is_set());
    assert!(event.clear());
    assert!(event.set());
}

#[test]
fn set_with_waiters_was_unset() {
    let event = Event::new();
    let _wait = parked(&event);
    assert!(event.set());
    assert!(!event.set());
}

#[test]
fn clear_says_whether_it_was_set() {
    let event = Event::with_state(true);
    assert!(event.clear());
    assert!(!event.clear());
    assert!(!event.is_set());
}

#[test]
fn clear_of_a_clear_event_leaves_the_line_alone() {
    let event = Event::new();
    let mut wait = parked(&event);
    assert!(!event.clear());
    assert_eq!(event.waiters(), 1);
    assert!(!wait.woken());
    assert_pending(wait.poll());
    event.set();
    assert_ready(wait.poll());
}

#[test]
fn pulse_says_how_many_were_in_line() {
    let event = Event::new();
    assert_eq!(event.pulse(), 0);
    let mut waits: Vec<_> = (0..20).map(|_| parked(&event)).collect();
    drop(waits.remove(3));
    assert_eq!(event.pulse(), 19);
    assert_eq!(event.pulse(), 0);
    assert!(!event.is_set());
}

#[test]
fn pulse_clears_a_set_flag() {
    let event = Event::with_state(true);
    assert_eq!(event.pulse(), 0);
    assert!(!event.is_set());
    assert_pending(Driver::new(event.wait()).poll());
}

#[test]
fn waiters_counts_those_in_line_only() {
    let event = Event::new();
    let unpolled = event.wait();
    assert_eq!(event.waiters(), 0);
    let first = parked(&event);
    let second = parked(&event);
    assert_eq!(event.waiters(), 2);
    drop(first);
    assert_eq!(event.waiters(), 1);
    event.set();
    assert_eq!(event.waiters(), 0);
    drop((unpolled, second));
    assert_eq!(event.waiters(), 0);
}

// A wait that was never polled.

#[test]
fn a_wait_on_a_set_event_is_ready_at_once_and_clones_no_waker() {
    let event = Event::with_state(true);
    let mut wait = Driver::new(event.wait());
    assert_ready(wait.poll());
    assert_eq!(wait.probe().clones(), 0);
}

#[test]
fn a_set_between_the_call_and_the_first_poll_counts() {
    let event = Event::new();
    let mut wait = Driver::new(event.wait());
    event.set();
    assert_ready(wait.poll());
}

#[test]
fn a_set_and_clear_between_the_call_and_the_first_poll_counts() {
    let event = Event::new();
    let mut wait = Driver::new(event.wait());
    event.set();
    event.clear();
    assert_ready(wait.poll());
    assert_eq!(event.waiters(), 0);
}

#[test]
fn a_pulse_between_the_call_and_the_first_poll_counts() {
    let event = Event::new();
    let mut wait = Driver::new(event.wait());
    assert_eq!(event.pulse(), 0);
    assert_ready(wait.poll());
}

#[test]
fn a_release_of_others_counts_for_a_wait_that_was_not_polled() {
    for release in [Event::set as fn(&Event) -> bool, |event| event.pulse() == 1] {
        let event = Event::new();
        let mut early = Driver::new(event.wait());
        let _line = parked(&event);
        assert!(release(&event));
        event.clear();
        assert_ready(early.poll());
    }
}

#[test]
fn a_wait_called_while_others_are_in_line_joins_them() {
    let event = Event::new();
    let _first = parked(&event);
    let mut second = Driver::new(event.wait());
    assert_pending(second.poll());
    assert_eq!(event.waiters(), 2);
    event.set();
    assert_ready(second.poll());
}

#[test]
fn a_wait_called_while_set_is_over_whatever_follows() {
    let event = Event::with_state(true);
    let mut wait = Driver::new(event.wait());
    event.clear();
    let _line = parked(&event);
    assert_ready(wait.poll());
    assert_eq!(event.waiters(), 1);
}

#[test]
fn a_release_before_the_call_does_not_count() {
    let event = Event::new();
    event.set();
    event.clear();
    event.pulse();
    let mut wait = Driver::new(event.wait());
    assert_pending(wait.poll());
}

#[test]
fn a_clear_between_the_call_and_the_first_poll_changes_nothing() {
    let event = Event::new();
    let mut wait = Driver::new(event.wait());
    event.clear();
    assert_pending(wait.poll());
}

// A wait in line.

#[test]
fn set_wakes_those_in_line_once() {
    let event = Event::new();
    let mut wait = parked(&event);
    event.set();
    event.set();
    assert_eq!(wait.wakes(), 1);
    assert_ready(wait.poll());
    event.clear();
    event.set();
    assert_eq!(wait.wakes(), 1);
}

#[test]
fn set_then_clear_releases_everybody_in_line_at_any_number() {
    for n in [1, 2, 7, 8, 9, 16, 17, 100, 1_000, 2_000] {
        let event = Event::new();
        let mut waits: Vec<_> = (0..n).map(|_| parked(&event)).collect();
        assert_eq!(event.waiters(), n);
        assert!(event.set());
        assert!(event.clear());
        assert_eq!(event.waiters(), 0, "of {n}");
        for wait in &mut waits {
            assert_eq!(wait.wakes(), 1, "of {n}");
            assert_ready(wait.poll());
        }
        assert_pending(Driver::new(event.wait()).poll());
    }
}

#[test]
fn pulse_releases_everybody_in_line_at_any_number() {
    for n in [1, 7, 8, 9, 17, 1_000] {
        let event = Event::new();
        let mut waits: Vec<_> = (0..n).map(|_| parked(&event)).collect();
        assert_eq!(event.pulse(), n);
        assert!(!event.is_set());
        let mut late = parked(&event);
        for wait in &mut waits {
            assert_eq!(wait.wakes(), 1, "of {n}");
            assert_ready(wait.poll());
        }
        assert!(!late.woken());
        assert_pending(late.poll());
    }
}

#[test]
fn who_joins_after_a_clear_needs_another_set() {
    let event = Event::new();
    let mut early = parked(&event);
    event.set();
    event.clear();
    let mut late = parked(&event);
    assert_ready(early.poll());
    assert_pending(late.poll());
    assert!(event.set());
    assert_eq!((early.wakes(), late.wakes()), (1, 1));
    assert_ready(late.poll());
}

#[test]
fn a_released_wait_is_ready_after_any_number_of_epochs() {
    let event = Event::new();
    let mut wait = parked(&event);
    for _ in 0..100 {
        event.set();
        event.clear();
        event.pulse();
    }
    let _others = [parked(&event), parked(&event)];
    assert_ready(wait.poll());
    assert_eq!(wait.wakes(), 1);
    assert_eq!(event.waiters(), 2);
}

#[test]
fn only_the_waker_of_the_latest_poll_is_woken() {
    let event = Event::new();
    let mut wait = parked(&event);
    let old = wait.change_waker();
    assert_pending(wait.poll());
    assert_eq!(event.waiters(), 1, "a re-poll does not join again");
    event.set();
    assert_eq!((old.wakes(), wait.probe().wakes()), (0, 1));
    assert_eq!((old.live(), wait.probe().live()), (0, 0));
}

#[test]
fn a_repoll_with_the_same_waker_clones_nothing() {
    let event = Event::new();
    let mut wait = parked(&event);
    assert_pending(wait.poll());
    assert_eq!(wait.probe().clones(), 1);
    assert_eq!(wait.probe().live(), 1);
}

#[test]
fn a_million_spurious_polls_change_nothing_and_take_no_memory() {
    let event = Event::new();
    let mut first = parked(&event);
    let mut second = parked(&event);
    let ((), counts) = CountingAllocator::measure(|| {
        for _ in 0..1_000_000 {
            assert_pending(first.poll());
        }
    });
    assert_eq!((counts.allocations, counts.live), (0, 0));
    assert_eq!(event.waiters(), 2);
    assert_eq!(first.wakes() + second.wakes(), 0);
    event.set();
    assert_ready(first.poll());
    assert_ready(second.poll());
}

#[test]
fn steady_waiting_allocates_nothing() {
    // One waiter costs nothing. A release that wakes several makes room for their wakers, in a few
    // pieces however many they are, and gives it back.
    for (n, per_release) in [(1, 0), (2, 4), (8, 4), (9, 4), (500, 4)] {
        let event = Event::new();
        let mut waits = Vec::with_capacity(n);
        let mut cycle = || {
            for _ in 0..n {
                let mut wait = event.wait();
                assert_pending(poll_once(&mut wait, Waker::noop()));
                waits.push(wait);
            }
            event.set();
            event.clear();
            waits.clear();
        };
        cycle();
        let ((), counts) = CountingAllocator::measure(|| (0..20).for_each(|_| cycle()));
        assert!(counts.allocations <= 20 * per_release, "{n} waiters");
        assert_eq!(counts.live, 0, "{n} waiters");
    }
}

// A wait that is over.

#[test]
fn a_finished_wait_is_not_polled_again() {
    let event = Event::with_state(true);
    let mut wait = Driver::new(event.wait());
    assert_ready(wait.poll());
    for _ in 0..2 {
        assert_eq!(
            panic_of(|| wait.poll()),
            "`Wait` polled again after it returned `Ready`"
        );
    }
    assert!(event.is_set());
}

#[test]
fn a_wait_that_finished_from_the_line_panics_when_polled_again() {
    let event = Event::new();
    let mut wait = parked(&event);
    event.set();
    event.clear();
    assert_ready(wait.poll());
    assert!(panic_of(|| wait.poll()).contains("`Wait`"));
    assert_eq!(event.waiters(), 0, "and does not join again");
}
