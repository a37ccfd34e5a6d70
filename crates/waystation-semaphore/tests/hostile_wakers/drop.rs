//! The `drop()` of a waker re-enters or panics: when it is replaced, cancelled, not needed, left behind.

use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::task::Waker;

use waystation_semaphore::{Fairness, Semaphore};
use waystation_testkit::{
    HostileWaker, PanicOn, Probe, assert_pending, assert_ready, panicking_waker, poll_once,
};

use crate::common::{Sema, caught, parked};
use crate::scene::{Waits, on_every_empty, poke};

fn asks(semaphore: &Sema) -> Waits {
    Waits::Asks(semaphore.acquire(1))
}

fn watches(semaphore: &Sema) -> Waits {
    Waits::Watches(semaphore.closed())
}

/// A waiter whose registered waker does `on_drop` when it is dropped.
fn parked_with(
    make: fn(&Sema) -> Waits,
    semaphore: &Sema,
    on_drop: impl Fn() + Send + Sync + 'static,
) -> (Waits, Probe) {
    let (waker, probe) = HostileWaker::builder().on_drop(on_drop).build();
    let mut waiter = make(semaphore);
    assert_pending(poll_once(&mut waiter, &waker));
    // The test's own handle is not to be dropped: only the registered one is.
    let _own = ManuallyDrop::new(waker);
    (waiter, probe)
}

/// A waiter whose registered waker re-enters when it is dropped.
fn parked_re_entering(make: fn(&Sema) -> Waits, semaphore: &Sema) -> (Waits, Probe) {
    let inside = semaphore.clone();
    parked_with(make, semaphore, move || poke(&inside))
}

fn parked_bomb(make: fn(&Sema) -> Waits, semaphore: &Sema) -> (Waits, Probe) {
    parked_with(make, semaphore, || panic!("hostile drop"))
}

#[test]
fn drop_re_enters_when_replaced() {
    on_every_empty(|semaphore| {
        for make in [asks, watches] {
            let (mut waiter, probe) = parked_re_entering(make, &semaphore);
            assert_pending(poll_once(&mut waiter, Waker::noop()));
            assert_eq!(probe.drops(), 1);
        }
    });
}

#[test]
fn drop_re_enters_on_cancel() {
    on_every_empty(|semaphore| {
        for make in [asks, watches] {
            let (first, probe) = parked_re_entering(make, &semaphore);
            let (second, other) = parked_re_entering(make, &semaphore);
            drop(second);
            drop(first);
            assert_eq!((probe.drops(), other.drops()), (1, 1));
        }
    });
}

#[test]
fn drop_re_enters_when_the_waker_was_not_needed() {
    on_every_empty(|semaphore| {
        let (one, two) = (semaphore.clone(), semaphore.clone());
        let (waker, probe) = HostileWaker::builder()
            .on_clone(move || one.give(1).unwrap())
            .on_drop(move || poke(&two))
            .build();
        let permit = assert_ready(poll_once(&mut asks(&semaphore), &waker)).unwrap();
        assert_eq!(probe.drops(), 1);
        drop(permit);
    });
}

#[test]
fn drop_gives_a_permit_when_replaced() {
    on_every_empty(|semaphore| {
        let inside = semaphore.clone();
        let (mut waiter, _) = parked_with(asks, &semaphore, move || inside.give(1).unwrap());
        let probe = Probe::new();
        assert_pending(poll_once(&mut waiter, &probe.waker()));
        assert_eq!(probe.wakes(), 1, "the new waker is the registered one");
        assert!(assert_ready(poll_once(&mut waiter, Waker::noop())).is_some());
    });
}

#[test]
fn drop_panics_when_replaced_and_the_new_waker_is_registered() {
    on_every_empty(|semaphore| {
        for make in [asks, watches] {
            let (mut waiter, _) = parked_bomb(make, &semaphore);
            let probe = Probe::new();
            let waker = probe.waker();
            let caught = caught(|| poll_once(&mut waiter, &waker));
            assert_eq!(caught.message, "hostile drop");
            drop(waker);
            assert_eq!(probe.live(), 1);
            if matches!(waiter, Waits::Watches(_)) {
                semaphore.close();
            } else {
                semaphore.give(1).unwrap();
            }
            assert_eq!((probe.wakes(), probe.live()), (1, 0));
            assert!(poll_once(&mut waiter, Waker::noop()).is_ready());
        }
    });
}

#[test]
fn drop_panics_on_cancel_after_those_behind_were_woken() {
    let semaphore = Sema::plain(20, Fairness::Fifo);
    let (waker, _) = panicking_waker(PanicOn::Drop, 1);
    let mut head = semaphore.acquire(21);
    assert_pending(poll_once(&mut head, &waker));
    let small: Vec<_> = (0..20).map(|_| parked(semaphore.acquire(1))).collect();
    let caught = caught(|| drop(head));
    assert_eq!(caught.message, "hostile waker: Drop 1");
    assert!(small.iter().all(|waiter| waiter.wakes() == 1));
    drop(small);
    assert_eq!((semaphore.available(), semaphore.waiters()), (20, 0));
}

