//! A group and foreign code that panics: children, their drops, and the task's waker.

mod support;

use std::task::Poll;

use support::{Child, Gone, Polled, Stage, Value, panic_of};
use waystation_gather::{Group, Panicked};
use waystation_testkit::{
    Driver, HostileWaker, PanicOn, assert_pending, assert_ready, panicking_waker,
};

fn group(children: impl IntoIterator<Item = Child<Value>>) -> Group<Child<Value>> {
    let mut group = Group::new();
    for child in children {
        group.push(child);
    }
    group
}

fn next(group: &mut Group<Child<Value>>) -> Poll<Option<usize>> {
    let poll = Driver::new(group.next()).poll();
    poll.map(|some| some.map(|(_, value)| value.id))
}

#[test]
fn when_a_child_panics_the_others_are_dropped_in_order_and_the_group_is_empty() {
    let stage = Stage::new();
    let mut group = Group::new().limit(3);
    for id in 0..5 {
        group.push(if id == 1 {
            stage.panics(1)
        } else {
            stage.parked(id)
        });
    }
    assert_pending(next(&mut group));
    stage.open(1);
    stage.book();
    assert_eq!(panic_of(|| next(&mut group)), "child 1");
    let others = [0, 1, 2, 3, 4].map(Gone);
    assert_eq!(stage.book(), [&[Polled(1)], &others[..]].concat());
    assert!(group.is_empty());
    assert_eq!(next(&mut group), Poll::Ready(None));
    // It can be used again, under its limit.
    for id in 5..9 {
        group.push(stage.parked(id));
    }
    assert_pending(next(&mut group));
    assert_eq!(stage.book(), [Polled(5), Polled(6), Polled(7)]);
    stage.open(6);
    assert_eq!(next(&mut group), Poll::Ready(Some(6)));
    drop(group);
    assert!(stage.book().ends_with(&[Gone(5), Gone(7), Gone(8)]));
}

#[test]
fn the_key_of_a_child_from_before_a_panic_is_not_used_again() {
    let stage = Stage::new();
    let mut group = Group::new();
    let old = group.push(stage.panics(0));
    stage.unlock(0);
    assert_eq!(panic_of(|| next(&mut group)), "child 0");
    let new = group.push(stage.parked(1));
    assert!(old < new);
    assert!(!group.cancel(old));
    assert!(group.cancel(new));
}

#[test]
fn catch_panics_makes_a_panic_an_output_and_lets_the_others_go_on() {
    let stage = Stage::new();
    let mut group = Group::new().limit(2).catch_panics();
    stage.unlock(1);
    let keys = [stage.parked(0), stage.panics(1), stage.parked(2)].map(|child| group.push(child));
    let (key, output) = assert_ready(Driver::new(group.next()).poll()).expect("one has ended");
    let output: Result<Value, Panicked> = output;
    let panicked = output.expect_err("it has panicked");
    assert_eq!((key, panicked.message()), (keys[1], Some("child 1")));
    assert_pending(Driver::new(group.next()).poll());
    assert_eq!(
        stage.book(),
        [Polled(0), Polled(1), Gone(1), Polled(2)],
        "the limit stays"
    );
    stage.open(2);
    let (key, output) = assert_ready(Driver::new(group.next()).poll()).expect("one has ended");
    assert_eq!((key, output.expect("no panic").id), (keys[2], 2));
    assert_eq!(group.len(), 1);
}

#[test]
fn a_drop_that_panics_in_cancel_goes_on_and_the_child_is_gone() {
    let stage = Stage::new();
    let mut group = Group::new().limit(1);
    let keys = [0, 1].map(|id| group.push(stage.parked(id).panics_when_dropped()));
    assert_pending(next(&mut group));
    stage.book();
    assert_eq!(panic_of(|| group.cancel(keys[1])), "drop 1");
    assert_eq!(panic_of(|| group.cancel(keys[0])), "drop 0");
    assert_eq!(stage.book(), [Gone(1), Gone(0)]);
    assert!(group.is_empty());
    assert!(!group.cancel(keys[0]));
    // The slot is good again.
    group.push(stage.ready(2));
    assert_eq!(next(&mut group), Poll::Ready(Some(2)));
}

