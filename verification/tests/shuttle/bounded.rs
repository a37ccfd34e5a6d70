//! `Semaphore::bounded` and `max_waiters`.

use std::sync::Arc;

use shuttle::thread::scope;
use verification::explore::{chance, explore, give_up_after};
use verification::spec::{SemaphoreLog, SemaphoreSpec};
use waystation_core::block::block_on;
use waystation_semaphore::{AcquireError, Semaphore};

/// 6 acquire, forget and give back as asyncio's callers do; 2 give up; 2 give back too much, unless
/// it makes up for what was forgotten.
#[test]
fn bounded_add_permits_never_exceeds_the_bound() {
    explore(|| {
        let semaphore = Arc::new(Semaphore::bounded(2));
        let log = SemaphoreLog::new();
        scope(|threads| {
            for who in 0..6 {
                let (semaphore, log) = (&semaphore, &log);
                threads.spawn(move || {
                    let request = log.acquire(who, 1, semaphore.acquire_owned());
                    let permit = block_on(request).unwrap();
                    if who % 2 == 0 {
                        log.forget(1, || permit.forget());
                        // Fails if one of the others has made up for it.
                        log.add(1, semaphore);
                    } else {
                        log.release(1, permit);
                    }
                });
            }
            for who in 6..8 {
                let (semaphore, log) = (&semaphore, &log);
                threads.spawn(move || {
                    let request = log.acquire(who, 2, semaphore.acquire_many_owned(2));
                    if let Some(permit) = give_up_after(1 + chance(2), request) {
                        log.release(2, permit.unwrap());
                    }
                });
            }
            for _ in 0..2 {
                threads.spawn(|| log.add(1, &semaphore));
            }
        });
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (2, 0));
        log.into_history()
            .assert_linearizable(SemaphoreSpec::bounded(2));
    });
}

/// 8 ask twice for 1 or 2 of 2 permits, 2 may wait, some give up, the total is lowered and raised:
/// exactly those are turned away who would have had to join a full line.
#[test]
fn max_waiters_turns_away_who_would_have_to_join_a_full_line() {
    explore(|| {
        let semaphore = Arc::new(Semaphore::bounded(2).max_waiters(2));
        let log = SemaphoreLog::new();
        scope(|threads| {
            for who in 0..8 {
                let (semaphore, log) = (&semaphore, &log);
                threads.spawn(move || {
                    for who in [who, who + 100] {
                        let n = 1 + who as usize % 2;
                        let request = log.acquire(who, n, semaphore.acquire_many_owned(n));
                        let outcome = if chance(2) == 0 {
                            give_up_after(1 + chance(2), request)
                        } else {
                            Some(block_on(request))
                        };
                        match outcome {
                            Some(Ok(permit)) => log.release(n, permit),
                            Some(Err(error)) => assert_eq!(error, AcquireError::TooManyWaiting),
                            None => {}
                        }
                    }
                });
            }
            threads.spawn(|| {
                log.resize(0, &semaphore);
                log.look_closer(&semaphore);
                log.resize(2, &semaphore);
            });
        });
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (2, 0));
        let history = log.into_history();
        history.assert_linearizable(SemaphoreSpec::bounded(2).max_waiters(2));
    });
}
