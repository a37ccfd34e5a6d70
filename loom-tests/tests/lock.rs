//! The lock that real threads lock with, sleeping included, and the primitives on it.
//!
//! Each model runs twice: the sleepers are never overdue, so that an unlock frees the lock and wakes one to compete; or
//! they always are, so that it is handed over. A sleep does not end by itself here: loom reports one that nobody ends as
//! a deadlock. Between the first try and the sleep there are no pauses in a model.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use loom::thread::JoinHandle;
use loom_tests::{Data, Probe, bounded_as, exhaustive_as, join, parked, poll, spawn};
use waystation_core::block::Blocking;
use waystation_core::sync::{ModelLock, RawLock, lock_in_models};
use waystation_event::Event;
use waystation_queue::Queue;
use waystation_semaphore::Semaphore;

/// A lock, and what it protects.
#[derive(Clone)]
struct Protected(Arc<RawLock>, Arc<Data>);

impl Protected {
    fn new() -> Self {
        Self(Arc::new(RawLock::new()), Data::new())
    }

    fn bump(&self) {
        self.0.lock();
        self.1.bump();
        self.0.unlock();
    }

    fn bumper(&self) -> JoinHandle<()> {
        let this = self.clone();
        spawn(move || this.bump())
    }

    fn has(&self, bumps: usize) {
        self.0.lock();
        assert_eq!(self.1.read(), bumps);
        self.0.unlock();
    }
}

fn two_exclude_each_other() {
    let lock = Protected::new();
    let other = lock.bumper();
    lock.bump();
    other.join().unwrap();
    lock.has(2);
}

/// The sleeper is not missed, however often the holder comes back.
fn a_holder_comes_back() {
    let lock = Protected::new();
    lock.0.lock();
    let sleeper = lock.bumper();
    lock.1.bump();
    lock.0.unlock();
    lock.bump();
    sleeper.join().unwrap();
    lock.has(3);
}

fn three_exclude_each_other() {
    let lock = Protected::new();
    let others = [lock.bumper(), lock.bumper()];
    lock.bump();
    join(others);
    lock.has(3);
}

/// Both may be asleep when it is unlocked: the one that is woken wakes the other.
fn two_sleep_behind_a_holder() {
    let lock = Protected::new();
    lock.0.lock();
    let others = [lock.bumper(), lock.bumper()];
    lock.1.bump();
    lock.0.unlock();
    join(others);
    lock.has(3);
}

fn a_try_excludes() {
    let lock = Protected::new();
    let other = {
        let lock = lock.clone();
        spawn(move || {
            let entered = lock.0.try_lock();
            if entered {
                lock.1.bump();
                lock.0.unlock();
            }
            usize::from(entered)
        })
    };
    lock.bump();
    let bumps = 1 + other.join().unwrap();
    lock.has(bumps);
}

fn event() {
    let (event, data) = (Arc::new(Event::new()), Data::new());
    let setter = {
        let (event, data) = (event.clone(), data.clone());
        spawn(move || {
            data.write();
            event.set();
        })
    };
    event.wait().block();
    assert_eq!(data.read(), 1);
    setter.join().unwrap();
}

fn semaphore() {
    let (semaphore, probe) = (Arc::new(Semaphore::new(0)), Probe::new());
    let first = parked(semaphore.acquire_owned(), &probe);
    let mut second = parked(semaphore.acquire(), &probe);
    let canceller = spawn(move || drop(first));
    semaphore.add_permits(1);
    canceller.join().unwrap();
    assert!(poll(&mut second, &probe).is_ready());
    assert_eq!(semaphore.waiters(), 0);
}

fn queue() {
    let (queue, data) = (Arc::new(Queue::bounded(1)), Data::new());
    let producer = {
        let (queue, data) = (queue.clone(), data.clone());
        spawn(move || {
            data.write();
            queue.put(7).block().unwrap();
        })
    };
    assert_eq!(queue.get().block(), Ok(7));
    assert_eq!(data.read(), 1);
    producer.join().unwrap();
}

fn full_queue_of_three() {
    let queue = Arc::new(Queue::bounded(1));
    let producers = [1, 2].map(|item| {
        let queue = queue.clone();
        spawn(move || queue.put(item).block().unwrap())
    });
    let sum = queue.get().block().unwrap() + queue.get().block().unwrap();
    assert_eq!(sum, 3);
    join(producers);
}

macro_rules! both {
    ($($name:ident: $model:ident, $($bound:literal)?;)*) => {
        mod competing {
            $(#[test] fn $name() {
                let overdue = false;
                super::check(concat!(stringify!($name), "_competing"), overdue, [$($bound)?], super::$model);
            })*
        }
        mod handed_over {
            $(#[test] fn $name() {
                let overdue = true;
                super::check(concat!(stringify!($name), "_handed_over"), overdue, [$($bound)?], super::$model);
            })*
        }
    };
}

fn check<const N: usize>(name: &str, overdue: bool, bound: [usize; N], model: fn()) {
    lock_in_models(ModelLock::Ours { overdue });
    match bound.first() {
        None => exhaustive_as(name, model),
        Some(&preemptions) => bounded_as(name, preemptions, model),
    }
}

both! {
    l_excludes_2: two_exclude_each_other,;
    l_come_back_2: a_holder_comes_back, 4;
    l_excludes_3: three_exclude_each_other, 2;
    l_two_sleepers_3: two_sleep_behind_a_holder, 2;
    l_try: a_try_excludes,;
    l_event: event, 3;
    l_semaphore: semaphore, 3;
    l_queue: queue, 2;
    l_queue_full_3: full_queue_of_three, 1;
}
