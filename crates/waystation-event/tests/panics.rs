//! Wakers that panic: nobody else pays, the first panic goes on, and nothing aborts.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::Arc;
use std::task::Waker;

use common::{AnyWait, Slot, Subject, panic_of, subjects};
use waystation_event::{AutoResetEvent, Event};
use waystation_testkit::{
    Driver, HostileWaker, PATIENCE, PanicOn, Probe, assert_pending, assert_ready, panicking_waker,
    poll_once, within,
};

/// A waker that says `name` when it is woken, and panics.
fn shouting(name: usize) -> (Waker, Probe) {
    HostileWaker::builder()
        .on_wake(move || panic!("waker {name}"))
        .build()
}

/// `n` waits in line; those in `bad` have panicking wakers.
fn line(event: &Arc<Event>, n: usize, bad: &[usize]) -> Vec<(AnyWait<'static>, Probe)> {
    let park = |name| {
        let (waker, probe) = if bad.contains(&name) {
            shouting(name)
        } else {
            HostileWaker::builder().build()
        };
        let mut wait: AnyWait<'static> = Box::new(event.wait_owned());
        assert_pending(poll_once(&mut wait, &waker));
        (wait, probe)
    };
    (0..n).map(park).collect()
}

/// Everybody was woken once, is released, and the event works.
fn all_is_well(event: &Event, waits: Vec<(AnyWait<'static>, Probe)>) {
    assert_eq!(event.waiters(), 0);
    for (mut wait, probe) in waits {
        assert_eq!((probe.wakes(), probe.live()), (1, 0));
        assert_ready(poll_once(&mut wait, Waker::noop()));
    }
    event.clear();
    let mut next = Driver::new(event.wait());
    assert_pending(next.poll());
    assert!(event.set());
    assert_ready(next.poll());
}

/// Runs `f` while the thread is unwinding. The panic that comes out has to be the first one.
fn while_unwinding(f: impl FnOnce()) {
    struct Guard<F: FnOnce()>(Option<F>);
    impl<F: FnOnce()> Drop for Guard<F> {
        fn drop(&mut self) {
            assert!(std::thread::panicking());
            (self.0.take().unwrap())();
        }
    }
    let said = panic_of(|| {
        let _guard = Guard(Some(f));
        panic!("the first panic");
    });
    assert_eq!(said, "the first panic");
}

#[test]
fn the_kth_of_n_wakers_panics_and_all_others_are_woken() {
    within(PATIENCE, "k of n", || {
        // 8 wakers are collected in one batch.
        for n in [1, 3, 7, 8, 9, 17, 100] {
            for k in [0, n / 2, n - 1] {
                for pulse in [false, true] {
                    let event = Arc::new(Event::new());
                    let waits = line(&event, n, &[k]);
                    let said = panic_of(|| {
                        if pulse {
                            event.pulse() > 0
                        } else {
                            event.set()
                        }
                    });
                    assert_eq!(said, format!("waker {k}"));
                    assert_eq!(event.is_set(), !pulse);
                    all_is_well(&event, waits);
                }
            }
        }
    });
}

#[test]
fn two_wakers_panic_and_the_first_goes_on() {
    within(PATIENCE, "two of n", || {
        for n in [2, 8, 9, 20] {
            let event = Arc::new(Event::new());
            let waits = line(&event, n, &[n / 3, n - 1]);
            assert_eq!(panic_of(|| event.set()), format!("waker {}", n / 3));
            assert!(event.is_set());
            all_is_well(&event, waits);
        }
    });
}

#[test]
fn all_wakers_panic_and_the_first_goes_on() {
    within(PATIENCE, "all", || {
        for n in [1, 8, 40] {
            let event = Arc::new(Event::new());
            let waits = line(&event, n, &(0..n).collect::<Vec<_>>());
            assert_eq!(panic_of(|| event.set()), "waker 0");
            all_is_well(&event, waits);
        }
    });
}

#[test]
fn wakers_that_panic_while_the_thread_unwinds_do_not_abort() {
    within(PATIENCE, "unwinding", || {
        for n in [1, 8, 20] {
            let event = Arc::new(Event::new());
            let waits = line(&event, n, &[0, n - 1]);
            while_unwinding(|| {
                event.set();
            });
            assert!(event.is_set());
            all_is_well(&event, waits);
        }
    });
}

#[test]
fn a_payload_that_panics_when_dropped_does_not_abort() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("payload");
        }
    }
    within(PATIENCE, "payload", || {
        let event = Event::new();
        let mut waits: Vec<_> = (0..3).map(|_| event.wait()).collect();
        assert_pending(poll_once(&mut waits[0], &shouting(0).0));
        for wait in &mut waits[1..] {
            let (waker, _) = HostileWaker::builder().on_wake(|| panic_any(Bomb)).build();
            assert_pending(poll_once(wait, &waker));
        }
        assert_eq!(panic_of(|| event.set()), "waker 0");
        assert_eq!(event.waiters(), 0);
        waits
            .iter_mut()
            .for_each(|wait| assert_ready(poll_once(wait, Waker::noop())));
    });
}