#[test]
fn drop_panics_on_cancel_and_the_place_is_left() {
    on_every_empty(|semaphore| {
        for make in [asks, watches] {
            let (waiter, probe) = parked_bomb(make, &semaphore);
            let mut other = parked(semaphore.acquire(1));
            assert_eq!(caught(|| drop(waiter)).message, "hostile drop");
            assert_eq!((probe.drops(), semaphore.waiters()), (1, 1));
            semaphore.give(1).unwrap();
            assert_ready(other.poll()).unwrap().forget();
        }
    });
}

#[test]
fn drop_panics_on_cancel_while_the_thread_unwinds_already() {
    let semaphore = Sema::plain(1, Fairness::Fifo);
    let (waker, _) = panicking_waker(PanicOn::Drop, 1);
    let mut head = semaphore.acquire(2);
    assert_pending(poll_once(&mut head, &waker));
    let next = parked(semaphore.acquire(1));
    let caught = caught(move || {
        let _head = head;
        panic!("the first panic");
    });
    assert_eq!(caught.message, "the first panic");
    assert!(next.woken());
}

#[test]
fn drop_panics_when_not_needed_and_the_permit_comes_back() {
    on_every_empty(|semaphore| {
        let inside = semaphore.clone();
        let (waker, _) = HostileWaker::builder()
            .on_clone(move || inside.give(1).unwrap())
            .on_drop(|| panic!("hostile drop"))
            .build();
        let waker = ManuallyDrop::new(waker);
        let mut waiter = asks(&semaphore);
        assert_eq!(
            caught(|| poll_once(&mut waiter, &waker)).message,
            "hostile drop"
        );
        assert_eq!((semaphore.available(), semaphore.waiters()), (1, 0));
        drop(waiter);
        assert_eq!(semaphore.available(), 1);
    });
}

/// Parks borrowed futures, leaks them, and drops the semaphore they waited on.
fn leave_behind(fairness: Fairness, wakers: &[Waker]) -> Box<Semaphore> {
    let semaphore = Box::new(Semaphore::with_fairness(0, fairness));
    for waker in wakers {
        let mut waiter = ManuallyDrop::new(semaphore.acquire());
        assert_pending(poll_once(&mut *waiter, waker));
        let mut watcher = ManuallyDrop::new(semaphore.closed());
        assert_pending(poll_once(&mut *watcher, waker));
    }
    semaphore
}

#[test]
fn leaked_futures_leave_no_waker_behind() {
    for fairness in [Fairness::Fifo, Fairness::Bypass { limit: 2 }] {
        let probes: Vec<Probe> = (0..20).map(|_| Probe::new()).collect();
        let wakers: Vec<Waker> = probes.iter().map(Probe::waker).collect();
        let semaphore = leave_behind(fairness, &wakers);
        drop(wakers);
        assert!(probes.iter().all(|probe| probe.live() == 2));
        drop(semaphore);
        assert!(probes.iter().all(|probe| probe.live() == 0));
    }
}

#[test]
fn wakers_left_behind_panic_when_the_semaphore_is_dropped() {
    let bombs = ["first", "second", "third"].map(|name| {
        HostileWaker::builder()
            .on_drop(move || panic!("{name}"))
            .build()
    });
    let (wakers, probes): (Vec<_>, Vec<_>) = bombs.into_iter().unzip();
    let semaphore = leave_behind(Fairness::Fifo, &wakers);
    let _own = ManuallyDrop::new(wakers);
    assert_eq!(caught(|| drop(semaphore)).message, "first");
    assert!(probes.iter().all(|probe| probe.live() == 1));
}

#[test]
fn wakers_left_behind_re_enter_when_the_semaphore_is_dropped() {
    let other = Arc::new(Semaphore::new(0));
    let mut waiter = parked(other.acquire_owned());
    let inside = other.clone();
    let (waker, _) = HostileWaker::builder()
        .on_drop(move || inside.add_permits(1))
        .build();
    let semaphore = leave_behind(Fairness::Fifo, std::slice::from_ref(&waker));
    let _own = ManuallyDrop::new(waker);
    drop(semaphore);
    assert!(assert_ready(waiter.poll()).is_ok());
    assert_eq!(other.total(), 2, "one for each line");
}

#[test]
fn no_waker_is_kept_in_any_ending() {
    on_every_empty(|semaphore| {
        let probe = Probe::new();
        let park = || {
            let mut waiter = asks(&semaphore);
            assert_pending(poll_once(&mut waiter, &probe.waker()));
            waiter
        };
        let never_polled = asks(&semaphore);
        assert_eq!(probe.live(), 0);
        let parked = park();
        assert_eq!(probe.live(), 1);
        drop(parked);
        assert_eq!(probe.live(), 0);
        let mut done = park();
        semaphore.give(1).unwrap();
        assert_eq!(probe.live(), 0);
        let permit = assert_ready(poll_once(&mut done, &probe.waker()));
        assert_eq!(probe.live(), 0);
        let granted = park();
        drop(permit);
        drop(granted);
        assert_eq!(probe.live(), 0);
        semaphore.try_acquire(1).unwrap().forget();
        let mut refused = park();
        semaphore.close();
        assert_eq!(probe.live(), 0);
        assert!(assert_ready(poll_once(&mut refused, &probe.waker())).is_none());
        assert_eq!(probe.live(), 0);
        drop(never_polled);
    });
}
