//! What asyncio's documentation promises of `Queue`, `LifoQueue` and `PriorityQueue`, with `shutdown` as of 3.13.
#![allow(missing_docs, clippy::unwrap_used, reason = "these are tests")]

mod common;

use common::{filled, now, parked, woken};
use waystation_queue::{
    BaseQueue, Discipline, GetError, LifoQueue, PriorityQueue, PutError, Queue, TooManyTaskDone,
    TryGetError, TryPutError,
};
use waystation_testkit::{PATIENCE, within};

/// Runs a case for each of the three classes.
macro_rules! for_each_class {
    ($($name:ident)*) => { $(
        #[test]
        fn $name() {
            within(PATIENCE, stringify!($name), || {
                case::$name::<waystation_queue::Fifo<u32>>();
                case::$name::<waystation_queue::Lifo<u32>>();
                case::$name::<waystation_queue::Priority<u32>>();
            });
        }
    )* };
}

for_each_class! {
    maxsize_0_is_infinite
    maxsize_is_the_number_of_items_allowed
    empty_full_and_qsize_tell_the_state
    get_waits_until_an_item_is_available
    put_waits_until_a_free_slot_is_available
    get_nowait_raises_when_empty
    put_nowait_raises_when_full
    join_blocks_until_all_items_are_received_and_processed
    task_done_raises_when_called_too_often
    the_count_rises_with_each_item_and_falls_with_task_done
    after_shutdown_put_raises
    after_shutdown_get_drains_and_then_raises
    shutdown_unblocks_blocked_puts
    shutdown_unblocks_blocked_gets_of_an_empty_queue
    shutdown_leaves_unfinished_work_to_join
    immediate_shutdown_empties_the_queue_and_unblocks_gets
    immediate_shutdown_counts_the_items_it_removes_as_done
    immediate_shutdown_leaves_join_blocked_on_work_in_progress
    shutdown_twice_changes_nothing
    shutdown_may_become_immediate
    a_cancelled_get_loses_no_item
    a_cancelled_put_adds_no_item
    a_cancelled_getter_passes_its_wake_up_on
    a_cancelled_putter_passes_its_wake_up_on
    getters_are_served_in_order
    putters_are_served_in_order
    producers_and_consumers_move_every_item
}

mod case {
    use super::*;

    type Of<D> = BaseQueue<u32, D>;

    pub(super) fn maxsize_0_is_infinite<D: Discipline<u32> + Default>() {
        let queue = Of::<D>::with_maxsize(0);
        (0..500).for_each(|item| queue.try_put(item).unwrap());
        assert_eq!((queue.capacity(), queue.is_full()), (None, false));
    }

    pub(super) fn maxsize_is_the_number_of_items_allowed<D: Discipline<u32> + Default>() {
        let queue = Of::<D>::with_maxsize(3);
        (0..3).for_each(|item| queue.try_put(item).unwrap());
        assert_eq!((queue.capacity(), queue.is_full()), (Some(3), true));
    }

    pub(super) fn empty_full_and_qsize_tell_the_state<D: Discipline<u32> + Default>() {
        let queue = Of::<D>::bounded(2);
        assert!(queue.is_empty() && !queue.is_full());
        queue.try_put(1).unwrap();
        assert_eq!(
            (queue.len(), queue.is_empty(), queue.is_full()),
            (1, false, false)
        );
        queue.try_put(2).unwrap();
        assert_eq!(
            (queue.len(), queue.is_empty(), queue.is_full()),
            (2, false, true)
        );
    }

    pub(super) fn get_waits_until_an_item_is_available<D: Discipline<u32> + Default>() {
        let queue = Of::<D>::unbounded();
        let mut get = parked(queue.get());
        now(queue.put(1)).unwrap();
        assert_eq!(woken(&mut get), Ok(1));
    }

    pub(super) fn put_waits_until_a_free_slot_is_available<D: Discipline<u32> + Default>() {
        let queue: Of<D> = filled(1, [1]);
        let mut put = parked(queue.put(2));
        assert_eq!(now(queue.get()), Ok(1));
        assert_eq!(woken(&mut put), Ok(()));
        assert_eq!(now(queue.get()), Ok(2));
    }

    pub(super) fn get_nowait_raises_when_empty<D: Discipline<u32> + Default>() {
        let queue: Of<D> = filled(0, [1]);
        assert_eq!(queue.try_get(), Ok(1));
        assert_eq!(queue.try_get(), Err(TryGetError::Empty));
    }

    pub(super) fn put_nowait_raises_when_full<D: Discipline<u32> + Default>() {
        let queue: Of<D> = filled(1, [1]);
        assert_eq!(queue.try_put(2), Err(TryPutError::Full(2)));
    }

