//! `close()` and `closed()`.

use std::sync::Arc;

use waystation_semaphore::{AcquireError, Fairness, Semaphore, TryAcquireError};
use waystation_testkit::{assert_pending, assert_ready};

use crate::common::{FAIRNESS, at_once, parked};

#[test]
fn all_who_wait_fail_in_line_order() {
    for n in [1, 7, 8, 9, 40] {
        let semaphore = Semaphore::new(0);
        let mut waiters: Vec<_> = (0..n).map(|_| parked(semaphore.acquire())).collect();
        assert!(semaphore.close());
        assert_eq!(semaphore.waiters(), 0);
        for waiter in &mut waiters {
            assert_eq!(waiter.wakes(), 1);
            assert_eq!(
                assert_ready(waiter.poll()).unwrap_err(),
                AcquireError::Closed
            );
        }
    }
}

#[test]
fn only_the_first_close_says_so() {
    let semaphore = Semaphore::new(1);
    assert!(semaphore.close());
    assert!(!semaphore.close() && !semaphore.close());
}

#[test]
fn free_permits_are_out_of_reach() {
    let semaphore = Semaphore::new(3);
    semaphore.close();
    assert_eq!(semaphore.available_permits(), 3);
    assert_eq!(
        at_once(semaphore.acquire()).err(),
        Some(AcquireError::Closed)
    );
    assert_eq!(
        at_once(semaphore.acquire_many(0)).err(),
        Some(AcquireError::Closed)
    );
    assert_eq!(semaphore.try_acquire().err(), Some(TryAcquireError::Closed));
    assert_eq!(
        semaphore.try_acquire_many(0).err(),
        Some(TryAcquireError::Closed)
    );
}

#[test]
fn permits_outlive_the_close() {
    let semaphore = Semaphore::new(3);
    let mut permit = semaphore.try_acquire_many(3).unwrap();
    semaphore.close();
    assert_eq!(permit.num_permits(), 3);
    let part = permit.split(1).unwrap();
    drop(permit);
    assert_eq!(semaphore.available_permits(), 2);
    part.forget();
    assert_eq!((semaphore.available_permits(), semaphore.total()), (2, 2));
}

#[test]
fn what_was_granted_before_the_close_is_still_given() {
    for fairness in [Fairness::Fifo, Fairness::Bypass { limit: 1 }] {
        let semaphore = Semaphore::with_fairness(0, fairness);
        let mut granted = parked(semaphore.acquire());
        let mut waiting = parked(semaphore.acquire());
        // The second permit is a surplus: with passers-by the head gets its own strictly.
        let surplus = usize::from(fairness != Fairness::Fifo);
        semaphore.add_permits(1 + surplus);
        semaphore.close();
        let permit = assert_ready(granted.poll()).unwrap();
        let refused = assert_ready(waiting.poll());
        assert_eq!(refused.unwrap_err(), AcquireError::Closed, "{fairness:?}");
        drop(permit);
        assert_eq!(semaphore.available_permits(), 1 + surplus);
    }
}

#[test]
fn a_head_that_was_only_woken_fails() {
    let semaphore = Semaphore::with_fairness(0, Fairness::Bypass { limit: 1 });
    let mut head = parked(semaphore.acquire());
    semaphore.add_permits(1);
    assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 1));
    semaphore.close();
    assert_eq!(assert_ready(head.poll()).unwrap_err(), AcquireError::Closed);
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn a_grant_dropped_after_the_close_goes_back() {
    let semaphore = Semaphore::new(0);
    let granted = parked(semaphore.acquire_many(2));
    let waiting = parked(semaphore.acquire());
    semaphore.add_permits(2);
    semaphore.close();
    drop(granted);
    drop(waiting);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (2, 2));
}

#[test]
fn a_request_made_before_the_close_and_polled_after_fails() {
    let semaphore = Semaphore::new(1);
    let request = semaphore.acquire();
    semaphore.close();
    assert_eq!(at_once(request).err(), Some(AcquireError::Closed));
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn adding_after_the_close_is_only_counted() {
    let semaphore = Semaphore::new(0);
    semaphore.close();
    semaphore.add_permits(2);
    semaphore.resize(5);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (5, 5));
    assert_eq!(semaphore.forget_permits(1), 1);
    semaphore.reduce_permits(1);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (3, 3));
    assert!(semaphore.is_closed());
}

#[test]
fn closed_waits_for_the_close() {
    for fairness in FAIRNESS {
        let semaphore = Arc::new(Semaphore::with_fairness(1, fairness));
        let mut borrowed = parked(semaphore.closed());
        let mut owned = parked(semaphore.closed_owned());
        drop(semaphore.try_acquire());
        semaphore.add_permits(1);
        assert!(!borrowed.woken() && !owned.woken());
        assert_eq!(semaphore.waiters(), 0, "they do not wait for permits");
        semaphore.close();
        assert!(borrowed.woken() && owned.woken());
        assert_ready(borrowed.poll());
        assert_ready(owned.poll());
    }
}

#[test]
fn closed_is_ready_at_once_after_the_close() {
    let semaphore = Semaphore::new(1);
    let before = semaphore.closed();
    semaphore.close();
    at_once(before);
    at_once(semaphore.closed());
}

#[test]
fn a_watcher_is_woken_once() {
    let semaphore = Semaphore::new(1);
    let watchers: Vec<_> = (0..20).map(|_| parked(semaphore.closed())).collect();
    semaphore.close();
    semaphore.close();
    assert!(watchers.iter().all(|watcher| watcher.wakes() == 1));
}

#[test]
fn a_watcher_polled_for_no_reason_stays() {
    let semaphore = Semaphore::new(1);
    let mut watcher = parked(semaphore.closed());
    for _ in 0..100 {
        let old = watcher.change_waker();
        assert_pending(watcher.poll());
        assert_eq!(old.live(), 0);
        assert_pending(watcher.poll());
        assert_eq!(watcher.probe().live(), 1);
    }
    semaphore.close();
    assert_eq!(watcher.wakes(), 1);
}

#[test]
fn watchers_see_the_permits_that_are_out() {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().unwrap();
    semaphore.close();
    at_once(semaphore.closed());
    drop(permit);
}

#[cfg(feature = "futures-core")]
#[test]
fn is_terminated_only_after_ready() {
    use futures_core::FusedFuture;
    use waystation_testkit::Driver;

    let semaphore = Semaphore::new(0);
    let mut watcher = Driver::new(semaphore.closed());
    let mut waiter = Driver::new(semaphore.acquire());
    assert!(!watcher.get().is_terminated() && !waiter.get().is_terminated());
    assert_pending(watcher.poll());
    assert_pending(waiter.poll());
    assert!(!watcher.get().is_terminated() && !waiter.get().is_terminated());
    semaphore.close();
    assert!(!watcher.get().is_terminated() && !waiter.get().is_terminated());
    assert_ready(watcher.poll());
    assert!(assert_ready(waiter.poll()).is_err());
    assert!(watcher.get().is_terminated() && waiter.get().is_terminated());
}
