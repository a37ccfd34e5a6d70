//! A group: what is pushed, started, given, cancelled and dropped, and in what order.

mod support;

use std::collections::HashSet;
use std::future::ready;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use support::{Child, Gone, Polled, Stage, Value, panic_of, polled};
use waystation_gather::{Blocking, Group, Key};
use waystation_testkit::{Driver, assert_pending, assert_ready};

/// One poll of `next`: the id of the child that has ended.
fn next(group: &mut Group<Child<Value>>) -> Poll<Option<usize>> {
    let poll = Driver::new(group.next()).poll();
    poll.map(|some| some.map(|(_, value)| value.id))
}

fn pushed(stage: &Stage, group: &mut Group<Child<Value>>, ids: std::ops::Range<usize>) -> Vec<Key> {
    ids.map(|id| group.push(stage.parked(id))).collect()
}

#[test]
fn outputs_come_in_the_order_of_completion_with_their_keys() {
    let stage = Stage::new();
    let mut group = Group::new();
    let keys = pushed(&stage, &mut group, 0..4);
    assert_pending(next(&mut group));
    for id in [3, 0, 2] {
        stage.open(id);
    }
    for id in [3, 0, 2] {
        let (key, value) = assert_ready(Driver::new(group.next()).poll()).expect("one has ended");
        assert_eq!((key, value.id), (keys[id], id));
    }
    assert_pending(next(&mut group));
    stage.open(1);
    assert_eq!(next(&mut group), Poll::Ready(Some(1)));
}

#[test]
fn an_empty_group_gives_none_until_a_child_is_pushed() {
    let stage = Stage::new();
    let mut group = Group::new();
    assert_eq!(next(&mut group), Poll::Ready(None));
    for id in 0..3 {
        group.push(stage.ready(id));
        assert_eq!(next(&mut group), Poll::Ready(Some(id)));
        assert_eq!(next(&mut group), Poll::Ready(None));
        assert_eq!(next(&mut group), Poll::Ready(None));
    }
}

#[test]
fn a_pushed_child_runs_from_the_next_poll_on() {
    let stage = Stage::new();
    let mut group = Group::new();
    pushed(&stage, &mut group, 0..2);
    assert_eq!(stage.book(), [], "nothing happens before it is polled");
    assert_pending(next(&mut group));
    assert_eq!(stage.book(), [Polled(0), Polled(1)]);
    pushed(&stage, &mut group, 2..4);
    assert_pending(next(&mut group));
    assert_eq!(stage.book(), [Polled(2), Polled(3)]);
}

#[test]
fn a_child_may_be_pushed_while_others_are_woken() {
    let stage = Stage::new();
    let mut group = Group::new();
    pushed(&stage, &mut group, 0..2);
    let mut driver = Driver::new(group.next());
    assert_pending(driver.poll());
    stage.open(1);
    assert!(driver.woken());
    drop(driver);
    stage.book();
    pushed(&stage, &mut group, 2..3);
    assert_eq!(next(&mut group), Poll::Ready(Some(1)));
    assert_eq!(polled(&stage.book()), [2, 1], "new ones first");
}

#[test]
fn only_woken_children_are_polled() {
    let stage = Stage::new();
    let mut group = Group::new();
    pushed(&stage, &mut group, 0..50);
    assert_pending(next(&mut group));
    stage.book();
    [7, 30, 2].into_iter().for_each(|id| stage.wake(id));
    assert_pending(next(&mut group));
    assert_eq!(stage.book(), [Polled(7), Polled(30), Polled(2)]);
    assert_pending(next(&mut group));
    assert_eq!(stage.book(), []);
}

#[test]
fn limit_lets_so_many_run_and_the_others_wait_in_order() {
    let stage = Stage::new();
    let mut group = Group::new().limit(2);
    pushed(&stage, &mut group, 0..5);
    assert_eq!(group.len(), 5);
    assert_pending(next(&mut group));
    assert_eq!(stage.book(), [Polled(0), Polled(1)]);
    stage.open(1);
    assert_eq!(next(&mut group), Poll::Ready(Some(1)));
    stage.book();
    assert_pending(next(&mut group));
    assert_eq!(stage.book(), [Polled(2)]);
    pushed(&stage, &mut group, 5..6);
    stage.open(0);
    stage.open(2);
    assert_eq!(next(&mut group), Poll::Ready(Some(0)));
    assert_eq!(next(&mut group), Poll::Ready(Some(2)));
    assert_pending(next(&mut group));
    assert!(polled(&stage.book()).ends_with(&[3, 4]));
    stage.open(3);
    assert_eq!(next(&mut group), Poll::Ready(Some(3)));
    assert_pending(next(&mut group));
    assert!(stage.book().contains(&Polled(5)));
}

