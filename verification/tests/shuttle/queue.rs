//! `Queue` while it is open: put, get, reserve, join, and their cancels.

use std::sync::Arc;

use shuttle::thread::scope;
use verification::explore::{chance, explore, give_up_after, moved};
use verification::spec::{Fate, QueueLog, QueueSpec, Step, out_of_order};
use waystation_core::block::block_on;
use waystation_queue::Queue;
use waystation_testkit::model::Order;

/// 3 put two items each into one place, 3 get two each; 4 give up, what they moved is made up for.
#[test]
fn queue_of_one_keeps_items_and_order_through_cancels() {
    explore(|| {
        let (queue, log) = (Arc::new(Queue::bounded(1)), QueueLog::new());
        scope(|threads| {
            for who in 0..3 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || {
                    for item in [who, who + 100] {
                        block_on(log.put(item, item, queue.put_owned(item))).unwrap();
                    }
                });
            }
            for who in 3..6 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || {
                    for who in [who, who + 100] {
                        block_on(log.get(who, queue.get_owned())).unwrap();
                    }
                });
            }
            for who in 6..8 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || {
                    let put = log.put(who, who, queue.put_owned(who));
                    if give_up_after(1 + chance(2), put).is_some() {
                        block_on(log.get(who + 100, queue.get_owned())).unwrap();
                    }
                });
            }
            for who in 8..10 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || {
                    let get = log.get(who, queue.get_owned());
                    if let Some(item) = give_up_after(1 + chance(2), get) {
                        let again = item.unwrap() + 1000;
                        block_on(log.put(who + 100, again, queue.put_owned(again))).unwrap();
                    }
                });
            }
        });
        assert_eq!(
            (
                queue.len(),
                queue.getters_waiting(),
                queue.putters_waiting()
            ),
            (0, 0, 0)
        );
        let history = log.into_history();
        assert_eq!(out_of_order(&history), []);
        history.assert_linearizable(QueueSpec::new(Order::Fifo, 1));
    });
}

/// 3 reserve and put or let go, 2 put, 1 gives up a reserve, 1 tries, 3 get.
#[test]
fn queue_slots_are_granted_in_line_with_puts() {
    explore(|| {
        let (queue, log) = (Arc::new(Queue::bounded(2)), QueueLog::new());
        scope(|threads| {
            for who in 0..3 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || {
                    let slot = block_on(moved(log.reserve(who, queue.reserve_owned()))).unwrap();
                    if who == 0 {
                        log.done(Step::SlotDrop, || drop(slot));
                    } else {
                        let entered = |outcome: &Result<_, _>| match outcome {
                            Ok(()) => Fate::Entered,
                            Err(_) => Fate::Closed,
                        };
                        log.step(Step::SlotPut(who), || slot.put(who), entered)
                            .unwrap();
                    }
                });
            }
            for who in 3..5 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || {
                    block_on(moved(log.put(who, who, queue.put_owned(who)))).unwrap()
                });
            }
            threads.spawn(|| {
                let reserve = log.reserve(5, queue.reserve_owned());
                if let Some(slot) = give_up_after(1 + chance(2), reserve) {
                    log.done(Step::SlotDrop, || drop(slot));
                }
            });
            threads.spawn(|| {
                if log.try_put(6, &queue) {
                    block_on(log.get(6, queue.get_owned())).unwrap();
                }
            });
            for who in 7..9 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || {
                    for who in [who, who + 100] {
                        block_on(moved(log.get(who, queue.get_owned()))).unwrap();
                    }
                });
            }
        });
        // All the room has come back.
        assert!(queue.is_empty() && log.try_put(10, &queue) && log.try_put(11, &queue));
        let history = log.into_history();
        assert_eq!(out_of_order(&history), []);
        history.assert_linearizable(QueueSpec::new(Order::Fifo, 2));
    });
}

/// 2 put, 3 get and are done, 2 join, 1 gives up a join.
#[test]
fn queue_join_waits_for_every_task() {
    explore(|| {
        let (queue, log) = (Arc::new(Queue::bounded(2)), QueueLog::new());
        scope(|threads| {
            for who in 0..2 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || {
                    for item in [who, who + 100, who + 200] {
                        block_on(log.put(item, item, queue.put_owned(item))).unwrap();
                    }
                });
            }
            for who in 2..5 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || {
                    for who in [who, who + 100] {
                        block_on(log.get(who, queue.get_owned())).unwrap();
                        let done =
                            |outcome: &Result<_, _>| Fate::Number(usize::from(outcome.is_ok()));
                        log.step(Step::TaskDone, || queue.task_done(), done)
                            .unwrap();
                    }
                });
            }
            for who in 5..7 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || block_on(log.join(who, queue.join_owned())));
            }
            threads.spawn(|| give_up_after(1 + chance(2), log.join(7, queue.join_owned())));
        });
        assert_eq!(queue.unfinished(), 0);
        log.into_history()
            .assert_linearizable(QueueSpec::new(Order::Fifo, 2));
    });
}
