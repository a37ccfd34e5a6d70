//! `AutoResetEvent`: every state of a wait × everything that can happen to it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::mem::{ManuallyDrop, size_of};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use common::panic_of;
use waystation_event::{AutoResetEvent, AutoResetWait};
use waystation_testkit::{CountingAllocator, Driver, assert_pending, assert_ready};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn parked(event: &AutoResetEvent) -> Driver<AutoResetWait<&AutoResetEvent>> {
    let mut wait = Driver::new(event.wait());
    assert_pending(wait.poll());
    wait
}

// The signal.

#[test]
fn a_new_event_keeps_no_signal() {
    for event in [
        AutoResetEvent::new(),
        AutoResetEvent::default(),
        AutoResetEvent::with_state(false),
    ] {
        assert!(!event.is_set());
        assert_eq!(event.waiters(), 0);
        assert_pending(Driver::new(event.wait()).poll());
    }
}

#[test]
fn an_event_may_begin_with_a_signal_for_one() {
    let event = AutoResetEvent::with_state(true);
    assert!(event.is_set());
    assert_ready(Driver::new(event.wait()).poll());
    assert!(!event.is_set());
    assert_pending(Driver::new(event.wait()).poll());
}

#[test]
fn a_signal_with_nobody_waiting_is_kept_once() {
    let event = AutoResetEvent::new();
    assert!(event.set());
    assert!(!event.set());
    assert!(!event.set());
    assert!(event.is_set());
    assert_ready(Driver::new(event.wait()).poll());
    assert_pending(Driver::new(event.wait()).poll());
}

#[test]
fn clear_removes_a_kept_signal() {
    let event = AutoResetEvent::with_state(true);
    assert!(event.clear());
    assert!(!event.clear());
    assert!(!event.is_set());
    assert_pending(Driver::new(event.wait()).poll());
    assert!(event.set(), "after a clear a signal is kept again");
}

#[test]
fn clear_takes_nothing_from_a_granted_waiter() {
    let event = AutoResetEvent::new();
    let mut wait = parked(&event);
    event.set();
    assert!(!event.clear());
    assert_ready(wait.poll());
}

#[test]
fn clear_leaves_the_line_alone() {
    let event = AutoResetEvent::new();
    let mut wait = parked(&event);
    assert!(!event.clear());
    assert_eq!((event.waiters(), wait.wakes()), (1, 0));
    assert!(event.set());
    assert_ready(wait.poll());
}

#[test]
fn a_given_signal_is_not_kept() {
    let event = AutoResetEvent::new();
    let mut wait = parked(&event);
    assert!(event.set());
    assert!(!event.is_set());
    assert_eq!(event.waiters(), 0);
    assert_ready(wait.poll());
    assert!(!event.is_set());
}

#[test]
fn set_is_true_for_every_waiter_and_for_one_kept_signal() {
    let event = AutoResetEvent::new();
    let waits = [parked(&event), parked(&event)];
    let answers: Vec<_> = (0..5).map(|_| event.set()).collect();
    assert_eq!(answers, [true, true, true, false, false]);
    assert_eq!(waits.map(|wait| wait.wakes()), [1, 1]);
}

#[test]
fn two_sets_before_anybody_runs_release_two() {
    let event = AutoResetEvent::new();
    let mut waits = [parked(&event), parked(&event), parked(&event)];
    event.set();
    event.set();
    assert_eq!(waits.each_ref().map(Driver::wakes), [1, 1, 0]);
    assert_ready(waits[1].poll());
    assert_ready(waits[0].poll());
    assert_pending(waits[2].poll());
}

// A wait that was never polled.

#[test]
fn a_place_is_taken_at_the_first_poll() {
    let event = AutoResetEvent::new();
    let mut called_first = Driver::new(event.wait());
    let mut polled_first = parked(&event);
    assert_pending(called_first.poll());
    event.set();
    assert!(polled_first.woken());
    assert_ready(polled_first.poll());
    assert_pending(called_first.poll());
}

#[test]
fn a_signal_between_the_call_and_the_first_poll_is_kept_for_it() {
    let event = AutoResetEvent::new();
    let mut wait = Driver::new(event.wait());
    event.set();
    assert_ready(wait.poll());
}

