//! What is dropped, how often, and in what order.

mod support;

use std::task::Poll;

use support::{Gone, Lost, Polled, Stage};
use waystation_gather::{as_completed, gather, try_gather};
use waystation_testkit::{Driver, assert_pending, assert_ready};

#[test]
fn dropped_before_the_first_poll_the_children_are_dropped_unpolled() {
    let stage = Stage::new();
    drop(gather(stage.all(0..3)));
    assert_eq!(stage.book(), [Gone(0), Gone(1), Gone(2)]);
    drop(gather((stage.parked(0), stage.parked(1))));
    assert_eq!(stage.book(), [Gone(0), Gone(1)]);
    drop(gather([0, 1].map(|id| stage.parked(id))).limit(1));
    assert_eq!(stage.book(), [Gone(0), Gone(1)]);
    drop(gather((stage.parked(0), stage.parked(1))).catch_panics());
    assert_eq!(stage.book(), [Gone(0), Gone(1)]);
    drop(try_gather([stage.fallible(0), stage.fallible(1)]));
    assert_eq!(stage.book(), [Gone(0), Gone(1)]);
    drop(as_completed(stage.all(0..2)));
    assert_eq!(stage.book(), [Gone(0), Gone(1)]);
}

#[test]
fn dropped_while_parked_every_unfinished_child_then_every_output_is_dropped_once_in_order() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..9)));
    assert_pending(driver.poll());
    for id in [7, 1, 4] {
        stage.open(id);
    }
    assert_pending(driver.poll());
    stage.book();
    drop(driver);
    let children = [0, 2, 3, 5, 6, 8].map(Gone);
    assert_eq!(
        stage.book(),
        [&children[..], &[Lost(1), Lost(4), Lost(7)]].concat()
    );
}

#[test]
fn a_tuple_is_dropped_in_the_same_order() {
    let stage = Stage::new();
    let (a, b, c, d) = (
        stage.parked(0),
        stage.ready(1),
        stage.parked(2),
        stage.ready(3),
    );
    let mut driver = Driver::new(gather((a, b, c, d)));
    assert_pending(driver.poll());
    stage.book();
    drop(driver);
    assert_eq!(stage.book(), [Gone(0), Gone(2), Lost(1), Lost(3)]);
}

#[test]
fn dropped_after_a_wake_up_that_was_not_polled_yet_it_is_the_same() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..3)));
    assert_pending(driver.poll());
    stage.open(1);
    stage.book();
    drop(driver);
    assert_eq!(stage.book(), [Gone(0), Gone(1), Gone(2)]);
}

#[test]
fn under_a_limit_the_order_of_the_input_holds_although_places_are_used_again() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..10)).limit(3));
    assert_pending(driver.poll());
    // 3 takes the place of 1, 4 that of 0, 5 that of 3.
    for id in [1, 0, 3] {
        stage.open(id);
        assert_pending(driver.poll());
    }
    stage.book();
    drop(driver);
    let expected = [
        Gone(2),
        Gone(4),
        Gone(5),
        Gone(6),
        Gone(7),
        Gone(8),
        Gone(9),
        Lost(0),
        Lost(1),
        Lost(3),
    ];
    assert_eq!(stage.book(), expected);
}

#[test]
fn when_one_fails_the_others_are_dropped_in_order_before_the_error_is_returned() {
    let stage = Stage::new();
    let children: Vec<_> = (0..5).map(|id| stage.fallible(id)).collect();
    let mut driver = Driver::new(try_gather(children).limit(4));
    assert_pending(driver.poll());
    stage.open(2);
    stage.book();
    stage.fail(1);
    assert_eq!(assert_ready(driver.poll()).unwrap_err(), 1);
    let expected = [
        Polled(2),
        Gone(2),
        Polled(1),
        Gone(1),
        Gone(0),
        Gone(3),
        Gone(4),
        Lost(2),
    ];
    assert_eq!(stage.book(), expected);
    drop(driver);
    assert_eq!(stage.book(), []);
}

