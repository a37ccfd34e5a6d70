//! `Event`: owned waits, leaked waits, and where an event may live.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::mem::{ManuallyDrop, size_of};
use std::sync::Arc;

use waystation_event::{Event, Wait};
use waystation_testkit::{Driver, assert_pending, assert_ready};

fn parked(event: &Event) -> Driver<Wait<&Event>> {
    let mut wait = Driver::new(event.wait());
    assert_pending(wait.poll());
    wait
}

#[test]
fn an_owned_wait_keeps_the_event_alive() {
    let event = Arc::new(Event::new());
    let weak = Arc::downgrade(&event);
    let mut wait = Driver::new(event.wait_owned());
    assert_pending(wait.poll());
    drop(event);
    weak.upgrade().unwrap().set();
    assert_ready(wait.poll());
    assert!(weak.upgrade().is_some(), "until it is dropped");
    drop(wait);
    assert!(weak.upgrade().is_none());
}

#[test]
fn owned_and_borrowed_waits_stand_in_one_line() {
    let event = Arc::new(Event::new());
    let mut owned = Driver::new(event.wait_owned());
    let mut borrowed = Driver::new(event.wait());
    assert_pending(owned.poll());
    assert_pending(borrowed.poll());
    assert_eq!(event.pulse(), 2);
    assert_ready(owned.poll());
    assert_ready(borrowed.poll());
}

#[test]
fn leaked_waits_disturb_nobody() {
    let event = Event::new();
    let leaked: Vec<_> = (0..3).map(|_| ManuallyDrop::new(parked(&event))).collect();
    let mut wait = parked(&event);
    let probes: Vec<_> = leaked.iter().map(|wait| wait.probe().clone()).collect();
    assert_eq!(event.waiters(), 4);
    assert_eq!(event.pulse(), 4);
    assert_ready(wait.poll());
    assert_eq!(
        event.waiters(),
        0,
        "a leaked wait leaves at the first release"
    );
    event.set();
    for probe in probes {
        assert_eq!((probe.wakes(), probe.live()), (1, 0));
    }
}

#[test]
fn a_dropped_event_drops_the_wakers_of_leaked_waits() {
    let event = Event::new();
    let probe = ManuallyDrop::new(parked(&event)).probe().clone();
    assert_eq!(probe.live(), 1);
    drop(event);
    assert_eq!((probe.live(), probe.wakes()), (0, 0));
}

#[test]
fn an_event_can_be_a_static_and_a_const() {
    static SET: Event = Event::with_state(true);
    static CLEAR: Event = Event::new();
    assert_ready(Driver::new(SET.wait()).poll());
    assert_pending(Driver::new(CLEAR.wait()).poll());
    let events = [const { Event::new() }; 2];
    events[0].set();
    assert!(!events[1].is_set());
}

#[test]
fn a_parked_wait_is_small() {
    assert!(size_of::<Wait<&Event>>() <= 4 * size_of::<usize>());
    assert!(size_of::<Wait<Arc<Event>>>() <= 4 * size_of::<usize>());
}

#[test]
fn debug_shows_the_flag_and_the_line() {
    let event = Event::new();
    let wait = parked(&event);
    assert_eq!(format!("{event:?}"), "Event { set: false, waiters: 1 }");
    let shown = format!("{:?}", wait.get());
    assert!(
        shown.contains("Event { set: false, waiters: 1 }"),
        "{shown}"
    );
    event.set();
    assert_eq!(format!("{event:?}"), "Event { set: true, waiters: 0 }");
}
