//! At most so many children at once.

mod support;

use std::cell::Cell;
use std::future::ready;
use std::rc::Rc;
use std::task::Poll;

use support::{Gone, Polled, Stage, ids, panic_of, polled};
use waystation_gather::{as_completed, gather, try_gather};
use waystation_testkit::{Driver, assert_pending, assert_ready};

#[test]
fn a_busy_child_does_not_keep_waiting_ones_from_starting() {
    let stage = Stage::new();
    let busy = stage.clone();
    let children = (0..200).map(move |id| {
        busy.scripted(id, move |_, cx| {
            cx.waker().wake_by_ref();
            if id % 2 == 0 {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
    });
    let mut driver = Driver::new(gather(children).limit(40));
    for _ in 0..80 {
        assert_pending(driver.poll());
    }
    let book = stage.book();
    assert!(
        book.contains(&Polled(78)),
        "forty even ones hold all the room in the end"
    );
    assert!(!book.contains(&Polled(80)));
}

#[test]
fn limit_keeps_so_many_children_alive_and_starts_them_in_order() {
    let stage = Stage::new();
    let made = Rc::new(Cell::new(0));
    let (makes, counted) = (stage.clone(), made.clone());
    let children = (0..6).map(move |id| {
        counted.set(counted.get() + 1);
        makes.parked(id)
    });
    let mut driver = Driver::new(gather(children).limit(2));
    assert_pending(driver.poll());
    assert_eq!((stage.book(), made.get()), (vec![Polled(0), Polled(1)], 2));
    stage.open(1);
    assert_pending(driver.poll());
    assert_eq!(
        (stage.book(), made.get()),
        (vec![Polled(1), Gone(1), Polled(2)], 3)
    );
    stage.open(0);
    stage.open(2);
    assert_pending(driver.poll());
    let book = [Polled(0), Gone(0), Polled(2), Gone(2), Polled(3), Polled(4)];
    assert_eq!((stage.book(), made.get()), (book.to_vec(), 5));
    for id in [4, 3, 5] {
        assert_pending(driver.poll());
        stage.open(id);
    }
    assert_eq!(ids(assert_ready(driver.poll())), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn limit_one_runs_one_after_the_other() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather([0, 1, 2].map(|id| stage.parked(id))).limit(1));
    for id in 0..3 {
        assert_pending(driver.poll());
        assert_eq!(stage.book().last(), Some(&Polled(id)));
        stage.open(id);
    }
    assert_eq!(ids(assert_ready(driver.poll())), [0, 1, 2]);
}

#[test]
fn a_limit_above_the_number_of_children_changes_nothing() {
    for limit in [3, 4, usize::MAX] {
        let stage = Stage::new();
        let mut driver = Driver::new(gather(stage.all(0..3)).limit(limit));
        assert_pending(driver.poll());
        assert_eq!(polled(&stage.book()), [0, 1, 2]);
        (0..3).rev().for_each(|id| stage.open(id));
        assert_eq!(ids(assert_ready(driver.poll())), [0, 1, 2]);
    }
}

#[test]
fn ready_children_under_a_limit_pause_now_and_then() {
    let mut driver = Driver::new(gather((0..1_000).map(ready)).limit(4));
    let mut polls = 1;
    let outputs = loop {
        match driver.poll() {
            Poll::Ready(outputs) => break outputs,
            Poll::Pending => assert!(driver.woken()),
        }
        polls += 1;
    };
    assert_eq!(outputs, (0..1_000).collect::<Vec<_>>());
    assert!((8..32).contains(&polls), "{polls} turns");
}

#[test]
fn the_waker_of_an_earlier_child_does_not_wake_the_next_one_in_its_place() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..3)).limit(1));
    assert_pending(driver.poll());
    let old = stage.waker(0);
    stage.open(0);
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(0), Polled(0), Gone(0), Polled(1)]);
    old.wake_by_ref();
    assert!(!driver.woken());
    assert_pending(driver.poll());
    assert_eq!(stage.book(), []);
    // It was woken while its child ended, too: the slot is in the queue, and counts for nobody.
    let loud = stage.waker(1);
    stage.unlock(1);
    loud.wake_by_ref();
    assert_pending(driver.poll());
    old.wake();
    loud.wake();
    assert_eq!(polled(&stage.book()), [1, 2]);
    assert!(!driver.woken());
}

#[test]
fn after_an_error_no_child_is_started() {
    let mut asked = 0;
    let children = std::iter::from_fn(|| {
        asked += 1;
        Some(ready(if asked == 3 { Err(asked) } else { Ok(()) }))
    });
    assert_eq!(
        assert_ready(Driver::new(try_gather(children).limit(2)).poll()),
        Err(3)
    );
    assert_eq!(asked, 3);
}

#[test]
fn as_completed_takes_an_endless_iterator_under_a_limit() {
    let made = Cell::new(0);
    let mut outputs = as_completed((0usize..).map(|n| {
        made.set(made.get() + 1);
        ready(n)
    }))
    .limit(3);
    for expected in 0..1_000 {
        let output = futures_lite::future::block_on(outputs.next());
        assert_eq!(output, Some((expected, expected)));
        assert!(made.get() <= expected + 3);
    }
}

#[test]
fn limit_zero_is_refused() {
    let message = "`limit(0)` would never start a child";
    assert_eq!(panic_of(|| gather([ready(1)]).limit(0)), message);
    assert_eq!(
        panic_of(|| try_gather([ready(Ok::<_, ()>(1))]).limit(0)),
        message
    );
    assert_eq!(panic_of(|| as_completed([ready(1)]).limit(0)), message);
}
