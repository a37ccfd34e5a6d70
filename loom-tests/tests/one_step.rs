//! Every operation is one step: what a release gives to several is decided at once, and nobody gets in between.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::task::Poll;

use loom::thread::JoinHandle;
use loom_tests::{Probe, bounded, exhaustive, parked, poll, spawn};
use waystation_queue::{Blocking, Queue, Reserve};
use waystation_semaphore::{Acquire, Semaphore};

type Waiters = [Acquire<Arc<Semaphore>>; 2];

/// Two in line for one permit each.
fn two(semaphore: &Arc<Semaphore>) -> Waiters {
    [(); 2].map(|()| parked(semaphore.acquire_owned(), &Probe::new()))
}

/// How many were served; the others were refused or wait.
fn served(waiters: Waiters) -> usize {
    let permits = waiters.map(|mut waiter| match poll(&mut waiter, &Probe::new()) {
        Poll::Ready(Ok(permit)) => Some(permit),
        Poll::Ready(Err(_)) | Poll::Pending => None,
    });
    permits.iter().flatten().count()
}

fn closer(semaphore: &Arc<Semaphore>) -> JoinHandle<bool> {
    let semaphore = semaphore.clone();
    spawn(move || semaphore.close())
}

#[test]
fn s_add_two_vs_forget() {
    exhaustive(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let waiters = two(&semaphore);
        let forgetter = {
            let semaphore = semaphore.clone();
            spawn(move || semaphore.forget_permits(2))
        };
        semaphore.add_permits(2);
        assert_eq!(forgetter.join().unwrap(), 0, "nothing was free");
        assert_eq!(served(waiters), 2);
    });
}

#[test]
fn s_add_two_vs_reduce() {
    exhaustive(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        semaphore.try_acquire_many(2).unwrap().forget();
        let waiters = two(&semaphore);
        let reducer = {
            let semaphore = semaphore.clone();
            // The total is 0 before the permits are added.
            spawn(move || semaphore.resize(1))
        };
        semaphore.add_permits(2);
        reducer.join().unwrap();
        let (total, available) = (semaphore.total(), semaphore.available_permits());
        assert!([1, 3].contains(&total));
        let served = served(waiters);
        assert_eq!(served, 2);
        assert_eq!(available, total.saturating_sub(2));
    });
}

#[test]
fn s_add_two_vs_close() {
    exhaustive(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let waiters = two(&semaphore);
        let closer = closer(&semaphore);
        semaphore.add_permits(2);
        closer.join().unwrap();
        let available = semaphore.available_permits();
        let served = served(waiters);
        assert!([(2, 0), (0, 2)].contains(&(served, available)), "{served}");
    });
}

#[test]
fn s_add_two_vs_available() {
    exhaustive(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let waiters = two(&semaphore);
        let looker = {
            let semaphore = semaphore.clone();
            spawn(move || (semaphore.available_permits(), semaphore.waiters()))
        };
        semaphore.add_permits(2);
        let (available, waiting) = looker.join().unwrap();
        assert_eq!(available, 0, "free, beside two who wait");
        assert!([0, 2].contains(&waiting), "one of two");
        assert_eq!(served(waiters), 2);
    });
}

#[test]
fn s_resize_up_by_two_vs_close() {
    exhaustive(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let waiters = two(&semaphore);
        let closer = closer(&semaphore);
        semaphore.resize(2);
        closer.join().unwrap();
        assert_ne!(served(waiters), 1);
    });
}

#[test]
fn s_permit_of_two_vs_close() {
    exhaustive(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let permit = semaphore.try_acquire_many_owned(2).unwrap();
        let waiters = two(&semaphore);
        let closer = closer(&semaphore);
        drop(permit);
        closer.join().unwrap();
        assert_ne!(served(waiters), 1);
    });
}

#[test]
fn s_large_head_cancelled_vs_close() {
    exhaustive(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let large = parked(semaphore.acquire_many_owned(3), &Probe::new());
        let waiters = two(&semaphore);
        let closer = closer(&semaphore);
        drop(large);
        closer.join().unwrap();
        assert_ne!(served(waiters), 1);
    });
}

#[test]
fn s_add_two_vs_close_vs_forget_3() {
    bounded(3, || {
        let semaphore = Arc::new(Semaphore::new(0));
        let waiters = two(&semaphore);
        let closer = closer(&semaphore);
        let forgetter = {
            let semaphore = semaphore.clone();
            spawn(move || semaphore.forget_permits(2))
        };
        semaphore.add_permits(2);
        closer.join().unwrap();
        let forgotten = forgetter.join().unwrap();
        let available = semaphore.available_permits();
        let outcome = (served(waiters), forgotten, available);
        assert!(
            [(2, 0, 0), (0, 0, 2), (0, 2, 0)].contains(&outcome),
            "{outcome:?}"
        );
    });
}

