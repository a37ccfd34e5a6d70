//! `LifoQueue` and `PriorityQueue`: the same lines, another order of the items.

use std::sync::Arc;

use shuttle::thread::scope;
use verification::explore::{chance, explore, give_up_after};
use verification::spec::{Item, QueueLog, QueueSpec};
use waystation_core::block::block_on;
use waystation_queue::{BaseQueue, Discipline, LifoQueue, PriorityQueue};
use waystation_testkit::model::Order;

/// 3 put three items each, 3 get three each, 2 getters give up, 1 tries.
fn put_and_get<D: Discipline<Item> + Send>(queue: BaseQueue<Item, D>, order: Order) {
    let (queue, log) = (Arc::new(queue), QueueLog::new());
    scope(|threads| {
        for who in 0..3 {
            let (queue, log) = (&queue, &log);
            threads.spawn(move || {
                for item in [100 - who, 50, who] {
                    let who = 1000 + who * 1000 + item;
                    block_on(log.put(who, item, queue.put_owned(item))).unwrap();
                }
            });
        }
        for who in 3..6 {
            let (queue, log) = (&queue, &log);
            threads.spawn(move || {
                for who in [who, who + 10, who + 20] {
                    block_on(log.get(who, queue.get_owned())).unwrap();
                }
            });
        }
        for who in 6..8 {
            let (queue, log) = (&queue, &log);
            threads.spawn(move || {
                let get = log.get(who, queue.get_owned());
                if let Some(item) = give_up_after(1 + chance(2), get) {
                    let item = item.unwrap();
                    block_on(log.put(who + 100, item, queue.put_owned(item))).unwrap();
                }
            });
        }
        threads.spawn(|| {
            if let Some(item) = log.try_get(&queue) {
                block_on(log.put(200, item, queue.put_owned(item))).unwrap();
            }
        });
    });
    assert!(queue.is_empty());
    log.into_history()
        .assert_linearizable(QueueSpec::new(order, 2));
}

#[test]
fn lifo_queue_gives_the_newest() {
    explore(|| put_and_get(LifoQueue::bounded(2), Order::Lifo));
}

#[test]
fn priority_queue_gives_the_lowest() {
    explore(|| put_and_get(PriorityQueue::bounded(2), Order::Priority));
}