#[test]
fn a_signal_that_was_cleared_before_the_first_poll_is_gone() {
    let event = AutoResetEvent::new();
    let mut wait = Driver::new(event.wait());
    event.set();
    event.clear();
    assert_pending(wait.poll());
}

#[test]
fn an_unpolled_wait_that_is_dropped_takes_no_signal() {
    let event = AutoResetEvent::with_state(true);
    drop(event.wait());
    assert!(event.is_set());
}

#[test]
fn a_kept_signal_is_taken_without_cloning_the_waker() {
    let event = AutoResetEvent::with_state(true);
    let mut wait = Driver::new(event.wait());
    assert_ready(wait.poll());
    assert_eq!(wait.probe().clones(), 0);
}

// A wait in line.

#[test]
fn the_waker_of_the_latest_poll_is_woken() {
    let event = AutoResetEvent::new();
    let mut wait = parked(&event);
    let old = wait.change_waker();
    assert_pending(wait.poll());
    assert_eq!(event.waiters(), 1);
    event.set();
    assert_eq!((old.wakes(), wait.probe().wakes()), (0, 1));
    assert_eq!((old.live(), wait.probe().live()), (0, 0));
}

#[test]
fn a_million_spurious_polls_take_no_signal_no_place_and_no_memory() {
    let event = AutoResetEvent::new();
    let mut first = parked(&event);
    let mut second = parked(&event);
    let ((), counts) = CountingAllocator::measure(|| {
        for _ in 0..500_000 {
            assert_pending(second.poll());
            assert_pending(first.poll());
        }
    });
    assert_eq!((counts.allocations, counts.live), (0, 0));
    assert_eq!(event.waiters(), 2);
    event.set();
    assert_pending(second.poll());
    assert_ready(first.poll());
}

#[test]
fn steady_signalling_allocates_nothing() {
    let event = AutoResetEvent::new();
    let cycle = || {
        let mut wait = event.wait();
        let waker = std::task::Waker::noop();
        assert_pending(waystation_testkit::poll_once(&mut wait, waker));
        event.set();
        assert_ready(waystation_testkit::poll_once(&mut wait, waker));
    };
    cycle();
    let ((), counts) = CountingAllocator::measure(|| (0..1_000).for_each(|_| cycle()));
    assert_eq!(counts.allocations, 0);
}

#[test]
fn leaving_the_line_gives_the_next_signal_to_the_next() {
    let event = AutoResetEvent::new();
    let [first, mut second] = [parked(&event), parked(&event)];
    let probe = first.probe().clone();
    drop(first);
    assert_eq!((probe.live(), event.waiters()), (0, 1));
    assert_eq!(second.wakes(), 0, "no signal, no wake-up");
    event.set();
    assert_eq!(probe.wakes(), 0);
    assert_ready(second.poll());
}

#[test]
fn after_the_last_has_left_a_signal_is_kept() {
    let event = AutoResetEvent::new();
    drop([parked(&event), parked(&event)]);
    assert!(event.set());
    assert!(event.is_set());
    assert!(event.clear());
}

// A wait that was granted the signal.

#[test]
fn a_granted_waiter_that_is_dropped_passes_the_signal_on() {
    let event = AutoResetEvent::new();
    let [first, mut second] = [parked(&event), parked(&event)];
    event.set();
    assert_eq!(second.wakes(), 0);
    drop(first);
    assert!(second.woken(), "before drop returns");
    assert_eq!(event.waiters(), 0);
    assert_ready(second.poll());
    assert!(!event.is_set());
}

#[test]
fn a_granted_waiter_that_is_dropped_with_nobody_behind_keeps_the_signal() {
    let event = AutoResetEvent::new();
    let wait = parked(&event);
    event.set();
    drop(wait);
    assert!(event.is_set());
    assert_ready(Driver::new(event.wait()).poll());
}

#[test]
fn a_signal_given_back_to_a_kept_one_is_kept_once() {
    let event = AutoResetEvent::new();
    let waits = [parked(&event), parked(&event)];
    event.set();
    event.set();
    assert!(event.set(), "kept");
    drop(waits);
    assert!(event.clear());
    assert!(!event.is_set());
}

