//! What asyncio's `Semaphore` and `BoundedSemaphore` promise, and where this one differs and says so.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, where a panic is a finding"
)]

mod common;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use waystation_semaphore::{OverRelease, Semaphore};
use waystation_testkit::{Driver, ShufflingExecutor, assert_pending, assert_ready};

use common::{at_once, parked};

#[test]
fn acquire_takes_one_and_blocks_at_zero() {
    let semaphore = Semaphore::new(2);
    let one = at_once(semaphore.acquire()).unwrap();
    assert!(!semaphore.locked());
    let two = at_once(semaphore.acquire()).unwrap();
    assert!(semaphore.locked());
    let mut three = parked(semaphore.acquire());
    drop(one);
    assert!(assert_ready(three.poll()).is_ok());
    drop(two);
}

#[test]
fn a_semaphore_may_start_at_zero() {
    let semaphore = Semaphore::new(0);
    assert!(semaphore.locked());
    let mut waiter = parked(semaphore.acquire());
    semaphore.add_permits(1);
    assert!(assert_ready(waiter.poll()).is_ok());
}

#[test]
fn release_without_acquire_raises_the_count() {
    let semaphore = Semaphore::new(1);
    semaphore.add_permits(1);
    assert_eq!(semaphore.available_permits(), 2);
    assert!(!semaphore.locked());
}

#[test]
fn a_bounded_one_refuses_a_release_above_its_initial_value() {
    let semaphore = Semaphore::bounded(1);
    assert_eq!(semaphore.try_add_permits(1), Err(OverRelease));
    at_once(semaphore.acquire()).unwrap().forget();
    assert_eq!(semaphore.try_add_permits(1), Ok(()));
    assert_eq!(semaphore.try_add_permits(1), Err(OverRelease));
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn acquire_without_contention_does_not_yield() {
    let semaphore = Semaphore::new(1);
    for _ in 0..3 {
        drop(at_once(semaphore.acquire()).unwrap());
    }
}

#[test]
fn release_wakes_one_waiter_and_in_order() {
    let semaphore = Semaphore::new(0);
    let mut waiters = [(); 4].map(|()| parked(semaphore.acquire()));
    for at in 0..4 {
        semaphore.add_permits(1);
        let woken = waiters.each_ref().map(Driver::wakes);
        assert_eq!(woken.iter().sum::<usize>(), at + 1);
        assert_ready(waiters[at].poll()).unwrap().forget();
    }
}

#[test]
fn async_with_gives_back_on_every_way_out() {
    async fn guarded(semaphore: &Semaphore, fails: bool) -> Result<(), &'static str> {
        let _permit = semaphore.acquire().await.map_err(|_| "closed")?;
        assert!(semaphore.locked());
        if fails {
            Err("the body failed")
        } else {
            Ok(())
        }
    }
    let semaphore = Semaphore::new(1);
    for fails in [false, true] {
        let outcome = futures_lite::future::block_on(guarded(&semaphore, fails));
        assert_eq!(outcome.is_err(), fails);
        assert!(!semaphore.locked());
    }
}

#[test]
fn a_cancelled_acquire_leaves_no_trace() {
    let semaphore = Semaphore::new(1);
    let permit = at_once(semaphore.acquire()).unwrap();
    let cancelled = parked(semaphore.acquire());
    drop(cancelled);
    drop(permit);
    assert!(!semaphore.locked());
    assert_eq!(semaphore.waiters(), 0);
}

#[test]
fn an_acquire_cancelled_before_it_was_awoken_lets_the_others_through() {
    let semaphore = Semaphore::new(0);
    let mut waiters: Vec<_> = (0..4).map(|_| parked(semaphore.acquire())).collect();
    semaphore.add_permits(2);
    // Two were granted; both are cancelled before they run: the other two get it.
    drop(waiters.drain(..2));
    for waiter in &mut waiters {
        assert_ready(waiter.poll()).unwrap().forget();
    }
    assert_eq!(semaphore.available_permits(), 0);
}