    pub(super) fn join_blocks_until_all_items_are_received_and_processed<
        D: Discipline<u32> + Default,
    >() {
        let queue: Of<D> = filled(0, [1, 2]);
        let mut join = parked(queue.join());
        for left in [1, 0] {
            queue.try_get().unwrap();
            assert!(!join.woken());
            queue.task_done().unwrap();
            assert_eq!(join.woken(), left == 0);
        }
        woken(&mut join);
    }

    pub(super) fn task_done_raises_when_called_too_often<D: Discipline<u32> + Default>() {
        let queue: Of<D> = filled(0, [1]);
        queue.task_done().unwrap();
        assert_eq!(queue.task_done(), Err(TooManyTaskDone));
    }

    pub(super) fn the_count_rises_with_each_item_and_falls_with_task_done<
        D: Discipline<u32> + Default,
    >() {
        let queue: Of<D> = filled(0, [1, 2, 3]);
        queue.try_get().unwrap();
        assert_eq!(queue.unfinished(), 3);
        queue.task_done().unwrap();
        assert_eq!(queue.unfinished(), 2);
    }

    pub(super) fn after_shutdown_put_raises<D: Discipline<u32> + Default>() {
        let queue = Of::<D>::bounded(2);
        queue.close();
        assert_eq!(now(queue.put(1)), Err(PutError(1)));
        assert_eq!(queue.try_put(1), Err(TryPutError::Closed(1)));
        assert!(queue.is_empty());
    }

    pub(super) fn after_shutdown_get_drains_and_then_raises<D: Discipline<u32> + Default>() {
        let queue: Of<D> = filled(0, [1, 2]);
        queue.close();
        assert_eq!(queue.len(), 2);
        assert!(now(queue.get()).is_ok() && queue.try_get().is_ok());
        assert_eq!(now(queue.get()), Err(GetError));
        assert_eq!(queue.try_get(), Err(TryGetError::Closed));
    }

    pub(super) fn shutdown_unblocks_blocked_puts<D: Discipline<u32> + Default>() {
        let queue: Of<D> = filled(1, [1]);
        let mut puts: Vec<_> = (2..5).map(|item| parked(queue.put(item))).collect();
        queue.close();
        for (item, put) in (2..).zip(&mut puts) {
            assert_eq!(woken(put), Err(PutError(item)));
        }
        assert_eq!(queue.drain(), [1]);
    }

    pub(super) fn shutdown_unblocks_blocked_gets_of_an_empty_queue<D: Discipline<u32> + Default>() {
        let queue = Of::<D>::unbounded();
        let mut gets: Vec<_> = (0..3).map(|_| parked(queue.get())).collect();
        queue.close();
        assert!(gets.iter_mut().all(|get| woken(get) == Err(GetError)));
    }

    pub(super) fn shutdown_leaves_unfinished_work_to_join<D: Discipline<u32> + Default>() {
        let queue: Of<D> = filled(0, [1]);
        let mut join = parked(queue.join());
        queue.close();
        assert!(!join.woken());
        queue.try_get().unwrap();
        queue.task_done().unwrap();
        woken(&mut join);
    }

    pub(super) fn immediate_shutdown_empties_the_queue_and_unblocks_gets<
        D: Discipline<u32> + Default,
    >() {
        let queue = Of::<D>::bounded(2);
        let mut gets: Vec<_> = (0..3).map(|_| parked(queue.get())).collect();
        queue.try_put(1).unwrap();
        queue.close_now();
        assert!(queue.is_empty());
        assert!(gets.iter_mut().all(|get| woken(get) == Err(GetError)));
    }

    pub(super) fn immediate_shutdown_counts_the_items_it_removes_as_done<
        D: Discipline<u32> + Default,
    >() {
        let queue: Of<D> = filled(0, [1, 2, 3]);
        let mut join = parked(queue.join());
        queue.close_now();
        assert_eq!(queue.unfinished(), 0);
        woken(&mut join);
        assert_eq!(queue.task_done(), Err(TooManyTaskDone));
    }

    pub(super) fn immediate_shutdown_leaves_join_blocked_on_work_in_progress<
        D: Discipline<u32> + Default,
    >() {
        let queue: Of<D> = filled(0, [1, 2, 3]);
        queue.try_get().unwrap();
        let mut join = parked(queue.join());
        queue.close_now();
        assert!(!join.woken());
        queue.task_done().unwrap();
        woken(&mut join);
    }

