use waystation_queue::{
    GetError, LifoQueue, PriorityQueue, PutError, Queue, TryGetError, TryPutError,
};
use waystation_testkit::{Driver, assert_pending};

use crate::common::{filled, now, parked, woken};

#[test]
fn the_first_close_says_so() {
    let queue = Queue::<u8>::unbounded();
    assert!(!queue.is_closed());
    assert!(queue.close());
    assert!(queue.is_closed());
    assert!(!queue.close());
    queue.close_now();
    assert!(!queue.close());
}

#[test]
fn close_revokes_granted_puts() {
    let queue: Queue<_> = filled(1, [1]);
    let mut put = parked(queue.put(2));
    queue.try_get().unwrap();
    assert!(put.woken());
    queue.close();
    assert_eq!(woken(&mut put), Err(PutError(2)));
    assert_eq!(queue.try_get(), Err(TryGetError::Closed));
}

#[test]
fn a_revoked_put_may_be_dropped() {
    let queue: Queue<_> = filled(1, [1]);
    let put = parked(queue.put(2));
    queue.try_get().unwrap();
    queue.close();
    drop(put);
    assert!(!queue.is_full());
}

#[test]
fn the_last_item_before_a_close_is_delivered() {
    let queue = Queue::unbounded();
    let mut get = parked(queue.get());
    queue.try_put(1).unwrap();
    queue.close();
    assert_eq!(woken(&mut get), Ok(1));
    assert_eq!(now(queue.get()), Err(GetError));
}

#[test]
fn the_end_is_not_reported_while_a_claim_is_out() {
    let queue = Queue::unbounded();
    let mut claims = parked(queue.get());
    queue.try_put(1).unwrap();
    queue.close();
    let mut waits = parked(queue.get());
    assert_eq!(queue.try_get(), Err(TryGetError::Empty));
    assert_eq!(woken(&mut claims), Ok(1));
    assert_eq!(woken(&mut waits), Err(GetError));
}

#[test]
fn a_cancelled_claim_on_a_closed_queue_goes_to_the_next() {
    let queue = Queue::unbounded();
    let claims = parked(queue.get());
    queue.try_put(1).unwrap();
    queue.close();
    let mut waits = parked(queue.get());
    drop(claims);
    assert_eq!(woken(&mut waits), Ok(1));
}

#[test]
fn getters_that_parked_before_the_close_share_what_is_left() {
    let queue = Queue::unbounded();
    let mut gets: Vec<_> = (0..3).map(|_| parked(queue.get())).collect();
    queue.try_put(1).unwrap();
    queue.try_put(2).unwrap();
    queue.close();
    assert!(!gets[2].woken(), "two claims are out");
    assert_eq!(woken(&mut gets[0]), Ok(1));
    assert_pending(gets[2].poll());
    assert_eq!(woken(&mut gets[1]), Ok(2));
    assert_eq!(woken(&mut gets[2]), Err(GetError));
}

#[test]
fn close_now_gives_what_was_in_it_in_the_order_of_gets() {
    assert_eq!(
        filled::<_, waystation_queue::Fifo<_>>(0, [2, 3, 1]).close_now(),
        [2, 3, 1]
    );
    assert_eq!(LifoQueue::close_now(&filled(0, [2, 3, 1])), [1, 3, 2]);
    assert_eq!(PriorityQueue::close_now(&filled(0, [2, 3, 1])), [1, 2, 3]);
}

#[test]
fn close_now_takes_items_from_under_granted_getters() {
    let queue = Queue::unbounded();
    let mut get = parked(queue.get());
    queue.try_put(1).unwrap();
    assert_eq!(queue.close_now(), [1]);
    assert_eq!(woken(&mut get), Err(GetError));
    assert_eq!((queue.len(), queue.unfinished()), (0, 0));
}

#[test]
fn a_granted_getter_may_be_dropped_after_close_now() {
    let queue = Queue::unbounded();
    let get = parked(queue.get());
    queue.try_put(1).unwrap();
    queue.close_now();
    drop(get);
    assert_eq!(queue.try_get(), Err(TryGetError::Closed));
}

#[test]
fn close_now_after_close_takes_what_is_left() {
    let queue: Queue<_> = filled(0, [1, 2]);
    queue.close();
    assert_eq!(queue.close_now(), [1, 2]);
    assert_eq!(queue.close_now(), []);
    assert_eq!(queue.try_get(), Err(TryGetError::Closed));
}

#[test]
fn close_now_refuses_every_putter() {
    let queue: Queue<_> = filled(1, [1]);
    let mut granted = parked(queue.put(2));
    let mut waits = parked(queue.put(3));
    queue.try_get().unwrap();
    queue.close_now();
    assert_eq!(woken(&mut granted), Err(PutError(2)));
    assert_eq!(woken(&mut waits), Err(PutError(3)));
    assert_eq!(queue.try_put(4), Err(TryPutError::Closed(4)));
}

#[test]
fn closed_is_released_by_either_close() {
    for immediate in [false, true] {
        let queue: Queue<_> = filled(1, [1]);
        let mut closed: Vec<_> = (0..20).map(|_| parked(queue.closed())).collect();
        if immediate {
            queue.close_now();
        } else {
            queue.close();
        }
        for closed in &mut closed {
            woken(closed);
        }
        now(queue.closed());
    }
}

#[test]
fn a_dropped_closed_leaves_the_line() {
    let queue = Queue::<u8>::unbounded();
    let first = parked(queue.closed());
    let probe = first.probe().clone();
    let second = parked(queue.closed());
    drop(first);
    queue.close();
    assert_eq!((probe.wakes(), probe.live()), (0, 0));
    assert!(second.woken());
}

#[test]
fn each_waiter_is_woken_once_by_a_close() {
    let queue = Queue::<u8>::bounded(1);
    let gets: Vec<_> = (0..20).map(|_| parked(queue.get())).collect();
    let closed = parked(queue.closed());
    queue.close();
    queue.close();
    queue.close_now();
    assert!(gets.iter().all(|get| get.wakes() == 1));
    assert_eq!(closed.wakes(), 1);
}

#[test]
fn a_closed_queue_reports_its_state() {
    let queue: Queue<_> = filled(1, [1]);
    let puts: Vec<_> = (0..3).map(|item| parked(queue.put(item))).collect();
    queue.close();
    assert_eq!((queue.len(), queue.putters_waiting()), (1, 0));
    assert_eq!(queue.unfinished(), 1);
    assert!(puts.iter().all(Driver::woken));
    assert!(format!("{queue:?}").contains("closed: true"));
}

#[test]
fn first_polls_after_close_now_end_at_once_while_a_slot_is_alive() {
    let queue = Queue::<u8>::bounded(1);
    let slot = now(queue.reserve()).unwrap();
    queue.close_now();
    assert_eq!(now(queue.get()), Err(GetError));
    assert_eq!(now(queue.get_many(&mut Vec::new(), 1)), 0);
    drop(slot);
}
