//! `Semaphore` in strict order: permits are conserved, grants are published, nobody who fits is left asleep.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::task::Poll;

use loom::thread::JoinHandle;
use loom_tests::{Bell, Data, bounded, exhaustive, join, poll, spawn};
use waystation_core::block::block_on;
use waystation_semaphore::{AcquireError, BoundedSemaphore, Semaphore, TryAcquireError};

fn semaphore(permits: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(permits))
}

fn add(semaphore: &Arc<Semaphore>, n: usize) -> JoinHandle<()> {
    let semaphore = semaphore.clone();
    spawn(move || semaphore.add_permits(n))
}

fn worker(semaphore: &Arc<Semaphore>, data: &Arc<Data>) -> JoinHandle<()> {
    let (semaphore, data) = (semaphore.clone(), data.clone());
    spawn(move || {
        let _permit = semaphore.acquire_blocking().unwrap();
        data.bump();
    })
}

/// Writes, and closes.
fn closer(semaphore: &Arc<Semaphore>, data: &Arc<Data>) -> JoinHandle<()> {
    let (semaphore, data) = (semaphore.clone(), data.clone());
    spawn(move || {
        data.write();
        assert!(semaphore.close());
    })
}

#[test]
fn s_mutex_2() {
    exhaustive(|| {
        let (semaphore, data) = (semaphore(1), Data::new());
        let other = worker(&semaphore, &data);
        let permit = semaphore.acquire_blocking().unwrap();
        data.bump();
        drop(permit);
        other.join().unwrap();
        assert_eq!((data.read(), semaphore.available_permits()), (2, 1));
    });
}

#[test]
fn s_mutex_3() {
    bounded(2, || {
        let (semaphore, data) = (semaphore(1), Data::new());
        let others = [worker(&semaphore, &data), worker(&semaphore, &data)];
        let permit = semaphore.acquire_blocking().unwrap();
        data.bump();
        drop(permit);
        join(others);
        assert_eq!((data.read(), semaphore.available_permits()), (3, 1));
    });
}

#[test]
fn s_try_publishes() {
    exhaustive(|| {
        let (semaphore, data) = (semaphore(1), Data::new());
        let other = {
            let (semaphore, data) = (semaphore.clone(), data.clone());
            spawn(move || {
                let permit = semaphore.try_acquire();
                permit.is_ok().then(|| data.bump());
                usize::from(permit.is_ok())
            })
        };
        let permit = semaphore.try_acquire();
        permit.is_ok().then(|| data.bump());
        let taken = usize::from(permit.is_ok());
        drop(permit);
        let taken = taken + other.join().unwrap();
        assert!(taken >= 1);
        assert_eq!((data.read(), semaphore.available_permits()), (taken, 1));
    });
}

#[test]
fn s_grant_publishes() {
    exhaustive(|| {
        let (semaphore, data) = (semaphore(1), Data::new());
        let permit = semaphore.try_acquire_owned().unwrap();
        let holder = {
            let data = data.clone();
            spawn(move || {
                data.write();
                drop(permit);
            })
        };
        let _permit = semaphore.acquire_blocking().unwrap();
        assert_eq!(data.read(), 1);
        holder.join().unwrap();
    });
}

#[test]
fn s_two_releasers_published_3() {
    bounded(4, || {
        let (semaphore, data) = (semaphore(0), [Data::new(), Data::new()]);
        let releasers = data.clone().map(|data| {
            let semaphore = semaphore.clone();
            spawn(move || {
                data.write();
                semaphore.add_permits(1);
            })
        });
        let _permit = semaphore.acquire_many_blocking(2).unwrap();
        assert_eq!(data.each_ref().map(|data| data.read()), [1, 1]);
        join(releasers);
    });
}

#[test]
fn s_two_permits_published_3() {
    bounded(3, || {
        let (semaphore, data) = (semaphore(2), [Data::new(), Data::new()]);
        let holders = data.clone().map(|data| {
            let permit = semaphore.try_acquire_owned().unwrap();
            spawn(move || {
                data.write();
                drop(permit);
            })
        });
        let _permits = semaphore.acquire_many_blocking(2).unwrap();
        assert_eq!(data.each_ref().map(|data| data.read()), [1, 1]);
        join(holders);
    });
}

#[test]
fn s_cancel_hands_over_3() {
    bounded(4, || {
        let (semaphore, data, bell) = (semaphore(0), Data::new(), Bell::new());
        let (mut first, second) = (semaphore.acquire_owned(), semaphore.acquire());
        assert!(poll(&mut first, &bell).is_pending());
        let mut second = second;
        assert!(poll(&mut second, &bell).is_pending());
        let canceller = spawn(move || drop(first));
        let releaser = {
            let (semaphore, data) = (semaphore.clone(), data.clone());
            spawn(move || {
                data.write();
                semaphore.add_permits(1);
            })
        };
        let permit = block_on(second).unwrap();
        assert_eq!(data.read(), 1);
        canceller.join().unwrap();
        releaser.join().unwrap();
        drop(permit);
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
    });
}