#[test]
fn len_counts_running_and_waiting_children() {
    let stage = Stage::new();
    let mut group = Group::new().limit(1);
    assert!(group.is_empty());
    let keys = pushed(&stage, &mut group, 0..3);
    assert_eq!((group.len(), group.is_empty()), (3, false));
    assert_pending(next(&mut group));
    assert_eq!(group.len(), 3);
    stage.open(0);
    assert_eq!(next(&mut group), Poll::Ready(Some(0)));
    assert_eq!(group.len(), 2);
    assert!(group.cancel(keys[2]));
    assert_eq!(group.len(), 1);
}

#[test]
fn cancel_drops_a_running_child_at_once() {
    let stage = Stage::new();
    let mut group = Group::new();
    let keys = pushed(&stage, &mut group, 0..3);
    assert_pending(next(&mut group));
    stage.book();
    assert!(group.cancel(keys[1]));
    assert_eq!(stage.book(), [Gone(1)]);
    assert!(!group.cancel(keys[1]), "it is gone");
    stage.wake(1);
    assert_pending(next(&mut group));
    assert_eq!(stage.book(), []);
}

#[test]
fn cancel_drops_a_child_that_waits_for_its_turn() {
    let stage = Stage::new();
    let mut group = Group::new().limit(1);
    let keys = pushed(&stage, &mut group, 0..3);
    assert_pending(next(&mut group));
    stage.book();
    assert!(group.cancel(keys[1]));
    assert_eq!(stage.book(), [Gone(1)]);
    stage.open(0);
    assert_eq!(next(&mut group), Poll::Ready(Some(0)));
    stage.book();
    assert_pending(next(&mut group));
    assert_eq!(stage.book(), [Polled(2)], "1 is left out");
}

#[test]
fn cancel_makes_room_for_the_next() {
    let stage = Stage::new();
    let mut group = Group::new().limit(1);
    let keys = pushed(&stage, &mut group, 0..2);
    assert_pending(next(&mut group));
    group.cancel(keys[0]);
    stage.book();
    assert_pending(next(&mut group));
    assert_eq!(stage.book(), [Polled(1)]);
}

#[test]
fn cancel_after_the_output_was_given_is_false() {
    let stage = Stage::new();
    let mut group = Group::new();
    let key = group.push(stage.ready(0));
    assert_eq!(next(&mut group), Poll::Ready(Some(0)));
    assert!(!group.cancel(key));
}

#[test]
fn a_cancelled_child_that_was_woken_is_not_polled_and_its_slot_is_free_again() {
    let stage = Stage::new();
    let mut group = Group::new();
    let keys = pushed(&stage, &mut group, 0..3);
    assert_pending(next(&mut group));
    // All three are taken out of the queue by the poll that gives the first output.
    (0..3).for_each(|id| stage.open(id));
    assert_eq!(next(&mut group), Poll::Ready(Some(0)));
    assert!(group.cancel(keys[1]));
    pushed(&stage, &mut group, 3..4);
    stage.book();
    assert_eq!(next(&mut group), Poll::Ready(Some(2)));
    assert_pending(next(&mut group));
    assert_eq!(
        polled(&stage.book()),
        [2, 3],
        "3 is started once, and 1 is gone"
    );
    stage.wake(1);
    stage.wake(0);
    assert_pending(next(&mut group));
    assert_eq!(stage.book(), [], "wakers of those before do nothing");
}

#[test]
fn keys_rise_and_are_never_used_again() {
    let mut group = Group::new();
    let mut seen = HashSet::new();
    let mut last = None;
    for round in 0..1_000 {
        let keys: Vec<_> = (0..3).map(|n| group.push(ready(n))).collect();
        group.cancel(keys[1]);
        for key in keys {
            assert!(seen.insert(key), "round {round}");
            assert!(last < Some(key));
            last = Some(key);
        }
        while group.next().block().is_some() {}
    }
}

#[test]
fn dropped_every_child_is_dropped_once_in_the_order_of_the_pushes() {
    let stage = Stage::new();
    let mut group = Group::new().limit(3);
    pushed(&stage, &mut group, 0..8);
    assert_pending(next(&mut group));
    // 3 takes the slot of 1, 4 that of 0.
    for id in [1, 0] {
        stage.open(id);
        assert_eq!(next(&mut group), Poll::Ready(Some(id)));
        assert_pending(next(&mut group));
    }
    stage.book();
    drop(group);
    assert_eq!(stage.book(), [2, 3, 4, 5, 6, 7].map(Gone));
}

#[test]
fn dropped_before_the_first_poll_the_children_are_dropped_unpolled() {
    let stage = Stage::new();
    let mut group = Group::new();
    pushed(&stage, &mut group, 0..3);
    drop(group);
    assert_eq!(stage.book(), [0, 1, 2].map(Gone));
}

