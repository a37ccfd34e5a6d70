//! Misuse panics with a clear message at the caller's line, and nothing is lost to a panic.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, where a panic is a finding"
)]

mod common;

use std::sync::Arc;

use waystation_semaphore::{Fairness, Semaphore};
use waystation_testkit::{
    Driver, HostileWaker, PanicOn, assert_pending, assert_ready, panicking_waker, poll_once,
};

use common::{FAIRNESS, Sema, at_once, caught, parked};

#[test]
fn polling_acquire_after_ready_panics_with_its_name() {
    for fairness in FAIRNESS {
        let semaphore = Semaphore::with_fairness(2, fairness);
        let mut done = Driver::new(semaphore.acquire());
        let permit = assert_ready(done.poll()).unwrap();
        for _ in 0..2 {
            let caught = caught(|| done.poll());
            assert_eq!(
                caught.message,
                "`Acquire` polled again after it returned `Ready`"
            );
        }
        drop(done);
        assert_eq!(semaphore.available_permits(), 1);
        drop(permit);
    }
}

#[test]
fn polling_acquire_after_an_error_panics() {
    let semaphore = Semaphore::new(0);
    semaphore.close();
    let mut closed = Driver::new(semaphore.acquire());
    assert!(assert_ready(closed.poll()).is_err());
    assert!(caught(|| closed.poll()).message.contains("`Acquire`"));
    let mut too_many = Driver::new(semaphore.acquire_many(usize::MAX));
    assert!(assert_ready(too_many.poll()).is_err());
    assert!(caught(|| too_many.poll()).message.contains("`Acquire`"));
}

#[test]
fn polling_closed_after_ready_panics_with_its_name() {
    let semaphore = Arc::new(Semaphore::bounded(0));
    semaphore.close();
    let mut done = Driver::new(semaphore.closed_owned());
    assert_ready(done.poll());
    assert_eq!(
        caught(|| done.poll()).message,
        "`SemaphoreClosed` polled again after it returned `Ready`"
    );
}

#[test]
fn the_panic_of_a_second_poll_is_at_the_callers_line() {
    let semaphore = Semaphore::new(1);
    let mut done = semaphore.acquire();
    drop(assert_ready(poll_once(&mut done, std::task::Waker::noop())));
    let caught = caught(|| {
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        std::future::Future::poll(std::pin::Pin::new(&mut done), &mut cx).is_ready()
    });
    assert!(caught.file.ends_with("panics.rs"), "{}", caught.file);
}

#[test]
fn a_panic_of_a_waker_reaches_whoever_made_the_call() {
    for fairness in FAIRNESS {
        let semaphore = Semaphore::with_fairness(1, fairness);
        let permit = semaphore.try_acquire().unwrap();
        let (waker, _) = panicking_waker(PanicOn::Wake, 1);
        let mut waiter = semaphore.acquire();
        assert_pending(poll_once(&mut waiter, &waker));
        assert_eq!(caught(|| drop(permit)).message, "hostile waker: Wake 1");
        let mut waiter = Driver::new(waiter);
        assert!(assert_ready(waiter.poll()).is_ok());
        assert_eq!((semaphore.available_permits(), semaphore.total()), (1, 1));
    }
}

#[test]
fn close_has_closed_when_a_waker_panics() {
    let semaphore = Semaphore::new(0);
    let (waker, _) = panicking_waker(PanicOn::Wake, 1);
    let mut waiter = semaphore.acquire();
    assert_pending(poll_once(&mut waiter, &waker));
    let watcher = parked(semaphore.closed());
    let other = parked(semaphore.acquire());
    assert_eq!(
        caught(|| semaphore.close()).message,
        "hostile waker: Wake 1"
    );
    assert!(semaphore.is_closed() && watcher.woken() && other.woken());
    assert!(!semaphore.close());
}

#[test]
fn a_watcher_panics_and_the_others_are_woken() {
    let semaphore = Semaphore::new(0);
    let waiter = parked(semaphore.acquire());
    let (waker, _) = panicking_waker(PanicOn::Wake, 1);
    let mut first = semaphore.closed();
    assert_pending(poll_once(&mut first, &waker));
    let watchers: Vec<_> = (0..20).map(|_| parked(semaphore.closed())).collect();
    caught(|| semaphore.close());
    assert!(waiter.woken() && watchers.iter().all(Driver::woken));
}

#[test]
fn release_of_a_bounded_semaphore_has_released_when_a_waker_panics() {
    let semaphore = Semaphore::bounded(1);
    semaphore.try_acquire().unwrap().forget();
    let (waker, _) = panicking_waker(PanicOn::Wake, 1);
    let mut waiter = semaphore.acquire();
    assert_pending(poll_once(&mut waiter, &waker));
    caught(|| semaphore.try_add_permits(1));
    assert!(semaphore.try_add_permits(1).is_err(), "it is back");
    drop(waiter);
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn a_cancelled_grant_has_gone_on_when_the_next_waker_panics() {
    let semaphore = Semaphore::new(0);
    let first = parked(semaphore.acquire_many(3));
    let (waker, _) = panicking_waker(PanicOn::Wake, 1);
    let mut second = semaphore.acquire();
    assert_pending(poll_once(&mut second, &waker));
    let third = parked(semaphore.acquire());
    semaphore.add_permits(3);
    caught(|| drop(first));
    assert!(third.woken());
    assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
    drop((second, third));
    assert_eq!((semaphore.available_permits(), semaphore.total()), (3, 3));
}

#[test]
fn a_permit_taken_as_head_is_safe_before_an_unneeded_waker_is_dropped() {
    let semaphore = Arc::new(Semaphore::with_fairness(1, Fairness::Bypass { limit: 31 }));
    let permit = semaphore.try_acquire().unwrap();
    let mut head = semaphore.acquire();
    assert_pending(poll_once(&mut head, std::task::Waker::noop()));
    drop(permit);
    // The passer-by gives back while the head clones its new waker, which it then does not need.
    let passer_by = std::sync::Mutex::new(semaphore.try_acquire_owned().ok());
    let (waker, _) = HostileWaker::builder()
        .on_clone(move || drop(passer_by.lock().unwrap().take()))
        .on_drop(|| panic!("hostile drop"))
        .build();
    let waker = std::mem::ManuallyDrop::new(waker);
    let caught = caught(|| poll_once(&mut head, &waker));
    assert_eq!(caught.message, "hostile drop");
    // The head had its permit by then: the unwinding gave it back.
    assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
    drop(head);
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn panics_do_not_poison() {
    for semaphore in [
        Sema::plain(1, Fairness::Fifo),
        Sema::bounded(1, Fairness::Bypass { limit: 3 }),
    ] {
        for _ in 0..3 {
            let held = semaphore.try_acquire(1).unwrap();
            let (waker, _) = HostileWaker::builder().on_wake(|| panic!("again")).build();
            let mut waiter = semaphore.acquire(1);
            assert_pending(poll_once(&mut waiter, &waker));
            caught(|| drop(held));
            drop(waiter);
            assert_eq!(semaphore.available(), 1);
        }
        assert!(at_once(semaphore.acquire(1)).is_ok());
    }
}
