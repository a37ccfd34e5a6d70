//! Wakers that re-enter the event they wait for. One table: every row × every way to be woken.
//!
//! A case that deadlocks fails after the watchdog's patience.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::task::Waker;

use common::{AnyWait, Slot, Subject, WakeLog, subjects};
use waystation_event::{AutoResetEvent, Event};
use waystation_testkit::{
    Driver, HostileBuilder, HostileWaker, PATIENCE, Probe, assert_pending, assert_ready, poll_once,
    within,
};

/// The calls that wake.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Set,
    Pulse,
    AutoSet,
    /// A granted waiter is dropped.
    PassOn,
}

const WAYS: [Way; 4] = [Way::Set, Way::Pulse, Way::AutoSet, Way::PassOn];

/// An event in which a hostile waiter stands first and a harmless one behind it.
struct Stage {
    way: Way,
    subject: Subject,
    granted: Option<AnyWait<'static>>,
    hostile: AnyWait<'static>,
    probe: Probe,
    behind: Option<Driver<AnyWait<'static>>>,
}

impl Stage {
    fn new(way: Way, hooks: impl FnOnce(&Subject, HostileBuilder) -> HostileBuilder) -> Self {
        let subject = match way {
            Way::Set | Way::Pulse => Subject::Manual(Arc::default()),
            Way::AutoSet | Way::PassOn => Subject::Auto(Arc::default()),
        };
        let granted = (way == Way::PassOn).then(|| {
            let wait = subject.parked().into_inner();
            assert!(subject.set());
            wait
        });
        let (waker, probe) = hooks(&subject, HostileWaker::builder()).build();
        let mut hostile = subject.wait();
        assert_pending(poll_once(&mut hostile, &waker));
        let behind = Some(subject.parked());
        Self {
            way,
            subject,
            granted,
            hostile,
            probe,
            behind,
        }
    }

    /// Wakes the hostile waiter.
    fn fire(&mut self) {
        match (&self.subject, self.way) {
            (Subject::Manual(event), Way::Pulse) => assert_eq!(event.pulse(), 2),
            (_, Way::PassOn) => drop(self.granted.take().unwrap()),
            (subject, _) => assert!(subject.set()),
        }
    }

    /// Both are released, each was woken once, and nothing is left over.
    fn both_are_released(mut self) {
        let mut behind = self.behind.take().unwrap();
        assert_ready(poll_once(&mut self.hostile, Waker::noop()));
        assert_eq!(behind.wakes(), 1);
        assert_ready(behind.poll());
        self.nothing_is_left();
    }

    fn nothing_is_left(self) {
        assert_eq!((self.probe.wakes(), self.probe.live()), (1, 0));
        assert_eq!(self.subject.waiters(), 0);
        self.subject.clear();
        let mut next = self.subject.parked();
        assert!(self.subject.set(), "still usable");
        assert_ready(next.poll());
    }
}

