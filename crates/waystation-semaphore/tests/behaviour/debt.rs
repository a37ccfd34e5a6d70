//! Fewer permits: `reduce_permits`, `resize`, and the debt they may leave.

use waystation_semaphore::{Fairness, Semaphore};
use waystation_testkit::assert_ready;

use crate::common::{FAIRNESS, at_once, caught, parked};

fn owes(semaphore: &Semaphore, debt: usize) -> bool {
    format!("{semaphore:?}").contains(&format!("debt: {debt},"))
}

#[test]
fn free_permits_are_taken_first() {
    let semaphore = Semaphore::new(3);
    let permit = semaphore.try_acquire().unwrap();
    semaphore.reduce_permits(2);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 1));
    assert!(owes(&semaphore, 0));
    drop(permit);
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn what_is_short_becomes_a_visible_debt() {
    let semaphore = Semaphore::new(3);
    let _permit = semaphore.try_acquire_many(2).unwrap();
    semaphore.reduce_permits(2);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 1));
    assert!(owes(&semaphore, 1), "{semaphore:?}");
}

#[test]
fn a_debt_is_paid_before_the_line() {
    for fairness in FAIRNESS {
        let semaphore = Semaphore::with_fairness(2, fairness);
        let mut permit = semaphore.try_acquire_many(2).unwrap();
        let mut waiter = parked(semaphore.acquire());
        semaphore.reduce_permits(1);
        drop(permit.split(1));
        assert!(!waiter.woken(), "{fairness:?}");
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (0, 1));
        drop(permit);
        assert!(waiter.woken(), "{fairness:?}");
        assert_ready(waiter.poll()).unwrap().forget();
        assert_eq!(semaphore.total(), 0);
    }
}

#[test]
fn a_large_release_pays_the_debt_and_serves_with_the_rest() {
    let semaphore = Semaphore::new(5);
    let permit = semaphore.try_acquire_many(5).unwrap();
    let mut waiter = parked(semaphore.acquire_many(2));
    semaphore.reduce_permits(2);
    drop(permit);
    assert_eq!(assert_ready(waiter.poll()).unwrap().num_permits(), 2);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (3, 3));
}

#[test]
fn a_debt_is_paid_little_by_little() {
    let semaphore = Semaphore::new(3);
    let mut permit = semaphore.try_acquire_many(3).unwrap();
    semaphore.reduce_permits(2);
    for debt in [1, 0] {
        drop(permit.split(1));
        assert!(owes(&semaphore, debt));
        assert_eq!(semaphore.available_permits(), 0);
    }
    drop(permit);
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn added_permits_pay_a_debt() {
    let semaphore = Semaphore::new(2);
    let permit = semaphore.try_acquire_many(2).unwrap();
    semaphore.reduce_permits(2);
    semaphore.add_permits(1);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 1));
    semaphore.add_permits(2);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (1, 3));
    drop(permit);
    assert_eq!(semaphore.available_permits(), 3);
}

#[test]
fn a_forgotten_permit_pays_a_debt_first() {
    let semaphore = Semaphore::new(3);
    let mut permit = semaphore.try_acquire_many(3).unwrap();
    semaphore.reduce_permits(2);
    permit.split(1).unwrap().forget();
    assert_eq!(semaphore.total(), 1, "it has paid");
    assert!(owes(&semaphore, 1));
    permit.forget();
    assert_eq!(semaphore.total(), 0, "one has paid, the other is gone");
    assert!(owes(&semaphore, 0));
}

#[test]
fn the_last_payment_by_a_forgotten_permit_frees_the_fast_path() {
    let semaphore = Semaphore::new(2);
    let mut permit = semaphore.try_acquire_many(2).unwrap();
    semaphore.reduce_permits(1);
    permit.split(1).unwrap().forget();
    drop(permit);
    assert!(!semaphore.locked());
    assert_eq!(semaphore.try_acquire().unwrap().num_permits(), 1);
}

#[test]
fn the_last_payment_by_a_release_frees_the_fast_path() {
    let semaphore = Semaphore::new(2);
    let mut permit = semaphore.try_acquire_many(2).unwrap();
    semaphore.reduce_permits(1);
    drop(permit.split(1));
    drop(permit);
    assert_eq!(at_once(semaphore.acquire()).unwrap().num_permits(), 1);
}

