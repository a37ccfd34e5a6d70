//! Threads: blocking forms, timeouts, permits in spawned threads. Nothing relies on how long it takes.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, where a panic is a finding"
)]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use waystation_semaphore::{
    AcquireError, AcquireTimeoutError, BoundedSemaphore, OwnedBoundedPermit, OwnedPermit, Permit,
    Semaphore,
};
use waystation_testkit::{PATIENCE, assert_ready, within};

use common::{FAIRNESS, parked};

/// Long enough to block, too short to wait for.
const SHORT: Duration = Duration::from_millis(20);

fn wait_until(condition: impl Fn() -> bool) {
    while !condition() {
        thread::yield_now();
    }
}

#[test]
fn what_is_free_is_taken_without_blocking() {
    let semaphore = Arc::new(Semaphore::new(6));
    let one: Permit<&Semaphore> = semaphore.acquire_blocking().unwrap();
    let two: Permit<&Semaphore> = semaphore.acquire_many_blocking(2).unwrap();
    let three: OwnedPermit = semaphore.acquire_owned_blocking().unwrap();
    let four: OwnedPermit = semaphore.acquire_many_owned_blocking(2).unwrap();
    assert_eq!(two.num_permits() + four.num_permits(), 4);
    assert_eq!(semaphore.available_permits(), 0);
    drop((one, two, three, four));
    assert_eq!(semaphore.available_permits(), 6);
}

#[test]
fn what_is_free_is_taken_without_blocking_from_a_bounded_one() {
    let semaphore = Arc::new(BoundedSemaphore::new(6));
    let one: Permit<&BoundedSemaphore> = semaphore.acquire_blocking().unwrap();
    let two: Permit<&BoundedSemaphore> = semaphore.acquire_many_blocking(2).unwrap();
    let three: OwnedBoundedPermit = semaphore.acquire_owned_blocking().unwrap();
    let four: OwnedBoundedPermit = semaphore.acquire_many_owned_blocking(2).unwrap();
    assert_eq!(two.num_permits() + four.num_permits(), 4);
    assert_eq!(semaphore.available_permits(), 0);
    drop((one, two, three, four));
    assert_eq!(semaphore.available_permits(), 6);
}

/// The forms that give up, for one permit and for two, borrowed and owned.
macro_rules! tries {
    ($semaphore:expr, $timeout:expr, $deadline:expr) => {{
        let (semaphore, timeout, deadline) = ($semaphore, $timeout, $deadline);
        [
            semaphore.acquire_timeout(timeout).map(|p| p.num_permits()),
            semaphore
                .acquire_owned_timeout(timeout)
                .map(|p| p.num_permits()),
            semaphore
                .acquire_deadline(deadline)
                .map(|p| p.num_permits()),
            semaphore
                .acquire_owned_deadline(deadline)
                .map(|p| p.num_permits()),
            semaphore
                .acquire_many_timeout(2, timeout)
                .map(|p| p.num_permits()),
            semaphore
                .acquire_many_owned_timeout(2, timeout)
                .map(|p| p.num_permits()),
            semaphore
                .acquire_many_deadline(2, deadline)
                .map(|p| p.num_permits()),
            semaphore
                .acquire_many_owned_deadline(2, deadline)
                .map(|p| p.num_permits()),
        ]
    }};
}

const ALL_TAKEN: [Result<usize, AcquireTimeoutError>; 8] =
    [Ok(1), Ok(1), Ok(1), Ok(1), Ok(2), Ok(2), Ok(2), Ok(2)];

#[test]
fn no_time_tries_once() {
    let plain = Arc::new(Semaphore::new(2));
    let bounded = Arc::new(BoundedSemaphore::new(2));
    let past = Instant::now();
    assert_eq!(tries!(&plain, Duration::ZERO, past), ALL_TAKEN);
    assert_eq!(tries!(&bounded, Duration::ZERO, past), ALL_TAKEN);
    let held = (plain.try_acquire_many(2), bounded.try_acquire_many(2));
    let timeout = [Err(AcquireTimeoutError::Timeout); 8];
    assert_eq!(tries!(&plain, Duration::ZERO, past), timeout);
    assert_eq!(tries!(&bounded, Duration::ZERO, past), timeout);
    assert_eq!((plain.waiters(), bounded.waiters()), (0, 0));
    drop(held);
    assert_eq!(
        (plain.available_permits(), bounded.available_permits()),
        (2, 2)
    );
}

