//! `BoundedSemaphore`.

use std::sync::Arc;

use shuttle::thread::scope;
use verification::explore::{chance, explore, give_up_after};
use verification::linear::assert_linearizable;
use verification::spec::{SemaphoreLog, SemaphoreSpec};
use waystation_core::block::block_on;
use waystation_semaphore::BoundedSemaphore;

/// 6 acquire, forget and give back as asyncio's callers do; 2 give up; 2 give back too much, unless
/// it makes up for what was forgotten.
#[test]
fn bounded_release_never_exceeds_the_bound() {
    explore(|| {
        let semaphore = Arc::new(BoundedSemaphore::new(2));
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
                        log.give_back(1, semaphore);
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
                threads.spawn(|| log.give_back(1, &semaphore));
            }
        });
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (2, 0));
        assert_linearizable(&log.into_history(), SemaphoreSpec::bounded(2));
    });
}
