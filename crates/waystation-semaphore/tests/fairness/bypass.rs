//! Passers-by: how many, past whom, and when not.

use waystation_semaphore::{Fairness, Permit, Semaphore};
use waystation_testkit::{Driver, assert_pending, assert_ready};

use crate::common::{at_once, parked};

fn bypass(permits: usize, limit: u32) -> Semaphore {
    Semaphore::with_fairness(permits, Fairness::Bypass { limit })
}

/// Takes and gives back as long as that is possible; how often.
fn pass(semaphore: &Semaphore) -> usize {
    let mut passed = 0;
    while let Ok(permit) = semaphore.try_acquire() {
        passed += 1;
        assert!(passed < 100, "no bound");
        drop(permit);
    }
    passed
}

#[test]
fn exactly_limit_passers_by_and_then_a_strict_hand_over() {
    for limit in 0..=31 {
        let semaphore = bypass(1, limit);
        let permit = semaphore.try_acquire().unwrap();
        let mut head = parked(semaphore.acquire());
        drop(permit);
        assert!(head.woken());
        assert_eq!(pass(&semaphore), limit as usize);
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (0, 0));
        assert_eq!(head.wakes(), 1, "it was told already");
        assert!(assert_ready(head.poll()).is_ok());
    }
}

#[test]
fn passers_by_that_await_count_as_well() {
    let semaphore = bypass(1, 3);
    let permit = semaphore.try_acquire().unwrap();
    let head = parked(semaphore.acquire());
    drop(permit);
    for _ in 0..3 {
        drop(at_once(semaphore.acquire()).unwrap());
    }
    let fourth = parked(semaphore.acquire());
    assert_eq!(
        semaphore.waiters(),
        1,
        "the head was granted, the fourth waits"
    );
    drop(head);
    assert!(fourth.woken());
}

#[test]
fn between_two_grants_at_most_limit_however_many_wait() {
    for limit in [1, 2, 31] {
        let semaphore = bypass(1, limit);
        let permit = semaphore.try_acquire().unwrap();
        let mut waiters: Vec<_> = (0..10).map(|_| parked(semaphore.acquire())).collect();
        drop(permit);
        for waiter in &mut waiters {
            // The greediest others, and a head that runs as late as it can.
            assert_eq!(pass(&semaphore), limit as usize);
            drop(assert_ready(waiter.poll()).unwrap());
        }
        assert_eq!(semaphore.available_permits(), 1);
    }
}

#[test]
fn a_head_that_was_not_woken_is_not_passed() {
    let semaphore = bypass(1, 31);
    let head = parked(semaphore.acquire_many(2));
    assert_eq!((semaphore.available_permits(), head.wakes()), (1, 0));
    assert!(semaphore.try_acquire().is_err() && semaphore.locked());
    let _newcomer = parked(semaphore.acquire());
    assert_eq!(semaphore.waiters(), 2);
}

#[test]
fn a_head_that_looks_first_takes_it() {
    let semaphore = bypass(1, 31);
    let permit = semaphore.try_acquire().unwrap();
    let mut head = parked(semaphore.acquire());
    drop(permit);
    let permit = assert_ready(head.poll()).unwrap();
    assert!(semaphore.try_acquire().is_err());
    drop(permit);
    assert_eq!(semaphore.available_permits(), 1);
    assert!(!semaphore.locked());
}

#[test]
fn a_head_that_looks_too_late_waits_and_is_woken_again() {
    let semaphore = bypass(1, 2);
    let permit = semaphore.try_acquire().unwrap();
    let mut head = parked(semaphore.acquire());
    drop(permit);
    let passer = semaphore.try_acquire().unwrap();
    assert_pending(head.poll());
    assert_eq!((semaphore.waiters(), head.probe().live()), (1, 1));
    drop(passer);
    assert!(head.woken());
    assert_eq!(head.wakes(), 2);
    assert_eq!(pass(&semaphore), 1, "one of the two has passed before");
    assert!(assert_ready(head.poll()).is_ok());
}

