//! Threads: `block`, timeouts, permits in spawned threads. Nothing relies on how long it takes.
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
    Acquire, AcquireError, Blocking, OwnedPermit, Permit, Semaphore, Source,
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
    let one: Permit<&Semaphore> = semaphore.acquire().block().unwrap();
    let two: Permit<&Semaphore> = semaphore.acquire_many(2).block().unwrap();
    let three: OwnedPermit = semaphore.acquire_owned().block().unwrap();
    let four: OwnedPermit = semaphore.acquire_many_owned(2).block().unwrap();
    assert_eq!(two.num_permits() + four.num_permits(), 4);
    assert_eq!(semaphore.available_permits(), 0);
    drop((one, two, three, four));
    assert_eq!(semaphore.available_permits(), 6);
}

type Tried = Option<Result<usize, AcquireError>>;

/// The forms that give up, for one permit and for two, borrowed and owned.
fn tries(semaphore: &Arc<Semaphore>, timeout: Duration, deadline: Instant) -> [Tried; 8] {
    fn try_both<H: Source<Target = Semaphore>>(
        mut acquire: impl FnMut() -> Acquire<H>,
        timeout: Duration,
        deadline: Instant,
    ) -> [Tried; 2] {
        // Each permit is given back before the next is asked for.
        let first = acquire().block_timeout(timeout);
        let first = first.map(|outcome| outcome.map(|permit| permit.num_permits()));
        let second = acquire().block_deadline(deadline);
        let second = second.map(|outcome| outcome.map(|permit| permit.num_permits()));
        [first, second]
    }
    let [a, b] = try_both(|| semaphore.acquire(), timeout, deadline);
    let [c, d] = try_both(|| semaphore.acquire_owned(), timeout, deadline);
    let [e, f] = try_both(|| semaphore.acquire_many(2), timeout, deadline);
    let [g, h] = try_both(|| semaphore.acquire_many_owned(2), timeout, deadline);
    [a, b, c, d, e, f, g, h]
}

#[test]
fn no_time_tries_once() {
    let past = Instant::now();
    for semaphore in [Semaphore::new(2), Semaphore::bounded(2)] {
        let semaphore = Arc::new(semaphore);
        let taken = tries(&semaphore, Duration::ZERO, past);
        assert_eq!(
            taken.map(|tried| tried.is_some_and(|one| one.is_ok())),
            [true; 8]
        );
        let held = semaphore.try_acquire_many(2);
        assert_eq!(tries(&semaphore, Duration::ZERO, past), [None; 8]);
        assert_eq!(semaphore.waiters(), 0);
        drop(held);
        assert_eq!(semaphore.available_permits(), 2);
    }
}

#[test]
fn all_time_never_times_out_and_never_panics() {
    let far = Instant::now() + Duration::from_secs(1 << 30);
    let semaphore = Arc::new(Semaphore::new(2));
    assert_eq!(
        tries(&semaphore, Duration::MAX, far),
        [1, 1, 1, 1, 2, 2, 2, 2].map(|n| Some(Ok(n)))
    );
}

#[test]
fn all_time_waits_until_it_is_served() {
    within(PATIENCE, "Duration::MAX", || {
        let semaphore = Arc::new(Semaphore::new(0));
        let inside = semaphore.clone();
        let waiting = thread::spawn(move || inside.acquire_owned().block_timeout(Duration::MAX));
        wait_until(|| semaphore.waiters() == 1);
        semaphore.add_permits(1);
        assert!(waiting.join().unwrap().unwrap().is_ok());
    });
}

#[test]
fn a_request_that_is_dropped_after_a_timeout_leaves_the_line() {
    for fairness in FAIRNESS {
        let semaphore = Semaphore::with_fairness(1, fairness);
        assert!(semaphore.acquire_many(2).block_timeout(SHORT).is_none());
        assert_eq!(semaphore.waiters(), 0);
        let behind = semaphore.acquire().block_timeout(SHORT);
        assert_eq!(behind.unwrap().unwrap().num_permits(), 1);
        assert_eq!(semaphore.available_permits(), 1);
    }
}

#[test]
fn a_head_that_gives_up_lets_the_next_in() {
    within(PATIENCE, "a large head gives up", || {
        let semaphore = Arc::new(Semaphore::new(1));
        let inside = semaphore.clone();
        let large =
            thread::spawn(move || inside.acquire_many(2).block_timeout(5 * SHORT).is_none());
        wait_until(|| semaphore.waiters() == 1 || large.is_finished());
        let small = semaphore.acquire().block().unwrap();
        assert!(large.join().unwrap());
        drop(small);
    });
}

