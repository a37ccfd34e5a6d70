use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use waystation_queue::{
    Blocking, GetError, LifoQueue, PriorityQueue, Queue, TooManyTaskDone, TryGetError, TryPutError,
};
use waystation_testkit::{Ledger, PATIENCE, within};

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
fn a_closed_queue_takes_its_items_back() {
    let queue: Queue<_> = filled(1, [1]);
    let task = now(queue.get_task()).unwrap();
    let mut join = parked(queue.join());
    queue.close();
    assert_eq!(queue.try_get(), Err(TryGetError::Closed));
    assert_eq!(now(queue.get()), Err(GetError));
    assert_eq!(task.nack(), Ok(()));
    assert_eq!((queue.unfinished(), queue.len()), (1, 1));
    assert!(!join.woken());
    assert_eq!(now(queue.get_task()).unwrap().into_inner(), 1);
    woken(&mut join);
    assert_eq!(now(queue.get()), Err(GetError), "drained again");
    assert!(queue.is_closed());
}

#[test]
fn a_nack_after_close_wakes_a_waiting_getter() {
    let queue: Queue<_> = filled(0, [1]);
    let task = now(queue.get_task()).unwrap();
    let mut first = parked(queue.get());
    queue.try_put(2).unwrap();
    queue.close();
    let mut second = parked(queue.get());
    task.nack().unwrap();
    assert_eq!(woken(&mut second), Ok(1));
    assert_eq!(woken(&mut first), Ok(2));
}

#[cfg(feature = "futures-core")]
#[test]
fn a_nack_after_close_wakes_a_waiting_stream() {
    use futures_util::StreamExt;

    let queue: Queue<_> = filled(0, [1]);
    let task = now(queue.get_task()).unwrap();
    let mut first = parked(queue.get());
    queue.try_put(2).unwrap();
    queue.close();
    let mut stream = queue.stream();
    let mut second = parked(stream.next());
    task.nack().unwrap();
    assert_eq!(woken(&mut second), Some(1));
    assert_eq!(woken(&mut first), Ok(2));
}

#[test]
fn only_after_close_now_a_nack_is_refused_and_counts_as_done() {
    for close_first in [false, true] {
        let ledger = Ledger::new();
        let queue: Queue<_> = filled(0, [ledger.item(1), ledger.item(2)]);
        let task = now(queue.get_task()).unwrap();
        let mut join = parked(queue.join());
        if close_first {
            queue.close();
        }
        assert_eq!(queue.close_now().len(), 1);
        assert_eq!(queue.unfinished(), 1);
        let item = task.nack().unwrap_err();
        assert_eq!((queue.unfinished(), queue.len(), ledger.live()), (0, 0, 1));
        woken(&mut join);
        drop(item);
        ledger.assert_settled();
    }
}

/// Each job fails twice; the queue is closed while most of them are still to be done.
#[test]
fn workers_that_retry_over_a_close_lose_no_job() {
    const JOBS: usize = 65;
    within(PATIENCE, "three workers", || {
        let queue = PriorityQueue::<(u8, usize)>::bounded(8);
        let done = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while let Ok(mut task) = queue.get_task().block() {
                        if task.0 < 2 {
                            task.0 += 1;
                            task.nack().unwrap();
                        } else {
                            done.lock().unwrap().push(task.into_inner().1);
                        }
                    }
                });
            }
            assert_eq!(
                queue.put_many((0..JOBS).map(|job| (0, job))).block().ok(),
                Some(JOBS)
            );
            queue.close();
        });
        let mut done = done.into_inner().unwrap();
        done.sort_unstable();
        assert_eq!(done, (0..JOBS).collect::<Vec<_>>());
        assert_eq!((queue.unfinished(), queue.len()), (0, 0));
    });
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