#[test]
fn a_grant_starts_the_count_again() {
    let semaphore = bypass(1, 2);
    let permit = semaphore.try_acquire().unwrap();
    let mut first = parked(semaphore.acquire());
    let mut second = parked(semaphore.acquire());
    drop(permit);
    drop(semaphore.try_acquire().unwrap());
    drop(assert_ready(first.poll()).unwrap());
    assert!(second.woken());
    assert_eq!(pass(&semaphore), 2);
    assert!(assert_ready(second.poll()).is_ok());
}

#[test]
fn a_cancelled_head_does_not_reset_the_count() {
    let semaphore = bypass(1, 2);
    let permit = semaphore.try_acquire().unwrap();
    let first = parked(semaphore.acquire());
    let second = parked(semaphore.acquire());
    let mut third = parked(semaphore.acquire());
    drop(permit);
    let passer = semaphore.try_acquire().unwrap();
    drop(first);
    drop(passer);
    assert!(second.woken());
    let passer = semaphore.try_acquire().unwrap();
    drop(second);
    drop(passer);
    assert_eq!((semaphore.available_permits(), semaphore.waiters()), (0, 0));
    assert!(
        assert_ready(third.poll()).is_ok(),
        "two have passed: strict"
    );
}

#[test]
fn a_line_that_has_emptied_was_passed_by_nobody() {
    let semaphore = bypass(1, 1);
    let permit = semaphore.try_acquire().unwrap();
    let lone = parked(semaphore.acquire());
    drop(permit);
    let passer = semaphore.try_acquire().unwrap();
    drop(lone);
    let newcomer = parked(semaphore.acquire());
    drop(passer);
    assert!(newcomer.woken());
    assert_eq!(pass(&semaphore), 1);
}

#[test]
fn a_cancelled_woken_head_passes_the_word_on() {
    let semaphore = bypass(1, 4);
    let permit = semaphore.try_acquire().unwrap();
    let first = parked(semaphore.acquire());
    let second = parked(semaphore.acquire());
    drop(permit);
    assert!(!second.woken());
    drop(first);
    assert!(second.woken());
    assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 1));
}

#[test]
fn a_surplus_is_granted_at_once() {
    let semaphore = bypass(0, 31);
    let waiters = [(); 3].map(|()| parked(semaphore.acquire()));
    semaphore.add_permits(2);
    assert_eq!(waiters.each_ref().map(Driver::woken), [true, true, false]);
    assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 2));
    semaphore.add_permits(2);
    assert!(waiters.iter().all(Driver::woken));
    assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
}

#[test]
fn two_releases_before_anybody_runs_reach_two_waiters() {
    let semaphore = bypass(2, 31);
    let mut permit = semaphore.try_acquire_many(2).unwrap();
    let waiters = [(); 3].map(|()| parked(semaphore.acquire()));
    drop(permit.split(1));
    assert_eq!(waiters.each_ref().map(Driver::woken), [true, false, false]);
    drop(permit);
    assert_eq!(waiters.each_ref().map(Driver::woken), [true, true, false]);
    assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 2));
}

#[test]
fn free_permits_never_exceed_what_a_woken_head_asks_for() {
    let semaphore = bypass(0, 31);
    let mut head = parked(semaphore.acquire_many(2));
    semaphore.add_permits(2);
    assert!(head.woken());
    assert_eq!((semaphore.available_permits(), semaphore.waiters()), (2, 1));
    semaphore.add_permits(1);
    assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
    assert_eq!(assert_ready(head.poll()).unwrap().num_permits(), 2);
}

#[test]
fn a_large_head_may_be_passed_while_it_is_woken() {
    let semaphore = bypass(3, 2);
    let permit = semaphore.try_acquire_many(3).unwrap();
    let mut head = parked(semaphore.acquire_many(3));
    drop(permit);
    let one = semaphore.try_acquire().unwrap();
    let two = semaphore.try_acquire_many(2).unwrap();
    drop(one);
    assert!(semaphore.try_acquire().is_err(), "two have passed");
    assert_eq!(semaphore.available_permits(), 1);
    drop(two);
    assert_eq!((semaphore.available_permits(), semaphore.waiters()), (0, 0));
    assert_eq!(assert_ready(head.poll()).unwrap().num_permits(), 3);
}

