use waystation_queue::Queue;
use waystation_testkit::assert_pending;

use crate::common::{filled, now, parked, woken};

#[test]
fn join_of_a_queue_with_nothing_unfinished_is_ready() {
    now(Queue::<u8>::unbounded().join());
}

#[test]
fn join_waits_until_all_are_done() {
    let queue: Queue<_> = filled(0, [1, 2]);
    let mut join = parked(queue.join());
    queue.drain();
    assert!(!join.woken(), "taken is not done");
    queue.task_done().unwrap();
    assert!(!join.woken());
    queue.task_done().unwrap();
    woken(&mut join);
}

#[test]
fn everybody_who_joins_is_released_at_once() {
    let queue: Queue<_> = filled(0, [1]);
    let mut joins: Vec<_> = (0..20).map(|_| parked(queue.join())).collect();
    queue.task_done().unwrap();
    for join in &mut joins {
        woken(join);
    }
}

#[test]
fn join_is_released_even_if_the_count_rises_again_before_its_poll() {
    let queue: Queue<_> = filled(0, [1]);
    let mut join = parked(queue.join());
    queue.task_done().unwrap();
    queue.try_put(2).unwrap();
    assert_eq!(queue.unfinished(), 1);
    woken(&mut join);
    assert_pending(parked(queue.join()).poll());
}

#[test]
fn join_looks_from_its_first_poll_on() {
    let queue: Queue<_> = filled(0, [1]);
    let join = queue.join();
    queue.task_done().unwrap();
    queue.try_put(2).unwrap();
    parked(join);
}

#[test]
fn a_pending_put_does_not_hold_a_join() {
    let queue: Queue<_> = filled(1, [1]);
    let _put = parked(queue.put(2));
    let mut join = parked(queue.join());
    assert_eq!(queue.try_get(), Ok(1));
    queue.task_done().unwrap();
    woken(&mut join);
}

#[test]
fn join_is_woken_by_its_latest_waker() {
    let queue: Queue<_> = filled(0, [1]);
    let mut join = parked(queue.join());
    let old = join.change_waker();
    assert_pending(join.poll());
    queue.task_done().unwrap();
    woken(&mut join);
    assert_eq!((old.wakes(), old.live()), (0, 0));
}

#[test]
fn a_dropped_join_leaves_the_others_in_line() {
    let queue: Queue<_> = filled(0, [1]);
    let first = parked(queue.join());
    let probe = first.probe().clone();
    let mut second = parked(queue.join());
    drop(first);
    assert_eq!(probe.live(), 0);
    queue.task_done().unwrap();
    woken(&mut second);
    assert_eq!(probe.wakes(), 0);
}
