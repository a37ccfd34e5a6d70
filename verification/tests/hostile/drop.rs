//! Rows: what a waker's `drop()` does, and that no handle is kept.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::Waker;

use waystation_testkit::{HostileWaker, Probe};

use crate::scene::{Column, Scene, poll};
use crate::table::{ALWAYS, Row};

pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "`drop()` re-enters when another waker takes its place",
        play: replaced,
        does_not_apply: ALWAYS,
    },
    Row {
        name: "`drop()` re-enters when the wait is cancelled",
        play: cancelled,
        does_not_apply: ALWAYS,
    },
    Row {
        name: "`drop()` re-enters when the wait is cancelled after it was woken",
        play: cancelled_late,
        does_not_apply: ALWAYS,
    },
    Row {
        name: "`drop()` of a waker that a call displaces: all others were woken before",
        play: displaced,
        does_not_apply: |column| {
            let none = column.displaces.is_none();
            none.then_some("the call wakes, and displaces no waker")
        },
    },
    Row {
        name: "no handle is left: cancelled, woken, completed",
        play: none_is_left,
        does_not_apply: ALWAYS,
    },
];

/// A waker whose `drop` uses the primitive, and how often it did.
fn re_entering(scene: &Scene) -> (Waker, Probe, Arc<AtomicUsize>) {
    let primitive = scene.primitive.clone();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let (waker, probe) = HostileWaker::builder()
        .on_drop(move || {
            counted.fetch_add(1, SeqCst);
            primitive.touch();
        })
        .build();
    (waker, probe, runs)
}

fn replaced(column: &Column) {
    let mut scene = (column.scene)(1);
    let (waker, old, runs) = re_entering(&scene);
    let mut wait = scene.park(&waker);
    drop(waker);
    let before = runs.load(SeqCst);
    let new = Probe::new();
    assert!(poll(&mut wait, &new.waker()).is_pending());
    assert_eq!((runs.load(SeqCst) - before, old.live()), (1, 0));
    scene.fire();
    assert_eq!((new.wakes(), old.wakes()), (1, 0));
    scene.settle([wait]);
}

fn cancelled(column: &Column) {
    let mut scene = (column.scene)(1);
    let (waker, probe, runs) = re_entering(&scene);
    let wait = scene.park(&waker);
    drop(waker);
    let before = runs.load(SeqCst);
    drop(wait);
    assert_eq!((runs.load(SeqCst) - before, probe.live()), (1, 0));
    // Whoever comes next is served.
    let next = Probe::new();
    let wait = scene.park(&next.waker());
    scene.fire();
    assert_eq!((next.wakes(), probe.wakes()), (1, 0));
    scene.settle([wait]);
}

fn cancelled_late(column: &Column) {
    let mut scene = (column.scene)(1);
    let (waker, probe, _) = re_entering(&scene);
    let wait = scene.park(&waker);
    scene.fire();
    drop(wait);
    drop(waker);
    assert_eq!((probe.wakes(), probe.live()), (1, 0));
    scene.rest();
}

fn none_is_left(column: &Column) {
    for ends_after in 0..3 {
        let mut scene = (column.scene)(1);
        let probe = Probe::new();
        let mut wait = scene.park(&probe.waker());
        assert_eq!(probe.live(), 1);
        if ends_after == 0 {
            drop(wait);
            assert_eq!(probe.live(), 0, "cancelled");
            scene.fire();
        } else {
            scene.fire();
            assert_eq!(probe.live(), 0, "woken");
            assert!(ends_after == 1 || poll(&mut wait, &probe.waker()).is_ready());
            drop(wait);
        }
        assert_eq!(probe.live(), 0);
        scene.rest();
    }
}

fn displaced(column: &Column) {
    let scene_of = column.displaces.unwrap();
    for n in [1, 3, 9] {
        let others: Arc<OnceLock<Vec<Probe>>> = Arc::default();
        let woken: Arc<Mutex<Vec<usize>>> = Arc::default();
        let (seen, note) = (others.clone(), woken.clone());
        let (waker, probe) = HostileWaker::builder()
            .on_drop(move || {
                if let Some(others) = seen.get() {
                    let woken = others.iter().filter(|probe| probe.wakes() == 1);
                    note.lock().unwrap().push(woken.count());
                }
            })
            .build();
        let mut scene = scene_of(n, &waker);
        drop(waker);
        let (waits, probes) = scene.park_all(|_| ());
        assert!(others.set(probes).is_ok());
        scene.fire();
        assert_eq!(*woken.lock().unwrap(), [n], "dropped once, and last");
        assert_eq!((probe.wakes(), probe.live()), (0, 0));
        scene.settle(waits);
    }
}
