//! What is polled, when, and in what order.

mod support;

use std::cell::Cell;
use std::future::{Ready, ready};
use std::task::Poll;

use support::{Gone, Polled, Stage, ids, polled, turns};
use waystation_gather::{as_completed, gather, try_gather};
use waystation_testkit::{Driver, assert_pending, assert_ready};

#[test]
fn a_tuple_gives_a_tuple() {
    let mut one = Driver::new(gather((ready(1),)));
    assert_eq!(assert_ready(one.poll()), (1,));
    let mut two = Driver::new(gather((ready(1), ready("two"))));
    assert_eq!(assert_ready(two.poll()), (1, "two"));
    let (r, c) = (ready::<u8>, ready::<char>);
    let many = (
        r(1),
        r(2),
        r(3),
        r(4),
        r(5),
        r(6),
        c('7'),
        r(8),
        r(9),
        r(10),
        r(11),
        ready("12"),
    );
    let mut twelve = Driver::new(gather(many));
    assert_eq!(
        assert_ready(twelve.poll()),
        (1, 2, 3, 4, 5, 6, '7', 8, 9, 10, 11, "12")
    );
}

#[test]
fn an_array_gives_an_array() {
    let mut driver = Driver::new(gather([1, 2, 3].map(ready)));
    let outputs: [i32; 3] = assert_ready(driver.poll());
    assert_eq!(outputs, [1, 2, 3]);
}

#[test]
fn a_vec_and_an_iterator_give_a_vec() {
    let mut driver = Driver::new(gather(vec![ready(1), ready(2)]));
    let outputs: Vec<i32> = assert_ready(driver.poll());
    assert_eq!(outputs, [1, 2]);
    let mut driver = Driver::new(gather((1..4).map(ready)));
    let outputs: Vec<i32> = assert_ready(driver.poll());
    assert_eq!(outputs, [1, 2, 3]);
}

#[test]
fn children_may_borrow() {
    let words = ["a".to_owned(), "bb".to_owned()];
    let mut driver = Driver::new(gather(words.iter().map(|word| async move { word.len() })));
    assert_eq!(assert_ready(driver.poll()), [1, 2]);
}

#[test]
fn empty_input_is_ready_at_the_first_poll() {
    assert_ready(Driver::new(gather(())).poll());
    assert_eq!(
        assert_ready(Driver::new(gather([(); 0].map(ready))).poll()),
        []
    );
    assert_eq!(
        assert_ready(Driver::new(gather(Vec::<Ready<u8>>::new())).poll()),
        []
    );
    assert_eq!(
        assert_ready(Driver::new(gather((0..0).map(ready))).poll()),
        []
    );
    assert_eq!(
        assert_ready(Driver::new(gather((0..0).map(ready)).limit(2)).poll()),
        []
    );
    assert_eq!(
        assert_ready(Driver::new(gather(()).catch_panics()).poll()),
        ()
    );
    assert_eq!(assert_ready(Driver::new(try_gather(())).poll()), Ok(()));
    let none: Vec<std::future::Ready<Result<(), ()>>> = Vec::new();
    assert_eq!(
        assert_ready(Driver::new(try_gather(none)).poll()),
        Ok(vec![])
    );
    let mut outputs = as_completed(Vec::<Ready<u8>>::new());
    assert_eq!(assert_ready(Driver::new(outputs.next()).poll()), None);
}

#[test]
fn nothing_happens_before_the_first_poll() {
    let stage = Stage::new();
    let asked = Cell::new(0);
    let children = (0..3).map(|id| {
        asked.set(asked.get() + 1);
        stage.parked(id)
    });
    drop(gather(children));
    assert_eq!(asked.get(), 0);
    assert_eq!(stage.book(), []);
}

#[test]
fn children_are_started_in_order_from_the_first_poll_on() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..500)));
    assert_pending(turns(&mut driver));
    assert_eq!(polled(&stage.book()), (0..500).collect::<Vec<_>>());
    let mut driver = Driver::new(gather((stage.parked(0), stage.parked(1), stage.parked(2))));
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(0), Polled(1), Polled(2)]);
}

#[test]
fn outputs_come_in_the_order_of_the_input() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..4)));
    assert_pending(driver.poll());
    for id in [2, 0, 3] {
        stage.open(id);
        assert!(driver.woken());
        assert_pending(driver.poll());
    }
    stage.open(1);
    assert_eq!(ids(assert_ready(driver.poll())), [0, 1, 2, 3]);
}

