//! `Semaphore::bounded`: available and held together never exceed the bound.

use std::sync::Arc;

use waystation_semaphore::{AcquireError, Fairness, OverRelease, Semaphore, TryAcquireError};
use waystation_testkit::assert_ready;

use crate::common::{at_once, caught, parked};

#[test]
fn forgotten_permits_may_be_released() {
    let semaphore = Semaphore::bounded(2);
    at_once(semaphore.acquire_many(2)).unwrap().forget();
    assert_eq!(semaphore.try_add_permits(1), Ok(()));
    assert_eq!(semaphore.try_add_permits(1), Ok(()));
    assert_eq!(semaphore.available_permits(), 2);
}

#[test]
fn one_release_too_many_changes_nothing() {
    let semaphore = Semaphore::bounded(2);
    semaphore.try_acquire().unwrap().forget();
    assert_eq!(semaphore.try_add_permits(2), Err(OverRelease));
    assert_eq!(semaphore.available_permits(), 1);
    assert_eq!(semaphore.try_add_permits(1), Ok(()));
    assert_eq!(semaphore.try_add_permits(1), Err(OverRelease));
    assert_eq!(semaphore.available_permits(), 2);
}

#[test]
fn a_live_permit_cannot_be_released_twice() {
    let semaphore = Semaphore::bounded(1);
    let permit = semaphore.try_acquire().unwrap();
    assert_eq!(semaphore.try_add_permits(1), Err(OverRelease));
    drop(permit);
    assert_eq!(semaphore.try_add_permits(1), Err(OverRelease));
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn a_refused_release_wakes_nobody() {
    let semaphore = Semaphore::bounded(1);
    let permit = semaphore.try_acquire().unwrap();
    let mut waiter = parked(semaphore.acquire());
    assert_eq!(semaphore.try_add_permits(1), Err(OverRelease));
    assert!(!waiter.woken());
    drop(permit);
    assert!(assert_ready(waiter.poll()).is_ok());
}

#[test]
fn a_release_serves_the_line() {
    let semaphore = Semaphore::bounded(2);
    semaphore.try_acquire_many(2).unwrap().forget();
    let mut first = parked(semaphore.acquire());
    let second = parked(semaphore.acquire());
    assert_eq!(semaphore.try_add_permits(1), Ok(()));
    assert!(first.woken() && !second.woken());
    assert!(semaphore.try_acquire().is_err());
    drop(assert_ready(first.poll()));
    assert!(second.woken());
}

#[test]
fn a_granted_request_counts_as_held() {
    let semaphore = Semaphore::bounded(1);
    let permit = semaphore.try_acquire().unwrap();
    let _waiter = parked(semaphore.acquire());
    drop(permit);
    assert_eq!(semaphore.available_permits(), 0);
    assert_eq!(semaphore.try_add_permits(1), Err(OverRelease));
}

#[test]
fn more_than_the_bound_is_too_many_at_once() {
    let semaphore = Arc::new(Semaphore::bounded(2));
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
    let semaphore = Semaphore::bounded(3).fairness(Fairness::Bypass { limit: 2 });
    semaphore.try_acquire_many(2).unwrap().forget();
    assert_eq!(semaphore.bound(), Some(3));
    semaphore.close();
    assert_eq!(semaphore.bound(), Some(3));
}

#[test]
fn a_request_for_what_was_forgotten_waits() {
    let semaphore = Semaphore::bounded(2);
    semaphore.try_acquire().unwrap().forget();
    let mut waiter = parked(semaphore.acquire_many(2));
    assert_eq!(semaphore.try_add_permits(1), Ok(()));
    assert!(assert_ready(waiter.poll()).is_ok());
}

#[test]
fn a_bound_of_none() {
    let semaphore = Semaphore::bounded(0);
    assert_eq!(
        at_once(semaphore.acquire()).err(),
        Some(AcquireError::TooMany)
    );
    assert_eq!(at_once(semaphore.acquire_many(0)).unwrap().num_permits(), 0);
    assert!(semaphore.locked(), "as asyncio has it");
}

#[test]
fn release_after_close_gives_back() {
    let semaphore = Semaphore::bounded(1);
    semaphore.try_acquire().unwrap().forget();
    assert!(semaphore.close());
    assert_eq!(semaphore.try_add_permits(1), Ok(()));
    assert_eq!(semaphore.try_add_permits(1), Err(OverRelease));
    assert_eq!(semaphore.available_permits(), 1);
    assert_eq!(semaphore.try_acquire().err(), Some(TryAcquireError::Closed));
}

#[test]
fn one_that_is_not_bounded_says_so() {
    assert_eq!(Semaphore::new(3).bound(), None);
    let largest = Semaphore::bounded(Semaphore::MAX_PERMITS);
    assert_eq!(largest.bound(), Some(Semaphore::MAX_PERMITS));
}

#[test]
fn try_add_permits_of_an_unbounded_one_fails_above_max_permits() {
    let semaphore = Semaphore::new(Semaphore::MAX_PERMITS - 1);
    assert_eq!(semaphore.try_add_permits(2), Err(OverRelease));
    assert_eq!(semaphore.try_add_permits(usize::MAX), Err(OverRelease));
    assert_eq!(semaphore.total(), Semaphore::MAX_PERMITS - 1);
    assert_eq!(semaphore.try_add_permits(1), Ok(()));
    assert_eq!(semaphore.try_add_permits(1), Err(OverRelease));
    assert_eq!(semaphore.try_add_permits(0), Ok(()));
}

#[test]
fn add_permits_panics_where_try_add_permits_fails() {
    let semaphore = Semaphore::bounded(2);
    semaphore.try_acquire().unwrap().forget();
    let caught = caught(|| semaphore.add_permits(2));
    assert_eq!(
        caught.message,
        "adding 2 permits to 1 exceeds the bound (2)"
    );
    assert!(caught.file.ends_with("bounded.rs"), "{}", caught.file);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (1, 1));
    semaphore.add_permits(1);
    assert_eq!(semaphore.total(), 2);
}

