//! The semaphore under 64 threads.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use verification::spec::{Answer, Ask, SemaphoreLog};
use verification::stress::{THREADS, crew, factor, moment, poll_and_drop, stress};
use waystation_semaphore::{Blocking, Fairness, Semaphore};
use waystation_testkit::Operation;

type Step = Operation<Ask, Answer>;

const PERMITS: usize = 5;

/// All ask for 1 to 5 of 5 permits, half of them for a moment only.
fn never_more_than_there_are(name: &'static str, fairness: Fairness) {
    stress(name, move || {
        let rounds = 800 * factor();
        let semaphore = Semaphore::with_fairness(PERMITS, fairness);
        let out = AtomicUsize::new(0);
        crew(THREADS, |number, mut rng| {
            for round in 0..rounds {
                let n = 1 + rng.below(PERMITS);
                let permit = if rng.chance(1, 4) {
                    semaphore
                        .acquire_many(n)
                        .block_timeout(moment(&mut rng))
                        .map(Result::unwrap)
                } else if rng.chance(1, 4) {
                    poll_and_drop(semaphore.acquire_many(n), &mut rng).map(Result::unwrap)
                } else if rng.chance(1, 8) {
                    semaphore.try_acquire_many(n).ok()
                } else {
                    Some(semaphore.acquire_many(n).block().unwrap())
                };
                if let Some(permit) = permit {
                    assert!(out.fetch_add(n, SeqCst) + n <= PERMITS, "too many are out");
                    if rng.chance(1, 4) {
                        std::thread::yield_now();
                    }
                    out.fetch_sub(n, SeqCst);
                    drop(permit);
                }
                if number == 0 && round % 8 == 0 {
                    // Lowers what there may be, for a while.
                    semaphore.resize(1 + rng.below(PERMITS));
                    semaphore.resize(PERMITS);
                }
            }
        });
        assert_eq!(
            (semaphore.available_permits(), semaphore.waiters()),
            (PERMITS, 0)
        );
        THREADS * rounds
    });
}

#[test]
fn a_strict_semaphore_conserves_its_permits() {
    never_more_than_there_are("semaphore_fifo", Fairness::Fifo);
}

#[test]
fn a_semaphore_that_is_passed_conserves_its_permits() {
    never_more_than_there_are("semaphore_bypass", Fairness::Bypass { limit: 3 });
}

/// One permit: those who have it one after the other came one after the other.
#[test]
fn the_line_is_served_in_the_order_of_arrival() {
    stress("semaphore_order", || {
        let rounds = 100 * factor() as u32;
        let (semaphore, log) = (Arc::new(Semaphore::new(1)), SemaphoreLog::new());
        crew(THREADS, |number, mut rng| {
            for round in 0..rounds {
                let who = number as u32 * rounds + round;
                let mut request = log.acquire(who, 1, semaphore.acquire_owned()).quietly();
                let permit = if rng.chance(1, 4) {
                    request.block_timeout(moment(&mut rng))
                } else {
                    Some(request.block())
                };
                if rng.chance(1, 4) {
                    std::thread::yield_now();
                }
                drop(permit);
            }
        });
        let history = log.into_history();
        let parked = |step: &Step| match (&step.op, &step.returned) {
            (Ask::Poll(who, _), Some((Answer::Pending, _))) => Some(*who),
            _ => None,
        };
        let granted = |step: &Step| match (&step.op, &step.returned) {
            (Ask::Poll(who, _), Some((Answer::Permit, _))) => Some(*who),
            _ => None,
        };
        let steps = history.operations();
        let in_line: BTreeSet<_> = steps.iter().filter_map(parked).collect();
        let served: BTreeSet<_> = steps.iter().filter_map(granted).collect();
        assert!(
            in_line.intersection(&served).count() > 2 * THREADS,
            "many waited"
        );
        // Who gave up, and who did not wait, is nobody's predecessor.
        let violations = history.fifo_violations(
            |step| parked(step).filter(|who| served.contains(who)),
            |step| granted(step).filter(|who| in_line.contains(who)),
        );
        assert_eq!(violations, []);
        THREADS * rounds as usize
    });
}

/// Permits are forgotten and given back, also by those who have none to give.
#[test]
fn a_bounded_semaphore_stays_in_bounds() {
    stress("bounded_semaphore", || {
        let rounds = 800 * factor();
        let semaphore = Semaphore::bounded(PERMITS);
        let over = AtomicUsize::new(0);
        crew(THREADS, |_, mut rng| {
            for _ in 0..rounds {
                let n = 1 + rng.below(2);
                let mut request = semaphore.acquire_many(n);
                if let Some(permit) = request.block_timeout(moment(&mut rng)) {
                    let permit = permit.unwrap();
                    std::thread::yield_now();
                    if rng.chance(1, 4) {
                        permit.forget();
                        semaphore.add_permits(n);
                    }
                }
                if semaphore.try_add_permits(PERMITS + 1).is_err() {
                    over.fetch_add(1, SeqCst);
                }
                assert!(semaphore.available_permits() <= PERMITS);
            }
        });
        assert_eq!(
            (semaphore.available_permits(), semaphore.waiters()),
            (PERMITS, 0)
        );
        assert_eq!(over.load(SeqCst), THREADS * rounds, "never as many");
        assert!(semaphore.try_add_permits(1).is_err(), "all are there");
        THREADS * rounds
    });
}
