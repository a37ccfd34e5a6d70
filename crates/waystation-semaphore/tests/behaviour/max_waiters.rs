//! `max_waiters`: a line that is full takes nobody in.

use std::sync::Arc;

use waystation_semaphore::{AcquireError, Blocking, Fairness, Semaphore, TryAcquireError};
use waystation_testkit::{Driver, PATIENCE, assert_ready, within};

use crate::common::{FAIRNESS, at_once, caught, parked};

const TOO_MANY: Option<AcquireError> = Some(AcquireError::TooManyWaiting);

#[test]
fn an_acquire_that_would_join_a_full_line_is_refused_at_its_first_poll() {
    for fairness in FAIRNESS {
        for n in [0, 1, 2, 9] {
            let semaphore = Semaphore::new(1).fairness(fairness).max_waiters(n);
            let permit = at_once(semaphore.acquire()).unwrap();
            let line: Vec<_> = (0..n).map(|_| parked(semaphore.acquire())).collect();
            let before = format!("{semaphore:?}");
            assert_eq!(at_once(semaphore.acquire()).err(), TOO_MANY);
            assert_eq!(at_once(semaphore.acquire_many(2)).err(), TOO_MANY);
            assert_eq!(format!("{semaphore:?}"), before);
            assert_eq!(semaphore.waiters(), n);
            drop(permit);
            drop(line);
            assert_eq!(semaphore.available_permits(), 1);
        }
    }
}

#[test]
fn a_place_that_was_left_may_be_taken() {
    let semaphore = Semaphore::new(0).max_waiters(2);
    let (first, mut second) = (parked(semaphore.acquire()), parked(semaphore.acquire()));
    assert_eq!(at_once(semaphore.acquire()).err(), TOO_MANY);
    drop(first);
    let third = parked(semaphore.acquire());
    assert_eq!(at_once(semaphore.acquire()).err(), TOO_MANY);
    semaphore.add_permits(1);
    assert!(assert_ready(second.poll()).is_ok());
    drop(third);
}

#[test]
fn max_waiters_0_serves_what_is_free_and_refuses_the_rest() {
    let semaphore = Semaphore::new(2).max_waiters(0);
    // Refused, and the word is as it was: nobody is in line, so nobody is passed.
    assert_eq!(at_once(semaphore.acquire_many(3)).err(), TOO_MANY);
    let one = semaphore.try_acquire().unwrap();
    assert_eq!(at_once(semaphore.acquire_many(2)).err(), TOO_MANY);
    let two = at_once(semaphore.acquire()).unwrap();
    let tried = semaphore.try_acquire();
    assert_eq!(tried.err(), Some(TryAcquireError::NoPermits));
    assert_eq!(at_once(semaphore.acquire_many(0)).unwrap().num_permits(), 0);
    drop((one, two));
    assert_eq!(at_once(semaphore.acquire_many(2)).unwrap().num_permits(), 2);
}

#[test]
fn those_who_wait_for_the_close_are_not_counted() {
    let semaphore = Semaphore::new(0).max_waiters(1);
    let _watchers = [parked(semaphore.closed()), parked(semaphore.closed())];
    let _waiter = parked(semaphore.acquire());
}

#[test]
fn too_many_and_closed_come_before_too_many_waiting() {
    let semaphore = Semaphore::bounded(1).max_waiters(0);
    let _permit = semaphore.try_acquire().unwrap();
    let outcome = at_once(semaphore.acquire_many(2));
    assert_eq!(outcome.err(), Some(AcquireError::TooMany));
    semaphore.close();
    let outcome = at_once(semaphore.acquire());
    assert_eq!(outcome.err(), Some(AcquireError::Closed));
}

#[test]
fn a_passer_by_needs_no_place() {
    let semaphore = Semaphore::with_fairness(1, Fairness::Bypass { limit: 1 }).max_waiters(1);
    let permit = semaphore.try_acquire().unwrap();
    let mut head = parked(semaphore.acquire());
    drop(permit);
    let passer_by = at_once(semaphore.acquire()).unwrap();
    assert_eq!(at_once(semaphore.acquire()).err(), TOO_MANY);
    drop(passer_by);
    assert!(assert_ready(head.poll()).is_ok());
}

#[test]
fn a_refused_acquire_is_done() {
    let semaphore = Arc::new(Semaphore::new(0).max_waiters(0));
    let mut acquire = Driver::new(semaphore.acquire_owned());
    assert!(assert_ready(acquire.poll()).is_err());
    assert_eq!(Arc::strong_count(&semaphore), 1);
    assert!(caught(|| acquire.poll()).message.contains("`Acquire`"));
}

#[test]
fn the_line_is_never_longer_than_it_may_be() {
    within(PATIENCE, "many threads, a line of two", || {
        let semaphore = Semaphore::new(1).max_waiters(2);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        match semaphore.acquire().block() {
                            Ok(_permit) => assert!(semaphore.waiters() <= 2),
                            Err(error) => assert_eq!(error, AcquireError::TooManyWaiting),
                        }
                    }
                });
            }
        });
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
    });
}
