//! `Semaphore`: how many permits there are, while they are added, withdrawn, owed and forgotten.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use loom::thread::JoinHandle;
use loom_tests::{Probe, bounded, exhaustive, join, poll, spawn};
use waystation_core::block::block_on;
use waystation_semaphore::Semaphore;

fn semaphore(permits: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(permits))
}

fn add(semaphore: &Arc<Semaphore>, n: usize) -> JoinHandle<()> {
    let semaphore = semaphore.clone();
    spawn(move || semaphore.add_permits(n))
}

#[test]
fn s_debt_is_paid_before_waiters_3() {
    bounded(3, || {
        let (semaphore, probe) = (semaphore(2), Probe::new());
        let mut permit = semaphore.try_acquire_many_owned(2).unwrap();
        let other = permit.split(1).unwrap();
        semaphore.reduce_permits(1);
        let mut acquire = semaphore.acquire();
        assert!(poll(&mut acquire, &probe).is_pending());
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
fn s_bounded_releases_never_exceed_the_bound() {
    exhaustive(|| {
        let semaphore = Arc::new(Semaphore::bounded(1));
        semaphore.try_acquire().unwrap().forget();
        let other = {
            let semaphore = semaphore.clone();
            spawn(move || usize::from(semaphore.try_add_permits(1).is_ok()))
        };
        let released = usize::from(semaphore.try_add_permits(1).is_ok());
        assert_eq!(released + other.join().unwrap(), 1);
        assert_eq!(semaphore.available_permits(), 1);
    });
}

#[test]
fn s_try_acquire_at_rest() {
    exhaustive(|| {
        let semaphore = semaphore(1);
        let adder = add(&semaphore, 1);
        let taker = {
            let semaphore = semaphore.clone();
            spawn(move || drop(semaphore.try_acquire()))
        };
        adder.join().unwrap();
        taker.join().unwrap();
        assert_eq!(semaphore.available_permits(), 2);
        assert!(semaphore.try_acquire_many(2).is_ok(), "free, and refused");
    });
}
