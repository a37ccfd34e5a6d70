//! Every operation of a semaphore against every other, in both fairness modes.
//!
//! The scene: of two permits one is held, and one was granted to a waiter that has not been polled; two are parked
//! behind it. Two threads do one thing each. Then permits must be conserved, nobody who fits may be asleep, and
//! when all is dropped, what is free is the total.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use loom_tests::{Probe, exhaustive_as, pairs, parked, poll, spawn};
use waystation_semaphore::{Acquire, Fairness, OwnedPermit, Semaphore};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Acquire,
    TryAcquire,
    Release,
    /// Room for both that are parked.
    ReleaseTwo,
    CancelParked,
    CancelGranted,
    Close,
    Reduce,
    Forget,
    Resize,
    Look,
}
use Op::*;

fn op(name: &str) -> Op {
    match name {
        "acquire" => Acquire,
        "try_acquire" => TryAcquire,
        "release" => Release,
        "release_two" => ReleaseTwo,
        "cancel_parked" => CancelParked,
        "cancel_granted" => CancelGranted,
        "close" => Close,
        "reduce" => Reduce,
        "forget" => Forget,
        "resize" => Resize,
        "look" => Look,
        _ => panic!("no operation `{name}`"),
    }
}

type Owned = Acquire<Arc<Semaphore>>;

/// What the two threads may need, each thing once.
struct Scene {
    semaphore: Arc<Semaphore>,
    held: Option<OwnedPermit>,
    granted: Option<Owned>,
    parked: Vec<Owned>,
}

impl Scene {
    fn new(fairness: Fairness, probe: &Arc<Probe>) -> Self {
        let semaphore = Arc::new(Semaphore::with_fairness(2, fairness));
        let mut permits = semaphore.try_acquire_many_owned(2).unwrap();
        let held = permits.split(1);
        let mut granted = semaphore.acquire_owned();
        assert!(poll(&mut granted, probe).is_pending());
        let parked = [(); 2].map(|()| parked(semaphore.acquire_owned(), probe));
        drop(permits);
        Self {
            semaphore,
            held,
            granted: Some(granted),
            parked: parked.into(),
        }
    }

    /// Takes out of the scene what an operation needs.
    fn take(&mut self, op: Op) -> Box<dyn FnOnce() -> Option<Owned>> {
        let semaphore = self.semaphore.clone();
        match op {
            Acquire => Box::new(move || {
                let mut acquire = semaphore.acquire_owned();
                match poll(&mut acquire, &Probe::new()) {
                    std::task::Poll::Ready(permit) => drop(permit),
                    std::task::Poll::Pending => return Some(acquire),
                }
                None
            }),
            Release => {
                let held = self.held.take();
                Box::new(move || {
                    drop(held);
                    None
                })
            }
            CancelParked => cancel(self.parked.pop()),
            CancelGranted => cancel(self.granted.take()),
            TryAcquire => Box::new(move || {
                drop(semaphore.try_acquire());
                None
            }),
            ReleaseTwo => Box::new(move || {
                semaphore.add_permits(2);
                None
            }),
            Forget => Box::new(move || {
                assert!(semaphore.forget_permits(1) <= 1);
                None
            }),
            Look => Box::new(move || {
                assert!(semaphore.total() <= 5);
                assert!(semaphore.available_permits() <= 3);
                let _seen = (
                    semaphore.locked(),
                    semaphore.waiters(),
                    semaphore.is_closed(),
                );
                None
            }),
            Close => Box::new(move || {
                semaphore.close();
                None
            }),
            Reduce => Box::new(move || {
                semaphore.reduce_permits(1);
                None
            }),
            Resize => Box::new(move || {
                semaphore.resize(4);
                None
            }),
        }
    }
}

fn cancel(acquire: Option<Owned>) -> Box<dyn FnOnce() -> Option<Owned>> {
    Box::new(move || {
        drop(acquire);
        None
    })
}

fn race(name: &str, fairness: Fairness, first: &str, second: &str) {
    let both = [op(first), op(second)];
    if both == [CancelGranted; 2] || both == [Look; 2] {
        // A future is dropped once; two looks are no race.
        return;
    }
    let [first, second] = both;
    exhaustive_as(name, move || {
        let probe = Probe::new();
        let mut scene = Scene::new(fairness, &probe);
        let (first, second) = (scene.take(first), scene.take(second));
        let other = spawn(first);
        let mut waiting = vec![second()];
        waiting.push(other.join().unwrap());
        waiting.push(scene.granted.take());
        waiting.extend(scene.parked.drain(..).map(Some));
        let semaphore = scene.semaphore.clone();

        let mut permits: Vec<_> = scene.held.take().into_iter().collect();
        let mut pending = Vec::new();
        for mut acquire in waiting.into_iter().flatten() {
            match poll(&mut acquire, &probe) {
                std::task::Poll::Ready(permit) => permits.extend(permit.ok()),
                std::task::Poll::Pending => pending.push(acquire),
            }
        }
        assert_eq!(semaphore.waiters(), pending.len());
        let available = semaphore.available_permits();
        assert!(pending.is_empty() || (available == 0 && !semaphore.is_closed()));
        if available > 0 {
            assert_eq!(available + permits.len(), semaphore.total());
        } else {
            assert!(permits.len() >= semaphore.total());
        }
        drop(pending);
        drop(permits);
        assert_eq!(semaphore.available_permits(), semaphore.total());
    });
}

fn fifo(name: &str, first: &str, second: &str) {
    race(name, Fairness::Fifo, first, second);
}

fn bypass(name: &str, first: &str, second: &str) {
    race(name, Fairness::Bypass { limit: 1 }, first, second);
}

mod in_order {
    use super::{fifo, pairs};

    pairs! { "s_pair", fifo;
        acquire try_acquire release release_two cancel_parked cancel_granted close reduce forget resize look
    }
}

mod passed {
    use super::{bypass, pairs};

    pairs! { "b_pair", bypass;
        acquire try_acquire release release_two cancel_parked cancel_granted close reduce forget resize look
    }
}
