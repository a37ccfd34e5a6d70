//! At 0, MAX − 1, MAX, MAX + 1 and `usize::MAX`: checked before anything changes.

use waystation_semaphore::{AcquireError, Fairness, OverRelease, Semaphore, TryAcquireError};
use waystation_testkit::assert_ready;

use crate::common::{at_once, caught, parked};

const MAX: usize = Semaphore::MAX_PERMITS;

/// Runs what must panic, and checks that it changed nothing, said why and where.
#[track_caller]
fn refused(semaphore: &Semaphore, why: &str, f: impl FnOnce(&Semaphore)) {
    let before = format!("{semaphore:?}");
    let caught = caught(|| f(semaphore));
    assert!(caught.message.contains(why), "{}", caught.message);
    assert!(caught.file.ends_with("arithmetic.rs"), "{}", caught.file);
    assert_eq!(format!("{semaphore:?}"), before);
}

#[test]
fn max_permits_is_what_the_docs_say() {
    let bits = if cfg!(target_pointer_width = "64") {
        56
    } else {
        24
    };
    assert_eq!(MAX, (1 << bits) - 1);
}

#[test]
fn new_takes_up_to_max() {
    for permits in [0, 1, MAX - 1, MAX] {
        let semaphore = Semaphore::new(permits);
        assert_eq!(semaphore.available_permits(), permits);
        assert_eq!(semaphore.total(), permits);
        let bounded = Semaphore::bounded(permits);
        assert_eq!(
            (bounded.available_permits(), bounded.bound()),
            (permits, Some(permits))
        );
    }
}

#[test]
fn new_refuses_more() {
    for permits in [MAX + 1, usize::MAX] {
        for caught in [
            caught(|| Semaphore::new(permits)),
            caught(|| Semaphore::with_fairness(permits, Fairness::Bypass { limit: 1 })),
            caught(|| Semaphore::bounded(permits)),
            caught(|| Semaphore::bounded(permits).fairness(Fairness::Fifo)),
        ] {
            assert!(caught.message.contains("MAX_PERMITS"), "{}", caught.message);
            assert!(caught.file.ends_with("arithmetic.rs"), "{}", caught.file);
        }
    }
}

#[test]
fn a_limit_above_31_is_refused() {
    for limit in [0, 1, 31] {
        drop(Semaphore::with_fairness(1, Fairness::Bypass { limit }));
    }
    for limit in [32, 256, u32::MAX] {
        let fairness = Fairness::Bypass { limit };
        for caught in [
            caught(|| Semaphore::with_fairness(1, fairness)),
            caught(|| Semaphore::bounded(1).fairness(fairness)),
        ] {
            assert!(caught.message.contains("at most 31"), "{}", caught.message);
            assert!(caught.file.ends_with("arithmetic.rs"), "{}", caught.file);
        }
    }
}

#[test]
fn statics_need_no_lazy_cell() {
    static PLAIN: Semaphore = Semaphore::new(1);
    static PASSED: Semaphore = Semaphore::with_fairness(1, Fairness::Bypass { limit: 4 });
    static BOUNDED: Semaphore = Semaphore::bounded(1);
    let permits = (
        PLAIN.try_acquire().unwrap(),
        PASSED.try_acquire().unwrap(),
        BOUNDED.try_acquire().unwrap(),
    );
    assert!(PLAIN.locked() && PASSED.locked() && BOUNDED.locked());
    drop(permits);
}

#[test]
fn add_fills_up_to_max() {
    for (start, n) in [(0, MAX), (1, MAX - 1), (MAX - 1, 1), (MAX, 0)] {
        let semaphore = Semaphore::new(start);
        semaphore.add_permits(n);
        assert_eq!(
            (semaphore.available_permits(), semaphore.total()),
            (MAX, MAX)
        );
    }
}

#[test]
fn add_refuses_more_than_fits() {
    for (start, n) in [
        (0, MAX + 1),
        (0, usize::MAX),
        (1, MAX),
        (MAX - 1, 2),
        (MAX, 1),
        (MAX, usize::MAX),
        (MAX, usize::MAX - MAX + 1),
    ] {
        refused(&Semaphore::new(start), "exceeds MAX_PERMITS", |semaphore| {
            semaphore.add_permits(n);
        });
    }
}

#[test]
fn held_permits_count_for_the_limit_of_add() {
    let semaphore = Semaphore::new(MAX);
    let permit = semaphore.try_acquire_many(MAX).unwrap();
    refused(&semaphore, "exceeds MAX_PERMITS", |s| s.add_permits(1));
    // So that this cannot overflow:
    drop(permit);
    assert_eq!(semaphore.available_permits(), MAX);
}

#[test]
fn a_refused_add_wakes_nobody() {
    let semaphore = Semaphore::new(MAX);
    let permit = semaphore.try_acquire_many(MAX).unwrap();
    let mut waiter = parked(semaphore.acquire());
    refused(&semaphore, "exceeds MAX_PERMITS", |s| s.add_permits(1));
    assert!(!waiter.woken());
    drop(permit);
    assert_eq!(assert_ready(waiter.poll()).unwrap().num_permits(), 1);
}

