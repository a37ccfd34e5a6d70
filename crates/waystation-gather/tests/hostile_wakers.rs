//! The task's waker is foreign code: it may do anything when it is cloned, woken or dropped.

mod support;

use std::cell::Cell;
use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use support::{Polled, Stage, ids, panic_of};
use waystation_gather::{Gather, gather};
use waystation_testkit::{
    Driver, HostileWaker, PanicOn, assert_pending, assert_ready, panicking_waker,
};

type Children = Vec<support::Child<support::Value>>;

fn started(stage: &Stage, children: usize) -> Driver<Gather<Children>> {
    let driver = Driver::new(gather(stage.all(0..children)));
    assert!(stage.book().is_empty());
    driver
}

#[test]
fn a_child_woken_inside_clone_is_not_lost() {
    let stage = Stage::new();
    let mut driver = started(&stage, 3);
    let hook = stage.clone();
    let (waker, probe) = HostileWaker::builder()
        .on_clone(move || hook.wake(1))
        .build();
    assert_pending(driver.poll_with(&waker));
    // The wake-up came between the last child and the registration: it was found, and polled.
    assert!(
        probe.wakes() > 0
            || stage
                .book()
                .iter()
                .filter(|note| **note == Polled(1))
                .count()
                > 1
    );
    probe.disarm();
    stage.open(0);
    assert!(probe.wakes() > 0);
    assert_pending(driver.poll_with(&waker));
}

#[test]
fn wake_may_wake_other_children() {
    let stage = Stage::new();
    let mut driver = started(&stage, 3);
    let hook = stage.clone();
    let (waker, probe) = HostileWaker::builder()
        .on_wake(move || {
            hook.wake(1);
            hook.wake(2);
        })
        .build();
    assert_pending(driver.poll_with(&waker));
    stage.book();
    stage.wake(0);
    assert_eq!(probe.wakes(), 1);
    assert_pending(driver.poll_with(&waker));
    assert_eq!(stage.book(), [Polled(0), Polled(1), Polled(2)]);
}

#[test]
fn wake_may_poll_the_gather_inline() {
    let stage = Stage::new();
    let place = Arc::new(Mutex::new(None::<Driver<Gather<Children>>>));
    let inline = place.clone();
    let ready = Arc::new(AtomicUsize::new(0));
    let count = ready.clone();
    let (waker, _probe) = HostileWaker::builder()
        .on_wake(move || {
            if let Some(driver) = &mut *inline.lock().unwrap() {
                count.fetch_add(usize::from(driver.poll().is_ready()), Ordering::Relaxed);
            }
        })
        .build();
    let mut driver = started(&stage, 1);
    assert_pending(driver.poll_with(&waker));
    *place.lock().unwrap() = Some(driver);
    stage.open(0);
    assert_eq!(ready.load(Ordering::Relaxed), 1);
    place.lock().unwrap().take();
}

#[test]
fn wake_may_drop_the_gather() {
    let stage = Stage::new();
    let place = Arc::new(Mutex::new(None::<Driver<Gather<Children>>>));
    let inline = place.clone();
    let (waker, probe) = HostileWaker::builder()
        .on_wake(move || drop(inline.lock().unwrap().take()))
        .build();
    let mut driver = started(&stage, 3);
    assert_pending(driver.poll_with(&waker));
    *place.lock().unwrap() = Some(driver);
    stage.wake(1);
    assert!(place.lock().unwrap().is_none());
    stage.wake(2);
    assert_eq!((probe.wakes(), probe.live()), (1, 1));
}

#[test]
fn the_old_wakers_drop_may_wake_children() {
    let stage = Stage::new();
    let mut driver = started(&stage, 3);
    let hook = stage.clone();
    let (waker, probe) = HostileWaker::builder()
        .on_drop(move || hook.wake(1))
        .build();
    assert_pending(driver.poll_with(&waker));
    stage.book();
    // Replaced: the wake-up from inside its drop finds the new waker registered.
    assert_pending(driver.poll());
    assert!(driver.woken());
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(1)]);
    // On completion.
    assert_pending(driver.poll_with(&waker));
    (0..3).for_each(|id| stage.unlock(id));
    [0, 2, 1].into_iter().for_each(|id| stage.wake(id));
    assert_eq!(ids(assert_ready(driver.poll_with(&waker))), [0, 1, 2]);
    // On cancel.
    let mut driver = Driver::new(gather(stage.all(1..2)));
    drop(driver.poll_with(&waker));
    drop(driver);
    drop(waker);
    assert_eq!(probe.live(), 0);
}

#[test]
fn a_wake_that_panics_loses_no_child() {
    let stage = Stage::new();
    let mut driver = started(&stage, 3);
    let (waker, probe) = panicking_waker(PanicOn::Wake, 1);
    assert_pending(driver.poll_with(&waker));
    stage.book();
    assert_eq!(panic_of(|| stage.wake(2)), "hostile waker: Wake 1");
    stage.wake(0);
    assert_pending(driver.poll_with(&waker));
    assert_eq!(stage.book(), [Polled(2), Polled(0)]);
    [1, 0, 2].into_iter().for_each(|id| stage.open(id));
    assert_eq!(probe.wakes(), 2);
    assert_eq!(ids(assert_ready(driver.poll_with(&waker))), [0, 1, 2]);
}

