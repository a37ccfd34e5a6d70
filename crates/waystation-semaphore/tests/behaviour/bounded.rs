//! `BoundedSemaphore`: available and held together never exceed the bound.

use std::sync::Arc;

use waystation_semaphore::{
    AcquireError, BoundedSemaphore, Fairness, OverRelease, TryAcquireError,
};
use waystation_testkit::assert_ready;

use crate::common::{at_once, parked};

#[test]
fn forgotten_permits_may_be_released() {
    let semaphore = BoundedSemaphore::new(2);
    at_once(semaphore.acquire_many(2)).unwrap().forget();
    assert_eq!(semaphore.release(1), Ok(()));
    assert_eq!(semaphore.release(1), Ok(()));
    assert_eq!(semaphore.available_permits(), 2);
}

#[test]
fn one_release_too_many_changes_nothing() {
    let semaphore = BoundedSemaphore::new(2);
    semaphore.try_acquire().unwrap().forget();
    assert_eq!(semaphore.release(2), Err(OverRelease));
    assert_eq!(semaphore.available_permits(), 1);
    assert_eq!(semaphore.release(1), Ok(()));
    assert_eq!(semaphore.release(1), Err(OverRelease));
    assert_eq!(semaphore.available_permits(), 2);
}

#[test]
fn a_live_permit_cannot_be_released_twice() {
    let semaphore = BoundedSemaphore::new(1);
    let permit = semaphore.try_acquire().unwrap();
    assert_eq!(semaphore.release(1), Err(OverRelease));
    drop(permit);
    assert_eq!(semaphore.release(1), Err(OverRelease));
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn a_refused_release_wakes_nobody() {
    let semaphore = BoundedSemaphore::new(1);
    let permit = semaphore.try_acquire().unwrap();
    let mut waiter = parked(semaphore.acquire());
    assert_eq!(semaphore.release(1), Err(OverRelease));
    assert!(!waiter.woken());
    drop(permit);
    assert!(assert_ready(waiter.poll()).is_ok());
}

#[test]
fn a_release_serves_the_line() {
    let semaphore = BoundedSemaphore::new(2);
    semaphore.try_acquire_many(2).unwrap().forget();
    let mut first = parked(semaphore.acquire());
    let second = parked(semaphore.acquire());
    assert_eq!(semaphore.release(1), Ok(()));
    assert!(first.woken() && !second.woken());
    assert!(semaphore.try_acquire().is_err());
    drop(assert_ready(first.poll()));
    assert!(second.woken());
}

#[test]
fn a_granted_request_counts_as_held() {
    let semaphore = BoundedSemaphore::new(1);
    let permit = semaphore.try_acquire().unwrap();
    let _waiter = parked(semaphore.acquire());
    drop(permit);
    assert_eq!(semaphore.available_permits(), 0);
    assert_eq!(semaphore.release(1), Err(OverRelease));
}

#[test]
fn more_than_the_bound_is_too_many_at_once() {
    let semaphore = Arc::new(BoundedSemaphore::new(2));
    let _permit = semaphore.try_acquire_many(2).unwrap();
    for n in [3, usize::MAX] {
        let too_many = Some(AcquireError::TooMany);
        assert_eq!(at_once(semaphore.acquire_many(n)).err(), too_many);
        assert_eq!(at_once(semaphore.acquire_many_owned(n)).err(), too_many);
        let too_many = Some(TryAcquireError::TooMany);
        assert_eq!(semaphore.try_acquire_many(n).err(), too_many);
        assert_eq!(semaphore.try_acquire_many_owned(n).err(), too_many);
    }
    let _waiter = parked(semaphore.acquire_many(2));
}

#[test]
fn the_bound_stays_what_it_was() {
    let semaphore = BoundedSemaphore::with_fairness(3, Fairness::Bypass { limit: 2 });
    semaphore.try_acquire_many(2).unwrap().forget();
    assert_eq!(semaphore.bound(), 3);
    semaphore.close();
    assert_eq!(semaphore.bound(), 3);
}

#[test]
fn a_request_for_what_was_forgotten_waits() {
    let semaphore = BoundedSemaphore::new(2);
    semaphore.try_acquire().unwrap().forget();
    let mut waiter = parked(semaphore.acquire_many(2));
    assert_eq!(semaphore.release(1), Ok(()));
    assert!(assert_ready(waiter.poll()).is_ok());
}

#[test]
fn a_bound_of_none() {
    let semaphore = BoundedSemaphore::new(0);
    assert_eq!(
        at_once(semaphore.acquire()).err(),
        Some(AcquireError::TooMany)
    );
    assert_eq!(at_once(semaphore.acquire_many(0)).unwrap().num_permits(), 0);
    assert!(semaphore.locked(), "as asyncio has it");
}

#[test]
fn release_after_close_gives_back() {
    let semaphore = BoundedSemaphore::new(1);
    semaphore.try_acquire().unwrap().forget();
    assert!(semaphore.close());
    assert_eq!(semaphore.release(1), Ok(()));
    assert_eq!(semaphore.release(1), Err(OverRelease));
    assert_eq!(semaphore.available_permits(), 1);
    assert_eq!(semaphore.try_acquire().err(), Some(TryAcquireError::Closed));
}

#[test]
fn the_twin_methods_do_the_same() {
    let semaphore = Arc::new(BoundedSemaphore::new(4));
    let one = semaphore.try_acquire().unwrap();
    let two = semaphore.try_acquire_owned().unwrap();
    let three = at_once(semaphore.acquire()).unwrap();
    let four = at_once(semaphore.acquire_owned()).unwrap();
    assert!(semaphore.locked());
    let waiter = parked(semaphore.acquire_owned());
    let watcher = parked(semaphore.closed());
    let owned = parked(semaphore.closed_owned());
    assert_eq!(semaphore.waiters(), 1);
    assert!(!semaphore.is_closed() && semaphore.close() && !semaphore.close());
    assert!(semaphore.is_closed() && waiter.woken() && watcher.woken() && owned.woken());
    drop((one, two, three, four));
    assert_eq!(semaphore.available_permits(), 4);
}