#[test]
fn a_child_is_dropped_as_soon_as_it_has_ended() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather((stage.parked(0), stage.ready(1), stage.parked(2))));
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(0), Polled(1), Gone(1), Polled(2)]);
    stage.open(2);
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(2), Gone(2)]);
}

#[test]
fn only_woken_children_are_polled() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..100)));
    assert_pending(turns(&mut driver));
    stage.book();
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [], "a poll for nothing");
    let wakes = driver.wakes();
    stage.wake(42);
    assert_eq!(driver.wakes(), wakes + 1);
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(42)]);
    assert_pending(driver.poll());
    assert_eq!(stage.book(), []);
}

#[test]
fn woken_children_are_polled_in_the_order_of_their_wake_ups() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..100)));
    assert_pending(turns(&mut driver));
    stage.book();
    let order: Vec<usize> = (0..60).map(|k| k * 37 % 100).collect();
    for &id in &order {
        stage.wake(id);
    }
    assert_pending(driver.poll());
    assert_eq!(polled(&stage.book()), order);
}

#[test]
fn a_child_woken_twice_is_polled_once_and_wakes_the_task_once() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..3)));
    assert_pending(driver.poll());
    stage.book();
    for id in [1, 0, 1, 1] {
        stage.wake(id);
    }
    assert_eq!(driver.wakes(), 1, "the task has not looked yet");
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(1), Polled(0)]);
}

#[test]
fn a_child_may_wake_a_sibling_that_was_polled_before() {
    let stage = Stage::new();
    let opens = stage.scripted(1, |stage, _| {
        stage.open(0);
        Poll::Ready(stage.value(1))
    });
    let mut driver = Driver::new(gather([stage.parked(0), opens]));
    assert_eq!(ids(assert_ready(driver.poll())), [0, 1]);
    assert_eq!(polled(&stage.book()), [0, 1, 0]);
}

#[test]
fn a_wake_up_may_come_from_another_thread() {
    let stage = Stage::new();
    let threads: Vec<_> = (0..8)
        .map(|id| {
            let stage = stage.clone();
            std::thread::spawn(move || {
                while catch(|| stage.waker(id)).is_none() {
                    std::thread::yield_now();
                }
                stage.open(id);
            })
        })
        .collect();
    let outputs = waystation_core::block::block_on(gather(stage.all(0..8)));
    assert_eq!(ids(outputs), (0..8).collect::<Vec<_>>());
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_wake_up_after_completion_does_nothing() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..3)));
    assert_pending(driver.poll());
    stage.open(1);
    assert_pending(driver.poll());
    stage.book();
    stage.wake(1);
    assert!(!driver.woken());
    assert_pending(driver.poll());
    assert_eq!(stage.book(), []);
}

#[test]
fn a_waker_kept_from_an_earlier_gather_wakes_nobody_in_the_next() {
    let stage = Stage::new();
    let mut first = Driver::new(gather(stage.all(0..2)));
    assert_pending(first.poll());
    let kept = stage.waker(1);
    stage.open(0);
    stage.open(1);
    drop(assert_ready(first.poll()));
    let mut second = Driver::new(gather(stage.all(10..12)));
    assert_pending(second.poll());
    stage.book();
    kept.wake();
    assert!(!first.woken() && !second.woken());
    assert_pending(second.poll());
    assert_eq!(stage.book(), []);
}

#[test]
fn gathers_on_one_thread_follow_each_other_and_nest() {
    for round in 0..5 {
        let stage = Stage::new();
        let inner = |base: usize| gather(stage.all(base..base + 3));
        let mut outer = Driver::new(gather([inner(0), inner(10), inner(20)]));
        assert_pending(outer.poll());
        for id in [21, 0, 10, 2, 12, 22, 11, 1] {
            stage.open(id);
            assert!(outer.woken());
            assert_pending(outer.poll());
        }
        stage.wake(0);
        assert!(!outer.woken(), "round {round}: it has ended");
        stage.open(20);
        let all: Vec<_> = assert_ready(outer.poll())
            .into_iter()
            .flat_map(ids)
            .collect();
        assert_eq!(all, [0, 1, 2, 10, 11, 12, 20, 21, 22]);
    }
}

fn catch<T>(f: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).ok()
}