#[test]
fn a_tuple_that_fails_drops_its_others_too() {
    let stage = Stage::new();
    let mut driver = Driver::new(try_gather((
        stage.fallible(0),
        stage.scripted(1, |_, _| Poll::Ready(Err::<(), _>(7))),
        stage.fallible(2),
    )));
    assert_eq!(assert_ready(driver.poll()).unwrap_err(), 7);
    assert_eq!(
        stage.book(),
        [Polled(0), Polled(1), Gone(1), Gone(0), Gone(2)]
    );
}

#[test]
fn as_completed_drops_what_is_left() {
    let stage = Stage::new();
    let mut outputs = as_completed(stage.all(0..4)).limit(2);
    let mut next = Driver::new(outputs.next());
    assert_pending(next.poll());
    stage.open(0);
    stage.open(1);
    drop(assert_ready(next.poll()));
    stage.book();
    // 1 was woken, 2 and 3 were not started.
    drop(outputs);
    assert_eq!(stage.book(), [Gone(1), Gone(2), Gone(3)]);
}

#[test]
fn the_task_waker_is_given_back_in_every_ending() {
    let stage = Stage::new();
    let mut finished = Driver::new(gather(stage.all(0..2)));
    assert_pending(finished.poll());
    assert_eq!(finished.probe().live(), 1);
    stage.open(0);
    assert_pending(finished.poll());
    assert_eq!(finished.probe().live(), 1);
    // Polled again without a wake-up: a registered waker is there at the end.
    stage.unlock(1);
    assert_pending(finished.poll());
    stage.wake(1);
    assert_ready(finished.poll());
    assert_eq!(finished.probe().live(), 0);

    let mut dropped = Driver::new(gather(stage.all(10..12)));
    assert_pending(dropped.poll());
    let probe = dropped.probe().clone();
    drop(dropped);
    assert_eq!(probe.live(), 0);

    let mut failed = Driver::new(try_gather([20, 21].map(|id| stage.fallible(id))));
    assert_pending(failed.poll());
    stage.fail(20);
    assert_ready(failed.poll()).unwrap_err();
    assert_eq!(failed.probe().live(), 0);
}

#[test]
fn wakers_of_children_outlive_the_gather_and_do_nothing() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..3)));
    assert_pending(driver.poll());
    let probe = driver.probe().clone();
    drop(driver);
    for id in 0..3 {
        stage.wake(id);
    }
    assert_eq!((probe.wakes(), probe.live()), (0, 0));
}

#[test]
fn children_that_wake_each_other_while_they_are_dropped_do_not_wake_the_task() {
    let stage = Stage::new();
    let children = (0..3).map(|id| {
        stage
            .parked(id)
            .on_drop(move |stage| (0..3).for_each(|other| stage.wake(other)))
    });
    let mut driver = Driver::new(gather(children.collect::<Vec<_>>()));
    assert_pending(driver.poll());
    let probe = driver.probe().clone();
    drop(driver);
    assert_eq!((probe.wakes(), probe.live()), (0, 0));
    // Nothing of it is left for the next gather on this thread.
    let mut next = Driver::new(gather(stage.all(10..13)));
    assert_pending(next.poll());
    stage.book();
    assert_pending(next.poll());
    assert_eq!(stage.book(), []);
}

#[test]
fn dropped_after_ready_nothing_is_dropped_again() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather((stage.ready(0), stage.ready(1))));
    let outputs = assert_ready(driver.poll());
    drop(driver);
    assert_eq!(stage.book(), [Polled(0), Gone(0), Polled(1), Gone(1)]);
    drop(outputs);
    assert_eq!(stage.book(), [Lost(0), Lost(1)]);
}

#[test]
fn what_was_woken_when_the_gather_was_dropped_is_not_woken_in_the_next() {
    let stage = Stage::new();
    let busy = |id| {
        stage.scripted::<()>(id, |_, cx| {
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    };
    let mut first = Driver::new(gather([busy(0), busy(1), busy(2)]));
    assert_pending(first.poll());
    drop(first);
    let mut second = Driver::new(gather(stage.all(0..3)));
    assert_pending(second.poll());
    stage.book();
    assert_pending(second.poll());
    assert_eq!(stage.book(), []);
    for id in [2, 0, 1] {
        stage.open(id);
    }
    assert_eq!(support::ids(assert_ready(second.poll())), [0, 1, 2]);
    assert_eq!(stage.book()[..2], [Polled(2), Gone(2)]);
}