#[test]
fn a_next_that_is_dropped_loses_nothing() {
    let stage = Stage::new();
    let mut group = Group::new();
    pushed(&stage, &mut group, 0..2);
    drop(group.next());
    assert_eq!(stage.book(), []);
    let mut driver = Driver::new(group.next());
    assert_pending(driver.poll());
    stage.open(1);
    assert!(driver.woken());
    drop(driver);
    assert_eq!(next(&mut group), Poll::Ready(Some(1)));
}

#[test]
fn the_task_waker_is_given_back_when_the_group_is_empty_and_when_it_is_dropped() {
    let stage = Stage::new();
    let mut group = Group::new();
    let key = group.push(stage.parked(0));
    let mut driver = Driver::new(group.next());
    assert_pending(driver.poll());
    let probe = driver.probe().clone();
    drop(driver);
    assert_eq!(probe.live(), 1);
    group.cancel(key);
    assert_eq!(probe.live(), 0);
    group.push(stage.parked(1));
    let mut driver = Driver::new(group.next());
    assert_pending(driver.poll());
    let probe = driver.probe().clone();
    drop(driver);
    drop(group);
    assert_eq!((probe.live(), probe.wakes()), (0, 0));
    stage.wake(1);
    assert_eq!(probe.wakes(), 0);
}

#[test]
fn settings_after_the_first_push_are_refused() {
    let stage = Stage::new();
    let expected = "`limit` must be called before the first push";
    assert_eq!(panic_of(|| filled(&stage).limit(1)), expected);
    let expected = "`catch_panics` must be called before the first push";
    assert_eq!(panic_of(|| filled(&stage).catch_panics()), expected);
    let expected = "`limit(0)` would never start a child";
    assert_eq!(panic_of(|| Group::<Child<Value>>::new().limit(0)), expected);
}

fn filled(stage: &Stage) -> Group<Child<Value>> {
    let mut group = Group::new();
    group.push(stage.ready(0));
    assert_eq!(next(&mut group), Poll::Ready(Some(0)));
    assert_eq!(next(&mut group), Poll::Ready(None));
    group
}

#[test]
fn polling_next_after_ready_panics_with_the_name() {
    let mut group = Group::new();
    group.push(ready(1));
    let mut done = Driver::new(group.next());
    assert_ready(done.poll());
    assert_eq!(
        panic_of(|| done.poll()),
        "`GroupNext` polled again after it returned `Ready`"
    );
}

#[test]
fn debug_shows_how_many_run_and_wait() {
    let stage = Stage::new();
    let mut group = Group::new().limit(2);
    pushed(&stage, &mut group, 0..3);
    assert_eq!(format!("{group:?}"), "Group { running: 0, waiting: 3, .. }");
    assert_pending(next(&mut group));
    assert_eq!(format!("{group:?}"), "Group { running: 2, waiting: 1, .. }");
    assert!(format!("{:?}", group.next()).starts_with("GroupNext { group: Some(Group"));
}

#[test]
fn a_thread_waits_as_a_task_does() {
    let stage = Stage::new();
    let mut group = Group::new();
    pushed(&stage, &mut group, 0..2);
    assert!(
        group
            .next()
            .block_timeout(Duration::from_millis(1))
            .is_none()
    );
    let opens = {
        let stage = stage.clone();
        thread::spawn(move || stage.open(1))
    };
    assert_eq!(group.next().block().map(|(_, value)| value.id), Some(1));
    opens.join().expect("it has opened 1");
}

#[test]
fn a_group_moves_between_threads() {
    let stage = Stage::new();
    let mut group = Group::new();
    pushed(&stage, &mut group, 0..2);
    assert_pending(next(&mut group));
    let moved = stage.clone();
    let id = thread::spawn(move || {
        moved.open(1);
        group.next().block().map(|(_, value)| value.id)
    });
    assert_eq!(id.join().expect("it has ended"), Some(1));
}

#[cfg(feature = "futures-core")]
#[test]
fn a_group_is_a_stream_that_goes_on_after_its_end() {
    use futures_core::{FusedFuture, FusedStream, Stream};
    use futures_lite::StreamExt;
    let mut group = Group::new();
    assert!(
        FusedStream::is_terminated(&group),
        "there is nothing to wait for"
    );
    for round in 0..2 {
        (0..3).for_each(|n| {
            group.push(ready(3 * round + n));
        });
        assert!(!FusedStream::is_terminated(&group));
        assert_eq!(group.size_hint(), (3, None));
        let all: Vec<_> = futures_lite::future::block_on(StreamExt::collect(&mut group));
        let all: Vec<_> = all.into_iter().map(|(_, n)| n).collect();
        assert_eq!(all, [0, 1, 2].map(|n| 3 * round + n));
        assert!(FusedStream::is_terminated(&group));
    }
    let mut driver = Driver::new(group.next());
    assert!(!driver.get().is_terminated());
    assert_ready(driver.poll());
    assert!(driver.get().is_terminated());
}