#[test]
fn resize_stays_within_the_bound() {
    let semaphore = Semaphore::bounded(3);
    let held = semaphore.try_acquire_many(2).unwrap();
    semaphore.resize(1);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 1));
    let caught = caught(|| semaphore.resize(4));
    assert_eq!(caught.message, "cannot resize to 4 permits: the bound is 3");
    assert!(caught.file.ends_with("bounded.rs"), "{}", caught.file);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 1));
    semaphore.resize(3);
    drop(held);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (3, 3));
}

#[test]
fn a_debt_makes_room_below_the_bound_that_is_paid_first() {
    let semaphore = Semaphore::bounded(2);
    let held = semaphore.try_acquire_many(2).unwrap();
    semaphore.reduce_permits(2);
    assert_eq!(semaphore.try_add_permits(3), Err(OverRelease));
    assert_eq!(semaphore.try_add_permits(2), Ok(()));
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 2));
    drop(held);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (2, 2));
}

#[test]
fn the_setters_apply_in_any_order() {
    static SEMAPHORE: Semaphore = Semaphore::bounded(1)
        .max_waiters(1)
        .fairness(Fairness::Bypass { limit: 1 });
    let permit = SEMAPHORE.try_acquire().unwrap();
    let _head = parked(SEMAPHORE.acquire());
    let outcome = at_once(SEMAPHORE.acquire());
    assert_eq!(outcome.err(), Some(AcquireError::TooManyWaiting));
    drop(permit);
    drop(SEMAPHORE.try_acquire().unwrap());
    assert_eq!(SEMAPHORE.bound(), Some(1));
}

#[test]
fn the_bound_holds_while_many_add_at_once() {
    let semaphore = Semaphore::bounded(100);
    semaphore.try_acquire_many(100).unwrap().forget();
    std::thread::scope(|scope| {
        let adds = [(); 4].map(|()| {
            scope.spawn(|| {
                (0..100)
                    .filter(|_| semaphore.try_add_permits(1).is_ok())
                    .count()
            })
        });
        let added: usize = adds.into_iter().map(|add| add.join().unwrap()).sum();
        assert_eq!(added, 100);
    });
    assert_eq!(
        (semaphore.available_permits(), semaphore.total()),
        (100, 100)
    );
}
