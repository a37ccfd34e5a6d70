//! The cancellation matrix: dropped before `Ready` means that it did not happen.
#![allow(missing_docs, clippy::unwrap_used, reason = "these are tests")]

mod common;

use std::task::Poll;

use common::{filled, parked, woken};
use waystation_queue::{PriorityQueue, Queue, TryGetError, TryPutError};
use waystation_testkit::{Driver, Ledger};

/// What an observer can see.
fn state<T>(queue: &Queue<T>) -> (usize, bool, usize, usize, usize) {
    (
        queue.len(),
        queue.is_full(),
        queue.unfinished(),
        queue.getters_waiting(),
        queue.putters_waiting(),
    )
}

// join, closed

#[test]
fn join_and_closed_never_polled_do_nothing() {
    let queue: Queue<_> = filled(1, [1]);
    let before = state(&queue);
    drop((queue.join(), queue.closed()));
    assert_eq!(state(&queue), before);
}

#[test]
fn join_and_closed_parked_leave_the_line() {
    let queue: Queue<_> = filled(1, [1]);
    let (join, closed) = (parked(queue.join()), parked(queue.closed()));
    let probes = [join.probe().clone(), closed.probe().clone()];
    drop((join, closed));
    assert!(probes.iter().all(|probe| probe.live() == 0));
    queue.close_now();
    assert!(probes.iter().all(|probe| probe.wakes() == 0));
}

#[test]
fn join_and_closed_released_and_not_polled_leave_the_state_untouched() {
    let queue: Queue<_> = filled(1, [1]);
    let (join, closed) = (parked(queue.join()), parked(queue.closed()));
    queue.task_done().unwrap();
    queue.close();
    assert!(join.woken() && closed.woken());
    let before = state(&queue);
    drop((join, closed));
    assert_eq!(state(&queue), before);
    assert!(queue.is_closed());
}

// put

#[test]
fn put_never_polled_drops_its_item() {
    let ledger = Ledger::new();
    let queue = Queue::bounded(1);
    drop(queue.put(ledger.item(1)));
    ledger.assert_settled();
    assert_eq!(state(&queue), (0, false, 0, 0, 0));
}

#[test]
fn put_never_polled_gives_its_item_back() {
    let queue = Queue::bounded(1);
    assert_eq!(queue.put(7).cancel(), Some(7));
    assert_eq!(state(&queue), (0, false, 0, 0, 0));
}

#[test]
fn put_parked_drops_its_item_and_never_enqueues_it() {
    let ledger = Ledger::new();
    let queue: Queue<_> = filled(1, [ledger.item(1)]);
    let put = parked(queue.put(ledger.item(2)));
    let probe = put.probe().clone();
    drop(put);
    assert_eq!((ledger.live_ids(), probe.live()), (vec![1], 0));
    drop(queue.try_get().unwrap());
    assert_eq!(probe.wakes(), 0);
    assert_eq!(queue.try_get().err(), Some(TryGetError::Empty));
}

#[test]
fn put_parked_gives_its_item_back() {
    let queue: Queue<_> = filled(1, [1]);
    let put = parked(queue.put(2));
    assert_eq!(put.into_inner().cancel(), Some(2));
    assert_eq!(state(&queue), (1, true, 1, 0, 0));
}

#[test]
fn put_granted_gives_its_slot_to_the_next_putter() {
    let ledger = Ledger::new();
    let queue: Queue<_> = filled(1, [ledger.item(1)]);
    let put = parked(queue.put(ledger.item(2)));
    let mut next = parked(queue.put(ledger.item(3)));
    drop(queue.try_get().unwrap());
    assert!(put.woken() && !next.woken());
    drop(put);
    assert!(next.woken(), "before drop returns");
    assert_eq!(ledger.live_ids(), [3]);
    assert_eq!(woken(&mut next), Ok(()));
}

#[test]
fn put_granted_gives_its_item_back_and_passes_its_slot_on() {
    let queue: Queue<_> = filled(1, [1]);
    let put = parked(queue.put(2));
    let mut next = parked(queue.reserve());
    queue.try_get().unwrap();
    assert_eq!(put.into_inner().cancel(), Some(2));
    assert!(woken(&mut next).is_ok());
}

