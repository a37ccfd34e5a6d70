//! Many waiters woken by one call, some of whose wakers panic: all others are woken.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use waystation_queue::Queue;
use waystation_testkit::{Driver, PATIENCE, PanicOn, Probe, panicking_waker, within};

use crate::common::{message, parked_with};
use crate::table::{Shared, Wait, assert_quiet};

const CROWD: usize = 20;

struct Way {
    name: &'static str,
    /// How many items are in the queue, whose capacity is the size of the crowd.
    items: usize,
    wait: fn(Shared) -> Wait,
    trigger: fn(&Queue<u32>),
    loud: bool,
}

fn put(queue: Shared) -> Wait {
    Box::pin(async move { _ = queue.put_owned(9).await })
}

fn reserve(queue: Shared) -> Wait {
    Box::pin(async move { drop(queue.reserve_owned().await) })
}

fn get(queue: Shared) -> Wait {
    Box::pin(async move { _ = queue.get_owned().await })
}

fn join(queue: Shared) -> Wait {
    Box::pin(queue.join_owned())
}

fn closed(queue: Shared) -> Wait {
    Box::pin(queue.closed_owned())
}

fn drain(queue: &Queue<u32>) {
    assert_eq!(queue.drain().len(), CROWD);
}

fn get_many(queue: &Queue<u32>) {
    let mut into = Vec::new();
    assert_eq!(crate::common::now(queue.get_many(&mut into, 99)), CROWD);
}

fn task_done(queue: &Queue<u32>) {
    queue.task_done().unwrap();
}

fn close(queue: &Queue<u32>) {
    assert!(queue.close());
}

fn close_now(queue: &Queue<u32>) {
    queue.close_now();
}

const LOUD: bool = true;
const QUIET: bool = false;

#[rustfmt::skip]
const WAYS: &[Way] = &[
    Way { name: "put, drain", items: CROWD, wait: put, trigger: drain, loud: QUIET },
    Way { name: "put, get_many", items: CROWD, wait: put, trigger: get_many, loud: QUIET },
    Way { name: "put, close", items: CROWD, wait: put, trigger: close, loud: LOUD },
    Way { name: "put, close_now", items: CROWD, wait: put, trigger: close_now, loud: QUIET },
    Way { name: "reserve, drain", items: CROWD, wait: reserve, trigger: drain, loud: QUIET },
    Way { name: "reserve, close", items: CROWD, wait: reserve, trigger: close, loud: LOUD },
    Way { name: "get, close", items: 0, wait: get, trigger: close, loud: LOUD },
    Way { name: "get, close_now", items: 0, wait: get, trigger: close_now, loud: QUIET },
    Way { name: "join, task_done", items: 1, wait: join, trigger: task_done, loud: LOUD },
    Way { name: "join, close_now", items: 3, wait: join, trigger: close_now, loud: QUIET },
    Way { name: "closed, close", items: 0, wait: closed, trigger: close, loud: LOUD },
    Way { name: "closed, close_now", items: 0, wait: closed, trigger: close_now, loud: QUIET },
];

fn crowd(way: &'static Way, panicking: &'static [usize]) {
    let name = format!("{}: {panicking:?} of {CROWD} panic", way.name);
    within(PATIENCE, &name.clone(), move || {
        let queue = Arc::new(Queue::bounded(CROWD));
        (0..way.items).for_each(|_| queue.try_put(1).unwrap());
        let mut crowd: Vec<(Driver<Wait>, Probe)> = (1..=CROWD)
            .map(|nth| {
                // The message tells which: each panics at a wake of its own number.
                let (waker, probe) = if panicking.contains(&nth) {
                    panicking_waker(PanicOn::Wake, 1)
                } else {
                    let probe = Probe::new();
                    (probe.waker(), probe)
                };
                (parked_with((way.wait)(queue.clone()), &waker), probe)
            })
            .collect();
        let outcome = catch_unwind(AssertUnwindSafe(|| (way.trigger)(&queue)));
        let panicked = outcome.err().map(|payload| message(payload.as_ref()));
        let expected = way.loud.then(|| "hostile waker: Wake 1".to_owned());
        assert_eq!(panicked, expected, "{name}");
        for (nth, (waiter, probe)) in (1..).zip(&mut crowd) {
            assert_eq!(probe.wakes(), 1, "{name}: {nth} was woken once");
            assert!(waiter.poll().is_ready(), "{name}: {nth} goes on");
        }
        drop(crowd);
        while queue.try_get().is_ok() {}
        assert_quiet(&name, &queue);
    });
}

#[test]
fn all_others_are_woken_whoever_panics() {
    for way in WAYS {
        for panicking in [&[1], &[3], &[7], &[8], &[9], &[20]] {
            crowd(way, panicking);
        }
    }
}

#[test]
fn all_others_are_woken_when_two_or_more_panic() {
    for way in WAYS {
        crowd(way, &[1, 2]);
        crowd(way, &[3, 17]);
        crowd(way, &[8, 9]);
        crowd(way, &[1, 5, 8, 9, 13, 20]);
    }
}

/// A waker with a message of its own.
fn named(name: &'static str) -> std::task::Waker {
    waystation_testkit::HostileWaker::builder()
        .on_wake(move || panic!("{name}"))
        .build()
        .0
}

#[test]
fn the_first_panic_in_line_order_is_the_one_that_goes_on() {
    let queue = Queue::bounded(1);
    queue.try_put(1).unwrap();
    let puts: Vec<_> = ["first", "second"]
        .map(|name| parked_with(queue.put(2), &named(name)))
        .into();
    assert_eq!(crate::common::panic_of(|| queue.close()), "first");
    drop(puts);
    let gets = Queue::<u32>::bounded(1);
    let _parked: Vec<_> = ["first", "second"]
        .map(|name| parked_with(gets.get(), &named(name)))
        .into();
    assert_eq!(crate::common::panic_of(|| gets.close()), "first");
}

#[test]
fn a_close_whose_wakers_panic_wakes_every_kind_of_waiter() {
    let queue = Queue::bounded(1);
    let slot = crate::common::now(queue.reserve()).unwrap();
    let _put = parked_with(queue.put(2), &named("put"));
    let mut gets: Vec<_> = (0..3).map(|_| crate::common::parked(queue.get())).collect();
    let mut other = crate::common::parked(queue.put(3));
    let _closed = parked_with(queue.closed(), &named("closed"));
    let mut watch = crate::common::parked(queue.closed());
    crate::common::panic_of(|| queue.close());
    assert!(crate::common::woken(&mut other).is_err());
    crate::common::woken(&mut watch);
    assert!(gets.iter().all(|get| !get.woken()), "a slot is alive");
    drop(slot);
    assert!(
        gets.iter_mut()
            .all(|get| crate::common::woken(get).is_err())
    );
}
