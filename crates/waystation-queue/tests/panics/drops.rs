//! Items whose `Drop` panics, or uses the queue.

use std::sync::Arc;

use waystation_queue::{LifoQueue, PriorityQueue, Queue, channel};
use waystation_testkit::{Counted, Ledger, PATIENCE, within};

use crate::common::{filled, now, panic_of, parked, woken};

#[test]
fn a_cancelled_put_passes_its_room_on_before_its_item_panics() {
    let ledger = Ledger::new();
    let queue: Queue<_> = filled(1, [ledger.item(1)]);
    let put = parked(queue.put(ledger.panicking_item(2)));
    let mut next = parked(queue.put(ledger.item(3)));
    drop(queue.try_get().unwrap());
    assert_eq!(panic_of(|| drop(put)), "item 2 panics");
    assert_eq!(woken(&mut next), Ok(()));
    assert_eq!(queue.try_get().unwrap().id(), 3);
    ledger.assert_settled();
}

#[test]
fn a_guard_is_done_although_its_item_panics() {
    let ledger = Ledger::new();
    let queue: Queue<_> = filled(0, [ledger.panicking_item(1)]);
    let mut join = parked(queue.join());
    let task = now(queue.get_task()).unwrap();
    assert_eq!(panic_of(|| drop(task)), "item 1 panics");
    woken(&mut join);
    assert_eq!(queue.unfinished(), 0);
}

#[test]
fn a_cancelled_put_many_leaves_the_line_although_an_item_panics() {
    let ledger = Ledger::new();
    let queue: Queue<_> = filled(1, [ledger.item(0)]);
    let items = vec![ledger.panicking_item(1), ledger.item(2), ledger.item(3)];
    let many = parked(queue.put_many(items));
    assert_eq!(panic_of(|| drop(many)), "item 1 panics");
    assert_eq!((queue.putters_waiting(), ledger.live_ids()), (0, vec![0]));
}

#[test]
fn a_dropped_queue_drops_all_its_items_although_one_panics() {
    fn check<D: waystation_queue::Discipline<Counted> + Default>() {
        let ledger = Ledger::new();
        let items = (0..9).map(|id| match id {
            4 => ledger.panicking_item(id),
            _ => ledger.item(id),
        });
        let queue: waystation_queue::BaseQueue<_, D> = filled(0, items);
        assert_eq!(panic_of(|| drop(queue)), "item 4 panics");
        ledger.assert_settled();
    }
    check::<waystation_queue::Fifo<_>>();
    check::<waystation_queue::Lifo<_>>();
    check::<waystation_queue::Priority<_>>();
}

#[test]
fn the_last_receiver_drops_all_items_and_closes_although_one_panics() {
    let ledger = Ledger::new();
    let (sender, receiver) = channel::unbounded();
    for id in 0..9 {
        let item = match id {
            4 => ledger.panicking_item(id),
            _ => ledger.item(id),
        };
        sender.try_send(item).unwrap();
    }
    let mut closed = parked(sender.closed());
    assert_eq!(panic_of(|| drop(receiver)), "item 4 panics");
    ledger.assert_settled();
    woken(&mut closed);
    assert_eq!(sender.receiver_count(), 0);
    assert!(sender.try_send(ledger.item(9)).is_err());
}

#[test]
fn what_close_now_and_drain_return_is_the_callers_to_drop() {
    let ledger = Ledger::new();
    let queue: Queue<_> = filled(0, [ledger.panicking_item(1), ledger.item(2)]);
    let drained = queue.drain();
    assert_eq!(ledger.live(), 2);
    assert_eq!(panic_of(|| drop(drained)), "item 1 panics");
    queue.try_put(ledger.panicking_item(3)).unwrap();
    let left = queue.close_now();
    assert_eq!(panic_of(|| drop(left)), "item 3 panics");
    assert!(now(queue.get()).is_err());
    ledger.assert_settled();
}

