//! Many waiters: what they cost, and that their memory comes back.
//!
//! The tests about cost compare twice as many with as many, by the best of several runs.

mod common;

use std::mem::ManuallyDrop;
use std::task::Waker;
use std::time::{Duration, Instant};

use waystation_event::{AutoResetEvent, Event, Wait};
use waystation_testkit::{CountingAllocator, Probe, Rng, assert_pending, assert_ready, poll_once};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const MILLION: usize = 1_000_000;
/// Few enough for a run to fit between two preemptions, enough for a square to show.
const MANY: usize = 2_000;
const LINEAR: f64 = 2.5;

fn park(event: &Event, n: usize) -> Vec<Wait<&Event>> {
    (0..n)
        .map(|_| {
            let mut wait = event.wait();
            assert_pending(poll_once(&mut wait, Waker::noop()));
            wait
        })
        .collect()
}

fn time(f: impl FnOnce()) -> Duration {
    let start = Instant::now();
    f();
    start.elapsed()
}

/// Whether twice as many cost about twice as much.
///
/// A busy machine makes a run slower, never faster: so the best of many short runs is compared, and
/// of still more while they disagree. What is quadratic never gets there.
fn is_linear(measure: impl Fn(usize) -> Duration) -> bool {
    let (mut once, mut twice) = (Duration::MAX, Duration::MAX);
    (1..=300).any(|run| {
        once = once.min(measure(MANY));
        twice = twice.min(measure(2 * MANY));
        run >= 10 && twice.as_secs_f64() / once.as_secs_f64() < LINEAR
    })
}

#[test]
fn a_million_waiters_are_released_by_one_set_and_leave_no_memory() {
    let event = Event::new();
    let probe = Probe::new();
    let waker = probe.waker();
    let ((), counts) = CountingAllocator::measure(|| {
        let mut waits: Vec<_> = (0..MILLION).map(|_| event.wait()).collect();
        for wait in &mut waits {
            assert_pending(poll_once(wait, &waker));
        }
        assert_eq!((event.waiters(), probe.live()), (MILLION, MILLION + 1));
        assert!(event.set());
        event.clear();
        assert_eq!((probe.wakes(), probe.live()), (MILLION, 1));
        assert_eq!(event.waiters(), 0);
        for wait in &mut waits {
            assert_ready(poll_once(wait, &waker));
        }
    });
    assert_eq!(counts.live, 0);
}

#[test]
fn a_million_waiters_that_leave_in_any_order_leave_little_memory() {
    let event = Event::new();
    let ((), counts) = CountingAllocator::measure(|| {
        let mut waits = park(&event, MILLION);
        Rng::new(1).shuffle(&mut waits);
        let half = waits.split_off(MILLION / 2);
        drop(half);
        assert_eq!(event.waiters(), MILLION / 2);
        drop(waits);
    });
    assert_eq!(event.waiters(), 0);
    assert!(counts.live < 64 * 1_024, "{counts:?}");
    assert!(event.set());
    assert!(event.clear());
}

#[test]
fn a_million_auto_reset_waiters_are_served_one_by_one_and_leave_little_memory() {
    let event = AutoResetEvent::new();
    let ((), counts) = CountingAllocator::measure(|| {
        let mut waits: Vec<_> = (0..MILLION).map(|_| event.wait()).collect();
        for wait in &mut waits {
            assert_pending(poll_once(wait, Waker::noop()));
        }
        for wait in &mut waits {
            assert!(event.set());
            assert_ready(poll_once(wait, Waker::noop()));
        }
    });
    assert_eq!(event.waiters(), 0);
    assert!(counts.live < 64 * 1_024, "{counts:?}");
}

#[test]
fn a_signal_passes_through_a_million_dropped_waiters() {
    let event = AutoResetEvent::new();
    let mut waits: Vec<_> = (0..MILLION).map(|_| event.wait()).collect();
    for wait in &mut waits {
        assert_pending(poll_once(wait, Waker::noop()));
    }
    event.set();
    // Each drop grants the next, which is not dropped yet: no recursion.
    drop(waits);
    assert_eq!(event.waiters(), 0);
    assert!(event.is_set());
}

#[test]
fn those_who_come_and_go_behind_one_who_stays_take_no_memory() {
    for leaked in [false, true] {
        let event = Event::new();
        let mut stays = ManuallyDrop::new(event.wait());
        assert_pending(poll_once(&mut *stays, Waker::noop()));
        let ((), counts) = CountingAllocator::measure(|| {
            for _ in 0..MILLION {
                let mut passing = event.wait();
                assert_pending(poll_once(&mut passing, Waker::noop()));
            }
        });
        assert_eq!(event.waiters(), 1);
        assert!(counts.peak < 16 * 1_024, "{counts:?}");
        if !leaked {
            drop(ManuallyDrop::into_inner(stays));
            assert_eq!(event.waiters(), 0);
        }
    }
}

#[test]
fn a_storm_of_cancels_keeps_the_line_in_proportion_to_those_who_wait() {
    let event = Event::new();
    let mut rng = Rng::new(7);
    let mut waits = park(&event, 1_000);
    let ((), counts) = CountingAllocator::measure(|| {
        for _ in 0..MILLION / 2 {
            let mut fresh = event.wait();
            assert_pending(poll_once(&mut fresh, Waker::noop()));
            let place = rng.below(waits.len());
            waits[place] = fresh;
        }
    });
    assert_eq!(event.waiters(), 1_000);
    // Twice as many places as live ones, rounded up to a power of two, and half of that to grow from.
    assert!(counts.peak < 4 * 1_024 * 64, "{counts:?}");
}

#[test]
fn the_cost_of_set_is_linear_in_the_waiters() {
    let set = |n| {
        let event = Event::new();
        let waits = park(&event, n);
        let cost = time(|| assert!(event.set()));
        drop(waits);
        cost
    };
    assert!(is_linear(set));
}

#[test]
fn the_cost_of_joining_and_of_completing_is_linear() {
    let join_and_complete = |n| {
        let event = Event::new();
        time(|| {
            let mut waits = park(&event, n);
            event.pulse();
            for wait in &mut waits {
                assert_ready(poll_once(wait, Waker::noop()));
            }
        })
    };
    assert!(is_linear(join_and_complete));
}

#[test]
fn the_cost_of_cancelling_is_linear_in_every_order() {
    let orders: [fn(&mut [Wait<&Event>]); 3] = [
        |_| (),
        |waits| waits.reverse(),
        |waits| Rng::new(5).shuffle(waits),
    ];
    for order in orders {
        let cancel = |n| {
            let event = Event::new();
            let mut waits = park(&event, n);
            order(&mut waits);
            time(|| drop(waits))
        };
        assert!(is_linear(cancel));
    }
}

#[test]
fn the_cost_of_serving_an_auto_reset_line_is_linear() {
    let serve = |n| {
        let event = AutoResetEvent::new();
        let mut waits: Vec<_> = (0..n).map(|_| event.wait()).collect();
        for wait in &mut waits {
            assert_pending(poll_once(wait, Waker::noop()));
        }
        time(|| (0..n).for_each(|_| assert!(event.set())))
    };
    assert!(is_linear(serve));
}