#[test]
fn a_clone_that_panics_on_the_first_poll_can_be_made_good() {
    let stage = Stage::new();
    let mut driver = started(&stage, 2);
    let (waker, probe) = panicking_waker(PanicOn::Clone, 1);
    assert_eq!(
        panic_of(|| driver.poll_with(&waker)),
        "hostile waker: Clone 1"
    );
    assert_eq!(
        stage.book(),
        [Polled(0), Polled(1)],
        "the children are started, and stay"
    );
    stage.wake(1);
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(1)]);
    stage.open(0);
    stage.open(1);
    assert!(driver.woken());
    assert_ready(driver.poll());
    assert_eq!((probe.live(), driver.probe().live()), (1, 0));
}

#[test]
fn a_clone_that_panics_on_a_repoll_leaves_the_old_registration() {
    let stage = Stage::new();
    let mut driver = started(&stage, 2);
    assert_pending(driver.poll());
    let (waker, _probe) = panicking_waker(PanicOn::Clone, 1);
    assert_eq!(
        panic_of(|| driver.poll_with(&waker)),
        "hostile waker: Clone 1"
    );
    stage.wake(1);
    assert!(driver.woken(), "the old waker is still there");
    stage.book();
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(1)]);
}

#[test]
fn a_drop_that_panics_when_the_waker_is_replaced_changes_nothing() {
    let stage = Stage::new();
    let mut driver = started(&stage, 2);
    let (waker, _probe) = panicking_waker(PanicOn::Drop, 1);
    assert_pending(driver.poll_with(&waker));
    stage.book();
    assert_eq!(panic_of(|| driver.poll()), "hostile waker: Drop 1");
    stage.wake(1);
    assert!(driver.woken(), "the new waker is registered");
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(1)]);
}

#[test]
fn a_panic_of_the_wakers_drop_goes_on_when_the_gather_is_dropped() {
    let stage = Stage::new();
    let mut driver = started(&stage, 2);
    let (waker, probe) = panicking_waker(PanicOn::Drop, 1);
    assert_pending(driver.poll_with(&waker));
    stage.book();
    assert_eq!(panic_of(|| drop(driver)), "hostile waker: Drop 1");
    assert_eq!(stage.book(), [support::Gone(0), support::Gone(1)]);
    assert_eq!(probe.live(), 1);
}

#[test]
fn a_pause_whose_wake_panics_changes_nothing() {
    let stage = Stage::new();
    let busy = stage.scripted::<()>(0, |_, cx| {
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    });
    let mut driver = Driver::new(gather((busy, stage.parked(1))));
    let (waker, probe) = panicking_waker(PanicOn::Wake, 1);
    assert_eq!(
        panic_of(|| driver.poll_with(&waker)),
        "hostile waker: Wake 1"
    );
    stage.book();
    assert_pending(driver.poll_with(&waker));
    assert_eq!(probe.wakes(), 2);
    assert_eq!(stage.book()[0], Polled(0));
}

#[test]
fn of_a_thousand_wakers_only_the_last_is_kept_and_woken() {
    let stage = Stage::new();
    let mut driver = started(&stage, 2);
    let mut earlier = Vec::new();
    for _ in 0..1_000 {
        assert_pending(driver.poll());
        assert_eq!(driver.probe().live(), 1);
        earlier.push(driver.change_waker());
    }
    assert_pending(driver.poll());
    stage.wake(1);
    assert!(driver.woken());
    for probe in earlier {
        assert_eq!((probe.live(), probe.wakes()), (0, 0));
    }
}

#[test]
fn a_child_that_wakes_itself_under_a_changed_waker_wakes_no_other_task() {
    let stage = Stage::new();
    let mut left = 2;
    let restless = stage.scripted(0, move |stage, cx| {
        stage.park(0, cx);
        left -= 1;
        if left == 0 {
            cx.waker().wake_by_ref();
        }
        std::task::Poll::Pending::<()>
    });
    let mut driver = Driver::new(gather((restless,)));
    assert_pending(driver.poll());
    // Woken by the task that polled it first, polled by another one.
    let first = driver.change_waker();
    stage.wake(0);
    assert_eq!(first.wakes(), 1);
    assert_pending(driver.poll());
    assert_eq!((first.wakes(), first.live()), (1, 0));
}

#[test]
fn a_hundred_thousand_polls_for_nothing_change_nothing() {
    let stage = Stage::new();
    let mut driver = started(&stage, 3);
    assert_pending(driver.poll());
    stage.book();
    for _ in 0..100_000 {
        assert_pending(driver.poll());
    }
    assert_eq!(stage.book(), []);
    assert_eq!((driver.probe().live(), driver.wakes()), (1, 0));
    assert_eq!(driver.probe().clones(), 1, "the registered waker was kept");
}

#[test]
fn a_waker_kept_from_an_earlier_gather_wakes_no_child_of_a_later_one() {
    for n in 1..6 {
        for kept in 0..n {
            let wakers = Mutex::new(Vec::new());
            let children = (0..n).map(|_| {
                poll_fn(|cx: &mut Context<'_>| {
                    wakers.lock().unwrap().push(cx.waker().clone());
                    Poll::Ready(())
                })
            });
            assert_ready(Driver::new(gather(children)).poll());
            let waker = wakers.into_inner().unwrap().swap_remove(kept);
            let polls = Cell::new(0);
            let count = || {
                poll_fn(|_| {
                    polls.set(polls.get() + 1);
                    Poll::<()>::Pending
                })
            };
            let mut later = Driver::new(gather((0..n).map(|_| count())));
            assert_pending(later.poll());
            waker.wake();
            assert!(!later.woken(), "{kept} of {n}");
            assert_pending(later.poll());
            assert_eq!(polls.get(), n, "{kept} of {n}");
        }
    }
}