    pub(super) fn shutdown_twice_changes_nothing<D: Discipline<u32> + Default>() {
        let queue: Of<D> = filled(0, [1]);
        assert!(queue.close());
        assert!(!queue.close());
        assert_eq!(queue.try_get(), Ok(1));
    }

    pub(super) fn shutdown_may_become_immediate<D: Discipline<u32> + Default>() {
        let queue: Of<D> = filled(0, [1]);
        queue.close();
        assert_eq!(queue.close_now(), [1]);
        assert_eq!(queue.try_get(), Err(TryGetError::Closed));
    }

    pub(super) fn a_cancelled_get_loses_no_item<D: Discipline<u32> + Default>() {
        let queue = Of::<D>::unbounded();
        let get = parked(queue.get());
        queue.try_put(1).unwrap();
        drop(get);
        assert_eq!(queue.try_get(), Ok(1));
    }

    pub(super) fn a_cancelled_put_adds_no_item<D: Discipline<u32> + Default>() {
        let queue: Of<D> = filled(1, [1]);
        let put = parked(queue.put(2));
        queue.try_get().unwrap();
        drop(put);
        assert!(queue.is_empty() && !queue.is_full());
    }

    pub(super) fn a_cancelled_getter_passes_its_wake_up_on<D: Discipline<u32> + Default>() {
        let queue = Of::<D>::unbounded();
        let first = parked(queue.get());
        let mut second = parked(queue.get());
        queue.try_put(1).unwrap();
        drop(first);
        assert_eq!(woken(&mut second), Ok(1));
    }

    pub(super) fn a_cancelled_putter_passes_its_wake_up_on<D: Discipline<u32> + Default>() {
        let queue: Of<D> = filled(1, [1]);
        let first = parked(queue.put(2));
        let mut second = parked(queue.put(3));
        queue.try_get().unwrap();
        drop(first);
        assert_eq!(woken(&mut second), Ok(()));
        assert_eq!(queue.drain(), [3]);
    }

    pub(super) fn getters_are_served_in_order<D: Discipline<u32> + Default>() {
        let queue = Of::<D>::unbounded();
        let mut gets: Vec<_> = (0..3).map(|_| parked(queue.get())).collect();
        for item in 0..3 {
            queue.try_put(item).unwrap();
            assert_eq!(woken(&mut gets[item as usize]), Ok(item));
        }
    }

    pub(super) fn putters_are_served_in_order<D: Discipline<u32> + Default>() {
        let queue: Of<D> = filled(1, [0]);
        let mut puts: Vec<_> = (1..4).map(|item| parked(queue.put(item))).collect();
        for put in &mut puts {
            queue.try_get().unwrap();
            assert_eq!(woken(put), Ok(()));
        }
    }

    pub(super) fn producers_and_consumers_move_every_item<D: Discipline<u32> + Default>() {
        let queue = Of::<D>::bounded(2);
        let produce = |base: u32| {
            let queue = &queue;
            async move {
                for item in 0..100 {
                    queue.put(base + item).await.unwrap();
                }
            }
        };
        let consume = || async {
            let mut got = Vec::new();
            while let Ok(item) = queue.get().await {
                got.push(item);
                queue.task_done().unwrap();
            }
            got
        };
        let produced = async {
            futures_lite::future::zip(produce(0), produce(1000)).await;
            queue.join().await;
            queue.close();
        };
        let consumed = futures_lite::future::zip(consume(), consume());
        let (_, (mut all, more)) =
            futures_lite::future::block_on(futures_lite::future::zip(produced, consumed));
        all.extend(more);
        all.sort_unstable();
        assert_eq!(all, (0..100).chain(1000..1100).collect::<Vec<_>>());
    }
}

#[test]
fn queue_is_first_in_first_out() {
    let queue: Queue<_> = filled(0, [3, 1, 2]);
    assert_eq!(queue.drain(), [3, 1, 2]);
}

#[test]
fn lifo_queue_is_last_in_first_out() {
    let queue: LifoQueue<_> = filled(0, [3, 1, 2]);
    assert_eq!(queue.drain(), [2, 1, 3]);
}

#[test]
fn priority_queue_is_lowest_first_also_for_tuples() {
    let queue: PriorityQueue<_> = filled(0, [(2, "b"), (1, "z"), (2, "a")]);
    assert_eq!(queue.drain(), [(1, "z"), (2, "a"), (2, "b")]);
}

#[test]
fn join_is_released_by_the_count_and_not_by_being_empty() {
    let queue = Queue::unbounded();
    queue.try_put(1).unwrap();
    let mut join = parked(queue.join());
    queue.try_get().unwrap();
    assert!(queue.is_empty() && !join.woken());
    queue.task_done().unwrap();
    woken(&mut join);
}