#[test]
fn put_granted_and_cancelled_leaves_room_if_nobody_waits() {
    let queue: Queue<_> = filled(1, [1]);
    let put = parked(queue.put(2));
    queue.try_get().unwrap();
    assert!(queue.is_full());
    drop(put);
    assert_eq!(queue.try_put(3), Ok(()));
}

#[test]
fn put_that_is_over_has_nothing_to_give_back() {
    let queue = Queue::bounded(1);
    let mut put = Driver::new(queue.put(1));
    assert_eq!(put.poll(), Poll::Ready(Ok(())));
    assert_eq!(put.into_inner().cancel(), None);
    assert_eq!(state(&queue), (1, true, 1, 0, 0));
}

#[test]
fn put_lost_to_a_timeout_can_be_repeated_without_sending_twice() {
    let queue: Queue<_> = filled(1, [1]);
    let put = parked(queue.put(2));
    queue.try_get().unwrap();
    let item = put.into_inner().cancel().unwrap();
    queue.try_put(item).unwrap();
    assert_eq!(queue.drain(), [2]);
}

// reserve

#[test]
fn reserve_never_polled_does_nothing() {
    let queue = Queue::<u8>::bounded(1);
    drop(queue.reserve());
    assert_eq!(state(&queue), (0, false, 0, 0, 0));
}

#[test]
fn reserve_parked_leaves_the_line() {
    let queue: Queue<_> = filled(1, [1]);
    let reserve = parked(queue.reserve());
    let probe = reserve.probe().clone();
    let next = parked(queue.put(2));
    drop(reserve);
    assert_eq!((queue.putters_waiting(), probe.live()), (1, 0));
    queue.try_get().unwrap();
    assert!(next.woken() && probe.wakes() == 0);
}

#[test]
fn reserve_granted_gives_its_slot_to_the_next_putter() {
    let queue: Queue<_> = filled(1, [1]);
    let reserve = parked(queue.reserve());
    let mut next = parked(queue.put(2));
    queue.try_get().unwrap();
    assert!(reserve.woken() && !next.woken());
    drop(reserve);
    assert_eq!(woken(&mut next), Ok(()));
}

#[test]
fn reserve_granted_and_cancelled_ends_a_closed_queue() {
    let queue: Queue<_> = filled(1, [1]);
    let reserve = parked(queue.reserve());
    queue.try_get().unwrap();
    queue.close();
    let mut get = parked(queue.get());
    drop(reserve);
    assert!(woken(&mut get).is_err());
}

#[test]
fn reserve_granted_and_cancelled_after_close_now_changes_nothing() {
    let queue: Queue<_> = filled(1, [1]);
    let reserve = parked(queue.reserve());
    queue.try_get().unwrap();
    queue.close_now();
    drop(reserve);
    assert_eq!(queue.try_put(1), Err(TryPutError::Closed(1)));
    assert!(!queue.is_full());
}

// get, get_many, get_task

#[test]
fn get_never_polled_does_nothing() {
    let queue: Queue<_> = filled(1, [1]);
    let mut into = Vec::new();
    drop((queue.get(), queue.get_many(&mut into, 3), queue.get_task()));
    assert_eq!(state(&queue), (1, true, 1, 0, 0));
}

#[test]
fn get_parked_leaves_the_line() {
    let queue = Queue::unbounded();
    let mut into = Vec::new();
    let (get, task) = (parked(queue.get()), parked(queue.get_task()));
    let many = parked(queue.get_many(&mut into, 3));
    let probes = [get.probe(), many.probe(), task.probe()].map(Clone::clone);
    let mut last = parked(queue.get());
    drop((get, many, task));
    assert_eq!(queue.getters_waiting(), 1);
    queue.try_put(1).unwrap();
    assert_eq!(woken(&mut last), Ok(1));
    assert!(probes.iter().all(|p| p.wakes() == 0 && p.live() == 0));
}

