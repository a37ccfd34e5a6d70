//! Who comes first is served first, and nobody is passed.
#![allow(missing_docs, clippy::unwrap_used, reason = "these are tests")]

mod common;

use std::sync::{Arc, Mutex};
use std::task::Waker;

use common::{filled, now, parked, parked_with, woken};
use waystation_queue::{Queue, TryGetError, TryPutError};
use waystation_testkit::{Driver, HostileWaker, assert_pending};

/// Wakers that write down in what order they are woken.
#[derive(Clone, Default)]
struct Order(Arc<Mutex<Vec<usize>>>);

impl Order {
    fn waker(&self, id: usize) -> Waker {
        let order = self.0.clone();
        let wake = move || order.lock().unwrap().push(id);
        HostileWaker::builder().on_wake(wake).build().0
    }

    fn take(&self) -> Vec<usize> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

#[test]
fn claims_are_granted_in_the_order_in_which_getters_parked() {
    let (queue, order) = (Queue::unbounded(), Order::default());
    let _gets: Vec<_> = (0..20)
        .map(|id| parked_with(queue.get(), &order.waker(id)))
        .collect();
    queue.try_put(0).unwrap();
    assert_eq!(order.take(), [0], "exactly the granted are woken");
    now(queue.put_many(1..=4)).unwrap();
    assert_eq!(order.take(), [1, 2, 3, 4]);
    now(queue.put_many(0..30)).unwrap();
    assert_eq!(order.take(), (5..20).collect::<Vec<_>>());
}

#[test]
fn slots_are_granted_in_the_order_in_which_putters_parked() {
    let (queue, order) = (
        filled::<_, waystation_queue::Fifo<_>>(20, 0..20),
        Order::default(),
    );
    let _puts: Vec<_> = (0..30)
        .map(|id| parked_with(queue.put(id), &order.waker(id)))
        .collect();
    queue.try_get().unwrap();
    assert_eq!(order.take(), [0]);
    queue.drain();
    assert_eq!(order.take(), (1..20).collect::<Vec<_>>(), "all at once");
}

#[test]
fn a_close_wakes_all_in_line_order() {
    let (queue, order) = (
        filled::<_, waystation_queue::Fifo<_>>(1, [0]),
        Order::default(),
    );
    let _puts: Vec<_> = (0..30)
        .map(|id| parked_with(queue.put(0), &order.waker(id)))
        .collect();
    queue.close();
    assert_eq!(order.take(), (0..30).collect::<Vec<_>>());
    let queue = Queue::<u8>::unbounded();
    let _gets: Vec<_> = (0..30)
        .map(|id| parked_with(queue.get(), &order.waker(id)))
        .collect();
    queue.close();
    assert_eq!(order.take(), (0..30).collect::<Vec<_>>());
}

#[test]
fn a_newcomer_does_not_take_a_claimed_item() {
    let queue = Queue::unbounded();
    let mut first = parked(queue.get());
    queue.try_put(1).unwrap();
    let newcomer = parked(queue.get());
    assert!(now_or_none(&queue).is_none());
    assert_eq!(woken(&mut first), Ok(1));
    assert!(!newcomer.woken());
}

fn now_or_none(queue: &Queue<i32>) -> Option<i32> {
    queue.try_get().ok()
}

#[test]
fn a_newcomer_does_not_take_granted_room() {
    let queue: Queue<_> = filled(1, [0]);
    let mut first = parked(queue.put(1));
    queue.try_get().unwrap();
    let newcomer = parked(queue.put(2));
    assert_eq!(queue.try_put(3), Err(TryPutError::Full(3)));
    assert_pending(parked(queue.reserve()).poll());
    assert_eq!(woken(&mut first), Ok(()));
    assert!(!newcomer.woken());
}

#[test]
fn a_place_is_taken_at_the_first_poll() {
    let queue = Queue::unbounded();
    let created_first = queue.get();
    let mut polled_first = parked(queue.get());
    let mut polled_second = parked(created_first);
    queue.try_put(1).unwrap();
    queue.try_put(2).unwrap();
    assert_eq!(woken(&mut polled_first), Ok(1));
    assert_eq!(woken(&mut polled_second), Ok(2));
}

#[test]
fn a_re_poll_keeps_the_place() {
    let queue = Queue::unbounded();
    let mut first = parked(queue.get());
    let second = parked(queue.get());
    for _ in 0..100 {
        first.change_waker();
        assert_pending(first.poll());
    }
    queue.try_put(1).unwrap();
    assert!(first.woken() && !second.woken());
}

#[test]
fn a_spurious_poll_grants_nothing() {
    let queue = Queue::unbounded();
    let _first = parked(queue.get());
    let mut second = parked(queue.get());
    queue.try_put(1).unwrap();
    for _ in 0..100 {
        assert_pending(second.poll());
    }
    assert_eq!((second.wakes(), queue.getters_waiting()), (0, 1));
}

#[test]
fn two_items_before_anybody_runs_go_to_two_getters() {
    let queue = Queue::unbounded();
    let mut gets: Vec<_> = (0..3).map(|_| parked(queue.get())).collect();
    queue.try_put(1).unwrap();
    queue.try_put(2).unwrap();
    assert!(gets[0].woken() && gets[1].woken() && !gets[2].woken());
    // Polled the other way round: what a claim takes is decided then.
    assert_eq!(woken(&mut gets[1]), Ok(1));
    assert_eq!(woken(&mut gets[0]), Ok(2));
}

#[test]
fn the_awaited_puts_of_one_producer_stay_in_order() {
    let queue = Queue::bounded(1);
    let mut got = Vec::new();
    for item in 0..50 {
        let mut put = Driver::new(queue.put(item));
        if put.poll().is_pending() {
            got.extend(queue.try_get());
            assert_eq!(woken(&mut put), Ok(()));
        }
    }
    got.extend(queue.drain());
    assert_eq!(got, (0..50).collect::<Vec<_>>());
}

#[test]
fn a_granted_putter_that_is_polled_first_enters_first() {
    let queue: Queue<_> = filled(2, [8, 9]);
    let (mut first, mut second) = (parked(queue.put(1)), parked(queue.put(2)));
    queue.drain();
    assert_eq!(woken(&mut second), Ok(()));
    assert_eq!(woken(&mut first), Ok(()));
    assert_eq!(queue.drain(), [2, 1]);
}

#[test]
fn a_cancelled_head_lets_the_next_in() {
    let queue: Queue<_> = filled(1, [0]);
    let head = parked(queue.put(1));
    let mut next = parked(queue.put(2));
    drop(head);
    assert!(!next.woken(), "there is no room yet");
    queue.try_get().unwrap();
    assert_eq!(woken(&mut next), Ok(()));
}

#[test]
fn one_operation_may_serve_both_lines() {
    let queue: Queue<_> = filled(1, [0]);
    let mut put = parked(queue.put(1));
    assert_eq!(now(queue.get()), Ok(0));
    let mut get = parked(queue.get());
    assert!(put.woken() && !get.woken());
    assert_eq!(woken(&mut put), Ok(()));
    assert_eq!(woken(&mut get), Ok(1));
    assert_eq!(queue.try_get(), Err(TryGetError::Empty));
}

#[test]
fn a_waker_passes_nobody_who_was_granted_with_it() {
    let queue = Arc::new(filled::<_, waystation_queue::Fifo<_>>(20, 0..20));
    let seen = Arc::new(Mutex::new(None));
    let (inner, outcome) = (queue.clone(), seen.clone());
    let (waker, _) = HostileWaker::builder()
        .on_wake(move || *outcome.lock().unwrap() = Some((inner.try_put(99), inner.is_full())))
        .build();
    let mut puts = vec![parked_with(queue.put(100), &waker)];
    puts.extend((101..120).map(|item| parked(queue.put(item))));
    queue.drain();
    assert_eq!(
        seen.lock().unwrap().take(),
        Some((Err(TryPutError::Full(99)), true))
    );
    assert_eq!(queue.putters_waiting(), 0);

    let queue = Arc::new(Queue::unbounded());
    let (inner, outcome) = (queue.clone(), Arc::new(Mutex::new(None)));
    let in_wake = outcome.clone();
    let (waker, _) = HostileWaker::builder()
        .on_wake(move || *in_wake.lock().unwrap() = Some(inner.try_get()))
        .build();
    let head = parked_with(queue.get(), &waker);
    let slots: Vec<_> = (0..3).map(|_| now(queue.reserve()).unwrap()).collect();
    let rest: Vec<_> = (0..2).map(|_| parked(queue.get())).collect();
    for (item, slot) in slots.into_iter().enumerate() {
        slot.put(item).unwrap();
    }
    assert_eq!(
        outcome.lock().unwrap().take(),
        Some(Err(TryGetError::Empty))
    );
    assert!(rest.iter().all(Driver::woken));
    drop((head, rest));
}