#[test]
fn requests_for_none_are_no_passers_by() {
    let semaphore = bypass(1, 1);
    let permit = semaphore.try_acquire().unwrap();
    let _head = parked(semaphore.acquire());
    drop(permit);
    for _ in 0..50 {
        drop(semaphore.try_acquire_many(0).unwrap());
        drop(at_once(semaphore.acquire_many(0)).unwrap());
    }
    assert_eq!(pass(&semaphore), 1);
}

#[test]
fn only_the_head_takes_what_was_left_for_it() {
    let semaphore = bypass(1, 31);
    let permit = semaphore.try_acquire().unwrap();
    let mut head = parked(semaphore.acquire());
    let mut second = parked(semaphore.acquire());
    drop(permit);
    assert_pending(second.poll());
    assert!(assert_ready(head.poll()).is_ok());
}

#[test]
fn spurious_polls_of_a_head_take_no_more_than_is_free() {
    let semaphore = bypass(2, 31);
    let mut permit = semaphore.try_acquire_many(2).unwrap();
    let mut head = parked(semaphore.acquire_many(2));
    drop(permit.split(1));
    for _ in 0..20 {
        head.change_waker();
        assert_pending(head.poll());
        assert!(semaphore.try_acquire().is_err());
    }
    assert_eq!((semaphore.available_permits(), head.wakes()), (1, 0));
    drop(permit);
    assert!(head.woken());
}

#[test]
fn a_head_with_a_new_waker_is_told_through_it() {
    let semaphore = bypass(1, 31);
    let permit = semaphore.try_acquire().unwrap();
    let mut head = parked(semaphore.acquire());
    drop(permit);
    let passer = semaphore.try_acquire().unwrap();
    let old = head.change_waker();
    assert_pending(head.poll());
    drop(passer);
    assert_eq!((old.wakes(), old.live()), (1, 0));
    assert!(head.woken());
}

#[test]
fn an_abandoned_head_delays_the_next_by_limit_turns_at_most() {
    let semaphore = bypass(2, 3);
    let permit = semaphore.try_acquire_many(2).unwrap();
    let _abandoned = parked(semaphore.acquire());
    let mut next = parked(semaphore.acquire());
    drop(permit);
    assert!(next.woken());
    assert_eq!(pass(&semaphore), 3);
    assert!(assert_ready(next.poll()).is_ok());
}

#[test]
fn a_bounded_semaphore_keeps_the_same_bound() {
    for limit in [0, 1, 31] {
        let semaphore = Semaphore::bounded(1).fairness(Fairness::Bypass { limit });
        semaphore.try_acquire().unwrap().forget();
        let mut head = parked(semaphore.acquire());
        semaphore.try_add_permits(1).unwrap();
        let mut passed = 0;
        while let Ok(permit) = semaphore.try_acquire() {
            passed += 1;
            permit.forget();
            semaphore.try_add_permits(1).unwrap();
        }
        assert_eq!(passed, limit);
        assert!(assert_ready(head.poll()).is_ok());
    }
}

#[test]
fn permits_of_passers_by_are_permits_like_others() {
    let semaphore = bypass(2, 2);
    let permit = semaphore.try_acquire_many(2).unwrap();
    let mut head = parked(semaphore.acquire_many(2));
    drop(permit);
    let mut passer: Permit<&Semaphore> = semaphore.try_acquire_many(2).unwrap();
    drop(passer.split(1));
    assert_eq!(semaphore.available_permits(), 1);
    assert_pending(head.poll());
    drop(passer);
    assert!(head.woken());
    assert!(assert_ready(head.poll()).is_ok());
}