#[test]
fn a_forgotten_permit_makes_room_for_an_added_one() {
    let semaphore = Semaphore::new(MAX);
    semaphore.try_acquire().unwrap().forget();
    semaphore.add_permits(1);
    refused(&semaphore, "exceeds MAX_PERMITS", |s| s.add_permits(1));
    assert_eq!(semaphore.total(), MAX);
}

#[test]
fn reduce_refuses_more_than_the_total() {
    for (start, n) in [(0, 1), (0, usize::MAX), (2, 3), (MAX, MAX + 1)] {
        refused(&Semaphore::new(start), "the total is", |semaphore| {
            semaphore.reduce_permits(n);
        });
    }
}

#[test]
fn a_debt_as_large_as_can_be() {
    let semaphore = Semaphore::new(MAX);
    let permit = semaphore.try_acquire_many(MAX).unwrap();
    semaphore.reduce_permits(MAX);
    assert_eq!(semaphore.total(), 0);
    refused(&semaphore, "the total is", |s| s.reduce_permits(1));
    refused(&semaphore, "exceeds MAX_PERMITS", |s| {
        s.add_permits(MAX + 1)
    });
    semaphore.add_permits(MAX);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, MAX));
    drop(permit);
    assert_eq!(semaphore.available_permits(), MAX);
}

#[test]
fn a_large_release_pays_the_largest_debt() {
    let semaphore = Semaphore::new(MAX);
    let permit = semaphore.try_acquire_many(MAX).unwrap();
    semaphore.reduce_permits(MAX);
    drop(permit);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 0));
    semaphore.add_permits(MAX);
    assert_eq!(semaphore.available_permits(), MAX);
}

#[test]
fn resize_from_end_to_end() {
    let semaphore = Semaphore::new(0);
    for total in [MAX, 0, MAX - 1, MAX, 1] {
        semaphore.resize(total);
        assert_eq!(
            (semaphore.available_permits(), semaphore.total()),
            (total, total)
        );
    }
    for total in [MAX + 1, usize::MAX] {
        refused(&semaphore, "MAX_PERMITS is", |s| s.resize(total));
    }
}

#[test]
fn requests_up_to_max_may_wait() {
    let semaphore = Semaphore::new(MAX - 1);
    let mut waiter = parked(semaphore.acquire_many(MAX));
    assert_eq!(semaphore.available_permits(), MAX - 1);
    semaphore.add_permits(1);
    let permit = assert_ready(waiter.poll()).unwrap();
    assert_eq!(
        (permit.num_permits(), semaphore.available_permits()),
        (MAX, 0)
    );
    drop(permit);
    assert_eq!(semaphore.available_permits(), MAX);
}

#[test]
fn larger_requests_are_too_many() {
    let semaphore = Semaphore::new(1);
    for n in [MAX + 1, usize::MAX] {
        let asked = at_once(semaphore.acquire_many(n));
        assert_eq!(asked.unwrap_err(), AcquireError::TooMany);
        let tried = semaphore.try_acquire_many(n);
        assert_eq!(tried.unwrap_err(), TryAcquireError::TooMany);
    }
    assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
}

#[test]
fn forget_permits_takes_what_there_is() {
    let semaphore = Semaphore::new(MAX);
    assert_eq!(semaphore.forget_permits(0), 0);
    assert_eq!(semaphore.forget_permits(1), 1);
    assert_eq!(semaphore.forget_permits(usize::MAX), MAX - 1);
    assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 0));
}

#[test]
fn split_and_merge_at_the_ends() {
    let semaphore = Semaphore::new(MAX);
    let mut permit = semaphore.try_acquire_many(MAX).unwrap();
    assert!(permit.split(MAX + 1).is_none() && permit.split(usize::MAX).is_none());
    let all = permit.split(MAX).unwrap();
    assert_eq!((permit.num_permits(), all.num_permits()), (0, MAX));
    permit.merge(all);
    assert_eq!(permit.num_permits(), MAX);
    drop(permit);
    assert_eq!(semaphore.available_permits(), MAX);
}

#[test]
fn over_release_at_the_ends() {
    for bound in [0, 1, MAX] {
        let semaphore = Semaphore::bounded(bound);
        for n in [1, MAX, MAX + 1, usize::MAX] {
            assert_eq!(semaphore.try_add_permits(n), Err(OverRelease));
        }
        assert_eq!(semaphore.try_add_permits(0), Ok(()));
        assert_eq!(semaphore.available_permits(), bound);
    }
    let semaphore = Semaphore::bounded(MAX);
    semaphore.try_acquire_many(MAX).unwrap().forget();
    assert_eq!(semaphore.try_add_permits(usize::MAX), Err(OverRelease));
    assert_eq!(semaphore.try_add_permits(MAX), Ok(()));
    assert_eq!(semaphore.available_permits(), MAX);
}
