//! `Semaphore`, strict.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use shuttle::sync::Barrier;
use shuttle::thread::scope;
use verification::explore::{chance, explore, give_up_after, moved};
use verification::spec::{SemaphoreLog, SemaphoreSpec};
use waystation_core::block::block_on;
use waystation_semaphore::{AcquireError, Semaphore};

/// 6 ask for 1 to 3 of 3 permits, 4 give up, 1 tries.
#[test]
fn semaphore_weighted_requests_and_cancels() {
    explore(|| {
        let (semaphore, log) = (Arc::new(Semaphore::new(3)), SemaphoreLog::new());
        scope(|threads| {
            for who in 0..6 {
                let (semaphore, log) = (&semaphore, &log);
                threads.spawn(move || {
                    let n = 1 + who as usize % 3;
                    let request = log.acquire(who, n, semaphore.acquire_many_owned(n));
                    log.release(n, block_on(request).unwrap());
                });
            }
            for who in 6..10 {
                let (semaphore, log) = (&semaphore, &log);
                threads.spawn(move || {
                    let n = 3 - who as usize % 3;
                    let request = log.acquire(who, n, semaphore.acquire_many_owned(n));
                    if let Some(permit) = give_up_after(1 + chance(3), request) {
                        log.release(n, permit.unwrap());
                    }
                });
            }
            threads.spawn(|| {
                if let Some(permit) = log.try_acquire(1, &semaphore) {
                    log.release(1, permit);
                }
            });
        });
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (3, 0));
        log.into_history()
            .assert_linearizable(SemaphoreSpec::new(3, 0));
    });
}

/// 16 threads, one permit: one at a time, in line order.
#[test]
fn semaphore_mutex_of_sixteen() {
    explore(|| {
        let (semaphore, log) = (Arc::new(Semaphore::new(1)), SemaphoreLog::new());
        let inside = AtomicUsize::new(0);
        scope(|threads| {
            for who in 0..16 {
                let (semaphore, log, inside) = (&semaphore, &log, &inside);
                threads.spawn(move || {
                    let request = log.acquire(who, 1, semaphore.acquire_owned()).quietly();
                    let permit = block_on(request).unwrap();
                    assert_eq!(inside.fetch_add(1, SeqCst), 0, "one at a time");
                    log.look(semaphore);
                    inside.fetch_sub(1, SeqCst);
                    log.release(1, permit);
                });
            }
        });
        assert_eq!(semaphore.available_permits(), 1);
        log.into_history()
            .assert_linearizable(SemaphoreSpec::new(1, 0));
    });
}

/// 6 ask, 2 give up, 1 closes: what was granted before the close is given, the rest is refused.
#[test]
fn semaphore_close_refuses_who_was_not_granted() {
    explore(|| {
        let (semaphore, log) = (Arc::new(Semaphore::new(1)), SemaphoreLog::new());
        scope(|threads| {
            for who in 0..6 {
                let (semaphore, log) = (&semaphore, &log);
                threads.spawn(move || {
                    let request = log.acquire(who, 1, semaphore.acquire_owned());
                    match block_on(moved(request)) {
                        Ok(permit) => log.release(1, permit),
                        Err(error) => assert_eq!(error, AcquireError::Closed),
                    }
                });
            }
            for who in 6..8 {
                let (semaphore, log) = (&semaphore, &log);
                threads.spawn(move || {
                    let request = log.acquire(who, 1, semaphore.acquire_owned());
                    if let Some(Ok(permit)) = give_up_after(1 + chance(2), request) {
                        log.release(1, permit);
                    }
                });
            }
            threads.spawn(|| {
                log.close(&semaphore);
                log.look(&semaphore);
            });
        });
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
        log.into_history()
            .assert_linearizable(SemaphoreSpec::new(1, 0));
    });
}

/// 6 ask while permits are withdrawn, which becomes a debt, and added.
#[test]
fn semaphore_debt_is_paid_before_anybody_is_served() {
    explore(|| {
        let (semaphore, log) = (Arc::new(Semaphore::new(2)), SemaphoreLog::new());
        scope(|threads| {
            for who in 0..6 {
                let (semaphore, log) = (&semaphore, &log);
                threads.spawn(move || {
                    let request = log.acquire(who, 1, semaphore.acquire_owned());
                    let permit = block_on(request).unwrap();
                    log.look(semaphore);
                    log.release(1, permit);
                });
            }
            threads.spawn(|| {
                log.reduce(2, &semaphore);
                log.look(&semaphore);
                log.add(1, &semaphore);
            });
            threads.spawn(|| {
                log.add(1, &semaphore);
                if let Some(permit) = log.try_acquire(1, &semaphore) {
                    log.forget(1, || permit.forget());
                }
            });
        });
        assert_eq!(
            (semaphore.available_permits(), semaphore.waiters()),
            (semaphore.total(), 0)
        );
        log.into_history()
            .assert_linearizable(SemaphoreSpec::new(2, 0));
    });
}

/// 4 permits come back at once to a line of 4 who keep theirs until all have one, and 2 who ask for
/// 3 and give up, before or after they were granted: no later release is there to make up for a
/// waiter who was passed over.
#[test]
fn semaphore_grants_all_that_fit_at_once() {
    explore(|| {
        let (semaphore, log) = (Arc::new(Semaphore::new(4)), SemaphoreLog::new());
        let all_have_one = Barrier::new(4);
        scope(|threads| {
            let held = log.try_acquire(4, &semaphore);
            for who in 0..4 {
                let (semaphore, log, all_have_one) = (&semaphore, &log, &all_have_one);
                threads.spawn(move || {
                    let request = log.acquire(who, 1, semaphore.acquire_owned());
                    let permit = block_on(request).unwrap();
                    all_have_one.wait();
                    log.release(1, permit);
                });
            }
            for who in 4..6 {
                let (semaphore, log) = (&semaphore, &log);
                threads.spawn(move || {
                    let request = log.acquire(who, 3, semaphore.acquire_many_owned(3));
                    if let Some(permit) = give_up_after(1 + chance(4), request) {
                        log.release(3, permit.unwrap());
                    }
                });
            }
            shuttle::thread::yield_now();
            log.release(4, held);
        });
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (4, 0));
        log.into_history()
            .assert_linearizable(SemaphoreSpec::new(4, 0));
    });
}