#[test]
fn a_signal_passes_through_any_number_of_dropped_waiters() {
    let event = AutoResetEvent::new();
    let mut waits: Vec<_> = (0..100).map(|_| parked(&event)).collect();
    let mut last = waits.pop().unwrap();
    event.set();
    for wait in waits {
        assert!(wait.woken());
        drop(wait);
    }
    assert_eq!(last.wakes(), 1);
    assert_ready(last.poll());
    assert!(!event.is_set());
}

#[test]
fn a_granted_waiter_dropped_while_unwinding_passes_the_signal_on() {
    let event = AutoResetEvent::new();
    let [first, mut second] = [parked(&event), parked(&event)];
    event.set();
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let _granted = first;
        panic!("the task's own");
    }));
    assert!(unwound.is_err());
    assert!(second.woken());
    assert_ready(second.poll());
}

#[test]
fn a_granted_waiter_is_ready_however_often_it_is_granted_to_others() {
    let event = AutoResetEvent::new();
    let mut first = parked(&event);
    event.set();
    for _ in 0..10 {
        let mut other = parked(&event);
        event.set();
        assert_ready(other.poll());
    }
    assert_ready(first.poll());
    assert_eq!(first.wakes(), 1);
}

#[test]
fn a_finished_wait_that_is_dropped_passes_nothing_on() {
    let event = AutoResetEvent::new();
    let [mut first, second] = [parked(&event), parked(&event)];
    event.set();
    assert_ready(first.poll());
    drop(first);
    assert_eq!((event.waiters(), second.wakes()), (1, 0));
    drop(second);
    assert!(!event.is_set());
}

// A wait that is over.

#[test]
fn a_finished_wait_is_not_polled_again() {
    let event = AutoResetEvent::new();
    let mut wait = parked(&event);
    event.set();
    assert_ready(wait.poll());
    event.set();
    assert_eq!(
        panic_of(|| wait.poll()),
        "`AutoResetWait` polled again after it returned `Ready`"
    );
    assert!(event.is_set(), "nothing was taken");
}

// Owned waits, leaked waits, and where an event may live.

#[test]
fn an_owned_wait_keeps_the_event_alive() {
    let event = Arc::new(AutoResetEvent::new());
    let weak = Arc::downgrade(&event);
    let mut wait = Driver::new(event.wait_owned());
    assert_pending(wait.poll());
    drop(event);
    weak.upgrade().unwrap().set();
    assert_ready(wait.poll());
    drop(wait);
    assert!(weak.upgrade().is_none());
}

#[test]
fn the_last_granted_owner_passes_on_to_nobody() {
    let event = Arc::new(AutoResetEvent::new());
    let weak = Arc::downgrade(&event);
    let mut wait = Driver::new(event.wait_owned());
    assert_pending(wait.poll());
    event.set();
    drop(event);
    drop(wait);
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_leaked_waiter_swallows_one_signal_and_no_more() {
    let event = AutoResetEvent::new();
    let leaked = ManuallyDrop::new(parked(&event));
    let mut behind = parked(&event);
    assert_eq!(event.waiters(), 2);
    assert!(event.set());
    assert_eq!((leaked.wakes(), behind.wakes()), (1, 0));
    assert!(event.set());
    assert_ready(behind.poll());
    assert!(event.set());
    assert!(event.is_set());
}

#[test]
fn an_event_can_be_a_static_and_a_const() {
    static SIGNAL: AutoResetEvent = AutoResetEvent::with_state(true);
    assert_ready(Driver::new(SIGNAL.wait()).poll());
    let events = [const { AutoResetEvent::new() }; 2];
    events[0].set();
    assert!(!events[1].is_set());
}

#[test]
fn a_parked_wait_is_small() {
    assert!(size_of::<AutoResetWait<&AutoResetEvent>>() <= 3 * size_of::<u64>());
    assert!(size_of::<AutoResetWait<Arc<AutoResetEvent>>>() <= 3 * size_of::<u64>());
}

#[test]
fn debug_shows_the_signal_and_the_line() {
    let event = AutoResetEvent::new();
    let wait = parked(&event);
    let line = "AutoResetEvent { set: false, waiters: 1 }";
    assert_eq!(format!("{event:?}"), line);
    assert!(format!("{:?}", wait.get()).contains(line));
    drop(wait);
    event.set();
    let kept = "AutoResetEvent { set: true, waiters: 0 }";
    assert_eq!(format!("{event:?}"), kept);
}