#[test]
fn s_concurrent_cancels_3() {
    exhaustive(|| {
        let (semaphore, bell) = (semaphore(0), Bell::new());
        let mut acquires = [(); 3].map(|()| semaphore.acquire_owned());
        for acquire in &mut acquires {
            assert!(poll(acquire, &bell).is_pending());
        }
        let [first, second, mut third] = acquires;
        let cancellers = [spawn(move || drop(first)), spawn(move || drop(second))];
        semaphore.add_permits(1);
        join(cancellers);
        assert!(poll(&mut third, &bell).is_ready());
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
    });
}

#[test]
fn s_big_head_cancelled() {
    exhaustive(|| {
        let (semaphore, bell) = (semaphore(1), Bell::new());
        let (mut big, mut small) = (semaphore.acquire_many_owned(2), semaphore.acquire());
        assert!(poll(&mut big, &bell).is_pending());
        assert!(poll(&mut small, &bell).is_pending());
        let canceller = spawn(move || drop(big));
        drop(block_on(small).unwrap());
        canceller.join().unwrap();
        assert_eq!(semaphore.available_permits(), 1);
    });
}

#[test]
fn s_grants_are_fifo() {
    exhaustive(|| {
        let (semaphore, bell) = (semaphore(0), Bell::new());
        let (mut first, mut second) = (semaphore.acquire(), semaphore.acquire());
        assert!(poll(&mut first, &bell).is_pending());
        assert!(poll(&mut second, &bell).is_pending());
        let releaser = add(&semaphore, 1);
        let second_was_pending = poll(&mut second, &bell).is_pending();
        assert!(second_was_pending, "the first comes first");
        releaser.join().unwrap();
        assert!(poll(&mut first, &bell).is_ready());
        assert!(
            poll(&mut second, &bell).is_ready(),
            "the first one's permit was dropped"
        );
    });
}

#[test]
fn s_two_releases_two_waiters_3() {
    exhaustive(|| {
        let semaphore = semaphore(0);
        let bells = [Bell::new(), Bell::new()];
        let mut acquires = [semaphore.acquire(), semaphore.acquire()];
        for (acquire, bell) in acquires.iter_mut().zip(&bells) {
            assert!(poll(acquire, bell).is_pending());
        }
        let releasers = [add(&semaphore, 1), add(&semaphore, 1)];
        join(releasers);
        assert_eq!(bells.each_ref().map(|bell| bell.rung()), [1, 1]);
        let [mut first, mut second] = acquires;
        let permits = (poll(&mut first, &bells[0]), poll(&mut second, &bells[1]));
        assert!(permits.0.is_ready() && permits.1.is_ready());
    });
}

#[test]
fn s_join_vs_release() {
    exhaustive(|| {
        let (semaphore, bell) = (semaphore(0), Bell::new());
        let releaser = add(&semaphore, 1);
        let mut acquire = semaphore.acquire();
        let was_ready = poll(&mut acquire, &bell).is_ready();
        releaser.join().unwrap();
        assert_eq!(bell.rung(), usize::from(!was_ready));
        assert!(was_ready || poll(&mut acquire, &bell).is_ready());
    });
}

#[test]
fn s_try_does_not_barge() {
    exhaustive(|| {
        let (semaphore, bell) = (semaphore(0), Bell::new());
        let mut acquire = semaphore.acquire();
        assert!(poll(&mut acquire, &bell).is_pending());
        let releaser = add(&semaphore, 1);
        assert!(semaphore.try_acquire().is_err());
        releaser.join().unwrap();
        assert!(poll(&mut acquire, &bell).is_ready());
    });
}

#[test]
fn s_granted_then_closed_is_ok() {
    exhaustive(|| {
        let (semaphore, bell) = (semaphore(0), Bell::new());
        let mut acquire = semaphore.acquire();
        assert!(poll(&mut acquire, &bell).is_pending());
        let closer = {
            let semaphore = semaphore.clone();
            spawn(move || {
                semaphore.add_permits(1);
                semaphore.close();
            })
        };
        assert!(block_on(acquire).is_ok());
        closer.join().unwrap();
    });
}

#[test]
fn s_close_publishes() {
    exhaustive(|| {
        let (semaphore, data) = (semaphore(0), Data::new());
        let closer = closer(&semaphore, &data);
        assert_eq!(
            semaphore.acquire_blocking().unwrap_err(),
            AcquireError::Closed
        );
        assert_eq!(data.read(), 1);
        closer.join().unwrap();
    });
}

#[test]
fn s_close_publishes_to_a_try() {
    exhaustive(|| {
        let (semaphore, data) = (semaphore(0), Data::new());
        let closer = closer(&semaphore, &data);
        if semaphore.try_acquire().unwrap_err() == TryAcquireError::Closed {
            assert_eq!(data.read(), 1);
        }
        closer.join().unwrap();
    });
}