#[test]
fn a_cancelled_waiter_behind_a_granted_one_costs_nothing() {
    let semaphore = Semaphore::new(0);
    let mut first = parked(semaphore.acquire());
    let second = parked(semaphore.acquire());
    let mut third = parked(semaphore.acquire());
    semaphore.add_permits(1);
    drop(second);
    assert_pending(third.poll());
    drop(assert_ready(first.poll()).unwrap());
    assert!(assert_ready(third.poll()).is_ok());
}

#[test]
fn a_granted_waiter_cancelled_while_nobody_waits_frees_the_permit() {
    let semaphore = Semaphore::new(0);
    let waiter = parked(semaphore.acquire());
    semaphore.add_permits(1);
    assert!(semaphore.locked(), "spoken for");
    drop(waiter);
    assert!(!semaphore.locked());
}

#[test]
fn locked_while_others_are_about_to_run() {
    // asyncio: `locked()` is true while a waiter was woken and has not taken its permit.
    let semaphore = Semaphore::new(1);
    let permit = at_once(semaphore.acquire()).unwrap();
    let mut waiter = parked(semaphore.acquire());
    drop(permit);
    assert!(semaphore.locked() && semaphore.try_acquire().is_err());
    drop(assert_ready(waiter.poll()));
    assert!(!semaphore.locked());
}

/// Runs `n` tasks that each take the semaphore `rounds` times, from the moment when all wait for it. Who
/// had it, in order.
fn turns(seed: u64, n: usize, rounds: usize, permits: usize) -> Vec<usize> {
    let semaphore = Semaphore::new(permits);
    let turns = Rc::new(RefCell::new(Vec::new()));
    {
        let mut executor = ShufflingExecutor::new(seed);
        let all = semaphore.try_acquire_many(permits).unwrap();
        for task in 0..n {
            let (semaphore, turns) = (&semaphore, turns.clone());
            executor.spawn(async move {
                for _ in 0..rounds {
                    let _permit = semaphore.acquire().await.unwrap();
                    turns.borrow_mut().push(task);
                    futures_lite::future::yield_now().await;
                }
            });
        }
        let semaphore = &semaphore;
        executor.spawn(async move {
            while semaphore.waiters() < n {
                futures_lite::future::yield_now().await;
            }
            drop(all);
        });
        executor.run();
    }
    assert_eq!(
        (semaphore.available_permits(), semaphore.waiters()),
        (permits, 0)
    );
    turns.take()
}

#[test]
fn everybody_gets_as_many_turns_in_any_order_of_running() {
    for seed in 0..50 {
        let turns = turns(seed, 5, 4, 2);
        for task in 0..5 {
            assert_eq!(turns.iter().filter(|&&turn| turn == task).count(), 4);
        }
    }
}

#[test]
fn tasks_that_loop_take_turns() {
    for seed in 0..50 {
        let turns = turns(seed, 4, 6, 1);
        assert_eq!(turns.len(), 24);
        for (at, turn) in turns.iter().enumerate().skip(4) {
            assert_eq!(*turn, turns[at - 4], "always the same order: {turns:?}");
        }
    }
}

#[test]
fn who_gives_back_and_asks_again_goes_behind_at_once() {
    // Here asyncio's own order differs by one turn: this one hands over in the release itself.
    let semaphore = Arc::new(Semaphore::new(1));
    let permit = semaphore.try_acquire_owned().unwrap();
    let mut waiter = parked(semaphore.acquire());
    drop(permit);
    let mut again = parked(semaphore.acquire());
    drop(assert_ready(waiter.poll()));
    assert!(assert_ready(again.poll()).is_ok());
}

#[test]
fn two_releases_in_a_row_wake_two_different_waiters() {
    let semaphore = Semaphore::new(0);
    let waiters = [(); 3].map(|()| parked(semaphore.acquire()));
    semaphore.add_permits(1);
    semaphore.add_permits(1);
    assert_eq!(waiters.each_ref().map(Driver::wakes), [1, 1, 0]);
}

#[test]
fn a_release_in_a_task_does_not_run_the_waiter_inside() {
    let semaphore = Semaphore::new(0);
    let mut waiter = parked(semaphore.acquire());
    semaphore.add_permits(1);
    assert!(waiter.woken(), "it runs when it is polled");
    assert!(assert_ready(waiter.poll()).is_ok());
}
