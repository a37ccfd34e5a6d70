use std::sync::Arc;
use std::task::Poll;

use waystation_queue::{PriorityQueue, PutManyError, Queue};
use waystation_testkit::{Driver, Ledger, assert_pending};

use crate::common::{filled, now, parked, woken};

#[test]
fn get_many_takes_what_is_there_up_to_the_limit() {
    let queue: Queue<_> = filled(0, 1..=5);
    let mut into = vec![0];
    assert_eq!(now(queue.get_many(&mut into, 3)), 3);
    assert_eq!(now(queue.get_many(&mut into, 9)), 2);
    assert_eq!(into, [0, 1, 2, 3, 4, 5], "appended");
    assert_eq!(queue.unfinished(), 5, "as with get");
}

#[test]
fn get_many_of_an_empty_queue_waits_for_one_item() {
    let queue = Queue::unbounded();
    let mut into = Vec::new();
    let mut many = parked(queue.get_many(&mut into, 3));
    assert_eq!(queue.getters_waiting(), 1);
    queue.try_put(1).unwrap();
    queue.try_put(2).unwrap();
    assert_eq!(woken(&mut many), 2);
    drop(many);
    assert_eq!(into, [1, 2]);
}

#[test]
fn get_many_with_limit_0_is_0_at_once() {
    let queue: Queue<_> = filled(0, [1]);
    let mut into = Vec::new();
    assert_eq!(now(queue.get_many(&mut into, 0)), 0);
    assert_eq!((into.len(), queue.len()), (0, 1));
    assert_eq!(
        now(Queue::<u8>::unbounded().get_many(&mut Vec::new(), 0)),
        0
    );
}

#[test]
fn get_many_of_a_closed_queue_drains_and_then_gives_0() {
    let queue: Queue<_> = filled(0, [1, 2]);
    queue.close();
    let mut into = Vec::new();
    assert_eq!(now(queue.get_many(&mut into, 9)), 2);
    assert_eq!(now(queue.get_many(&mut into, 9)), 0);
}

#[test]
fn a_parked_get_many_gets_0_at_the_close() {
    let queue = Queue::<u8>::unbounded();
    let mut into = Vec::new();
    let mut many = parked(queue.get_many(&mut into, 9));
    queue.close();
    assert_eq!(woken(&mut many), 0);
}

#[test]
fn a_granted_get_many_gets_0_after_close_now() {
    let queue = Queue::unbounded();
    let mut into = Vec::new();
    let mut many = parked(queue.get_many(&mut into, 9));
    queue.try_put(1).unwrap();
    assert_eq!(queue.close_now(), [1]);
    assert_eq!(woken(&mut many), 0);
    drop(many);
    assert!(into.is_empty());
}

#[test]
fn get_many_leaves_what_others_were_promised() {
    let queue = Queue::unbounded();
    let mut first = parked(queue.get());
    let mut into = Vec::new();
    let mut many = parked(queue.get_many(&mut into, 9));
    (1..=4).for_each(|item| queue.try_put(item).unwrap());
    assert_eq!(woken(&mut many), 3);
    assert_eq!(woken(&mut first), Ok(4));
    drop(many);
    assert_eq!(into, [1, 2, 3]);
}

#[test]
fn get_many_makes_room_for_as_many_putters() {
    let queue: Queue<_> = filled(3, [1, 2, 3]);
    let puts: Vec<_> = (4..8).map(|item| parked(queue.put(item))).collect();
    let mut into = Vec::new();
    assert_eq!(now(queue.get_many(&mut into, 3)), 3);
    let woken: Vec<_> = puts.iter().map(Driver::woken).collect();
    assert_eq!(woken, [true, true, true, false]);
}

#[test]
fn get_many_takes_in_the_order_of_the_discipline() {
    let queue: PriorityQueue<_> = filled(0, [3, 1, 2]);
    let mut into = Vec::new();
    now(queue.get_many(&mut into, 2));
    assert_eq!(into, [1, 2]);
}

#[test]
fn get_many_owned_outlives_its_handle() {
    let queue = Arc::new(filled::<_, waystation_queue::Fifo<_>>(0, [1, 2]));
    let mut into = Vec::new();
    let many = queue.get_many_owned(&mut into, 9);
    drop(queue);
    assert_eq!(now(many), 2);
}

#[test]
fn put_many_puts_all_in_order() {
    let queue = Queue::unbounded();
    assert_eq!(now(queue.put_many(1..=3)), Ok(3));
    assert_eq!(queue.drain(), [1, 2, 3]);
    assert_eq!(now(queue.put_many([])).unwrap(), 0);
}

#[test]
fn put_many_enters_one_by_one_as_room_comes() {
    let queue = Queue::bounded(1);
    let mut puts = parked(queue.put_many(1..=3));
    for item in 1..=2 {
        assert_eq!(queue.try_get(), Ok(item));
        assert!(puts.woken());
        let done = puts.poll();
        assert_eq!(done.is_ready(), item == 2, "{done:?}");
    }
    assert_eq!(queue.try_get(), Ok(3));
}

#[test]
fn put_many_takes_a_new_place_for_each_item() {
    let queue = Queue::bounded(1);
    let mut many = parked(queue.put_many([1, 2, 3]));
    let mut other = parked(queue.put(9));
    assert_eq!(queue.try_get(), Ok(1));
    assert_pending(many.poll());
    assert_eq!(queue.try_get(), Ok(2));
    assert!(other.woken(), "it came before the third");
    assert_eq!(woken(&mut other), Ok(()));
}