#[test]
fn all_time_never_times_out_and_never_panics() {
    let plain = Arc::new(Semaphore::new(2));
    let bounded = Arc::new(BoundedSemaphore::new(2));
    let far = Instant::now() + Duration::from_secs(1 << 30);
    assert_eq!(tries!(&plain, Duration::MAX, far), ALL_TAKEN);
    assert_eq!(tries!(&bounded, Duration::MAX, far), ALL_TAKEN);
}

#[test]
fn all_time_waits_until_it_is_served() {
    within(PATIENCE, "Duration::MAX", || {
        let semaphore = Arc::new(Semaphore::new(0));
        let inside = semaphore.clone();
        let waiting = thread::spawn(move || inside.acquire_owned_timeout(Duration::MAX).map(drop));
        wait_until(|| semaphore.waiters() == 1);
        semaphore.add_permits(1);
        assert_eq!(waiting.join().unwrap(), Ok(()));
    });
}

#[test]
fn a_timeout_leaves_the_line() {
    for fairness in FAIRNESS {
        let semaphore = Arc::new(Semaphore::with_fairness(1, fairness));
        let behind = {
            let large = semaphore.acquire_many_timeout(2, SHORT);
            assert_eq!(large.err(), Some(AcquireTimeoutError::Timeout));
            semaphore.acquire_owned_timeout(SHORT)
        };
        assert_eq!(semaphore.waiters(), 0);
        assert_eq!(behind.unwrap().num_permits(), 1);
        assert_eq!(semaphore.available_permits(), 1);
    }
}

#[test]
fn a_head_that_times_out_lets_the_next_in() {
    within(PATIENCE, "a large head times out", || {
        let semaphore = Arc::new(Semaphore::new(1));
        let inside = semaphore.clone();
        let large = thread::spawn(move || inside.acquire_many_timeout(2, 5 * SHORT).err());
        wait_until(|| semaphore.waiters() == 1 || large.is_finished());
        let small = semaphore.acquire_blocking().unwrap();
        assert_eq!(large.join().unwrap(), Some(AcquireTimeoutError::Timeout));
        drop(small);
    });
}

#[test]
fn a_deadline_in_the_future_gives_up() {
    let semaphore = Semaphore::new(0);
    let deadline = Instant::now() + SHORT;
    let outcome = semaphore.acquire_deadline(deadline);
    assert_eq!(outcome.err(), Some(AcquireTimeoutError::Timeout));
    assert!(Instant::now() >= deadline, "not before");
}

#[test]
fn errors_come_out_of_the_blocking_forms() {
    let plain = Arc::new(Semaphore::new(1));
    let bounded = Arc::new(BoundedSemaphore::new(1));
    let too_many = Some(AcquireError::TooMany);
    assert_eq!(plain.acquire_many_blocking(usize::MAX).err(), too_many);
    assert_eq!(bounded.acquire_many_blocking(2).err(), too_many);
    assert_eq!(bounded.acquire_many_owned_blocking(2).err(), too_many);
    let too_many = Some(AcquireTimeoutError::TooMany);
    assert_eq!(
        plain.acquire_many_timeout(usize::MAX, SHORT).err(),
        too_many
    );
    assert_eq!(
        bounded.acquire_many_timeout(2, Duration::ZERO).err(),
        too_many
    );
    plain.close();
    assert_eq!(plain.acquire_blocking().err(), Some(AcquireError::Closed));
    assert_eq!(
        plain.acquire_owned_blocking().err(),
        Some(AcquireError::Closed)
    );
    assert_eq!(
        tries!(&plain, Duration::MAX, Instant::now()),
        [Err(AcquireTimeoutError::Closed); 8]
    );
}

#[test]
fn a_close_ends_those_who_block() {
    within(PATIENCE, "close", || {
        let semaphore = Arc::new(Semaphore::new(0));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let inside = semaphore.clone();
                thread::spawn(move || inside.acquire_owned_blocking().err())
            })
            .collect();
        wait_until(|| semaphore.waiters() == 4);
        semaphore.close();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), Some(AcquireError::Closed));
        }
    });
}

