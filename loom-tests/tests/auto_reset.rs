//! `AutoResetEvent`: one signal, one waiter, and none is lost.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use loom_tests::{Data, Probe, bounded, exhaustive, parked, poll, spawn};
use waystation_core::block::block_on;
use waystation_event::AutoResetEvent;

fn event(set: bool) -> Arc<AutoResetEvent> {
    Arc::new(AutoResetEvent::with_state(set))
}

fn set(event: &Arc<AutoResetEvent>) -> loom::thread::JoinHandle<bool> {
    let event = event.clone();
    spawn(move || event.set())
}

#[test]
fn a_publishes() {
    exhaustive(|| {
        let (event, data) = (event(false), Data::new());
        let setter = {
            let (event, data) = (event.clone(), data.clone());
            spawn(move || {
                data.write();
                event.set();
            })
        };
        block_on(event.wait());
        assert_eq!(data.read(), 1);
        assert!(!event.is_set());
        setter.join().unwrap();
    });
}

#[test]
fn a_joined_signal_publishes() {
    exhaustive(|| {
        let (event, data) = (event(true), Data::new());
        let producer = {
            let (event, data) = (event.clone(), data.clone());
            spawn(move || {
                data.write();
                event.set();
            })
        };
        block_on(event.wait());
        let drained = data.read();
        producer.join().unwrap();
        assert!(
            drained == 1 || event.is_set(),
            "neither drained nor announced"
        );
    });
}

#[test]
fn a_joined_signal_publishes_to_clear() {
    exhaustive(|| {
        let (event, data) = (event(true), Data::new());
        let producer = {
            let (event, data) = (event.clone(), data.clone());
            spawn(move || {
                data.write();
                event.set();
            })
        };
        event.clear();
        let drained = data.read();
        producer.join().unwrap();
        assert!(
            drained == 1 || event.is_set(),
            "neither drained nor announced"
        );
    });
}

#[test]
fn a_one_signal_one_waiter() {
    exhaustive(|| {
        let event = event(true);
        let other = {
            let event = event.clone();
            spawn(move || poll(&mut event.wait(), &Probe::new()).is_ready())
        };
        let mine = poll(&mut event.wait(), &Probe::new()).is_ready();
        let other = other.join().unwrap();
        assert!(mine || other);
        assert_eq!(event.waiters(), 0);
        // Both are gone: whoever was granted took it, once.
        assert_eq!(
            usize::from(mine) + usize::from(other) + usize::from(event.is_set()),
            1
        );
    });
}

#[test]
fn a_two_waiters_race_for_a_set_3() {
    exhaustive(|| {
        let event = event(false);
        let other = {
            let event = event.clone();
            spawn(move || {
                let probe = Probe::new();
                let mut wait = event.wait_owned();
                (poll(&mut wait, &probe).is_ready(), wait)
            })
        };
        let setter = set(&event);
        let probe = Probe::new();
        let mut wait = event.wait();
        let mine = poll(&mut wait, &probe).is_ready();
        let (other, mut other_wait) = other.join().unwrap();
        assert!(setter.join().unwrap());
        let mine = mine || poll(&mut wait, &probe).is_ready();
        let other = other || poll(&mut other_wait, &probe).is_ready();
        assert_eq!(usize::from(mine) + usize::from(other), 1);
        assert_eq!(event.waiters(), 1);
    });
}

#[test]
fn a_cancel_passes_on_3() {
    bounded(4, || {
        let (event, probe) = (event(false), Probe::new());
        let (mut first, mut second) = (event.wait_owned(), event.wait());
        assert!(poll(&mut first, &probe).is_pending());
        assert!(poll(&mut second, &probe).is_pending());
        let canceller = spawn(move || drop(first));
        let setter = set(&event);
        block_on(&mut second);
        canceller.join().unwrap();
        assert!(setter.join().unwrap());
        assert!(!event.is_set());
        assert_eq!(event.waiters(), 0);
    });
}

#[test]
fn a_cancel_vs_set_keeps_the_signal() {
    exhaustive(|| {
        let event = event(false);
        let mut wait = event.wait_owned();
        assert!(poll(&mut wait, &Probe::new()).is_pending());
        let canceller = spawn(move || drop(wait));
        assert!(event.set());
        canceller.join().unwrap();
        assert!(event.is_set());
        assert_eq!(event.waiters(), 0);
    });
}

