//! Cancelled means it did not happen: each future × {never polled, parked, granted}.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, where a panic is a finding"
)]

mod common;

use std::sync::Arc;

use waystation_semaphore::{AcquireError, Fairness, Semaphore};
use waystation_testkit::{Driver, assert_pending, assert_ready};

use common::{FAIRNESS, Sema, at_once, caught, parked};

/// Both kinds, in each fairness, with two permits of which none is free.
fn all_taken() -> impl Iterator<Item = (Sema, waystation_semaphore::OwnedPermit)> {
    FAIRNESS.into_iter().flat_map(|fairness| {
        [Sema::plain(2, fairness), Sema::bounded(2, fairness)].map(|semaphore| {
            let held = semaphore.try_acquire(2).unwrap();
            (semaphore, held)
        })
    })
}

#[test]
fn acquire_never_polled_is_nothing() {
    for (semaphore, held) in all_taken() {
        let request = semaphore.acquire(1);
        let _waiter = parked(semaphore.acquire(1));
        drop(request);
        assert_eq!((semaphore.available(), semaphore.waiters()), (0, 1));
        drop(held);
    }
}

#[test]
fn acquire_never_polled_takes_no_place() {
    for (semaphore, mut held) in all_taken() {
        let mut early = Driver::new(semaphore.acquire(1));
        let first = parked(semaphore.acquire(1));
        assert_pending(early.poll());
        drop(held.split(1));
        assert!(first.woken() && !early.woken(), "{semaphore:?}");
    }
}

#[test]
fn acquire_parked_leaves_the_line() {
    for (semaphore, mut held) in all_taken() {
        let first = parked(semaphore.acquire(1));
        let second = parked(semaphore.acquire(1));
        let third = parked(semaphore.acquire(1));
        drop(second);
        assert_eq!((semaphore.available(), semaphore.waiters()), (0, 2));
        drop(first);
        assert!(!third.woken());
        drop(held.split(1));
        assert!(third.woken());
    }
}

#[test]
fn acquire_granted_goes_to_the_next_before_drop_returns() {
    for (semaphore, held) in all_taken() {
        // Two asked, two come: with passers-by the first is only told, and nothing is granted to it.
        let first = parked(semaphore.acquire(2));
        let second = parked(semaphore.acquire(1));
        let third = parked(semaphore.acquire(1));
        drop(held);
        assert!(first.woken() && !second.woken());
        drop(first);
        assert!(second.woken() && third.woken(), "{semaphore:?}");
        drop((second, third));
        assert_eq!((semaphore.available(), semaphore.waiters()), (2, 0));
    }
}

#[test]
fn acquire_many_granted_hands_on_all_of_them() {
    let semaphore = Semaphore::new(0);
    let large = parked(semaphore.acquire_many(3));
    let mut small: Vec<_> = (0..4).map(|_| parked(semaphore.acquire())).collect();
    semaphore.add_permits(3);
    assert_eq!(semaphore.available_permits(), 0);
    drop(large);
    let woken: Vec<_> = small.iter().map(|waiter| waiter.woken()).collect();
    assert_eq!(woken, [true, true, true, false]);
    assert!(assert_ready(small[0].poll()).is_ok());
}

#[test]
fn acquire_many_granted_goes_back_if_nobody_waits() {
    for (semaphore, held) in all_taken() {
        let waiter = parked(semaphore.acquire(2));
        drop(held);
        drop(waiter);
        assert_eq!((semaphore.available(), semaphore.waiters()), (2, 0));
        assert!(!semaphore.locked());
    }
}

#[test]
fn a_chain_of_cancelled_grants_reaches_the_last() {
    let semaphore = Semaphore::new(0);
    let mut waiters: Vec<_> = (0..50).map(|_| parked(semaphore.acquire())).collect();
    semaphore.add_permits(1);
    while waiters.len() > 1 {
        assert!(waiters[0].woken() && !waiters[1].woken());
        drop(waiters.remove(0));
    }
    assert!(assert_ready(waiters[0].poll()).is_ok());
}

#[test]
fn a_cancelled_large_head_lets_the_next_in() {
    for fairness in FAIRNESS {
        let semaphore = Semaphore::with_fairness(2, fairness);
        let large = parked(semaphore.acquire_many(3));
        let mut small = [(); 2].map(|()| parked(semaphore.acquire()));
        assert_eq!(semaphore.available_permits(), 2);
        drop(large);
        assert!(small.iter().all(Driver::woken), "with no release needed");
        for waiter in &mut small {
            assert_ready(waiter.poll()).unwrap().forget();
        }
        assert_eq!(semaphore.total(), 0);
    }
}