type Row = (&'static str, fn(Way));

const ROWS: &[Row] = &[
    ("wake sets the event", |way| {
        let mut stage = Stage::new(way, |subject, waker| {
            let subject = subject.clone();
            waker.on_wake(move || {
                subject.set();
            })
        });
        stage.fire();
        stage.both_are_released();
    }),
    ("wake clears, waits, leaves, looks and shows", |way| {
        let mut stage = Stage::new(way, |subject, waker| {
            let subject = subject.clone();
            waker.on_wake(move || {
                subject.clear();
                subject.touch();
                subject.set();
            })
        });
        stage.fire();
        stage.both_are_released();
    }),
    ("wake polls the woken future inline", |way| {
        let slot = Slot::<AnyWait<'static>>::empty();
        let inner = slot.clone();
        let mut stage = Stage::new(way, |subject, waker| {
            let subject = subject.clone();
            waker.on_wake(move || {
                let mut woken = inner.take().unwrap();
                assert_ready(poll_once(&mut woken, Waker::noop()));
                drop(woken);
                subject.set();
            })
        });
        let hostile = std::mem::replace(&mut stage.hostile, Box::new(std::future::ready(())));
        slot.fill(hostile);
        stage.fire();
        stage.both_are_released();
    }),
    ("wake drops the woken future", |way| {
        let slot = Slot::<AnyWait<'static>>::empty();
        let inner = slot.clone();
        let mut stage = Stage::new(way, |_, waker| waker.on_wake(move || drop(inner.take())));
        let hostile = std::mem::replace(&mut stage.hostile, Box::new(std::future::ready(())));
        slot.fill(hostile);
        stage.fire();
        // An event releases all anyway; a signal that is dropped goes on to the next.
        stage.both_are_released();
    }),
    ("wake drops the future behind", |way| {
        let slot = Slot::empty();
        let inner = slot.clone();
        let mut stage = Stage::new(way, |_, waker| waker.on_wake(move || drop(inner.take())));
        let behind = stage.behind.take().unwrap();
        let probe = behind.probe().clone();
        slot.fill(behind);
        stage.fire();
        assert_ready(poll_once(&mut stage.hostile, Waker::noop()));
        assert_eq!(probe.live(), 0);
        stage.nothing_is_left();
    }),
    ("wake drops the last other handle on the event", |way| {
        let slot = Slot::empty();
        let inner = slot.clone();
        let mut stage = Stage::new(way, |_, waker| waker.on_wake(move || drop(inner.take())));
        slot.fill(stage.subject.clone());
        stage.fire();
        assert!(slot.take().is_none());
        stage.subject.set();
        stage.both_are_released();
    }),
    ("wake shows the event without waiting for it", |way| {
        let shown = Slot::empty();
        let inner = shown.clone();
        let mut stage = Stage::new(way, |subject, waker| {
            let subject = subject.clone();
            waker.on_wake(move || inner.fill(format!("{subject:?}")))
        });
        stage.fire();
        let text = shown.take().unwrap();
        let waiters = if stage.subject.is_manual() { 0 } else { 1 };
        assert!(text.contains(&format!("waiters: {waiters}")), "{text}");
        assert!(text.contains(&format!("set: {}", way == Way::Set)));
        stage.subject.set();
        stage.both_are_released();
    }),
    ("the clone of a first poll re-enters", |way| {
        let mut stage = Stage::new(way, |subject, waker| {
            let subject = subject.clone();
            waker.on_clone(move || subject.touch())
        });
        stage.fire();
        stage.subject.set();
        stage.both_are_released();
    }),
    ("the clone of a re-poll re-enters", |way| {
        let mut stage = Stage::new(way, |_, waker| waker);
        let subject = stage.subject.clone();
        let (waker, probe) = HostileWaker::builder()
            .on_clone(move || subject.touch())
            .build();
        assert_pending(poll_once(&mut stage.hostile, &waker));
        drop(waker);
        assert_eq!((stage.probe.live(), probe.live()), (0, 1));
        stage.fire();
        stage.subject.set();
        assert_eq!((probe.wakes(), probe.live()), (1, 0));
        assert_eq!(stage.probe.wakes(), 0);
        assert_ready(poll_once(&mut stage.hostile, Waker::noop()));
        assert_ready(stage.behind.as_mut().unwrap().poll());
    }),
    (
        "a release inside the clone of a re-poll is not lost",
        |way| {
            let mut stage = Stage::new(way, |_, waker| waker);
            let slot = Slot::<Box<dyn FnOnce() + Send>>::empty();
            let inner = slot.clone();
            let (waker, probe) = HostileWaker::builder()
                .on_clone(move || (inner.take().unwrap())())
                .build();
            match (&stage.subject, stage.granted.take()) {
                (_, Some(granted)) => slot.fill(Box::new(move || drop(granted))),
                (Subject::Manual(event), _) if way == Way::Pulse => {
                    let event = event.clone();
                    slot.fill(Box::new(move || assert_eq!(event.pulse(), 2)));
                }
                (subject, _) => {
                    let subject = subject.clone();
                    slot.fill(Box::new(move || assert!(subject.set())));
                }
            }
            assert_ready(poll_once(&mut stage.hostile, &waker));
            drop(waker);
            assert_eq!((probe.wakes(), probe.live()), (0, 0), "it was not needed");
            stage.subject.set();
            assert_ready(stage.behind.take().unwrap().poll());
            stage.nothing_is_left();
        },
    ),
    ("the drop of a replaced waker re-enters", |way| {
        let armed = Slot::empty();
        let inner = armed.clone();
        let mut stage = Stage::new(way, |subject, waker| {
            let subject = subject.clone();
            waker.on_drop(move || {
                if inner.take() == Some("armed") {
                    subject.touch();
                    subject.set();
                }
            })
        });
        armed.fill("armed");
        let (fresh, probe) = HostileWaker::builder().build();
        assert_pending(poll_once(&mut stage.hostile, &fresh));
        assert_eq!(probe.wakes(), 1, "the new waker heard of the set");
        assert_ready(poll_once(&mut stage.hostile, Waker::noop()));
        stage.release_the_rest();
        assert_ready(stage.behind.as_mut().unwrap().poll());
    }),
    ("the drop of a cancelled waiter's waker re-enters", |way| {
        let armed = Slot::empty();
        let inner = armed.clone();
        let mut stage = Stage::new(way, |subject, waker| {
            let subject = subject.clone();
            waker.on_drop(move || {
                if inner.take() == Some("armed") {
                    subject.touch();
                    subject.set();
                }
            })
        });
        armed.fill("armed");
        stage.hostile = Box::new(std::future::ready(()));
        assert!(armed.take().is_none(), "the hook ran");
        assert_eq!((stage.probe.live(), stage.subject.waiters()), (0, 0));
        assert_ready(stage.behind.as_mut().unwrap().poll());
    }),
];

impl Stage {
    /// Releases who is left, by `set`.
    fn release_the_rest(&self) {
        while self.subject.waiters() > 0 {
            self.subject.set();
        }
    }
}

#[test]
fn no_waker_that_re_enters_deadlocks_or_costs_a_wake_up() {
    for &(name, case) in ROWS {
        for way in WAYS {
            within(PATIENCE, &format!("{name}, {way:?}"), move || case(way));
        }
    }
}

#[test]
fn a_release_between_the_clone_of_a_first_poll_and_the_line_is_not_lost() {
    within(PATIENCE, "release in clone", || {
        for subject in subjects() {
            let inner = subject.clone();
            let (waker, probe) = HostileWaker::builder()
                .on_clone(move || assert!(inner.set()))
                .build();
            let mut wait = subject.wait();
            assert_ready(poll_once(&mut wait, &waker));
            assert_eq!(probe.live(), 1, "the clone was dropped");
            assert_eq!(subject.waiters(), 0);
            assert_eq!(subject.is_set(), subject.is_manual());
        }
        let event = Arc::new(Event::new());
        let inner = event.clone();
        let (waker, _) = HostileWaker::builder()
            .on_clone(move || assert_eq!(inner.pulse(), 0))
            .build();
        assert_ready(poll_once(&mut event.wait(), &waker));
        assert!(!event.is_set());
    });
}

#[test]
fn the_drop_of_a_clone_that_was_not_needed_re_enters() {
    within(PATIENCE, "completion", || {
        for subject in subjects() {
            let (set, shown) = (subject.clone(), subject.clone());
            let (waker, probe) = HostileWaker::builder()
                .on_clone(move || {
                    set.set();
                })
                .on_drop(move || {
                    assert_eq!(shown.waiters(), 0);
                    shown.set();
                    shown.clear();
                })
                .build();
            let waker = ManuallyDrop::new(waker);
            assert_ready(poll_once(&mut subject.wait(), &waker));
            assert_eq!((probe.drops(), probe.live()), (1, 1));
            assert!(!subject.is_set(), "the hook cleared it");
        }
    });
}

#[test]
fn the_drop_of_a_leaked_waker_uses_another_event_when_the_event_is_dropped() {
    within(PATIENCE, "drop of the event", || {
        let other = Arc::new(Event::new());
        let (inner, twin) = (other.clone(), other.clone());
        let (first, _) = HostileWaker::builder()
            .on_drop(move || {
                inner.set();
            })
            .build();
        let (second, _) = HostileWaker::builder()
            .on_drop(move || {
                twin.clear();
            })
            .build();
        let (event, auto) = (Event::new(), AutoResetEvent::new());
        let mut leaked = ManuallyDrop::new(event.wait());
        let mut also = ManuallyDrop::new(auto.wait());
        assert_pending(poll_once(&mut *leaked, &ManuallyDrop::new(first)));
        assert_pending(poll_once(&mut *also, &ManuallyDrop::new(second)));
        drop(event);
        assert!(other.is_set());
        drop(auto);
        assert!(!other.is_set());
    });
}

#[test]
fn a_waker_that_drops_the_last_owner_of_the_event_is_harmless() {
    within(PATIENCE, "last owner", || {
        let event = Arc::new(AutoResetEvent::new());
        let weak = Arc::downgrade(&event);
        let mut granted = event.wait_owned();
        assert_pending(poll_once(&mut granted, Waker::noop()));
        event.set();
        let slot = Slot::empty();
        let inner = slot.clone();
        let (waker, _) = HostileWaker::builder()
            .on_wake(move || drop(inner.take()))
            .build();
        let mut next = event.wait_owned();
        assert_pending(poll_once(&mut next, &waker));
        slot.fill((event, next));
        // Inside: the signal is handed to `next`, whose waker drops `next` and all other handles.
        drop(granted);
        assert!(weak.upgrade().is_none());
    });
}

#[test]
fn over_a_thousand_changes_one_waker_is_alive_and_the_last_is_woken() {
    for subject in subjects() {
        let log = WakeLog::default();
        let mut wait = subject.wait();
        let mut probes: Vec<Probe> = Vec::new();
        for name in 0..1_000 {
            let (waker, probe) = log.waker(name);
            assert_pending(poll_once(&mut wait, &waker));
            drop(waker);
            if let Some(former) = probes.last() {
                assert_eq!(former.live(), 0);
            }
            assert_eq!((probe.live(), probe.clones()), (1, 1));
            probes.push(probe);
        }
        assert_eq!(subject.waiters(), 1);
        subject.set();
        assert_eq!(log.take(), [999]);
        assert!(probes.iter().all(|probe| probe.live() == 0));
        assert_ready(poll_once(&mut wait, Waker::noop()));
    }
}

#[test]
fn exactly_the_granted_are_woken() {
    let event = AutoResetEvent::new();
    let mut waits: Vec<_> = (0..20).map(|_| Driver::new(event.wait())).collect();
    waits
        .iter_mut()
        .for_each(|wait| assert_pending(wait.poll()));
    for granted in 1..=20 {
        event.set();
        let wakes: Vec<_> = waits.iter().map(Driver::wakes).collect();
        let expected: Vec<_> = (0..20).map(|index| usize::from(index < granted)).collect();
        assert_eq!(wakes, expected);
    }
}