/// A newcomer that finds the line full comes before the release or after it.
#[test]
fn s_max_waiters_vs_add_two() {
    exhaustive(|| {
        let semaphore = Arc::new(Semaphore::new(0).max_waiters(2));
        let waiters = two(&semaphore);
        let newcomer = {
            let semaphore = semaphore.clone();
            spawn(move || {
                let mut acquire = semaphore.acquire_owned();
                let outcome = poll(&mut acquire, &Probe::new()).map(|permit| permit.is_ok());
                (outcome, acquire)
            })
        };
        semaphore.add_permits(2);
        let (outcome, _acquire) = newcomer.join().unwrap();
        assert!([Poll::Ready(false), Poll::Pending].contains(&outcome));
        assert_eq!(semaphore.waiters(), usize::from(outcome.is_pending()));
        assert_eq!(served(waiters), 2);
    });
}

type Full = Arc<Queue<usize>>;

/// Capacity 2, both taken, and two reserves in line.
fn full() -> (Full, [Reserve<Full>; 2]) {
    let queue = Arc::new(Queue::bounded(2));
    queue.try_put(1).unwrap();
    queue.try_put(2).unwrap();
    let reserves = [(); 2].map(|()| parked(queue.reserve_owned(), &Probe::new()));
    (queue, reserves)
}

fn slots(reserves: [Reserve<Full>; 2]) -> usize {
    let slots = reserves.map(|mut reserve| match poll(&mut reserve, &Probe::new()) {
        Poll::Ready(Ok(slot)) => Some(slot),
        Poll::Ready(Err(_)) | Poll::Pending => None,
    });
    slots.iter().flatten().count()
}

fn queue_closer(queue: &Full) -> JoinHandle<bool> {
    let queue = queue.clone();
    spawn(move || queue.close())
}

#[test]
fn q_drain_two_vs_close() {
    exhaustive(|| {
        let (queue, reserves) = full();
        let closer = queue_closer(&queue);
        assert_eq!(queue.drain(), [1, 2]);
        closer.join().unwrap();
        assert_ne!(slots(reserves), 1);
    });
}

#[test]
fn q_get_many_two_vs_close() {
    exhaustive(|| {
        let (queue, reserves) = full();
        let closer = queue_closer(&queue);
        let mut items = Vec::new();
        assert_eq!(queue.get_many(&mut items, 2).block(), 2);
        closer.join().unwrap();
        assert_ne!(slots(reserves), 1);
    });
}

#[test]
fn q_drain_two_vs_try_put_vs_look() {
    exhaustive(|| {
        let (queue, reserves) = full();
        let other = {
            let queue = queue.clone();
            spawn(move || {
                (
                    queue.try_put(3).is_err(),
                    queue.is_full(),
                    queue.putters_waiting(),
                )
            })
        };
        assert_eq!(queue.drain(), [1, 2]);
        let (refused, is_full, waiting) = other.join().unwrap();
        assert!(refused && is_full, "all room is promised");
        assert!([0, 2].contains(&waiting), "one of two");
        assert_eq!(slots(reserves), 2);
    });
}

/// Two tasks come back, one after the other; two getters wait.
fn nacks(queue: &Full) -> JoinHandle<usize> {
    let tasks = [(); 2].map(|()| queue.get_task_owned().block().unwrap());
    spawn(move || {
        tasks
            .into_iter()
            .filter_map(|task| task.nack().err())
            .count()
    })
}

fn two_items() -> Full {
    let queue = Arc::new(Queue::bounded(2));
    queue.try_put(1).unwrap();
    queue.try_put(2).unwrap();
    queue
}

#[test]
fn q_nack_burst_vs_close() {
    exhaustive(|| {
        let queue = two_items();
        let nacks = nacks(&queue);
        queue.close();
        assert_eq!(nacks.join().unwrap(), 0, "a drain keeps its retries");
        assert_eq!((queue.drain().len(), queue.unfinished()), (2, 2));
    });
}

#[test]
fn q_nack_burst_vs_close_now() {
    exhaustive(|| {
        let queue = two_items();
        let nacks = nacks(&queue);
        let taken = queue.close_now().len();
        let refused = nacks.join().unwrap();
        assert_eq!(taken + refused, 2);
        assert_eq!((queue.len(), queue.unfinished()), (0, 0));
    });
}

#[test]
fn q_nack_burst_vs_len() {
    exhaustive(|| {
        let queue = two_items();
        let nacks = nacks(&queue);
        let (first, second) = (queue.len(), queue.len());
        assert!(first <= second && second <= 2);
        assert_eq!(nacks.join().unwrap(), 0);
        assert_eq!(queue.drain().len(), 2);
    });
}

#[test]
fn q_nack_burst_vs_getters_3() {
    bounded(3, || {
        let queue = two_items();
        let nacks = nacks(&queue);
        let getter = {
            let queue = queue.clone();
            spawn(move || queue.get().block().unwrap())
        };
        let sum = queue.get().block().unwrap() + getter.join().unwrap();
        assert_eq!((sum, nacks.join().unwrap()), (3, 0));
    });
}
