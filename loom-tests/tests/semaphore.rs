//! `Semaphore` in strict order: permits are conserved, grants are published, nobody who fits is left asleep.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::task::Poll;

use loom::thread::JoinHandle;
use loom_tests::{Data, Probe, bounded, exhaustive, join, poll, spawn};
use waystation_core::block::block_on;
use waystation_semaphore::{AcquireError, Blocking, Semaphore, TryAcquireError};

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
        let _permit = semaphore.acquire().block().unwrap();
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
        let permit = semaphore.acquire().block().unwrap();
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
        let permit = semaphore.acquire().block().unwrap();
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
        let _permit = semaphore.acquire().block().unwrap();
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
        let _permit = semaphore.acquire_many(2).block().unwrap();
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
        let _permits = semaphore.acquire_many(2).block().unwrap();
        assert_eq!(data.each_ref().map(|data| data.read()), [1, 1]);
        join(holders);
    });
}

#[test]
fn s_cancel_hands_over_3() {
    bounded(3, || {
        let (semaphore, data, probe) = (semaphore(0), Data::new(), Probe::new());
        let (mut first, second) = (semaphore.acquire_owned(), semaphore.acquire());
        assert!(poll(&mut first, &probe).is_pending());
        let mut second = second;
        assert!(poll(&mut second, &probe).is_pending());
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
    bounded(4, || {
        let (semaphore, probe) = (semaphore(0), Probe::new());
        let mut acquires = [(); 3].map(|()| semaphore.acquire_owned());
        for acquire in &mut acquires {
            assert!(poll(acquire, &probe).is_pending());
        }
        let [first, second, mut third] = acquires;
        let cancellers = [spawn(move || drop(first)), spawn(move || drop(second))];
        semaphore.add_permits(1);
        join(cancellers);
        assert!(poll(&mut third, &probe).is_ready());
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
    });
}

#[test]
fn s_big_head_cancelled() {
    exhaustive(|| {
        let (semaphore, probe) = (semaphore(1), Probe::new());
        let (mut big, mut small) = (semaphore.acquire_many_owned(2), semaphore.acquire());
        assert!(poll(&mut big, &probe).is_pending());
        assert!(poll(&mut small, &probe).is_pending());
        let canceller = spawn(move || drop(big));
        drop(block_on(small).unwrap());
        canceller.join().unwrap();
        assert_eq!(semaphore.available_permits(), 1);
    });
}

#[test]
fn s_grants_are_fifo() {
    exhaustive(|| {
        let (semaphore, probe) = (semaphore(0), Probe::new());
        let (mut first, mut second) = (semaphore.acquire(), semaphore.acquire());
        assert!(poll(&mut first, &probe).is_pending());
        assert!(poll(&mut second, &probe).is_pending());
        let releaser = add(&semaphore, 1);
        let second_was_pending = poll(&mut second, &probe).is_pending();
        assert!(second_was_pending, "the first comes first");
        releaser.join().unwrap();
        assert!(poll(&mut first, &probe).is_ready());
        assert!(
            poll(&mut second, &probe).is_ready(),
            "the first one's permit was dropped"
        );
    });
}

#[test]
fn s_two_releases_two_waiters_3() {
    exhaustive(|| {
        let semaphore = semaphore(0);
        let probes = [Probe::new(), Probe::new()];
        let mut acquires = [semaphore.acquire(), semaphore.acquire()];
        for (acquire, probe) in acquires.iter_mut().zip(&probes) {
            assert!(poll(acquire, probe).is_pending());
        }
        let releasers = [add(&semaphore, 1), add(&semaphore, 1)];
        join(releasers);
        assert_eq!(probes.each_ref().map(|probe| probe.wakes()), [1, 1]);
        let [mut first, mut second] = acquires;
        let permits = (poll(&mut first, &probes[0]), poll(&mut second, &probes[1]));
        assert!(permits.0.is_ready() && permits.1.is_ready());
    });
}

#[test]
fn s_join_vs_release() {
    exhaustive(|| {
        let (semaphore, probe) = (semaphore(0), Probe::new());
        let releaser = add(&semaphore, 1);
        let mut acquire = semaphore.acquire();
        let was_ready = poll(&mut acquire, &probe).is_ready();
        releaser.join().unwrap();
        assert_eq!(probe.wakes(), usize::from(!was_ready));
        assert!(was_ready || poll(&mut acquire, &probe).is_ready());
    });
}

#[test]
fn s_try_does_not_barge() {
    exhaustive(|| {
        let (semaphore, probe) = (semaphore(0), Probe::new());
        let mut acquire = semaphore.acquire();
        assert!(poll(&mut acquire, &probe).is_pending());
        let releaser = add(&semaphore, 1);
        assert!(semaphore.try_acquire().is_err());
        releaser.join().unwrap();
        assert!(poll(&mut acquire, &probe).is_ready());
    });
}

#[test]
fn s_granted_then_closed_is_ok() {
    exhaustive(|| {
        let (semaphore, probe) = (semaphore(0), Probe::new());
        let mut acquire = semaphore.acquire();
        assert!(poll(&mut acquire, &probe).is_pending());
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
            semaphore.acquire().block().unwrap_err(),
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
        let (semaphore, data, probe) = (semaphore(0), Data::new(), Probe::new());
        let closer = closer(&semaphore, &data);
        let mut acquire = semaphore.acquire();
        // The second poll comes unasked: no wake-up carries what the closer wrote.
        for _ in 0..2 {
            if let Poll::Ready(outcome) = poll(&mut acquire, &probe) {
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
    bounded(4, || {
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
fn s_waker_replaced() {
    exhaustive(|| {
        let (semaphore, old, new) = (semaphore(0), Probe::new(), Probe::new());
        let mut acquire = semaphore.acquire();
        assert!(poll(&mut acquire, &old).is_pending());
        let releaser = add(&semaphore, 1);
        let is_pending = poll(&mut acquire, &new).is_pending();
        releaser.join().unwrap();
        if is_pending {
            assert_eq!((old.wakes(), new.wakes()), (0, 1));
            assert!(poll(&mut acquire, &new).is_ready());
        }
    });
}
