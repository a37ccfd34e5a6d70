//! Items of every kind.

use std::cell::Cell;
use std::marker::PhantomPinned;
use std::rc::Rc;

use waystation_queue::{Blocking, LifoQueue, PriorityQueue, Queue};
use waystation_testkit::{Ledger, PATIENCE, within};

use crate::common::{filled, now, parked, woken};

#[test]
fn items_without_a_size() {
    let queue = Queue::bounded(2);
    queue.try_put(()).unwrap();
    queue.try_put(()).unwrap();
    let mut put = parked(queue.put(()));
    assert_eq!(now(queue.get()), Ok(()));
    assert_eq!(woken(&mut put), Ok(()));
    assert_eq!(queue.close_now().len(), 2);
    let priority: PriorityQueue<_> = filled(0, [(), (), ()]);
    assert_eq!(priority.drain().len(), 3);
    let lifo: LifoQueue<_> = filled(0, [(), ()]);
    assert_eq!(lifo.drain().len(), 2);
}

#[test]
fn items_without_a_size_are_counted() {
    let ledger = Ledger::new();
    let queue: Queue<_> = filled(0, (0..5).map(|id| ledger.item(id)));
    drop(queue);
    ledger.assert_settled();
}

/// On a thread with room for a few unoptimised moves.
#[test]
fn items_of_a_mebibyte() {
    let case = || {
        let queue = Queue::bounded(1);
        queue.try_put([7_u8; 1 << 20]).unwrap();
        let mut put = parked(queue.put([8; 1 << 20]));
        assert_eq!(now(queue.get()).unwrap()[1 << 19], 7);
        woken(&mut put).unwrap();
        let task = now(queue.get_task()).unwrap();
        assert_eq!(task.nack(), Ok(()));
        assert_eq!(queue.close_now()[0][12345], 8);
    };
    let thread = std::thread::Builder::new().stack_size(256 << 20);
    thread.spawn(case).unwrap().join().unwrap();
}

#[test]
fn over_aligned_items_stay_aligned() {
    #[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
    #[repr(align(4096))]
    struct Page(u8);
    let is_aligned = |page: &Page| std::ptr::from_ref(page).addr() % 4096 == 0;
    let fifo: Queue<_> = filled(0, (0..9).map(Page));
    let priority: PriorityQueue<_> = filled(0, (0..9).map(Page));
    assert!(fifo.drain().iter().all(is_aligned));
    let task = now(priority.get_task()).unwrap();
    assert!(is_aligned(&task) && task.0 == 0);
    task.nack().unwrap();
    assert!(priority.close_now().iter().all(is_aligned));
}

#[test]
fn items_that_must_not_be_pinned_elsewhere() {
    let queue = Queue::bounded(1);
    now(queue.put((1, PhantomPinned))).unwrap();
    let mut put = parked(queue.put((2, PhantomPinned)));
    assert_eq!(now(queue.get()).unwrap().0, 1);
    woken(&mut put).unwrap();
    let mut puts = parked(queue.put_many([(3, PhantomPinned)]));
    assert_eq!(now(queue.get_task()).unwrap().0, 2);
    woken(&mut puts).unwrap();
}

#[test]
fn items_that_stay_on_their_thread() {
    let queue = Queue::bounded(1);
    let item = Rc::new(1);
    now(queue.put(item.clone())).unwrap();
    let mut put = parked(queue.put(item.clone()));
    assert_eq!(Rc::strong_count(&item), 3);
    drop(now(queue.get()));
    woken(&mut put).unwrap();
    drop(put);
    drop(queue);
    assert_eq!(Rc::strong_count(&item), 1);
}

#[test]
fn items_that_cannot_be_shared_travel_between_threads() {
    within(PATIENCE, "one item", || {
        let queue = Queue::bounded(1);
        std::thread::scope(|scope| {
            scope.spawn(|| queue.put(Cell::new(1)).block().unwrap());
            assert_eq!(queue.get().block().unwrap().get(), 1);
        });
    });
}

#[test]
fn every_item_is_dropped_exactly_once_however_the_queue_ends() {
    let ledger = Ledger::new();
    let fresh: Queue<_> = filled(0, (0..3).map(|id| ledger.item(id)));
    drop(fresh);
    ledger.assert_settled();
    let closed: PriorityQueue<_> = filled(0, (0..3).map(|id| ledger.item(id)));
    closed.close();
    drop(closed.try_get());
    drop(closed);
    ledger.assert_settled();
    let shut: LifoQueue<_> = filled(0, (0..3).map(|id| ledger.item(id)));
    drop(shut.close_now());
    ledger.assert_settled();
    drop(shut);
    ledger.assert_settled();
}
