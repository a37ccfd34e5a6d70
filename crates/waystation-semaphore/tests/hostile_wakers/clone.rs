//! `clone()` re-enters, grants, closes, panics: on a first poll and on a re-poll.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Poll, Waker};

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

/// Runs `hook` at the first clone only.
fn once(hook: impl Fn() + Send + Sync + 'static) -> (Waker, Probe) {
    let done = AtomicBool::new(false);
    HostileWaker::builder()
        .on_clone(move || {
            if !done.swap(true, SeqCst) {
                hook();
            }
        })
        .build()
}

/// Each method that registers, on a first poll and on a re-poll.
fn each_registration(semaphore: &Sema, mut case: impl FnMut(Waits)) {
    for make in [asks, watches] {
        case(make(semaphore));
        let mut waiter = make(semaphore);
        assert_pending(poll_once(&mut waiter, &Probe::new().waker()));
        case(waiter);
    }
}

#[test]
fn clone_re_enters_every_method() {
    on_every_empty(|semaphore| {
        each_registration(&semaphore, |mut waiter| {
            let inside = semaphore.clone();
            let (waker, probe) = HostileWaker::builder()
                .on_clone(move || poke(&inside))
                .build();
            assert_pending(poll_once(&mut waiter, &waker));
            assert_eq!(probe.clones(), 1);
        });
    });
}

#[test]
fn a_grant_between_clone_and_registration_is_not_lost() {
    on_every_empty(|semaphore| {
        for repoll in [false, true] {
            let mut waiter = asks(&semaphore);
            if repoll {
                assert_pending(poll_once(&mut waiter, &Probe::new().waker()));
            }
            let inside = semaphore.clone();
            let (waker, probe) = once(move || inside.give(1).unwrap());
            let permit = assert_ready(poll_once(&mut waiter, &waker)).unwrap();
            assert_eq!((probe.live(), semaphore.waiters()), (1, 0));
            permit.forget();
        }
    });
}

#[test]
fn a_grant_to_somebody_else_between_clone_and_registration_goes_there() {
    on_every_empty(|semaphore| {
        let mut first = parked(semaphore.acquire(1));
        let inside = semaphore.clone();
        let (waker, probe) = once(move || inside.give(1).unwrap());
        let mut second = asks(&semaphore);
        let outcome = poll_once(&mut second, &waker);
        assert!(first.woken());
        match outcome {
            // Past a woken head, once: it is woken again when the permit comes back.
            Poll::Ready(permit) => drop(permit),
            Poll::Pending => assert_eq!(probe.wakes(), 0),
        }
        assert!(assert_ready(first.poll()).is_ok());
    });
}

#[test]
fn a_close_between_clone_and_registration_is_not_lost() {
    for repoll in [false, true] {
        for make in [asks, watches] {
            on_every_empty(move |semaphore| {
                let mut waiter = make(&semaphore);
                if repoll {
                    assert_pending(poll_once(&mut waiter, &Probe::new().waker()));
                }
                let inside = semaphore.clone();
                let (waker, probe) = once(move || assert!(inside.close()));
                assert!(assert_ready(poll_once(&mut waiter, &waker)).is_none());
                assert_eq!((probe.live(), semaphore.waiters()), (1, 0));
            });
        }
    }
}

#[test]
fn clone_cancels_the_head_and_lets_the_newcomer_in() {
    let semaphore = Arc::new(Semaphore::new(1));
    let head = parked(semaphore.acquire_many_owned(2));
    let head = std::sync::Mutex::new(Some(head));
    let (waker, _) = once(move || drop(head.lock().unwrap().take()));
    let mut newcomer = semaphore.acquire();
    assert!(assert_ready(poll_once(&mut newcomer, &waker)).is_ok());
}

#[test]
fn clone_panics_on_the_first_poll() {
    on_every_empty(|semaphore| {
        for make in [asks, watches] {
            let mut waiter = make(&semaphore);
            let (waker, probe) = panicking_waker(PanicOn::Clone, 1);
            let caught = caught(|| poll_once(&mut waiter, &waker));
            assert_eq!(caught.message, "hostile waker: Clone 1");
            assert_eq!((probe.live(), semaphore.waiters()), (1, 0));
            // Nothing has happened: it may be polled again.
            let again = Probe::new();
            assert_pending(poll_once(&mut waiter, &again.waker()));
            assert_eq!(again.live(), 1);
            drop(waiter);
        }
    });
}

#[test]
fn clone_panics_on_a_re_poll_and_the_old_registration_stays() {
    on_every_empty(|semaphore| {
        let mut waiter = asks(&semaphore);
        let old = Probe::new();
        assert_pending(poll_once(&mut waiter, &old.waker()));
        let (waker, probe) = panicking_waker(PanicOn::Clone, 1);
        caught(|| poll_once(&mut waiter, &waker));
        assert_eq!((old.live(), probe.live()), (1, 1));
        semaphore.give(1).unwrap();
        assert_eq!((old.wakes(), probe.wakes()), (1, 0));
        assert!(assert_ready(poll_once(&mut waiter, Waker::noop())).is_some());
    });
}

#[test]
fn clone_panics_for_a_watcher_and_the_old_registration_stays() {
    on_every_empty(|semaphore| {
        let mut waiter = watches(&semaphore);
        let old = Probe::new();
        assert_pending(poll_once(&mut waiter, &old.waker()));
        let (waker, _) = panicking_waker(PanicOn::Clone, 1);
        caught(|| poll_once(&mut waiter, &waker));
        semaphore.close();
        assert_eq!((old.wakes(), old.live()), (1, 0));
    });
}

#[test]
fn clone_panics_for_a_woken_head_which_keeps_its_place() {
    let semaphore = Semaphore::with_fairness(1, Fairness::Bypass { limit: 31 });
    let permit = semaphore.try_acquire().unwrap();
    let mut head = parked(semaphore.acquire());
    drop(permit);
    let passer = semaphore.try_acquire().unwrap();
    // Its registration was used up when it was woken; its place was not.
    let (waker, _) = panicking_waker(PanicOn::Clone, 1);
    caught(|| head.poll_with(&waker));
    assert_eq!(semaphore.waiters(), 1);
    drop(passer);
    assert!(assert_ready(head.poll()).is_ok());
}

#[test]
fn a_waker_that_would_wake_the_same_is_not_cloned() {
    on_every_empty(|semaphore| {
        for make in [asks, watches] {
            let probe = Probe::new();
            let mut waiter = make(&semaphore);
            for _ in 0..100 {
                assert_pending(poll_once(&mut waiter, &probe.waker()));
            }
            assert_eq!((probe.clones(), probe.live()), (1, 1));
        }
    });
}

#[test]
fn a_thousand_wakers_of_which_only_the_last_is_woken() {
    on_every_empty(|semaphore| {
        for make in [asks, watches] {
            let mut waiter = make(&semaphore);
            let probes: Vec<Probe> = (0..1000).map(|_| Probe::new()).collect();
            for (at, probe) in probes.iter().enumerate() {
                assert_pending(poll_once(&mut waiter, &probe.waker()));
                assert_eq!(probe.live(), 1);
                assert!(at == 0 || probes[at - 1].live() == 0);
            }
            let is_last = matches!(waiter, Waits::Watches(_));
            if is_last {
                semaphore.close();
            } else {
                semaphore.give(1).unwrap();
            }
            let woken: usize = probes.iter().map(Probe::wakes).sum();
            assert_eq!((woken, probes[999].wakes()), (1, 1));
            assert!(poll_once(&mut waiter, Waker::noop()).is_ready());
        }
    });
}