#[test]
fn get_granted_leaves_the_item_and_gives_the_claim_to_the_next_getter() {
    let queue = Queue::unbounded();
    let get = parked(queue.get());
    let mut next = parked(queue.get());
    queue.try_put(1).unwrap();
    assert!(get.woken() && !next.woken());
    drop(get);
    assert!(next.woken(), "before drop returns");
    assert_eq!(queue.len(), 1);
    assert_eq!(woken(&mut next), Ok(1));
}

#[test]
fn get_granted_and_cancelled_leaves_the_order_as_it_was() {
    let queue = Queue::unbounded();
    let gets: Vec<_> = (0..3).map(|_| parked(queue.get())).collect();
    (1..=4).for_each(|item| queue.try_put(item).unwrap());
    drop(gets);
    assert_eq!(queue.drain(), [1, 2, 3, 4]);

    let queue = PriorityQueue::unbounded();
    let get = parked(queue.get());
    [3, 1, 2]
        .into_iter()
        .for_each(|item| queue.try_put(item).unwrap());
    drop(get);
    assert_eq!(queue.drain(), [1, 2, 3]);
}

#[test]
fn get_many_granted_leaves_all_items_and_gives_the_claim_on() {
    let queue = Queue::unbounded();
    let mut into = Vec::new();
    let many = parked(queue.get_many(&mut into, 9));
    let mut next = parked(queue.get());
    queue.try_put(1).unwrap();
    drop(many);
    assert_eq!(woken(&mut next), Ok(1));
    assert!(into.is_empty());
}

#[test]
fn get_task_granted_stays_unfinished_and_gives_the_claim_on() {
    let queue = Queue::unbounded();
    let task = parked(queue.get_task());
    let mut next = parked(queue.get_task());
    queue.try_put(1).unwrap();
    drop(task);
    assert_eq!(queue.unfinished(), 1);
    assert_eq!(*woken(&mut next).unwrap(), 1);
}

#[test]
fn get_granted_and_cancelled_leaves_the_item_to_anybody() {
    let queue = Queue::unbounded();
    let get = parked(queue.get());
    queue.try_put(1).unwrap();
    assert_eq!(queue.try_get(), Err(TryGetError::Empty));
    drop(get);
    assert_eq!(queue.try_get(), Ok(1));
}

// put_many

#[test]
fn put_many_cancelled_what_is_in_is_in() {
    let queue = Queue::bounded(2);
    let many = parked(queue.put_many(1..=5));
    let mut next = parked(queue.put(9));
    queue.try_get().unwrap();
    assert!(many.woken());
    drop(many);
    assert_eq!(woken(&mut next), Ok(()));
    assert_eq!(queue.drain(), [2, 9]);
}

// storms

#[test]
fn a_storm_of_cancels_in_any_order_leaves_nothing_behind() {
    for stride in [1, 7, 31, 499] {
        let queue = Queue::bounded(1);
        let slot = queue.reserve();
        let slot = common::now(slot).unwrap();
        let mut gets: Vec<_> = (0..500).map(|_| Some(parked(queue.get()))).collect();
        let mut puts: Vec<_> = (0..500).map(|n| Some(parked(queue.put(n)))).collect();
        for step in 0..500 {
            let at = step * stride % 500;
            (gets[at], puts[at]) = (None, None);
            assert_eq!(queue.getters_waiting(), 499 - step);
            assert_eq!(queue.putters_waiting(), 499 - step);
        }
        drop(slot);
        assert_eq!(state(&queue), (0, false, 0, 0, 0));
    }
}

#[test]
fn a_claim_walks_down_a_line_of_cancelled_getters() {
    let queue = Queue::unbounded();
    let mut gets: Vec<_> = (0..100).map(|_| parked(queue.get())).collect();
    queue.try_put(1).unwrap();
    let mut last = gets.pop().unwrap();
    gets.into_iter().for_each(drop);
    assert_eq!(woken(&mut last), Ok(1));
    assert_eq!(last.wakes(), 1);
}
