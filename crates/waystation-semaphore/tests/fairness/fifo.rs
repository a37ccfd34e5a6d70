//! Strict order. A limit of 0 is the same.

use std::sync::{Arc, Mutex};

use waystation_semaphore::{Fairness, Semaphore, TryAcquireError};
use waystation_testkit::{Driver, HostileWaker, assert_pending, assert_ready, poll_once};

use crate::common::{Sema, parked};

/// A strict semaphore of each kind, made in each way, with `permits` that are all held.
fn strict(permits: usize) -> [(Sema, waystation_semaphore::OwnedPermit); 3] {
    [
        Sema::plain(permits, Fairness::Fifo),
        Sema::plain(permits, Fairness::Bypass { limit: 0 }),
        Sema::bounded(permits, Fairness::Fifo),
    ]
    .map(|semaphore| {
        let held = semaphore.try_acquire(permits).unwrap();
        (semaphore, held)
    })
}

#[test]
fn first_come_first_served() {
    for (semaphore, mut held) in strict(20) {
        let mut waiters: Vec<_> = (0..20).map(|_| parked(semaphore.acquire(1))).collect();
        for next in 0..20 {
            drop(held.split(1));
            for (at, waiter) in waiters.iter().enumerate() {
                assert_eq!(waiter.wakes(), usize::from(at <= next));
            }
        }
        for waiter in &mut waiters {
            assert_ready(waiter.poll()).unwrap().forget();
        }
    }
}

#[test]
fn many_at_once_are_woken_in_line_order() {
    for (semaphore, held) in strict(20) {
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut waiters: Vec<_> = (0..20).map(|_| semaphore.acquire(1)).collect();
        for (at, waiter) in waiters.iter_mut().enumerate() {
            let order = order.clone();
            let (waker, _) = HostileWaker::builder()
                .on_wake(move || order.lock().unwrap().push(at))
                .build();
            assert_pending(poll_once(waiter, &waker));
        }
        drop(held);
        assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
    }
}

#[test]
fn the_place_is_taken_at_the_first_poll() {
    for (semaphore, mut held) in strict(2) {
        let mut created_first = Driver::new(semaphore.acquire(1));
        let polled_first = parked(semaphore.acquire(1));
        assert_pending(created_first.poll());
        drop(held.split(1));
        assert!(polled_first.woken() && !created_first.woken());
    }
}

#[test]
fn try_acquire_does_not_barge_past_a_large_head() {
    for (semaphore, mut held) in strict(3) {
        drop(held.split(1));
        let _head = parked(semaphore.acquire(2));
        assert_eq!(semaphore.available(), 1);
        let tried = semaphore.try_acquire(1);
        assert_eq!(tried.unwrap_err(), TryAcquireError::NoPermits);
        assert!(semaphore.locked());
    }
}

#[test]
fn a_newcomer_does_not_barge_past_a_large_head() {
    for (semaphore, mut held) in strict(3) {
        drop(held.split(1));
        let head = parked(semaphore.acquire(2));
        let newcomer = parked(semaphore.acquire(1));
        assert_eq!((semaphore.available(), semaphore.waiters()), (1, 2));
        drop(held.split(1));
        assert!(head.woken() && !newcomer.woken());
    }
}

#[test]
fn what_was_granted_cannot_be_taken_by_others() {
    for (semaphore, held) in strict(1) {
        let mut granted = parked(semaphore.acquire(1));
        drop(held);
        assert!(semaphore.try_acquire(1).is_err());
        let newcomer = parked(semaphore.acquire(1));
        let permit = assert_ready(granted.poll()).unwrap();
        assert!(!newcomer.woken());
        drop(permit);
        assert!(newcomer.woken());
    }
}