#[test]
fn drops_that_panic_keep_no_other_from_being_dropped_and_the_first_one_goes_on() {
    let stage = Stage::new();
    let mut group = Group::new().limit(3);
    for id in 0..6 {
        let child = stage.parked(id);
        group.push(if id % 2 == 1 {
            child.panics_when_dropped()
        } else {
            child
        });
    }
    assert_pending(next(&mut group));
    stage.book();
    assert_eq!(panic_of(|| drop(group)), "drop 1");
    assert_eq!(stage.book(), [0, 1, 2, 3, 4, 5].map(Gone));
}

#[test]
fn a_child_may_wake_its_siblings_while_it_is_cancelled() {
    let stage = Stage::new();
    let mut group = Group::new();
    let key = group.push(stage.parked(0).on_drop(|stage| {
        stage.wake(0);
        stage.wake(1);
    }));
    group.push(stage.parked(1));
    let mut driver = Driver::new(group.next());
    assert_pending(driver.poll());
    let probe = driver.probe().clone();
    drop(driver);
    group.cancel(key);
    assert_eq!(probe.wakes(), 1, "the task has something to do");
    stage.book();
    assert_pending(next(&mut group));
    assert_eq!(stage.book(), [Polled(1)]);
}

#[test]
fn a_wake_that_panics_loses_no_child() {
    let stage = Stage::new();
    let mut group = group([0, 1, 2].map(|id| stage.parked(id)));
    let (waker, _probe) = panicking_waker(PanicOn::Wake, 1);
    assert_pending(Driver::new(group.next()).poll_with(&waker));
    assert_eq!(panic_of(|| stage.open(2)), "hostile waker: Wake 1");
    stage.open(0);
    assert_eq!(next(&mut group), Poll::Ready(Some(2)));
    assert_eq!(next(&mut group), Poll::Ready(Some(0)));
}

#[test]
fn a_clone_that_panics_changes_nothing() {
    let stage = Stage::new();
    let mut group = group([0, 1].map(|id| stage.parked(id)));
    let (waker, _probe) = panicking_waker(PanicOn::Clone, 1);
    let poll = || Driver::new(group.next()).poll_with(&waker);
    assert_eq!(panic_of(poll), "hostile waker: Clone 1");
    assert_eq!(stage.book(), [Polled(0), Polled(1)]);
    group.push(stage.parked(2));
    stage.open(1);
    assert_eq!(next(&mut group), Poll::Ready(Some(1)));
    assert!(stage.book().contains(&Polled(2)));
}

#[test]
fn a_panic_of_the_wakers_drop_goes_on_when_the_last_child_is_cancelled() {
    let stage = Stage::new();
    let mut group = Group::new();
    let key = group.push(stage.parked(0));
    let (waker, _probe) = panicking_waker(PanicOn::Drop, 1);
    assert_pending(Driver::new(group.next()).poll_with(&waker));
    assert_eq!(panic_of(|| group.cancel(key)), "hostile waker: Drop 1");
    assert!(group.is_empty());
    group.push(stage.ready(1));
    assert_eq!(next(&mut group), Poll::Ready(Some(1)));
}

#[test]
fn wake_may_wake_other_children() {
    let stage = Stage::new();
    let mut group = group([0, 1, 2].map(|id| stage.parked(id)));
    let hook = stage.clone();
    let (waker, probe) = HostileWaker::builder()
        .on_wake(move || {
            hook.wake(1);
            hook.wake(2);
        })
        .build();
    assert_pending(Driver::new(group.next()).poll_with(&waker));
    stage.book();
    stage.wake(0);
    assert_eq!(probe.wakes(), 1);
    assert_pending(next(&mut group));
    assert_eq!(stage.book(), [Polled(0), Polled(1), Polled(2)]);
}