#[test]
fn put_many_pauses_after_64_items_and_wakes_itself() {
    let queue = Queue::unbounded();
    let mut many = Driver::new(queue.put_many(0..200));
    for there in [64, 128, 192] {
        assert_pending(many.poll());
        assert!(many.woken() && queue.len() == there);
    }
    assert_eq!(woken(&mut many).unwrap(), 200);
    assert_eq!(queue.drain(), (0..200).collect::<Vec<_>>());
    let mut many = Driver::new(queue.put_many(0..100));
    assert_pending(many.poll());
    assert!(
        many.into_inner().into_rest().eq(64..100),
        "cancelled in a pause"
    );
}

#[test]
fn a_long_put_many_lets_its_neighbour_run() {
    let queue = Queue::unbounded();
    let long = async { _ = queue.put_many(0..100_000).await };
    let neighbour = async {
        while queue.len() < 1_000 {
            futures_lite::future::yield_now().await;
        }
    };
    futures_lite::future::block_on(futures_lite::future::or(long, neighbour));
    assert!(queue.len() < 1_100);
}

#[test]
fn put_many_asks_its_iterator_for_no_more_than_fits() {
    let queue = Queue::bounded(2);
    let asked = std::cell::Cell::new(0);
    let items = std::iter::repeat_with(|| asked.set(asked.get() + 1));
    let _many = parked(queue.put_many(items));
    assert_eq!(asked.get(), 3, "two are in, one is in hand");
}

#[test]
fn a_closed_put_many_gives_the_item_and_the_rest() {
    let queue = Queue::bounded(1);
    let mut many = parked(queue.put_many(1..=4));
    queue.close();
    let Err(PutManyError { item, rest }) = woken(&mut many) else {
        panic!("it is closed")
    };
    assert_eq!((item, rest), (2, 3..=4));
    assert_eq!(queue.drain(), [1], "what is in is in");
}

#[test]
fn a_close_revokes_the_room_granted_to_put_many() {
    let queue = Queue::bounded(1);
    let mut many = parked(queue.put_many(1..=2));
    queue.try_get().unwrap();
    queue.close();
    let error = woken(&mut many).unwrap_err();
    assert_eq!((error.into_inner(), queue.len()), (2, 0));
}

#[test]
fn put_many_into_a_closed_queue_fails_with_the_first() {
    let queue = Queue::bounded(1);
    queue.close();
    let error = now(queue.put_many(1..=3)).unwrap_err();
    assert_eq!((error.item, error.rest), (1, 2..=3));
    assert_eq!(now(queue.put_many(std::iter::empty())).unwrap(), 0);
}

#[test]
fn into_rest_gives_what_is_not_in_the_one_in_hand_first() {
    let queue = Queue::bounded(1);
    let fresh = queue.put_many(1..=3);
    assert_eq!(fresh.into_rest().collect::<Vec<_>>(), [1, 2, 3]);
    let mut many = Driver::new(queue.put_many(1..=4));
    assert_pending(many.poll());
    assert_eq!(many.into_inner().into_rest().collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!((queue.drain(), queue.putters_waiting()), (vec![1], 0));
    let mut done = Driver::new(queue.put_many([1]));
    assert!(matches!(done.poll(), Poll::Ready(Ok(1))));
    assert_eq!(done.into_inner().into_rest().count(), 0);
}

#[test]
fn into_rest_passes_granted_room_on() {
    let queue = Queue::bounded(1);
    let many = parked(queue.put_many(1..=3));
    let mut next = parked(queue.put(9));
    queue.try_get().unwrap();
    assert!(many.woken() && !next.woken());
    let rest = many.into_inner().into_rest();
    assert!(next.woken(), "before the rest is looked at");
    assert_eq!(rest.collect::<Vec<_>>(), [2, 3]);
    assert_eq!(woken(&mut next), Ok(()));
}

#[test]
fn a_dropped_put_many_drops_what_is_not_in() {
    let ledger = Ledger::new();
    let queue = Queue::bounded(1);
    let items: Vec<_> = (1..=3).map(|id| ledger.item(id)).collect();
    let many = parked(queue.put_many(items));
    drop(many);
    assert_eq!(ledger.live_ids(), [1]);
    assert_eq!(queue.putters_waiting(), 0);
}

#[test]
fn drain_takes_what_is_not_claimed_and_leaves_unfinished_alone() {
    let queue = Queue::unbounded();
    let mut get = parked(queue.get());
    (1..=4).for_each(|item| queue.try_put(item).unwrap());
    assert_eq!(queue.drain(), [1, 2, 3]);
    assert_eq!((queue.len(), queue.unfinished()), (1, 4));
    assert_eq!(woken(&mut get), Ok(4));
    assert_eq!(queue.drain(), []);
}

#[test]
fn drain_makes_room() {
    let queue: Queue<_> = filled(2, [1, 2]);
    let puts: Vec<_> = (3..6).map(|item| parked(queue.put(item))).collect();
    assert_eq!(queue.drain(), [1, 2]);
    assert_eq!(
        puts.iter().map(Driver::woken).collect::<Vec<_>>(),
        [true, true, false]
    );
}

#[test]
fn draining_a_closed_queue_releases_its_getters() {
    let queue = Queue::unbounded();
    let granted = parked(queue.get());
    queue.try_put(1).unwrap();
    queue.close();
    let mut waits = parked(queue.get());
    assert_eq!(queue.drain(), [], "it is claimed");
    drop(granted);
    assert_eq!(woken(&mut waits), Ok(1));
    let queue: Queue<_> = filled(0, [1]);
    queue.close();
    assert_eq!(queue.drain(), [1]);
    assert!(now(queue.get()).is_err());
}