#[test]
fn a_granted_cancel_vs_set_3() {
    exhaustive(|| {
        let (event, probe) = (event(false), Probe::new());
        let (mut first, mut second) = (event.wait_owned(), event.wait_owned());
        assert!(poll(&mut first, &probe).is_pending());
        assert!(poll(&mut second, &probe).is_pending());
        event.set();
        let canceller = spawn(move || drop(first));
        let setter = set(&event);
        assert!(setter.join().unwrap() || event.is_set());
        canceller.join().unwrap();
        assert!(poll(&mut second, &probe).is_ready());
    });
}

#[test]
fn a_two_sets_two_waiters_3() {
    exhaustive(|| {
        let (event, probe) = (event(false), Probe::new());
        let (mut first, mut second) = (event.wait(), event.wait());
        assert!(poll(&mut first, &probe).is_pending());
        assert!(poll(&mut second, &probe).is_pending());
        let setters = [set(&event), set(&event)];
        for setter in setters {
            assert!(setter.join().unwrap());
        }
        assert!(poll(&mut first, &probe).is_ready());
        assert!(poll(&mut second, &probe).is_ready());
        assert_eq!(probe.wakes(), 2);
    });
}

#[test]
fn a_set_vs_clear() {
    exhaustive(|| {
        let event = event(false);
        let setter = set(&event);
        let cleared = event.clear();
        assert!(setter.join().unwrap());
        assert_eq!(usize::from(cleared) + usize::from(event.is_set()), 1);
    });
}

#[test]
fn a_waker_replaced() {
    exhaustive(|| {
        let (event, old, new) = (event(false), Probe::new(), Probe::new());
        let mut wait = event.wait();
        assert!(poll(&mut wait, &old).is_pending());
        let setter = set(&event);
        let is_pending = poll(&mut wait, &new).is_pending();
        setter.join().unwrap();
        if is_pending {
            assert_eq!((old.wakes(), new.wakes()), (0, 1));
            assert!(poll(&mut wait, &new).is_ready());
        }
    });
}

#[test]
fn a_clear_after_set_and_clear() {
    exhaustive(|| {
        let event = event(true);
        let setter = set(&event);
        let clearer = {
            let event = event.clone();
            spawn(move || event.clear())
        };
        setter.join().unwrap();
        clearer.join().unwrap();
        if event.is_set() {
            assert!(event.clear(), "set, and there was nothing to clear");
        }
        assert!(event.set());
        assert!(poll(&mut event.wait(), &Probe::new()).is_ready(), "at rest");
    });
}

/// What the setter did passes through a waiter that was granted the signal and gave it up.
#[test]
fn a_granted_cancel_publishes_3() {
    bounded(3, || {
        let (event, data) = (event(false), Data::new());
        let first = parked(event.wait_owned(), &Probe::new());
        let setter = {
            let (event, data) = (event.clone(), data.clone());
            spawn(move || {
                data.write();
                event.set();
            })
        };
        let canceller = spawn(move || drop(first));
        block_on(event.wait());
        assert_eq!(data.read(), 1);
        setter.join().unwrap();
        canceller.join().unwrap();
    });
}

#[test]
fn a_two_sets_vs_cancel_3() {
    bounded(4, || {
        let event = event(false);
        let [first, mut second] = [(); 2].map(|()| parked(event.wait_owned(), &Probe::new()));
        let setters = [set(&event), set(&event)];
        drop(first);
        let sets: usize = setters
            .map(|setter| setter.join().unwrap().into())
            .iter()
            .sum();
        assert!(poll(&mut second, &Probe::new()).is_ready());
        // The other one is kept, unless both met there: then one of them said so.
        assert_eq!((sets, event.is_set()), (2, true));
    });
}

#[test]
fn a_clear_vs_granted_cancel_vs_set_3() {
    bounded(4, || {
        let event = event(false);
        let granted = parked(event.wait_owned(), &Probe::new());
        event.set();
        let canceller = spawn(move || drop(granted));
        let setter = set(&event);
        let cleared = event.clear();
        canceller.join().unwrap();
        let was_added = setter.join().unwrap();
        let left = event.is_set();
        // Two signals; they may have met.
        assert!(was_added || left || cleared);
        assert!(
            usize::from(cleared) + usize::from(left) >= 1,
            "both are lost"
        );
        assert!(!event.clear() || left);
    });
}