#[test]
fn a_cancelled_large_head_lets_in_more_than_one_batch() {
    let semaphore = Semaphore::new(30);
    let large = parked(semaphore.acquire_many(31));
    let small: Vec<_> = (0..30).map(|_| parked(semaphore.acquire())).collect();
    drop(large);
    assert!(small.iter().all(|waiter| waiter.wakes() == 1));
    assert_eq!((semaphore.available_permits(), semaphore.waiters()), (0, 0));
}

#[test]
fn a_cancelled_waiter_in_the_middle_wakes_nobody() {
    let semaphore = Semaphore::new(1);
    let head = parked(semaphore.acquire_many(2));
    let middle = parked(semaphore.acquire());
    let last = parked(semaphore.acquire());
    drop(middle);
    assert!(!head.woken() && !last.woken(), "the head is not overtaken");
}

#[test]
fn cancelled_heads_one_after_the_other() {
    let semaphore = Semaphore::new(1);
    let large: Vec<_> = (2..12).map(|n| parked(semaphore.acquire_many(n))).collect();
    let small = parked(semaphore.acquire());
    for head in large {
        assert!(!small.woken());
        drop(head);
    }
    assert!(small.woken());
}

#[test]
fn the_line_is_gone_with_its_last_waiter() {
    for (semaphore, held) in all_taken() {
        drop(parked(semaphore.acquire(1)));
        drop(held);
        assert!(!semaphore.locked());
        assert_eq!(semaphore.try_acquire(2).unwrap().num_permits(), 2);
    }
}

#[test]
fn a_cancelled_request_for_too_many_is_nothing() {
    let semaphore = Semaphore::new(1);
    let mut request = Driver::new(semaphore.acquire_many(usize::MAX));
    assert_eq!(
        assert_ready(request.poll()).unwrap_err(),
        AcquireError::TooMany
    );
    drop(request);
    drop(semaphore.acquire_many(usize::MAX));
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn a_finished_request_gives_back_nothing_when_dropped() {
    let semaphore = Semaphore::new(1);
    let mut request = Driver::new(semaphore.acquire());
    let permit = assert_ready(request.poll()).unwrap();
    drop(request);
    assert_eq!(semaphore.available_permits(), 0);
    drop(permit);
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn closed_never_polled_and_parked_change_nothing() {
    for (semaphore, held) in all_taken() {
        drop(semaphore.closed());
        let watcher = parked(semaphore.closed());
        let other = parked(semaphore.closed());
        let probe = watcher.probe().clone();
        drop(watcher);
        assert_eq!(probe.live(), 0);
        assert!(semaphore.close());
        assert_eq!(probe.wakes(), 0);
        assert!(other.woken());
        drop(held);
    }
}

#[test]
fn closed_released_and_dropped_changes_nothing() {
    for (semaphore, held) in all_taken() {
        let watcher = parked(semaphore.closed());
        semaphore.close();
        drop(watcher);
        at_once(semaphore.closed());
        drop(held);
        assert_eq!(semaphore.available(), 2);
    }
}

#[test]
fn the_last_waiter_of_many_who_left_is_served() {
    // Leaving in any order, from both ends and from the middle, compaction included.
    for keep in [0, 1, 37, 98, 99] {
        let semaphore = Semaphore::new(0);
        let mut waiters: Vec<_> = (0..100)
            .map(|_| Some(parked(semaphore.acquire())))
            .collect();
        for step in [1, 0] {
            for at in (step..100).step_by(2).filter(|&at| at != keep) {
                waiters[at] = None;
            }
        }
        assert_eq!(semaphore.waiters(), 1);
        semaphore.add_permits(1);
        let kept = waiters[keep].as_mut().unwrap();
        assert_eq!(kept.wakes(), 1);
        assert!(assert_ready(kept.poll()).is_ok());
    }
}

#[test]
fn an_unwinding_task_leaves_the_line() {
    let semaphore = Arc::new(Semaphore::new(1));
    let small = parked({
        let large = parked(semaphore.acquire_many_owned(2));
        let small = semaphore.acquire_owned();
        let mut small = Driver::new(small);
        assert_pending(small.poll());
        let caught = caught(move || {
            let _large = large;
            panic!("the task failed");
        });
        assert_eq!(caught.message, "the task failed");
        assert!(small.woken());
        drop(small);
        semaphore.acquire_many_owned(2)
    });
    assert_eq!(semaphore.available_permits(), 1);
    drop(small);
}

#[test]
fn a_leaked_parked_request_does_not_stop_those_behind_it() {
    for fairness in [Fairness::Fifo, Fairness::Bypass { limit: 2 }] {
        let semaphore = Semaphore::with_fairness(0, fairness);
        let _leaked = std::mem::ManuallyDrop::new(parked(semaphore.acquire()));
        let mut next = parked(semaphore.acquire());
        semaphore.add_permits(1);
        semaphore.add_permits(1);
        assert!(next.woken(), "{fairness:?}");
        assert!(assert_ready(next.poll()).is_ok());
    }
}
