//! Every operation of a semaphore against every other, in both fairness modes.
//!
//! The scene: of two permits one is held, and one was granted to a waiter that has not been polled; another waiter is
//! parked behind it. Two threads do one thing each. Then permits must be conserved, nobody who fits may be asleep, and
//! when all is dropped, what is free is the total.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use loom_tests::{Bell, exhaustive_as, poll, spawn};
use waystation_semaphore::{Acquire, Fairness, OwnedPermit, Semaphore};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Acquire,
    Release,
    CancelParked,
    CancelGranted,
    Close,
    Reduce,
    Resize,
}
use Op::*;

type Owned = Acquire<Arc<Semaphore>>;

/// What the two threads may need, each thing once.
struct Scene {
    semaphore: Arc<Semaphore>,
    held: Option<OwnedPermit>,
    granted: Option<Owned>,
    parked: Option<Owned>,
}

impl Scene {
    fn new(fairness: Fairness, bell: &Arc<Bell>) -> Self {
        let semaphore = Arc::new(Semaphore::with_fairness(2, fairness));
        let mut permits = semaphore.try_acquire_many_owned(2).unwrap();
        let held = permits.split(1);
        let mut granted = semaphore.acquire_owned();
        assert!(poll(&mut granted, bell).is_pending());
        let mut parked = semaphore.acquire_owned();
        assert!(poll(&mut parked, bell).is_pending());
        drop(permits);
        Self {
            semaphore,
            held,
            granted: Some(granted),
            parked: Some(parked),
        }
    }

    /// Takes out of the scene what an operation needs.
    fn take(&mut self, op: Op) -> Box<dyn FnOnce() -> Option<Owned>> {
        let semaphore = self.semaphore.clone();
        match op {
            Acquire => Box::new(move || {
                let mut acquire = semaphore.acquire_owned();
                match poll(&mut acquire, &Bell::new()) {
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
            CancelParked => cancel(self.parked.take()),
            CancelGranted => cancel(self.granted.take()),
            Close => Box::new(move || {
                semaphore.close();
                None
            }),
            Reduce => Box::new(move || {
                semaphore.reduce_permits(1);
                None
            }),
            Resize => Box::new(move || {
                semaphore.resize(3);
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

fn race(name: &str, fairness: Fairness, first: Op, second: Op) {
    exhaustive_as(name, move || {
        let bell = Bell::new();
        let mut scene = Scene::new(fairness, &bell);
        let (first, second) = (scene.take(first), scene.take(second));
        let other = spawn(first);
        let mut waiting = vec![second()];
        waiting.push(other.join().unwrap());
        waiting.extend([scene.granted.take(), scene.parked.take()]);
        let semaphore = scene.semaphore.clone();

        let mut permits: Vec<_> = scene.held.take().into_iter().collect();
        let mut pending = Vec::new();
        for mut acquire in waiting.into_iter().flatten() {
            match poll(&mut acquire, &bell) {
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

macro_rules! pairs {
    ($($name:ident: $first:ident, $second:ident;)*) => {
        mod fifo {
            use super::*;
            $(#[test] fn $name() {
                race(concat!("s_pair_", stringify!($name)), Fairness::Fifo, $first, $second);
            })*
        }
        mod bypass {
            use super::*;
            $(#[test] fn $name() {
                let fairness = Fairness::Bypass { limit: 1 };
                race(concat!("b_pair_", stringify!($name)), fairness, $first, $second);
            })*
        }
    };
}

pairs! {
    acquire_acquire: Acquire, Acquire;
    acquire_release: Acquire, Release;
    acquire_cancel_parked: Acquire, CancelParked;
    acquire_cancel_granted: Acquire, CancelGranted;
    acquire_close: Acquire, Close;
    acquire_reduce: Acquire, Reduce;
    acquire_resize: Acquire, Resize;
    release_cancel_parked: Release, CancelParked;
    release_cancel_granted: Release, CancelGranted;
    release_close: Release, Close;
    release_reduce: Release, Reduce;
    release_resize: Release, Resize;
    cancel_parked_cancel_granted: CancelParked, CancelGranted;
    cancel_parked_close: CancelParked, Close;
    cancel_parked_reduce: CancelParked, Reduce;
    cancel_parked_resize: CancelParked, Resize;
    cancel_granted_close: CancelGranted, Close;
    cancel_granted_reduce: CancelGranted, Reduce;
    cancel_granted_resize: CancelGranted, Resize;
    close_close: Close, Close;
    close_reduce: Close, Reduce;
    close_resize: Close, Resize;
    reduce_reduce: Reduce, Reduce;
    reduce_resize: Reduce, Resize;
    resize_resize: Resize, Resize;
}