#[test]
fn an_auto_reset_waiter_whose_waker_panics_has_the_signal() {
    within(PATIENCE, "auto", || {
        let event = AutoResetEvent::new();
        let mut waits: Vec<_> = (0..3).map(|_| event.wait()).collect();
        for (name, wait) in waits.iter_mut().enumerate() {
            assert_pending(poll_once(wait, &shouting(name).0));
        }
        for (name, wait) in waits.iter_mut().enumerate() {
            assert_eq!(panic_of(|| event.set()), format!("waker {name}"));
            assert_eq!(event.waiters(), 2 - name);
            assert_ready(poll_once(wait, Waker::noop()));
        }
        assert!(event.set());
        assert!(event.is_set());
    });
}

#[test]
fn a_signal_passed_on_to_a_panicking_waker_is_given() {
    within(PATIENCE, "pass on", || {
        let event = AutoResetEvent::new();
        let mut first = Driver::new(event.wait());
        assert_pending(first.poll());
        let mut second = event.wait();
        assert_pending(poll_once(&mut second, &shouting(2).0));
        event.set();
        assert_eq!(panic_of(|| drop(first)), "waker 2");
        assert_ready(poll_once(&mut second, Waker::noop()));
        assert!(!event.is_set());
    });
}

#[test]
fn a_signal_passed_on_to_a_panicking_waker_while_unwinding_is_given() {
    within(PATIENCE, "pass on, unwinding", || {
        let event = AutoResetEvent::new();
        let mut first = Driver::new(event.wait());
        assert_pending(first.poll());
        let mut second = event.wait();
        assert_pending(poll_once(&mut second, &shouting(2).0));
        event.set();
        while_unwinding(|| drop(first));
        assert_ready(poll_once(&mut second, Waker::noop()));
    });
}

#[test]
fn a_clone_that_panics_on_the_first_poll_leaves_nothing_behind() {
    within(PATIENCE, "clone, first poll", || {
        for subject in subjects() {
            let (waker, probe) = panicking_waker(PanicOn::Clone, 1);
            let mut wait = subject.wait();
            assert_eq!(
                panic_of(|| poll_once(&mut wait, &waker)),
                "hostile waker: Clone 1"
            );
            assert_eq!((subject.waiters(), probe.live()), (0, 1));
            assert!(subject.set());
            subject.clear();
            // The wait goes on where it was: an `Event` was set since the call.
            assert_eq!(poll_once(&mut wait, &waker).is_ready(), subject.is_manual());
        }
    });
}