#[test]
fn threads_and_tasks_wait_in_one_line() {
    within(PATIENCE, "one line", || {
        let semaphore = Arc::new(Semaphore::new(0));
        let mut first = parked(semaphore.acquire());
        let inside = semaphore.clone();
        let second = thread::spawn(move || inside.acquire_owned_blocking().unwrap());
        wait_until(|| semaphore.waiters() == 2);
        let mut third = parked(semaphore.acquire());
        semaphore.add_permits(1);
        assert!(first.woken() && !third.woken());
        assert_eq!(semaphore.waiters(), 2);
        drop(assert_ready(first.poll()));
        let permit = second.join().unwrap();
        assert!(!third.woken());
        drop(permit);
        assert!(assert_ready(third.poll()).is_ok());
    });
}

#[test]
fn threads_are_served_in_the_order_in_which_they_came() {
    within(PATIENCE, "order", || {
        let semaphore = Arc::new(Semaphore::new(0));
        let order = Arc::new(Mutex::new(Vec::new()));
        let threads: Vec<_> = (0..6)
            .map(|at| {
                let (inside, order) = (semaphore.clone(), order.clone());
                let thread = thread::spawn(move || {
                    let _permit = inside.acquire_blocking().unwrap();
                    order.lock().unwrap().push(at);
                });
                wait_until(|| semaphore.waiters() == at + 1);
                thread
            })
            .collect();
        semaphore.add_permits(1);
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4, 5]);
    });
}

#[test]
fn never_more_at_once_than_there_are_permits() {
    for fairness in FAIRNESS {
        within(PATIENCE, "mutual exclusion", move || {
            let semaphore = Arc::new(Semaphore::with_fairness(2, fairness));
            let inside = Arc::new(AtomicUsize::new(0));
            let threads: Vec<_> = (0..6)
                .map(|at| {
                    let (semaphore, inside) = (semaphore.clone(), inside.clone());
                    thread::spawn(move || {
                        for _ in 0..100 {
                            let n = 1 + at % 2;
                            let permit = semaphore.acquire_many_blocking(n).unwrap();
                            assert!(inside.fetch_add(n, SeqCst) + n <= 2);
                            inside.fetch_sub(n, SeqCst);
                            drop(permit);
                        }
                    })
                })
                .collect();
            for thread in threads {
                thread.join().unwrap();
            }
            assert_eq!((semaphore.available_permits(), semaphore.waiters()), (2, 0));
        });
    }
}

#[test]
fn owned_permits_travel_to_spawned_threads_and_back() {
    within(PATIENCE, "spawned", || {
        let semaphore = Arc::new(Semaphore::new(3));
        let running = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..12)
            .map(|_| {
                let permit = semaphore.acquire_owned_blocking().unwrap();
                let running = running.clone();
                thread::spawn(move || {
                    assert!(running.fetch_add(1, SeqCst) < 3);
                    thread::yield_now();
                    running.fetch_sub(1, SeqCst);
                    drop(permit);
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(semaphore.available_permits(), 3);
    });
}

#[test]
fn arithmetic_that_races_loses_nothing() {
    const MAX: usize = Semaphore::MAX_PERMITS;
    within(PATIENCE, "racing arithmetic", || {
        let semaphore = Semaphore::new(MAX - 1);
        let added = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        // One too many at any time, all but one of them at the top.
                        if common::catch(|| semaphore.add_permits(1)).is_ok() {
                            added.fetch_add(1, SeqCst);
                        }
                        assert!(common::catch(|| semaphore.add_permits(MAX)).is_err());
                        if let Ok(permit) = semaphore.try_acquire_many(2) {
                            drop(permit);
                        }
                    }
                });
            }
        });
        assert_eq!(added.into_inner(), 1);
        assert_eq!(
            (semaphore.available_permits(), semaphore.total()),
            (MAX, MAX)
        );
    });
}

#[test]
fn resizing_while_others_work_ends_at_the_last_size() {
    for fairness in FAIRNESS {
        within(PATIENCE, "resizing", move || {
            let semaphore = Semaphore::with_fairness(4, fairness);
            thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        for _ in 0..100 {
                            drop(semaphore.acquire_blocking().unwrap());
                        }
                    });
                }
                scope.spawn(|| {
                    for total in (1..=4).cycle().take(100) {
                        semaphore.resize(total);
                    }
                    semaphore.resize(3);
                });
            });
            assert_eq!((semaphore.available_permits(), semaphore.total()), (3, 3));
        });
    }
}
