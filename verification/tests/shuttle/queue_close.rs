//! `Queue` and its two ways of closing.

use std::sync::Arc;

use shuttle::thread::scope;
use verification::explore::{chance, explore, give_up_after};
use verification::spec::{Fate, QueueLog, QueueSpec, Step, out_of_order};
use waystation_core::block::block_on;
use waystation_queue::{PutError, Queue};
use waystation_testkit::model::Order;

/// 3 put until they are refused, 3 get until the end, 1 gives up a get, 1 holds a slot over the
/// close, 1 closes: what entered comes out, what did not comes back.
#[test]
fn queue_close_delivers_what_entered() {
    explore(|| {
        let (queue, log) = (Arc::new(Queue::bounded(1)), QueueLog::new());
        scope(|threads| {
            for who in 0..3 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || {
                    for item in [who, who + 100] {
                        let put = block_on(log.put(item, item, queue.put_owned(item)));
                        assert!(put.is_ok() || put == Err(PutError(item)));
                    }
                });
            }
            for who in 3..6 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || {
                    for who in (who..).step_by(10) {
                        if block_on(log.get(who, queue.get_owned())).is_err() {
                            break;
                        }
                    }
                });
            }
            threads.spawn(|| give_up_after(1 + chance(2), log.get(6, queue.get_owned())));
            threads.spawn(|| {
                if let Ok(slot) = block_on(log.reserve(7, queue.reserve_owned())) {
                    let fate = |outcome: &Result<_, _>| match outcome {
                        Ok(()) => Fate::Entered,
                        Err(_) => Fate::Closed,
                    };
                    log.step(Step::SlotPut(7), || slot.put(7), fate).unwrap();
                }
            });
            threads.spawn(|| {
                let first = |first: &bool| Fate::Number(usize::from(*first));
                log.step(Step::Close, || queue.close(), first);
            });
        });
        assert!(queue.is_empty());
        let history = log.into_history();
        assert_eq!(out_of_order(&history), []);
        history.assert_linearizable(QueueSpec::new(Order::Fifo, 1));
    });
}

/// 3 put, 3 get, 1 holds a slot, 1 joins, 1 closes at once: each item is taken, returned or handed
/// out by the close.
#[test]
fn queue_close_now_leaves_nothing_and_nobody() {
    explore(|| {
        let (queue, log) = (Arc::new(Queue::bounded(2)), QueueLog::new());
        scope(|threads| {
            for who in 0..3 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || {
                    for item in [who, who + 100] {
                        // Refused or not: the history tells.
                        let _put = block_on(log.put(item, item, queue.put_owned(item)));
                    }
                });
            }
            for who in 3..6 {
                let (queue, log) = (&queue, &log);
                threads.spawn(move || {
                    if block_on(log.get(who, queue.get_owned())).is_ok() {
                        let done =
                            |outcome: &Result<_, _>| Fate::Number(usize::from(outcome.is_ok()));
                        log.step(Step::TaskDone, || queue.task_done(), done)
                            .unwrap();
                    }
                });
            }
            threads.spawn(|| {
                if let Ok(slot) = block_on(log.reserve(7, queue.reserve_owned())) {
                    let fate = |outcome: &Result<_, _>| match outcome {
                        Ok(()) => Fate::Entered,
                        Err(_) => Fate::Closed,
                    };
                    let _put = log.step(Step::SlotPut(7), || slot.put(7), fate);
                }
            });
            threads.spawn(|| give_up_after(1 + chance(3), log.join(8, queue.join_owned())));
            threads.spawn(|| {
                shuttle::thread::yield_now();
                let items = |items: &Vec<_>| Fate::Items(items.clone());
                log.step(Step::CloseNow, || queue.close_now(), items);
                log.step(Step::Len, || queue.len(), |&len| Fate::Number(len));
            });
        });
        assert_eq!(
            (
                queue.len(),
                queue.getters_waiting(),
                queue.putters_waiting()
            ),
            (0, 0, 0)
        );
        log.into_history()
            .assert_linearizable(QueueSpec::new(Order::Fifo, 2));
    });
}
