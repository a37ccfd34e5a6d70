//! `Semaphore` whose line may be passed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use shuttle::thread::scope;
use verification::explore::{chance, explore, give_up_after};
use verification::spec::{SemaphoreLog, SemaphoreSpec};
use waystation_core::block::block_on;
use waystation_semaphore::{Fairness, Semaphore};

/// 6 threads ask twice for one permit, 2 give up, 1 withdraws the permit, which is a debt while it is
/// out, and adds it again: the model counts who passes whom.
#[test]
fn bypass_passes_the_head_at_most_limit_times() {
    explore(|| {
        let semaphore = Semaphore::with_fairness(1, Fairness::Bypass { limit: 2 });
        let (semaphore, log) = (Arc::new(semaphore), SemaphoreLog::new());
        scope(|threads| {
            for who in 0..6 {
                let (semaphore, log) = (&semaphore, &log);
                threads.spawn(move || {
                    for again in [0, 10] {
                        let request = log.acquire(who + again, 1, semaphore.acquire_owned());
                        log.release(1, block_on(request).unwrap());
                    }
                });
            }
            for who in 6..8 {
                let (semaphore, log) = (&semaphore, &log);
                threads.spawn(move || {
                    let request = log.acquire(who, 1, semaphore.acquire_owned());
                    if let Some(permit) = give_up_after(1 + chance(2), request) {
                        log.release(1, permit.unwrap());
                    }
                });
            }
            threads.spawn(|| {
                log.reduce(1, &semaphore);
                log.look(&semaphore);
                log.add(1, &semaphore);
            });
        });
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
        log.into_history()
            .assert_linearizable(SemaphoreSpec::new(1, 2));
    });
}

/// 8 threads ask for 1 or 2 of 2 permits, 2 give up, permits are withdrawn and added: never more are
/// out than there are, all come back, and nobody is forgotten, be there a surplus or a debt.
#[test]
fn bypass_surplus_and_debt_reach_the_line() {
    explore(|| {
        let semaphore = Semaphore::with_fairness(2, Fairness::Bypass { limit: 1 });
        let (semaphore, out) = (Arc::new(semaphore), AtomicUsize::new(0));
        scope(|threads| {
            for who in 0..8 {
                let (semaphore, out) = (&semaphore, &out);
                threads.spawn(move || {
                    let n = 1 + who % 2;
                    let permit = block_on(semaphore.acquire_many(n)).unwrap();
                    assert!(out.fetch_add(n, SeqCst) + n <= 2, "as many as there are");
                    shuttle::thread::yield_now();
                    out.fetch_sub(n, SeqCst);
                    drop(permit);
                });
            }
            for _ in 0..2 {
                threads.spawn(|| give_up_after(1 + chance(2), semaphore.acquire_many(2)).is_some());
            }
            threads.spawn(|| {
                semaphore.reduce_permits(1);
                shuttle::thread::yield_now();
                semaphore.add_permits(1);
            });
        });
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (2, 0));
    });
}