#[test]
fn s_close_publishes_to_a_poll() {
    exhaustive(|| {
        let (semaphore, data, bell) = (semaphore(0), Data::new(), Bell::new());
        let closer = closer(&semaphore, &data);
        let mut acquire = semaphore.acquire();
        // The second poll comes unasked: no wake-up carries what the closer wrote.
        for _ in 0..2 {
            if let Poll::Ready(outcome) = poll(&mut acquire, &bell) {
                assert_eq!(outcome.unwrap_err(), AcquireError::Closed);
                assert_eq!(data.read(), 1);
                break;
            }
        }
        drop(acquire);
        closer.join().unwrap();
    });
}

#[test]
fn s_closed_is_released_by_close() {
    exhaustive(|| {
        let (semaphore, data) = (semaphore(0), Data::new());
        let closer = closer(&semaphore, &data);
        block_on(semaphore.closed());
        assert_eq!(data.read(), 1);
        closer.join().unwrap();
    });
}

#[test]
fn s_close_vs_acquire_vs_release_3() {
    exhaustive(|| {
        let semaphore = semaphore(0);
        let releaser = add(&semaphore, 1);
        let closer = {
            let semaphore = semaphore.clone();
            spawn(move || semaphore.close())
        };
        let taken = block_on(semaphore.acquire());
        releaser.join().unwrap();
        assert!(closer.join().unwrap());
        let available = semaphore.available_permits();
        assert_eq!(available, usize::from(taken.is_err()));
    });
}

#[test]
fn s_debt_is_paid_before_waiters_3() {
    bounded(4, || {
        let (semaphore, bell) = (semaphore(2), Bell::new());
        let mut permit = semaphore.try_acquire_many_owned(2).unwrap();
        let other = permit.split(1).unwrap();
        semaphore.reduce_permits(1);
        let mut acquire = semaphore.acquire();
        assert!(poll(&mut acquire, &bell).is_pending());
        let holders = [spawn(move || drop(permit)), spawn(move || drop(other))];
        let permit = block_on(acquire).unwrap();
        join(holders);
        assert_eq!(semaphore.available_permits(), 0);
        drop(permit);
        assert_eq!((semaphore.available_permits(), semaphore.total()), (1, 1));
    });
}

#[test]
fn s_debt_vs_release() {
    exhaustive(|| {
        let semaphore = semaphore(2);
        let permit = semaphore.try_acquire_many_owned(2).unwrap();
        let holder = spawn(move || drop(permit));
        semaphore.reduce_permits(1);
        holder.join().unwrap();
        assert_eq!((semaphore.available_permits(), semaphore.total()), (1, 1));
        assert!(!semaphore.locked());
    });
}

#[test]
fn s_forget_pays_the_debt_first() {
    exhaustive(|| {
        let semaphore = semaphore(2);
        let permit = semaphore.try_acquire_owned().unwrap();
        let holder = spawn(move || permit.forget());
        semaphore.reduce_permits(1);
        holder.join().unwrap();
        assert_eq!(semaphore.total(), semaphore.available_permits());
    });
}

#[test]
fn s_forget_permits_vs_acquire() {
    exhaustive(|| {
        let semaphore = semaphore(1);
        let taker = {
            let semaphore = semaphore.clone();
            spawn(move || semaphore.try_acquire_owned().ok())
        };
        let forgotten = semaphore.forget_permits(1);
        let taken = taker.join().unwrap();
        assert_eq!(forgotten + usize::from(taken.is_some()), 1);
        drop(taken);
        assert_eq!(semaphore.available_permits(), semaphore.total());
    });
}

#[test]
fn s_resizes_add_up() {
    exhaustive(|| {
        let semaphore = semaphore(1);
        let other = {
            let semaphore = semaphore.clone();
            spawn(move || semaphore.resize(3))
        };
        let permit = semaphore.try_acquire();
        semaphore.resize(2);
        other.join().unwrap();
        drop(permit);
        assert_eq!(semaphore.available_permits(), semaphore.total());
        assert!([2, 3].contains(&semaphore.total()));
    });
}

#[test]
fn s_waker_replaced() {
    exhaustive(|| {
        let (semaphore, old, new) = (semaphore(0), Bell::new(), Bell::new());
        let mut acquire = semaphore.acquire();
        assert!(poll(&mut acquire, &old).is_pending());
        let releaser = add(&semaphore, 1);
        let is_pending = poll(&mut acquire, &new).is_pending();
        releaser.join().unwrap();
        if is_pending {
            assert_eq!((old.rung(), new.rung()), (0, 1));
            assert!(poll(&mut acquire, &new).is_ready());
        }
    });
}

#[test]
fn s_bounded_releases_never_exceed_the_bound() {
    exhaustive(|| {
        let semaphore = Arc::new(BoundedSemaphore::new(1));
        semaphore.try_acquire().unwrap().forget();
        let other = {
            let semaphore = semaphore.clone();
            spawn(move || usize::from(semaphore.release(1).is_ok()))
        };
        let released = usize::from(semaphore.release(1).is_ok());
        assert_eq!(released + other.join().unwrap(), 1);
        assert_eq!(semaphore.available_permits(), 1);
    });
}
