//! Three at the same time: races that no pair of operations shows.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use loom::thread::JoinHandle;
use loom_tests::{Probe, bounded, join, parked, poll, spawn};
use waystation_queue::{Blocking, GetError, Queue};

type Shared = Arc<Queue<usize>>;

fn queue(capacity: usize) -> Shared {
    Arc::new(Queue::bounded(capacity))
}

fn act<T: 'static>(queue: &Shared, act: impl FnOnce(&Shared) -> T + 'static) -> JoinHandle<T> {
    let queue = queue.clone();
    spawn(move || act(&queue))
}

/// Nothing is promised to anybody: the room is all there.
fn is_at_rest(queue: &Shared) {
    assert_eq!((queue.getters_waiting(), queue.putters_waiting()), (0, 0));
    if !queue.is_closed() {
        queue.drain();
        let capacity = queue.capacity().unwrap();
        for item in 0..capacity {
            queue.try_put(item).unwrap();
        }
        assert!(queue.try_put(capacity).is_err());
    }
}

#[test]
fn q_put_vs_close_now_vs_nack_3() {
    bounded(3, || {
        let queue = queue(2);
        queue.try_put(1).unwrap();
        let task = queue.get_task_owned().block().unwrap();
        let putter = act(&queue, |queue| usize::from(queue.put(2).block().is_ok()));
        let nacker = spawn(move || usize::from(task.nack().is_ok()));
        let taken = queue.close_now().len();
        assert_eq!(taken, putter.join().unwrap() + nacker.join().unwrap());
        assert_eq!((queue.len(), queue.unfinished()), (0, 0));
        assert_eq!(queue.get().block(), Err(GetError));
    });
}

#[test]
fn q_join_vs_nack_vs_close_vs_get_3() {
    bounded(2, || {
        let queue = queue(1);
        queue.try_put(1).unwrap();
        let task = queue.get_task_owned().block().unwrap();
        let nacker = spawn(move || assert_eq!(task.nack(), Ok(())));
        let closer = act(&queue, |queue| assert!(queue.close()));
        let worker = act(&queue, |queue| {
            // The end may be reported before the task is back: then it is taken later.
            let got = queue.get_task_owned().block();
            got.map(|task| assert_eq!(task.into_inner(), 1)).is_ok()
        });
        join([nacker, closer]);
        if !worker.join().unwrap() {
            assert_eq!(queue.unfinished(), 1);
            drop(queue.get_task().block().unwrap());
        }
        queue.join().block();
        assert_eq!((queue.len(), queue.unfinished()), (0, 0));
    });
}

#[test]
fn q_reserve_vs_close_now_vs_slot_drop_3() {
    bounded(3, || {
        let queue = queue(1);
        let slot = queue.reserve_owned().block().unwrap();
        let reserve = parked(queue.reserve_owned(), &Probe::new());
        let dropper = spawn(move || drop(slot));
        let reserver = spawn(move || match reserve.block() {
            // Granted before it was closed: the slot knows.
            Ok(slot) => slot.put(7).is_ok(),
            Err(_) => false,
        });
        let taken = queue.close_now().len();
        dropper.join().unwrap();
        assert_eq!(usize::from(reserver.join().unwrap()), taken);
        assert_eq!((queue.len(), queue.unfinished()), (0, 0));
        assert!(!queue.is_full(), "no slot is counted any more");
    });
}

#[test]
fn q_reserve_vs_close_vs_slot_drop_vs_end_3() {
    bounded(3, || {
        let queue = queue(1);
        let slot = queue.reserve_owned().block().unwrap();
        let reserve = parked(queue.reserve_owned(), &Probe::new());
        let dropper = spawn(move || drop(slot));
        let reserver = spawn(move || match reserve.block() {
            Ok(slot) => slot.put(7).is_ok(),
            Err(_) => false,
        });
        queue.close();
        let got = queue.get().block();
        dropper.join().unwrap();
        assert_eq!(got.is_ok(), reserver.join().unwrap());
        assert_eq!(queue.get().block(), Err(GetError));
    });
}

#[test]
fn q_get_cancel_vs_close_now_vs_put_3() {
    bounded(3, || {
        let queue = queue(1);
        let [leaves, stays] = [(); 2].map(|()| parked(queue.get_owned(), &Probe::new()));
        let canceller = spawn(move || drop(leaves));
        let putter = act(&queue, |queue| usize::from(queue.put(7).block().is_ok()));
        let taken = queue.close_now().len();
        let got = usize::from(stays.block().is_ok());
        canceller.join().unwrap();
        assert_eq!(putter.join().unwrap(), taken + got);
        assert_eq!(queue.len(), 0);
        is_at_rest(&queue);
    });
}

#[test]
fn q_put_cancel_vs_reserve_cancel_vs_get_3() {
    bounded(3, || {
        let queue = queue(1);
        queue.try_put(0).unwrap();
        let put = parked(queue.put_owned(1), &Probe::new());
        let reserve = parked(queue.reserve_owned(), &Probe::new());
        let last = parked(queue.put_owned(2), &Probe::new());
        let putter = spawn(move || assert_eq!(put.cancel(), Some(1)));
        let reserver = spawn(move || drop(reserve));
        assert_eq!(queue.get().block(), Ok(0));
        last.block().unwrap();
        join([putter, reserver]);
        assert_eq!(queue.try_get(), Ok(2));
        is_at_rest(&queue);
    });
}

/// Room for two, given at once, while one of the two gives up.
#[test]
fn q_drain_two_vs_cancel_vs_put_3() {
    bounded(3, || {
        let queue = queue(2);
        queue.try_put(1).unwrap();
        queue.try_put(2).unwrap();
        let leaves = parked(queue.put_owned(3), &Probe::new());
        let stays = parked(queue.put_owned(4), &Probe::new());
        let canceller = spawn(move || assert_eq!(leaves.cancel(), Some(3)));
        let putter = act(&queue, |queue| queue.put(5).block().unwrap());
        assert_eq!(queue.drain(), [1, 2]);
        stays.block().unwrap();
        join([canceller, putter]);
        let mut left = queue.drain();
        left.sort_unstable();
        assert_eq!(left, [4, 5]);
        is_at_rest(&queue);
    });
}

/// A batch takes what two putters bring, while a getter waits: none is taken twice.
#[test]
fn q_get_many_vs_put_vs_close_3() {
    bounded(3, || {
        let queue = queue(2);
        let putter = act(&queue, |queue| {
            usize::from(queue.put(1).block().is_ok()) + usize::from(queue.put(2).block().is_ok())
        });
        let closer = act(&queue, |queue| assert!(queue.close()));
        let mut items = Vec::new();
        while queue.get_many(&mut items, 2).block() > 0 {}
        closer.join().unwrap();
        assert_eq!(items.len(), putter.join().unwrap());
        assert!(items.is_sorted());
    });
}

#[test]
fn q_granted_get_vs_close_now_vs_cancel_3() {
    bounded(3, || {
        let queue = queue(2);
        let [leaves, mut stays] = [(); 2].map(|()| parked(queue.get_owned(), &Probe::new()));
        queue.try_put(1).unwrap();
        queue.try_put(2).unwrap();
        let canceller = spawn(move || drop(leaves));
        let closer = act(&queue, |queue| queue.close_now().len());
        let got = poll(&mut stays, &Probe::new());
        canceller.join().unwrap();
        let taken = closer.join().unwrap();
        let got = matches!(got, std::task::Poll::Ready(Ok(_)));
        assert_eq!(taken + usize::from(got), 2);
        drop(stays);
        assert_eq!(queue.len(), 0);
        is_at_rest(&queue);
    });
}