#[test]
fn a_clone_that_panics_on_a_repoll_leaves_the_old_registration() {
    within(PATIENCE, "clone, re-poll", || {
        for subject in subjects() {
            let mut wait = subject.parked();
            let (waker, probe) = panicking_waker(PanicOn::Clone, 1);
            assert_eq!(
                panic_of(|| wait.poll_with(&waker)),
                "hostile waker: Clone 1"
            );
            assert_eq!((wait.probe().live(), probe.live()), (1, 1));
            assert_eq!(subject.waiters(), 1);
            subject.set();
            assert_eq!((wait.wakes(), probe.wakes()), (1, 0));
            assert_ready(wait.poll());
        }
    });
}

#[test]
fn a_replaced_waker_that_panics_when_dropped_leaves_the_new_registration() {
    within(PATIENCE, "drop, re-poll", || {
        for subject in subjects() {
            let (waker, probe) = panicking_waker(PanicOn::Drop, 1);
            let waker = ManuallyDrop::new(waker);
            let mut wait = Driver::new(subject.wait());
            assert_pending(wait.poll_with(&waker));
            assert_eq!(panic_of(|| wait.poll()), "hostile waker: Drop 1");
            assert_eq!((wait.probe().live(), probe.live()), (1, 1));
            assert_eq!(subject.waiters(), 1);
            subject.set();
            assert!(wait.woken());
            assert_ready(wait.poll());
        }
    });
}

#[test]
fn a_waker_that_panics_when_a_cancel_drops_it_has_left_the_line() {
    within(PATIENCE, "drop, cancel", || {
        for subject in subjects() {
            let (waker, probe) = panicking_waker(PanicOn::Drop, 1);
            let waker = ManuallyDrop::new(waker);
            let mut wait = subject.wait();
            assert_pending(poll_once(&mut wait, &waker));
            let mut behind = subject.parked();
            assert_eq!(panic_of(|| drop(wait)), "hostile waker: Drop 1");
            assert_eq!((subject.waiters(), probe.live()), (1, 1));
            subject.set();
            assert_ready(behind.poll());
        }
    });
}

#[test]
fn a_wait_dropped_while_unwinding_whose_waker_panics_too_does_not_abort() {
    within(PATIENCE, "drop, cancel, unwinding", || {
        for subject in subjects() {
            let (waker, probe) = panicking_waker(PanicOn::Drop, 1);
            let waker = ManuallyDrop::new(waker);
            let mut wait = subject.wait();
            assert_pending(poll_once(&mut wait, &waker));
            while_unwinding(|| drop(wait));
            assert_eq!((subject.waiters(), probe.live()), (0, 1));
            assert!(subject.set());
            assert!(subject.is_set());
        }
    });
}

/// A waker whose clone sets the event, and whose drop panics: what it is cloned for is there before
/// the clone is registered, so that it is not needed.
fn setting(subject: &Subject) -> (ManuallyDrop<Waker>, Probe) {
    let inner = subject.clone();
    let (waker, probe) = HostileWaker::builder()
        .on_clone(move || assert!(inner.set()))
        .on_drop(|| panic!("not needed"))
        .build();
    (ManuallyDrop::new(waker), probe)
}

#[test]
fn a_taken_signal_survives_a_waker_whose_drop_panics() {
    within(PATIENCE, "taken, panicked", || {
        for is_parked in [false, true] {
            for has_next in [false, true] {
                let event = Arc::new(AutoResetEvent::new());
                let subject = Subject::Auto(event.clone());
                let mut wait = event.wait();
                if is_parked {
                    assert_pending(poll_once(&mut wait, Waker::noop()));
                }
                let mut next = (is_parked && has_next).then(|| subject.parked());
                let (waker, _) = setting(&subject);
                assert_eq!(panic_of(|| poll_once(&mut wait, &waker)), "not needed");
                match &mut next {
                    Some(next) => {
                        assert!(next.woken(), "passed on");
                        assert_ready(next.poll());
                    }
                    None => assert!(event.clear(), "kept"),
                }
                assert_eq!((event.waiters(), event.is_set()), (0, false));
                // The wait is over: it has nothing, and passes nothing on.
                assert!(
                    panic_of(|| poll_once(&mut wait, Waker::noop())).contains("`AutoResetWait`")
                );
                drop(wait);
                assert!(!event.is_set());
            }
        }
    });
}