/// An item whose drop uses everything of its queue.
fn busy(ledger: &Ledger, queue: &Arc<Queue<Counted>>, id: u64) -> Counted {
    let queue = Arc::downgrade(queue);
    let ledger_2 = ledger.clone();
    ledger.item_with_drop(id, move || {
        let Some(queue) = queue.upgrade() else { return };
        assert!(!format!("{queue:?}").contains("<locked>"));
        if queue.try_put(ledger_2.item(100)).is_ok() {
            drop(queue.try_get());
        }
        look_at_join(&queue);
        assert!(queue.len() + queue.unfinished() < 1000);
    })
}

fn look_at_join(queue: &Queue<Counted>) {
    let mut join = queue.join();
    _ = waystation_testkit::poll_once(&mut join, std::task::Waker::noop());
}

#[test]
fn every_drop_of_an_item_may_use_the_queue() {
    type Case = fn(&Ledger, &Arc<Queue<Counted>>);
    let cases: [(&str, Case); 9] = [
        ("a put never polled", |ledger, queue| {
            drop(queue.put(busy(ledger, queue, 1)));
        }),
        ("a put parked", |ledger, queue| {
            let _slots = [now(queue.reserve()).unwrap(), now(queue.reserve()).unwrap()];
            drop(parked(queue.put(busy(ledger, queue, 1))));
        }),
        ("a put granted", |ledger, queue| {
            let slots = [now(queue.reserve()).unwrap(), now(queue.reserve()).unwrap()];
            let put = parked(queue.put(busy(ledger, queue, 1)));
            drop(slots);
            assert!(put.woken());
            drop(put);
        }),
        ("a put refused", |ledger, queue| {
            queue.close();
            drop(now(queue.put(busy(ledger, queue, 1))));
            drop(queue.try_put(busy(ledger, queue, 2)));
        }),
        ("a guard", |ledger, queue| {
            queue.try_put(busy(ledger, queue, 1)).unwrap();
            drop(now(queue.get_task()));
        }),
        ("a refused nack", |ledger, queue| {
            queue.try_put(busy(ledger, queue, 1)).unwrap();
            let task = now(queue.get_task()).unwrap();
            queue.close_now();
            drop(task.nack());
        }),
        ("drain", |ledger, queue| {
            queue.try_put(busy(ledger, queue, 1)).unwrap();
            queue.try_put(busy(ledger, queue, 2)).unwrap();
            drop(queue.drain());
        }),
        ("close_now", |ledger, queue| {
            queue.try_put(busy(ledger, queue, 1)).unwrap();
            queue.try_put(busy(ledger, queue, 2)).unwrap();
            drop(queue.close_now());
        }),
        ("a slot of a queue that was shut down", |ledger, queue| {
            let slot = now(queue.reserve()).unwrap();
            queue.close_now();
            drop(slot.put(busy(ledger, queue, 1)));
        }),
    ];
    for (name, case) in cases {
        within(PATIENCE, name, move || {
            let ledger = Ledger::new();
            let queue = Arc::new(Queue::bounded(2));
            case(&ledger, &queue);
            drop(queue);
            ledger.assert_settled();
        });
    }
}

#[test]
fn lifo_and_priority_items_are_dropped_outside_the_lock_too() {
    within(PATIENCE, "close_now", || {
        let ledger = Ledger::new();
        let lifo = Arc::new(LifoQueue::unbounded());
        let priority = Arc::new(PriorityQueue::unbounded());
        for id in 0..3 {
            let (a, b) = (Arc::downgrade(&lifo), Arc::downgrade(&priority));
            let hook = move || {
                a.upgrade().unwrap().len();
            };
            lifo.try_put(ledger.item_with_drop(id, hook)).unwrap();
            let hook = move || {
                b.upgrade().unwrap().len();
            };
            priority.try_put(ledger.item_with_drop(id, hook)).unwrap();
        }
        drop(lifo.close_now());
        drop(priority.close_now());
        ledger.assert_settled();
    });
}
