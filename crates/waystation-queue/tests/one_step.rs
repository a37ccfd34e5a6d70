//! A release is one step, however many it concerns, and whatever the wakers do.
#![allow(missing_docs, clippy::unwrap_used, reason = "these are tests")]

mod common;

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::task::Waker;

use common::{filled, now, parked, parked_with, woken};
use waystation_queue::{Fifo, PutError, Queue};
use waystation_testkit::{HostileWaker, PATIENCE, assert_pending, assert_ready, poll_once, within};

type Shared = Arc<Queue<usize>>;

/// A waker that closes the queue.
fn closing(queue: &Shared) -> Waker {
    let queue = Arc::downgrade(queue);
    let close = move || _ = queue.upgrade().unwrap().close();
    HostileWaker::builder().on_wake(close).build().0
}

const MANY: usize = 20;

/// What makes room for all, in one call.
const RELEASES: [fn(&Shared); 2] = [
    |queue| drop(queue.drain()),
    |queue| _ = now(queue.get_many(&mut Vec::new(), usize::MAX)),
];

#[test]
fn a_release_to_many_reserves_is_one_step_for_close() {
    for count in [2, MANY] {
        for release in RELEASES {
            let queue: Shared = Arc::new(filled::<_, Fifo<_>>(count, 0..count));
            let mut reserves = vec![parked_with(queue.reserve(), &closing(&queue))];
            reserves.extend((1..count).map(|_| parked(queue.reserve())));
            release(&queue);
            assert!(queue.is_closed());
            for (at, reserve) in reserves.iter_mut().enumerate() {
                let slot = reserve.poll();
                assert!(
                    matches!(slot, std::task::Poll::Ready(Ok(_))),
                    "{at} of {count}"
                );
            }
        }
    }
}

#[test]
fn a_release_to_many_puts_is_one_step_for_those_who_look() {
    for release in RELEASES {
        let queue: Shared = Arc::new(filled::<_, Fifo<_>>(MANY, 0..MANY));
        let seen = Arc::new(Mutex::new(None));
        let (inner, outcome) = (Arc::downgrade(&queue), seen.clone());
        let look = move || {
            let queue = inner.upgrade().unwrap();
            let looks = (queue.putters_waiting(), queue.is_full(), queue.is_empty());
            *outcome.lock().unwrap() = Some((looks, queue.try_put(99).is_err()));
        };
        let first = HostileWaker::builder().on_wake(look).build().0;
        let mut puts = vec![parked_with(queue.put(0), &first)];
        puts.extend((1..MANY).map(|item| parked(queue.put(item))));
        release(&queue);
        let all_granted = ((0, true, true), true);
        assert_eq!(seen.lock().unwrap().take(), Some(all_granted));
        assert!(puts[1..].iter_mut().all(|put| woken(put).is_ok()));
    }
}

/// A waker may do to the queue what another thread may do at that moment.
#[test]
fn a_close_by_a_waker_of_get_many_takes_nothing_back() {
    let queue: Shared = Arc::new(filled::<_, Fifo<_>>(2, [1, 2]));
    let mut first = parked_with(queue.put(3), &closing(&queue));
    let mut second = parked(queue.reserve());
    let mut into = Vec::new();
    assert_eq!(now(queue.get_many(&mut into, 2)), 2);
    assert_eq!(into, [1, 2]);
    assert_eq!(assert_ready(first.poll()), Err(PutError(3)));
    woken(&mut second).unwrap().put(4).unwrap();
    assert_eq!(queue.drain(), [4]);
}

/// A waker whose executor is gone drops its task, whose grant goes to the next, and so on: one chain
/// of stack frames for each.
fn chain<F: Future + Unpin + Send + 'static>(future: impl Fn() -> F, start: impl FnOnce()) {
    const NESTED: usize = 2_000;
    let tasks: Arc<Vec<Mutex<Option<F>>>> =
        Arc::new((0..NESTED).map(|_| Mutex::new(Some(future()))).collect());
    for at in 0..NESTED {
        let own = tasks.clone();
        let drop_own = move || {
            let task = own[at].lock().unwrap().take();
            drop(task);
        };
        let waker = HostileWaker::builder().on_wake(drop_own).build().0;
        let mut task = tasks[at].lock().unwrap();
        assert_pending(poll_once(task.as_mut().unwrap(), &waker));
    }
    start();
    let left = tasks.iter().filter(|task| task.lock().unwrap().is_some());
    assert_eq!(left.count(), 0);
}

#[test]
fn two_thousand_granted_futures_dropped_by_their_wakers_pass_their_grants_on() {
    let case = || {
        let queue: Shared = Arc::new(Queue::bounded(1));
        chain(|| queue.get_owned(), || queue.try_put(1).unwrap());
        assert_eq!((queue.len(), queue.getters_waiting()), (1, 0));
        chain(|| queue.put_owned(2), || assert_eq!(queue.try_get(), Ok(1)));
        queue.try_put(3).unwrap();
        chain(|| queue.reserve_owned(), || assert_eq!(queue.drain(), [3]));
        assert_eq!(queue.putters_waiting(), 0);
        assert_eq!(queue.try_put(4), Ok(()));
    };
    within(PATIENCE, "chains", move || {
        // As much as the main thread of a program has.
        let thread = std::thread::Builder::new().stack_size(8 << 20);
        thread.spawn(case).unwrap().join().unwrap();
    });
}
