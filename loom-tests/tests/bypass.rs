//! `Semaphore` with passers-by: at most so many in a row, past a woken head only, and nothing is lost.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use loom_tests::{Data, Probe, bounded, exhaustive, join, poll, spawn};
use waystation_core::block::block_on;
use waystation_semaphore::{Blocking, Fairness, Semaphore};

fn semaphore(permits: usize, limit: u32) -> Arc<Semaphore> {
    Arc::new(Semaphore::with_fairness(
        permits,
        Fairness::Bypass { limit },
    ))
}

fn worker(semaphore: &Arc<Semaphore>, data: &Arc<Data>) -> loom::thread::JoinHandle<()> {
    let (semaphore, data) = (semaphore.clone(), data.clone());
    spawn(move || {
        let _permit = semaphore.acquire().block().unwrap();
        data.bump();
    })
}

#[test]
fn b_mutex_2() {
    exhaustive(|| {
        let (semaphore, data) = (semaphore(1, 1), Data::new());
        let other = worker(&semaphore, &data);
        let permit = semaphore.acquire().block().unwrap();
        data.bump();
        drop(permit);
        other.join().unwrap();
        assert_eq!((data.read(), semaphore.available_permits()), (2, 1));
    });
}

#[test]
fn b_mutex_3() {
    bounded(2, || {
        let (semaphore, data) = (semaphore(1, 2), Data::new());
        let others = [worker(&semaphore, &data), worker(&semaphore, &data)];
        let permit = semaphore.acquire().block().unwrap();
        data.bump();
        drop(permit);
        join(others);
        assert_eq!((data.read(), semaphore.available_permits()), (3, 1));
    });
}

#[test]
fn b_at_most_limit_pass() {
    exhaustive(|| {
        let (semaphore, probe) = (semaphore(1, 1), Probe::new());
        let permit = semaphore.try_acquire().unwrap();
        let mut head = semaphore.acquire();
        assert!(poll(&mut head, &probe).is_pending());
        drop(permit);
        assert_eq!(probe.wakes(), 1);
        let passer = {
            let semaphore = semaphore.clone();
            spawn(move || (0..3).filter(|_| semaphore.try_acquire().is_ok()).count())
        };
        let first_look = poll(&mut head, &probe);
        let passed = passer.join().unwrap();
        assert!(passed <= 1, "{passed} have passed one head");
        assert!(first_look.is_ready() || poll(&mut head, &probe).is_ready());
    });
}

#[test]
fn b_passers_by_publish() {
    exhaustive(|| {
        let (semaphore, data, probe) = (semaphore(1, 2), Data::new(), Probe::new());
        let permit = semaphore.try_acquire().unwrap();
        let mut head = semaphore.acquire();
        assert!(poll(&mut head, &probe).is_pending());
        drop(permit);
        let passer = {
            let (semaphore, data) = (semaphore.clone(), data.clone());
            spawn(move || {
                let permit = semaphore.try_acquire();
                permit.is_ok().then(|| data.bump());
                usize::from(permit.is_ok())
            })
        };
        let permit = block_on(head).unwrap();
        data.bump();
        drop(permit);
        let bumps = 1 + passer.join().unwrap();
        assert_eq!(data.read(), bumps);
    });
}

#[test]
fn b_two_releases_reach_two_waiters_3() {
    exhaustive(|| {
        let semaphore = semaphore(0, 1);
        let probes = [Probe::new(), Probe::new()];
        let mut acquires = [semaphore.acquire(), semaphore.acquire()];
        for (acquire, probe) in acquires.iter_mut().zip(&probes) {
            assert!(poll(acquire, probe).is_pending());
        }
        let releasers = [(); 2].map(|()| {
            let semaphore = semaphore.clone();
            spawn(move || semaphore.add_permits(1))
        });
        join(releasers);
        assert_eq!(probes.each_ref().map(|probe| probe.wakes()), [1, 1]);
    });
}

#[test]
fn b_woken_head_cancelled_3() {
    bounded(3, || {
        let (semaphore, probe) = (semaphore(1, 1), Probe::new());
        let permit = semaphore.try_acquire().unwrap();
        let (mut head, mut next) = (semaphore.acquire_owned(), semaphore.acquire());
        assert!(poll(&mut head, &probe).is_pending());
        assert!(poll(&mut next, &probe).is_pending());
        drop(permit);
        let canceller = spawn(move || drop(head));
        let passer = {
            let semaphore = semaphore.clone();
            spawn(move || drop(semaphore.try_acquire()))
        };
        drop(block_on(next).unwrap());
        canceller.join().unwrap();
        passer.join().unwrap();
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
    });
}

#[test]
fn b_debt_vs_passer_by_3() {
    bounded(3, || {
        let (semaphore, probe) = (semaphore(2, 1), Probe::new());
        let permits = semaphore.try_acquire_many_owned(2).unwrap();
        let mut head = semaphore.acquire();
        assert!(poll(&mut head, &probe).is_pending());
        let releaser = spawn(move || drop(permits));
        let reducer = {
            let semaphore = semaphore.clone();
            spawn(move || semaphore.reduce_permits(1))
        };
        let permit = block_on(&mut head).unwrap();
        releaser.join().unwrap();
        reducer.join().unwrap();
        drop(permit);
        assert_eq!((semaphore.available_permits(), semaphore.total()), (1, 1));
    });
}

#[test]
fn b_big_head_is_not_starved_3() {
    bounded(3, || {
        let (semaphore, probe) = (semaphore(2, 1), Probe::new());
        let mut permits = semaphore.try_acquire_many_owned(2).unwrap();
        let other = permits.split(1).unwrap();
        let mut head = semaphore.acquire_many(2);
        assert!(poll(&mut head, &probe).is_pending());
        let holders = [spawn(move || drop(permits)), spawn(move || drop(other))];
        drop(block_on(head).unwrap());
        join(holders);
        assert_eq!(semaphore.available_permits(), 2);
    });
}
