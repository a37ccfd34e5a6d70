use waystation_queue::{Closed, PutError, Queue, TryGetError, TryPutError, TryReserveError};
use waystation_testkit::assert_pending;

use crate::common::{filled, now, parked, woken};

#[test]
fn a_slot_takes_room_until_it_is_filled_or_dropped() {
    let queue = Queue::bounded(1);
    let slot = now(queue.reserve()).unwrap();
    assert!(queue.is_full() && queue.is_empty());
    assert_eq!(queue.try_put(1), Err(TryPutError::Full(1)));
    drop(slot);
    assert!(!queue.is_full());
    now(queue.reserve()).unwrap().put(2).unwrap();
    assert_eq!((queue.len(), queue.unfinished()), (1, 1));
    assert!(queue.is_full());
}

#[test]
fn a_slot_never_waits_behind_those_in_line() {
    let queue = Queue::bounded(1);
    let slot = now(queue.reserve()).unwrap();
    let mut put = parked(queue.put(2));
    slot.put(1).unwrap();
    assert!(!put.woken());
    assert_eq!(queue.try_get(), Ok(1));
    assert_eq!(woken(&mut put), Ok(()));
}

#[test]
fn a_dropped_slot_gives_its_room_to_the_next_putter() {
    let queue = Queue::bounded(1);
    let slot = now(queue.reserve()).unwrap();
    let mut put = parked(queue.put(1));
    drop(slot);
    assert_eq!(woken(&mut put), Ok(()));
}

#[test]
fn puts_and_reserves_stand_in_one_line() {
    let queue: Queue<_> = filled(1, [0]);
    let mut first = parked(queue.reserve());
    let mut second = parked(queue.put(2));
    let third = parked(queue.reserve());
    queue.try_get().unwrap();
    assert!(first.woken() && !second.woken());
    woken(&mut first).unwrap().put(1).unwrap();
    queue.try_get().unwrap();
    assert!(second.woken() && !third.woken());
    assert_eq!(woken(&mut second), Ok(()));
}

#[test]
fn a_slot_item_goes_to_a_parked_getter() {
    let queue = Queue::unbounded();
    let mut get = parked(queue.get());
    let slot = now(queue.reserve()).unwrap();
    assert!(!get.woken());
    slot.put(1).unwrap();
    assert_eq!(woken(&mut get), Ok(1));
}

#[test]
fn a_slot_outlives_close() {
    let queue = Queue::bounded(1);
    let slot = now(queue.reserve()).unwrap();
    queue.close();
    let mut get = parked(queue.get());
    assert_eq!(queue.try_get(), Err(TryGetError::Empty), "not the end yet");
    assert_eq!(slot.put(1), Ok(()));
    assert_eq!(woken(&mut get), Ok(1));
    assert_eq!(queue.try_get(), Err(TryGetError::Closed));
}

#[test]
fn a_slot_does_not_outlive_close_now() {
    let queue = Queue::bounded(1);
    let slot = now(queue.reserve()).unwrap();
    queue.close_now();
    assert_eq!(queue.try_get(), Err(TryGetError::Closed));
    assert_eq!(slot.put(1), Err(PutError(1)));
    assert_eq!((queue.len(), queue.unfinished()), (0, 0));
}

#[test]
fn close_after_a_slot_and_then_close_now_give_the_item_back() {
    let queue = Queue::bounded(1);
    let slot = now(queue.reserve()).unwrap();
    queue.close();
    queue.close_now();
    assert_eq!(slot.put(1), Err(PutError(1)));
}

#[test]
fn a_granted_reserve_outlives_close() {
    let queue: Queue<_> = filled(1, [1]);
    let mut reserve = parked(queue.reserve());
    queue.try_get().unwrap();
    queue.close();
    let get = parked(queue.get());
    let slot = woken(&mut reserve).unwrap();
    assert!(!get.woken(), "a slot is alive");
    slot.put(2).unwrap();
    assert!(get.woken());
}

#[test]
fn a_granted_reserve_does_not_outlive_close_now() {
    let queue: Queue<_> = filled(1, [1]);
    let mut reserve = parked(queue.reserve());
    queue.try_get().unwrap();
    assert!(reserve.woken());
    queue.close_now();
    assert_eq!(woken(&mut reserve).err(), Some(Closed));
    assert_eq!(queue.try_get(), Err(TryGetError::Closed));
}

#[test]
fn a_parked_reserve_fails_at_the_close() {
    for now in [false, true] {
        let queue: Queue<_> = filled(1, [1]);
        let mut reserve = parked(queue.reserve());
        if now {
            queue.close_now();
        } else {
            queue.close();
        }
        assert_eq!(woken(&mut reserve).err(), Some(Closed));
    }
}

#[test]
fn reserve_after_the_close_fails() {
    let queue = Queue::<u8>::bounded(1);
    queue.close();
    assert_eq!(now(queue.reserve()).err(), Some(Closed));
}

#[test]
fn a_re_polled_reserve_is_woken_by_its_latest_waker() {
    let queue: Queue<_> = filled(1, [1]);
    let mut reserve = parked(queue.reserve());
    let old = reserve.change_waker();
    assert_pending(reserve.poll());
    queue.try_get().unwrap();
    assert!(reserve.woken());
    assert_eq!((old.wakes(), old.live()), (0, 0));
}

#[test]
fn several_slots_are_counted() {
    let queue = Queue::bounded(3);
    let slots: Vec<_> = (0..3).map(|_| now(queue.reserve()).unwrap()).collect();
    let mut fourth = parked(queue.reserve());
    for (item, slot) in slots.into_iter().enumerate() {
        slot.put(item).unwrap();
        assert!(!fourth.woken());
    }
    assert_eq!(queue.drain(), [0, 1, 2]);
    assert!(woken(&mut fourth).is_ok());
}

#[test]
fn the_last_of_several_slots_ends_a_closed_queue() {
    let queue = Queue::<u8>::bounded(3);
    let a = now(queue.reserve()).unwrap();
    let b = now(queue.reserve()).unwrap();
    queue.close();
    let mut get = parked(queue.get());
    drop(a);
    assert!(!get.woken());
    drop(b);
    assert!(woken(&mut get).is_err());
}

#[test]
fn try_reserve_takes_room_that_is_there_and_holds_it() {
    let queue = Queue::bounded(2);
    let slot = queue.try_reserve().unwrap();
    assert!(queue.is_empty() && !queue.is_full());
    queue.try_put(1).unwrap();
    assert_eq!(queue.try_put(3), Err(TryPutError::Full(3)));
    assert_eq!(queue.try_reserve().err(), Some(TryReserveError::Full));
    slot.put(2).unwrap();
    assert_eq!(queue.drain(), [1, 2]);
    drop(queue.try_reserve().unwrap());
    assert_eq!(queue.try_put(3), Ok(()));
}

#[test]
fn try_reserve_fails_while_putters_wait_and_when_closed() {
    let queue: Queue<_> = filled(1, [1]);
    let mut put = parked(queue.put(2));
    queue.try_get().unwrap();
    assert_eq!(queue.try_reserve().err(), Some(TryReserveError::Full));
    assert_eq!(woken(&mut put), Ok(()));
    let waits = parked(queue.reserve());
    queue.drain();
    assert_eq!(queue.try_reserve().err(), Some(TryReserveError::Full));
    drop(waits);
    assert!(queue.try_reserve().is_ok());
    queue.close();
    assert_eq!(queue.try_reserve().err(), Some(TryReserveError::Closed));
}