#[test]
fn a_release_survives_a_waker_whose_drop_panics() {
    within(PATIENCE, "released, panicked", || {
        for is_parked in [false, true] {
            let event = Arc::new(Event::new());
            let subject = Subject::Manual(event.clone());
            let mut wait = event.wait();
            if is_parked {
                assert_pending(poll_once(&mut wait, Waker::noop()));
            }
            let mut behind = subject.parked();
            let (waker, _) = setting(&subject);
            assert_eq!(panic_of(|| poll_once(&mut wait, &waker)), "not needed");
            assert!(event.is_set());
            assert_ready(behind.poll());
            assert!(panic_of(|| poll_once(&mut wait, Waker::noop())).contains("`Wait`"));
        }
    });
}

/// Two waits of each event are leaked, with wakers whose drops panic.
fn leak(event: &Event, auto: &AutoResetEvent) -> Vec<Probe> {
    let leak = |mut wait: ManuallyDrop<AnyWait<'_>>| {
        let (waker, probe) = panicking_waker(PanicOn::Drop, 1);
        assert_pending(poll_once(&mut *wait, &ManuallyDrop::new(waker)));
        probe
    };
    (0..4)
        .map(|n| {
            leak(ManuallyDrop::new(if n < 2 {
                Box::new(event.wait())
            } else {
                Box::new(auto.wait())
            }))
        })
        .collect()
}

#[test]
fn an_event_dropped_with_leaked_waits_drops_every_waker() {
    within(PATIENCE, "drop of the event", || {
        let (event, auto) = (Event::new(), AutoResetEvent::new());
        let probes = leak(&event, &auto);
        assert_eq!(panic_of(|| drop(event)), "hostile waker: Drop 1");
        assert_eq!(panic_of(|| drop(auto)), "hostile waker: Drop 1");
        let drops: Vec<_> = probes.iter().map(Probe::drops).collect();
        assert_eq!(drops, [1; 4]);
    });
}

#[test]
fn an_event_dropped_while_unwinding_with_leaked_waits_does_not_abort() {
    within(PATIENCE, "drop of the event, unwinding", || {
        let (event, auto) = (Event::new(), AutoResetEvent::new());
        let probes = leak(&event, &auto);
        while_unwinding(move || drop((event, auto)));
        assert!(probes.iter().all(|probe| probe.drops() == 1));
    });
}

#[test]
fn a_wake_that_panics_inside_a_re_entrant_set_is_accounted_for() {
    within(PATIENCE, "nested", || {
        let event = Arc::new(AutoResetEvent::new());
        let inner = event.clone();
        let (waker, _) = HostileWaker::builder()
            .on_wake(move || {
                inner.set();
            })
            .build();
        let mut waits: Vec<_> = (0..3).map(|_| event.wait_owned()).collect();
        assert_pending(poll_once(&mut waits[0], &waker));
        assert_pending(poll_once(&mut waits[1], &shouting(1).0));
        assert_pending(poll_once(&mut waits[2], Waker::noop()));
        assert_eq!(panic_of(|| event.set()), "waker 1");
        assert_eq!(event.waiters(), 1);
        assert_ready(poll_once(&mut waits[0], Waker::noop()));
        assert_ready(poll_once(&mut waits[1], Waker::noop()));
        assert_pending(poll_once(&mut waits[2], Waker::noop()));
    });
}

#[test]
fn a_panic_of_set_leaves_the_handle_of_the_caller_usable() {
    let event = Arc::new(Event::new());
    let slot = Slot::empty();
    let mut wait = event.wait_owned();
    assert_pending(poll_once(&mut wait, &shouting(0).0));
    slot.fill(event.clone());
    let caught = catch_unwind(AssertUnwindSafe(|| slot.take().unwrap().set()));
    assert!(caught.is_err());
    drop(wait);
    assert_eq!(Arc::strong_count(&event), 1);
    assert!(event.is_set());
}
