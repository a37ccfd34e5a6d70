//! Rows: what `clone()` does, and how wakers are kept.

use std::sync::Mutex;
use std::task::Waker;

use waystation_testkit::{HostileWaker, PanicOn, Probe, panicking_waker};

use crate::scene::{Column, panic_of, poll};
use crate::table::{ALWAYS, Row};

pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "`clone()` re-enters",
        play: re_enters,
        does_not_apply: ALWAYS,
    },
    Row {
        name: "`clone()` makes the call it waits for",
        play: fires,
        does_not_apply: |column| {
            (!column.lasts).then_some("the call reaches only those who wait already")
        },
    },
    Row {
        name: "`clone()` panics at the first poll",
        play: panics_first,
        does_not_apply: ALWAYS,
    },
    Row {
        name: "`clone()` panics at a later poll",
        play: panics_later,
        does_not_apply: ALWAYS,
    },
    Row {
        name: "another waker at each of 1,000 polls: one is kept, the last is woken",
        play: changes,
        does_not_apply: ALWAYS,
    },
    Row {
        name: "10,000 polls for no reason",
        play: polls_for_nothing,
        does_not_apply: ALWAYS,
    },
];

fn re_enters(column: &Column) {
    let mut scene = (column.scene)(1);
    let primitive = scene.primitive.clone();
    let (waker, probe) = HostileWaker::builder()
        .on_clone(move || primitive.touch())
        .build();
    let wait = scene.park(&waker);
    drop(waker);
    assert_eq!(probe.clones(), 1);
    scene.fire();
    assert_eq!((probe.wakes(), probe.live()), (1, 0));
    scene.settle([wait]);
}

fn fires(column: &Column) {
    let mut scene = (column.scene)(1);
    let trigger = Mutex::new(Some(scene.trigger()));
    let (waker, probe) = HostileWaker::builder()
        .on_clone(move || {
            let trigger = trigger.lock().unwrap().take();
            if let Some(fire) = trigger {
                fire();
            }
        })
        .build();
    let mut wait = scene.one();
    let first = poll(&mut wait, &waker);
    assert_eq!(probe.clones(), 1, "it was fired");
    if first.is_pending() {
        assert_eq!(probe.wakes(), 1, "it sleeps and was told nothing");
        scene.settle([wait]);
    } else {
        drop(wait);
        scene.rest();
    }
}

fn panics_first(column: &Column) {
    let mut scene = (column.scene)(1);
    let (waker, probe) = panicking_waker(PanicOn::Clone, 1);
    let mut wait = scene.one();
    let panic = panic_of(|| _ = poll(&mut wait, &waker));
    assert_eq!(panic.as_deref(), Some("hostile waker: Clone 1"));
    drop(waker);
    assert_eq!(probe.live(), 0);
    // It has not taken a place, or has one that it may leave.
    drop(wait);
    let probe = Probe::new();
    let wait = scene.park(&probe.waker());
    scene.fire();
    assert_eq!(probe.wakes(), 1);
    scene.settle([wait]);
}

fn panics_later(column: &Column) {
    let mut scene = (column.scene)(1);
    let mut wait = scene.park(&Probe::new().waker());
    let (waker, probe) = panicking_waker(PanicOn::Clone, 1);
    let panic = panic_of(|| _ = poll(&mut wait, &waker));
    assert_eq!(panic.as_deref(), Some("hostile waker: Clone 1"));
    drop(waker);
    assert_eq!(probe.live(), 0);
    let probe = Probe::new();
    assert!(poll(&mut wait, &probe.waker()).is_pending());
    scene.fire();
    assert_eq!(probe.wakes(), 1);
    scene.settle([wait]);
}

fn changes(column: &Column) {
    let mut scene = (column.scene)(1);
    let mut wait = scene.one();
    let probes: Vec<Probe> = (0..1_000).map(|_| Probe::new()).collect();
    let live = || probes.iter().map(Probe::live).sum::<usize>();
    for probe in &probes {
        assert!(poll(&mut wait, &probe.waker()).is_pending());
        assert_eq!((live(), probe.live()), (1, 1), "the latest, and no other");
    }
    scene.fire();
    let woken = probes.iter().rposition(|probe| probe.wakes() > 0);
    let wakes: usize = probes.iter().map(Probe::wakes).sum();
    assert_eq!((woken, wakes, live()), (Some(999), 1, 0));
    scene.settle([wait]);
}

fn polls_for_nothing(column: &Column) {
    let mut scene = (column.scene)(1);
    let (first, second) = (Probe::new(), Probe::new());
    let mut wait = scene.park(&first.waker());
    let mut behind = scene.park(&second.waker());
    let waker = first.waker();
    for _ in 0..10_000 {
        assert!(poll(&mut wait, &waker).is_pending());
    }
    assert!(poll(&mut behind, Waker::noop()).is_pending());
    drop(waker);
    assert_eq!(
        (first.clones(), first.live()),
        (1, 1),
        "the same waker is not cloned again"
    );
    drop(behind);
    scene.fire();
    assert_eq!(first.wakes(), 1);
    scene.settle([wait]);
}