#[test]
fn the_total_never_falls_below_zero() {
    let semaphore = Semaphore::new(2);
    let permit = semaphore.try_acquire_many(2).unwrap();
    semaphore.reduce_permits(2);
    assert_eq!(semaphore.total(), 0);
    caught(|| semaphore.reduce_permits(1));
    permit.forget();
    assert_eq!(semaphore.total(), 0);
    assert_eq!(semaphore.forget_permits(usize::MAX), 0);
    semaphore.resize(0);
    assert_eq!(semaphore.total(), 0);
    semaphore.add_permits(1);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (1, 1));
}

#[test]
fn whoever_comes_while_there_is_a_debt_waits() {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().unwrap();
    semaphore.reduce_permits(1);
    assert!(semaphore.locked() && semaphore.try_acquire().is_err());
    let mut waiter = parked(semaphore.acquire());
    drop(permit);
    assert!(!waiter.woken());
    semaphore.add_permits(1);
    assert!(assert_ready(waiter.poll()).is_ok());
}

#[test]
fn a_cancelled_grant_pays_a_debt_before_the_next_in_line() {
    let semaphore = Semaphore::new(0);
    let first = parked(semaphore.acquire());
    let second = parked(semaphore.acquire());
    semaphore.add_permits(1);
    semaphore.reduce_permits(1);
    drop(first);
    assert!(!second.woken());
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 0));
    assert!(owes(&semaphore, 0));
}

#[test]
fn a_debt_outlives_a_close() {
    let semaphore = Semaphore::new(3);
    let permit = semaphore.try_acquire_many(2).unwrap();
    semaphore.reduce_permits(2);
    assert!(semaphore.close());
    assert!(owes(&semaphore, 1));
    drop(permit);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (1, 1));
}

#[test]
fn a_debt_can_be_made_after_a_close() {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().unwrap();
    assert!(semaphore.close());
    semaphore.reduce_permits(1);
    assert!(!semaphore.locked(), "an acquire would fail, not wait");
    drop(permit);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 0));
    semaphore.add_permits(2);
    assert_eq!(semaphore.available_permits(), 2);
}

#[test]
fn a_reduction_leaves_a_woken_head_in_line() {
    for limit in [1, 31] {
        let semaphore = Semaphore::with_fairness(0, Fairness::Bypass { limit });
        let mut head = parked(semaphore.acquire());
        semaphore.add_permits(1);
        assert!(head.woken());
        semaphore.reduce_permits(1);
        assert_eq!(semaphore.available_permits(), 0);
        assert!(head.poll().is_pending());
        semaphore.add_permits(1);
        assert!(head.woken());
        assert!(assert_ready(head.poll()).is_ok());
    }
}

#[test]
fn nobody_slips_past_a_debt_behind_a_woken_head() {
    let semaphore = Semaphore::with_fairness(2, Fairness::Bypass { limit: 31 });
    let mut permit = semaphore.try_acquire_many(2).unwrap();
    let _head = parked(semaphore.acquire());
    drop(permit.split(1));
    semaphore.reduce_permits(2);
    assert!(owes(&semaphore, 1));
    drop(permit);
    assert!(owes(&semaphore, 0));
    assert_eq!(semaphore.available_permits(), 0);
    assert!(semaphore.try_acquire().is_err());
}

#[test]
fn growing_wakes_as_many_as_fit() {
    let semaphore = Semaphore::new(0);
    let mut waiters: Vec<_> = (0..4).map(|_| parked(semaphore.acquire())).collect();
    semaphore.resize(3);
    let woken: Vec<_> = waiters.iter().map(|waiter| waiter.woken()).collect();
    assert_eq!(woken, [true, true, true, false]);
    drop(waiters.remove(3));
    assert_eq!((semaphore.total(), semaphore.waiters()), (3, 0));
}

#[test]
fn shrinking_below_what_is_held_leaves_a_debt() {
    let semaphore = Semaphore::new(4);
    let permit = semaphore.try_acquire_many(3).unwrap();
    semaphore.resize(1);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 1));
    assert!(owes(&semaphore, 2));
    drop(permit);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (1, 1));
}

#[test]
fn growing_again_cancels_the_debt() {
    let semaphore = Semaphore::new(4);
    let permit = semaphore.try_acquire_many(4).unwrap();
    semaphore.resize(1);
    semaphore.resize(4);
    assert!(owes(&semaphore, 0));
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 4));
    drop(permit);
    assert_eq!(semaphore.available_permits(), 4);
}

#[test]
fn a_grant_that_nobody_has_taken_counts_as_held() {
    let semaphore = Semaphore::new(0);
    let mut waiter = parked(semaphore.acquire());
    semaphore.add_permits(1);
    semaphore.resize(0);
    assert!(owes(&semaphore, 1));
    drop(assert_ready(waiter.poll()));
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 0));
}
