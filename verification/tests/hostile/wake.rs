//! Rows: what `wake()` does.

use std::sync::{Arc, Mutex};
use std::task::Waker;

use waystation_testkit::Probe;

use crate::scene::{Column, Scene, Slots, Wakes, panic_of, poll};
use crate::table::{ALWAYS, Row};

pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "only counts: exactly those who are served are woken",
        play: only_counts,
        does_not_apply: ALWAYS,
    },
    Row {
        name: "`wake()` re-enters, and shows it with `Debug`",
        play: re_enters,
        does_not_apply: ALWAYS,
    },
    Row {
        name: "`wake()` polls the woken future inline",
        play: polls_inline,
        does_not_apply: ALWAYS,
    },
    Row {
        name: "`wake()` drops another queued future",
        play: drops_another,
        does_not_apply: ALWAYS,
    },
    Row {
        name: "`wake()` drops the last handles",
        play: drops_the_last_handles,
        does_not_apply: ALWAYS,
    },
    Row {
        name: "`wake()` panics as the k-th of n",
        play: panics_as_the_kth,
        does_not_apply: ALWAYS,
    },
    Row {
        name: "two `wake()`s panic: the first goes on",
        play: two_panic,
        does_not_apply: |column| {
            (column.wakes != Wakes::Many).then_some("the call serves one, so no two can panic")
        },
    },
    Row {
        name: "`wake()` panics while unwinding",
        play: panics_while_unwinding,
        does_not_apply: ALWAYS,
    },
];

/// Around the number of wakers of which a batch takes the whole line, and one far above.
fn sizes(column: &Column) -> &'static [usize] {
    match column.wakes {
        Wakes::Many => &[1, 3, 7, 8, 9, 40],
        Wakes::One | Wakes::AllForOne => &[1],
    }
}

fn scenes(column: &Column) -> impl Iterator<Item = Scene> {
    sizes(column).iter().map(|n| (column.scene)(*n))
}

fn only_counts(column: &Column) {
    for mut scene in scenes(column) {
        let (waits, probes) = scene.park_all(|_| ());
        assert!(probes.iter().all(|probe| probe.live() == 1));
        // One more, where it is not served.
        let behind = Probe::new();
        let late = (column.wakes == Wakes::One).then(|| scene.park(&behind.waker()));
        scene.fire();
        let told = |probe: &Probe| (probe.wakes(), probe.live());
        assert!(probes.iter().all(|probe| told(probe) == (1, 0)));
        assert_eq!(behind.wakes(), 0, "it is not its turn");
        drop(late);
        assert_eq!(behind.live(), 0);
        scene.settle(waits);
        assert!(probes.iter().all(|probe| told(probe) == (1, 0)));
    }
}

fn re_enters(column: &Column) {
    for mut scene in scenes(column) {
        let primitive = scene.primitive.clone();
        let (waits, _) = scene.park_all(move |_| {
            assert!(!format!("{primitive:?}").is_empty());
            primitive.touch();
        });
        scene.fire();
        scene.settle(waits);
    }
}

fn polls_inline(column: &Column) {
    for mut scene in scenes(column) {
        let slots = Slots::new(scene.n);
        let own = slots.clone();
        scene.park_in(&slots, move |at| {
            let mut wait = own.take(at).expect("woken once");
            if poll(&mut wait, Waker::noop()).is_pending() {
                own.put(at, wait);
            }
        });
        scene.fire();
        assert!(slots.take_all().is_empty(), "woken for nothing");
        scene.rest();
    }
}

fn drops_another(column: &Column) {
    for mut scene in scenes(column) {
        // The next, and where one is woken, one who is not.
        let slots = Slots::new(scene.n + 1);
        let own = slots.clone();
        scene.park_in(&slots, move |at| drop(own.take((at + 1) % own.len())));
        if column.wakes == Wakes::One {
            slots.put(1, scene.park(Waker::noop()));
        }
        scene.fire();
        assert!(column.wakes != Wakes::One || slots.take(1).is_none());
        scene.settle(slots.take_all());
    }
}

fn drops_the_last_handles(column: &Column) {
    for mut scene in scenes(column) {
        let slots = Slots::new(scene.n);
        let handles: Arc<Mutex<Option<Scene>>> = Arc::default();
        let (own, last) = (slots.clone(), handles.clone());
        scene.park_in(&slots, move |_| {
            drop(own.take_all());
            let scene = last.lock().unwrap().take();
            drop(scene);
        });
        let alive = Arc::downgrade(&scene.primitive);
        let fire = scene.trigger();
        *handles.lock().unwrap() = Some(scene);
        fire();
        assert_eq!(alive.strong_count(), 0, "nothing keeps it");
    }
}

fn panics_as_the_kth(column: &Column) {
    for &n in sizes(column) {
        for k in [0, n / 2, n - 1] {
            let mut scene = (column.scene)(n);
            let (waits, probes) = scene.park_all(move |at| assert!(at != k, "waker {at}"));
            let panic = panic_of(|| scene.fire());
            assert_eq!(panic, column.loud.then(|| format!("waker {k}")));
            assert!(
                probes.iter().all(|probe| probe.wakes() == 1),
                "all others are woken"
            );
            assert!(probes.iter().all(|probe| probe.live() == 0));
            scene.settle(waits);
        }
    }
}

fn two_panic(column: &Column) {
    for [first, second] in [[0, 1], [2, 8], [7, 8]] {
        let mut scene = (column.scene)(9);
        let (waits, probes) = scene.park_all(move |at| {
            assert!(at != first && at != second, "waker {at}");
        });
        let panic = panic_of(|| scene.fire());
        assert_eq!(panic, column.loud.then(|| format!("waker {first}")));
        assert!(probes.iter().all(|probe| probe.wakes() == 1));
        scene.settle(waits);
    }
}

/// Fires while the thread unwinds.
struct Fire<'a>(&'a mut Scene);

impl Drop for Fire<'_> {
    fn drop(&mut self) {
        self.0.fire();
    }
}

fn panics_while_unwinding(column: &Column) {
    for mut scene in scenes(column) {
        // Two panics of which both leave the call would end the process: one of them is swallowed.
        let last = scene.n - 1;
        let (waits, probes) = scene.park_all(move |at| assert!(at != last, "waker {at}"));
        let panic = panic_of(|| {
            let _fire = Fire(&mut scene);
            panic!("the first panic");
        });
        assert_eq!(panic.as_deref(), Some("the first panic"));
        assert!(probes.iter().all(|probe| probe.wakes() == 1));
        scene.settle(waits);
    }
}
