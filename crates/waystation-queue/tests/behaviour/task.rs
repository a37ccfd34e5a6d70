use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use waystation_queue::{GetError, LifoQueue, Queue, TooManyTaskDone, TryPutError};
use waystation_testkit::Ledger;

use crate::common::{filled, now, parked, woken};

#[test]
fn a_dropped_guard_is_done() {
    let queue: Queue<_> = filled(0, [1]);
    let task = now(queue.get_task()).unwrap();
    assert_eq!((*task, queue.unfinished(), queue.len()), (1, 1, 0));
    drop(task);
    assert_eq!(queue.unfinished(), 0);
}

#[test]
fn a_guard_dropped_by_a_panic_is_done() {
    let queue: Queue<_> = filled(0, [1]);
    let task = now(queue.get_task()).unwrap();
    let mut join = parked(queue.join());
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _task = task;
        panic!("the work failed");
    }));
    assert!(outcome.is_err());
    woken(&mut join);
}

#[test]
fn a_guard_gives_access_to_its_item() {
    let queue: Queue<_> = filled(0, [vec![1]]);
    let mut task = now(queue.get_task()).unwrap();
    task.push(2);
    assert_eq!(format!("{task:?}"), "TaskGuard([1, 2])");
    assert_eq!(task.into_inner(), [1, 2]);
}

#[test]
fn into_inner_is_done_at_once_and_only_once() {
    let queue: Queue<_> = filled(0, [1, 2]);
    let task = now(queue.get_task()).unwrap();
    let item = task.into_inner();
    assert_eq!((item, queue.unfinished()), (1, 1));
}

#[test]
fn a_parked_get_task_gets_its_item() {
    let queue = Queue::unbounded();
    let mut get = parked(queue.get_task());
    queue.try_put(7).unwrap();
    assert_eq!(*woken(&mut get).unwrap(), 7);
}

#[test]
fn get_task_fails_when_closed_and_drained() {
    let queue = Queue::<u8>::unbounded();
    let mut get = parked(queue.get_task());
    queue.close();
    assert_eq!(woken(&mut get).err(), Some(GetError));
    assert_eq!(now(queue.get_task()).err(), Some(GetError));
}

#[test]
fn an_owned_guard_keeps_its_queue() {
    let queue = Arc::new(filled::<_, waystation_queue::Fifo<_>>(0, [1]));
    let weak = Arc::downgrade(&queue);
    let task = now(queue.get_task_owned()).unwrap();
    drop(queue);
    assert_eq!(weak.upgrade().unwrap().unfinished(), 1);
    drop(task);
    assert!(weak.upgrade().is_none());
}

#[test]
fn nack_puts_a_fifo_item_back_in_front_still_unfinished() {
    let queue: Queue<_> = filled(0, [1, 2, 3]);
    let task = now(queue.get_task()).unwrap();
    task.nack().unwrap();
    assert_eq!((queue.unfinished(), queue.len()), (3, 3));
    assert_eq!(queue.drain(), [1, 2, 3]);
}

#[test]
fn nack_changes_no_count_of_what_is_unfinished_not_even_after_too_many_task_done() {
    for done_first in [true, false] {
        let queue: Queue<_> = filled(0, [1]);
        let task = now(queue.get_task()).unwrap();
        if done_first {
            queue.task_done().unwrap();
            task.nack().unwrap();
        } else {
            task.nack().unwrap();
            queue.task_done().unwrap();
        }
        assert_eq!((queue.unfinished(), queue.len()), (0, 1));
    }
}

#[test]
fn nack_puts_a_lifo_item_back_on_top() {
    let queue: LifoQueue<_> = filled(0, [1, 2]);
    let task = now(queue.get_task()).unwrap();
    queue.try_put(3).unwrap();
    task.nack().unwrap();
    assert_eq!(queue.drain(), [2, 3, 1]);
}

#[test]
fn nack_wakes_a_getter() {
    let queue: Queue<_> = filled(0, [1]);
    let task = now(queue.get_task()).unwrap();
    let mut get = parked(queue.get());
    task.nack().unwrap();
    assert_eq!(woken(&mut get), Ok(1));
}

#[test]
fn nack_may_exceed_the_capacity_by_the_live_guards() {
    let queue: Queue<_> = filled(2, [1, 2]);
    let a = now(queue.get_task()).unwrap();
    let b = now(queue.get_task()).unwrap();
    queue.try_put(3).unwrap();
    queue.try_put(4).unwrap();
    let mut put = parked(queue.put(5));
    b.nack().unwrap();
    a.nack().unwrap();
    assert_eq!(queue.len(), 4);
    assert_eq!(queue.try_put(9), Err(TryPutError::Full(9)));
    // Room comes only when the surplus is gone.
    assert_eq!((queue.try_get(), queue.try_get()), (Ok(1), Ok(2)));
    assert!(!put.woken());
    assert_eq!(queue.try_get(), Ok(3));
    assert_eq!(woken(&mut put), Ok(()));
}

#[test]
fn nack_does_not_take_granted_room_back() {
    let queue: Queue<_> = filled(1, [1]);
    let mut put = parked(queue.put(2));
    let task = now(queue.get_task()).unwrap();
    task.nack().unwrap();
    assert_eq!(woken(&mut put), Ok(()));
    assert_eq!(queue.drain(), [1, 2]);
}

#[test]
fn a_closed_queue_takes_no_nack_and_counts_it_as_done() {
    for immediate in [false, true] {
        let queue: Queue<_> = filled(0, [1, 2]);
        let task = now(queue.get_task()).unwrap();
        let mut join = parked(queue.join());
        if immediate {
            assert_eq!(queue.close_now(), [2]);
        } else {
            queue.close();
            assert_eq!(queue.try_get(), Ok(2));
            queue.task_done().unwrap();
        }
        assert_eq!(queue.unfinished(), 1);
        assert_eq!(task.nack(), Err(1));
        assert_eq!((queue.unfinished(), queue.len()), (0, 0));
        woken(&mut join);
    }
}

#[test]
fn a_refused_nack_keeps_its_item_alive() {
    let ledger = Ledger::new();
    let queue: Queue<_> = filled(0, [ledger.item(1)]);
    let task = now(queue.get_task()).unwrap();
    queue.close();
    let item = task.nack().unwrap_err();
    assert_eq!(ledger.live(), 1);
    drop((item, queue));
    ledger.assert_settled();
}

#[test]
fn task_done_more_often_than_put_is_an_error() {
    let queue = Queue::unbounded();
    assert_eq!(queue.task_done(), Err(TooManyTaskDone));
    queue.try_put(1).unwrap();
    assert_eq!(queue.task_done(), Ok(()), "taken or not");
    assert_eq!(queue.task_done(), Err(TooManyTaskDone));
    assert_eq!((queue.unfinished(), queue.len()), (0, 1));
}

#[test]
fn a_guard_after_too_many_task_done_leaves_the_count_at_0() {
    let queue: Queue<_> = filled(0, [1]);
    let task = now(queue.get_task()).unwrap();
    queue.task_done().unwrap();
    drop(task);
    assert_eq!(queue.unfinished(), 0);
    assert_eq!(queue.task_done(), Err(TooManyTaskDone));
}

#[test]
fn close_now_after_too_many_task_done_leaves_the_count_at_0() {
    let queue: Queue<_> = filled(0, [1, 2]);
    queue.task_done().unwrap();
    assert_eq!(queue.close_now(), [1, 2]);
    assert_eq!(queue.unfinished(), 0);
}
