//! What can be seen: counts, `locked`, `Debug`, errors.

use std::error::Error;
use std::sync::{Arc, Mutex};

use waystation_semaphore::{AcquireError, Fairness, OverRelease, Semaphore, TryAcquireError};
use waystation_testkit::{HostileWaker, assert_ready, poll_once};

use crate::common::{FAIRNESS, at_once, parked};

#[test]
fn available_is_the_real_count() {
    for fairness in FAIRNESS {
        let semaphore = Semaphore::with_fairness(3, fairness);
        let mut large = parked(semaphore.acquire_many(5));
        assert_eq!(semaphore.available_permits(), 3, "nothing is hoarded");
        semaphore.add_permits(1);
        assert!(!large.woken() && large.poll().is_pending());
        assert_eq!(semaphore.available_permits(), 4);
        drop(large);
        assert_eq!(semaphore.available_permits(), 4);
    }
}

#[test]
fn locked_says_whether_an_acquire_would_wait() {
    for fairness in FAIRNESS {
        let semaphore = Semaphore::with_fairness(1, fairness);
        assert!(!semaphore.locked());
        let permit = at_once(semaphore.acquire()).unwrap();
        assert!(semaphore.locked());
        drop(permit);
        let large = parked(semaphore.acquire_many(2));
        assert!(semaphore.locked(), "permits are free, and spoken for");
        drop(large);
        assert!(!semaphore.locked());
    }
}

#[test]
fn locked_is_false_while_the_head_may_be_passed() {
    let semaphore = Semaphore::with_fairness(1, Fairness::Bypass { limit: 1 });
    let permit = semaphore.try_acquire().unwrap();
    let _head = parked(semaphore.acquire());
    assert!(semaphore.locked());
    drop(permit);
    assert!(!semaphore.locked());
    let permit = at_once(semaphore.acquire()).unwrap();
    assert!(semaphore.locked());
    drop(permit);
    assert!(semaphore.locked(), "the head was granted: nobody passes");
}

#[test]
fn waiters_counts_those_who_wait_for_permits() {
    let semaphore = Semaphore::new(1);
    let never_polled = semaphore.acquire_many(2);
    let _watcher = parked(semaphore.closed());
    assert_eq!(semaphore.waiters(), 0);
    let mut one = parked(semaphore.acquire_many(2));
    let two = parked(semaphore.acquire());
    assert_eq!(semaphore.waiters(), 2);
    semaphore.add_permits(1);
    assert_eq!(semaphore.waiters(), 1, "the first was granted");
    drop(assert_ready(one.poll()));
    assert_eq!(semaphore.waiters(), 0);
    drop((never_polled, two));
}

#[test]
fn total_counts_new_added_forgotten_and_reduced() {
    let semaphore = Semaphore::new(4);
    assert_eq!(semaphore.total(), 4);
    let mut permit = semaphore.try_acquire_many(2).unwrap();
    assert_eq!(semaphore.total(), 4);
    semaphore.add_permits(3);
    assert_eq!(semaphore.total(), 7);
    assert_eq!(semaphore.forget_permits(1), 1);
    assert_eq!(semaphore.total(), 6);
    semaphore.reduce_permits(1);
    assert_eq!(semaphore.total(), 5);
    permit.split(1).unwrap().forget();
    assert_eq!(semaphore.total(), 4);
    semaphore.resize(9);
    assert_eq!(semaphore.total(), 9);
    semaphore.close();
    drop(permit);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (9, 9));
}

#[test]
fn debug_shows_state_and_waiters() {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().unwrap();
    let _waiter = parked(semaphore.acquire());
    assert_eq!(
        format!("{semaphore:?}"),
        "Semaphore { available: 0, waiters: 1, debt: 0, total: 1, closed: false }"
    );
    semaphore.reduce_permits(1);
    semaphore.close();
    assert_eq!(
        format!("{semaphore:?}"),
        "Semaphore { available: 0, waiters: 0, debt: 1, total: 0, closed: true }"
    );
    drop(permit);
    let bounded = Semaphore::bounded(2);
    assert!(format!("{bounded:?}").contains("total: 2, bound: 2, closed: false"));
}

#[test]
fn debug_of_futures_and_permits() {
    let semaphore = Semaphore::new(2);
    let permit = semaphore.try_acquire_many(2).unwrap();
    assert_eq!(format!("{permit:?}"), "Permit { permits: 2, .. }");
    let waiter = parked(semaphore.acquire_many(7));
    let text = format!("{:?}", waiter.get());
    assert!(text.contains("permits: 7") && text.contains("place: In"));
    let watcher = parked(semaphore.closed());
    assert!(format!("{:?}", watcher.get()).starts_with("SemaphoreClosed"));
}

#[test]
fn debug_inside_a_wake_does_not_block() {
    let semaphore = Arc::new(Semaphore::new(0));
    let seen = Arc::new(Mutex::new(String::new()));
    let (inside, text) = (semaphore.clone(), seen.clone());
    let (waker, _) = HostileWaker::builder()
        .on_wake(move || *text.lock().unwrap() = format!("{inside:?}"))
        .build();
    let mut waiter = semaphore.acquire();
    assert!(poll_once(&mut waiter, &waker).is_pending());
    semaphore.add_permits(1);
    assert!(seen.lock().unwrap().contains("waiters: 0"));
}

#[test]
fn errors_are_copy_eq_and_say_what_is_wrong() {
    fn check<E: Error + Copy + Eq + Send + Sync + 'static>(error: E, said: &str) {
        assert_eq!(error, error);
        assert_eq!(error.to_string(), said);
        assert!(error.source().is_none());
    }
    let closed = "the semaphore is closed";
    let too_many = "more permits were asked for than the semaphore can ever hold";
    check(AcquireError::Closed, closed);
    check(AcquireError::TooMany, too_many);
    check(TryAcquireError::Closed, closed);
    check(TryAcquireError::TooMany, too_many);
    check(
        TryAcquireError::NoPermits,
        "no permits are free now, or others wait for them",
    );
    check(
        AcquireError::TooManyWaiting,
        "as many as may wait for the semaphore wait already",
    );
    check(
        OverRelease,
        "more permits were released than the bound of the semaphore allows",
    );
}

#[test]
fn fifo_is_the_default() {
    assert_eq!(Fairness::default(), Fairness::Fifo);
}

#[cfg(feature = "futures-core")]
#[test]
fn futures_are_fused() {
    use futures_core::FusedFuture;
    fn is_terminated(future: &impl FusedFuture) -> bool {
        future.is_terminated()
    }
    let semaphore = Semaphore::new(0);
    let mut waiter = parked(semaphore.acquire());
    let mut watcher = parked(semaphore.closed());
    assert!(!is_terminated(waiter.get()) && !is_terminated(watcher.get()));
    semaphore.close();
    assert!(assert_ready(waiter.poll()).is_err());
    assert_ready(watcher.poll());
    assert!(is_terminated(waiter.get()) && is_terminated(watcher.get()));
}