#[test]
fn a_deadline_in_the_future_gives_up() {
    let semaphore = Semaphore::new(0);
    let deadline = Instant::now() + SHORT;
    assert!(semaphore.acquire().block_deadline(deadline).is_none());
    assert!(Instant::now() >= deadline, "not before");
}

#[test]
fn block_timeout_zero_polls_once() {
    let semaphore = Semaphore::new(0);
    let mut acquire = semaphore.acquire();
    assert!(acquire.block_timeout(Duration::ZERO).is_none());
    assert_eq!(semaphore.waiters(), 1, "polled, and still in line");
    semaphore.add_permits(1);
    assert!(acquire.block_timeout(Duration::ZERO).unwrap().is_ok());
}

#[test]
fn after_a_timeout_the_future_goes_on_waiting_in_its_place() {
    let semaphore = Semaphore::new(0);
    let mut first = semaphore.acquire();
    assert!(first.block_timeout(SHORT).is_none());
    let mut second = parked(semaphore.acquire());
    assert!(first.block_deadline(Instant::now()).is_none());
    semaphore.add_permits(1);
    assert!(!second.woken(), "the one that timed out is the first");
    let permit = first.block().unwrap();
    drop(permit);
    assert!(assert_ready(second.poll()).is_ok());
}

#[test]
fn blocking_after_the_output_panics_as_a_second_poll_does() {
    let semaphore = Semaphore::new(1);
    let mut acquire = semaphore.acquire();
    drop(acquire.block_timeout(Duration::ZERO));
    let caught = common::caught(|| acquire.block_timeout(Duration::MAX).is_none());
    assert_eq!(
        caught.message,
        "`Acquire` polled again after it returned `Ready`"
    );
    assert!(caught.file.ends_with("blocking.rs"), "{}", caught.file);
}

#[test]
fn a_park_token_of_the_callers_own_survives() {
    within(PATIENCE, "a park token", || {
        let semaphore = Arc::new(Semaphore::new(0));
        thread::current().unpark();
        let inside = semaphore.clone();
        let releaser = thread::spawn(move || {
            wait_until(|| inside.waiters() == 1);
            thread::sleep(SHORT);
            inside.add_permits(1);
        });
        drop(semaphore.acquire().block().unwrap());
        releaser.join().unwrap();
        thread::park(); // would hang without the token
        let before = Instant::now();
        thread::park_timeout(SHORT);
        assert!(before.elapsed() >= SHORT / 2, "and none is left behind");
    });
}

#[test]
fn threads_wait_for_the_close() {
    within(PATIENCE, "closed", || {
        let semaphore = Arc::new(Semaphore::new(0));
        assert!(semaphore.closed().block_timeout(Duration::ZERO).is_none());
        let inside = semaphore.clone();
        let watcher = thread::spawn(move || inside.closed().block());
        semaphore.close();
        watcher.join().unwrap();
    });
}

#[test]
fn errors_come_out_of_the_blocking_forms() {
    let plain = Arc::new(Semaphore::new(1));
    let bounded = Semaphore::bounded(1);
    let too_many = Some(AcquireError::TooMany);
    assert_eq!(plain.acquire_many(usize::MAX).block().err(), too_many);
    assert_eq!(bounded.acquire_many(2).block().err(), too_many);
    let outcome = bounded.acquire_many(2).block_timeout(Duration::ZERO);
    assert_eq!(outcome.unwrap().err(), too_many);
    plain.close();
    assert_eq!(plain.acquire().block().err(), Some(AcquireError::Closed));
    assert_eq!(
        tries(&plain, Duration::MAX, Instant::now()),
        [Some(Err(AcquireError::Closed)); 8]
    );
}

#[test]
fn a_close_ends_those_who_block() {
    within(PATIENCE, "close", || {
        let semaphore = Arc::new(Semaphore::new(0));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let inside = semaphore.clone();
                thread::spawn(move || inside.acquire_owned().block().err())
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
        let second = thread::spawn(move || inside.acquire_owned().block().unwrap());
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
                    let _permit = inside.acquire().block().unwrap();
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
                            let permit = semaphore.acquire_many(n).block().unwrap();
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
                let permit = semaphore.acquire_owned().block().unwrap();
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
                            drop(semaphore.acquire().block().unwrap());
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