#[test]
fn who_gives_back_and_asks_again_goes_to_the_back() {
    for (semaphore, held) in strict(1) {
        let mut first = parked(semaphore.acquire(1));
        let mut second = parked(semaphore.acquire(1));
        drop(held);
        let mut again = parked(semaphore.acquire(1));
        drop(assert_ready(first.poll()));
        assert!(second.woken() && !again.woken());
        drop(assert_ready(second.poll()));
        assert!(assert_ready(again.poll()).is_ok());
    }
}

#[test]
fn spurious_polls_neither_complete_nor_move() {
    for (semaphore, mut held) in strict(2) {
        let mut head = parked(semaphore.acquire(2));
        let mut small = parked(semaphore.acquire(1));
        drop(held.split(1));
        for round in 0..50 {
            if round % 2 == 0 {
                head.change_waker();
                small.change_waker();
            }
            assert_pending(small.poll());
            assert_pending(head.poll());
            assert_pending(small.poll());
            assert!(semaphore.try_acquire(1).is_err());
        }
        assert_eq!((semaphore.available(), semaphore.waiters()), (1, 2));
        assert_eq!((head.wakes(), small.wakes()), (0, 0));
        drop(held);
        assert!(head.woken() && !small.woken());
    }
}

#[test]
fn a_large_head_is_not_overtaken_however_long_it_waits() {
    for (semaphore, mut held) in strict(10) {
        let mut head = parked(semaphore.acquire(10));
        let small: Vec<_> = (0..5).map(|_| parked(semaphore.acquire(1))).collect();
        for free in 1..10 {
            drop(held.split(1));
            assert_eq!(semaphore.available(), free);
            assert!(!head.woken() && small.iter().all(|waiter| !waiter.woken()));
        }
        drop(held);
        let permit = assert_ready(head.poll()).unwrap();
        assert_eq!(permit.num_permits(), 10);
        assert!(small.iter().all(|waiter| !waiter.woken()));
        drop(permit);
        assert!(small.iter().all(Driver::woken));
    }
}

#[test]
fn a_release_serves_the_line_up_to_the_first_who_does_not_fit() {
    for (semaphore, held) in strict(6) {
        let asks = [1, 2, 4, 1];
        let waiters = asks.map(|n| parked(semaphore.acquire(n)));
        drop(held);
        let woken = waiters.each_ref().map(Driver::woken);
        assert_eq!(woken, [true, true, false, false]);
        assert_eq!(semaphore.available(), 3);
    }
}

#[test]
fn two_releases_before_anybody_runs_grant_two_waiters() {
    for (semaphore, mut held) in strict(2) {
        let waiters = [(); 3].map(|()| parked(semaphore.acquire(1)));
        drop(held.split(1));
        drop(held);
        assert_eq!(waiters.each_ref().map(Driver::woken), [true, true, false]);
    }
}

#[test]
fn a_request_above_the_total_waits_and_all_behind_it() {
    let semaphore = Semaphore::new(1);
    let mut head = parked(semaphore.acquire_many(2));
    let small = parked(semaphore.acquire());
    assert!(semaphore.try_acquire().is_err());
    assert!(!small.woken());
    semaphore.add_permits(1);
    assert_eq!(assert_ready(head.poll()).unwrap().num_permits(), 2);
}

#[test]
fn the_waker_of_the_latest_poll_is_woken_and_the_place_kept() {
    for (semaphore, mut held) in strict(2) {
        let mut first = parked(semaphore.acquire(1));
        let second = parked(semaphore.acquire(1));
        let old = first.change_waker();
        assert_pending(first.poll());
        drop(held.split(1));
        assert_eq!((old.wakes(), old.live()), (0, 0));
        assert!(first.woken() && !second.woken());
    }
}

#[test]
fn a_request_for_none_waits_for_nobody() {
    for (semaphore, _held) in strict(2) {
        let head = parked(semaphore.acquire(2));
        let permit = crate::common::at_once(semaphore.acquire(0)).unwrap();
        assert_eq!((permit.num_permits(), semaphore.waiters()), (0, 1));
        assert!(semaphore.try_acquire(0).is_ok() && !head.woken());
    }
}
