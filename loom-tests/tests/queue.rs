//! `Queue`: no item is lost, duplicated or reordered, nobody who could go on is left asleep.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use loom_tests::{Data, Probe, bounded, exhaustive, poll, spawn};
use waystation_core::block::block_on;
use waystation_queue::{Blocking, GetError, PriorityQueue, Queue};

fn queue(capacity: usize) -> Arc<Queue<usize>> {
    Arc::new(Queue::bounded(capacity))
}

fn put(queue: &Arc<Queue<usize>>, item: usize) -> loom::thread::JoinHandle<bool> {
    let queue = queue.clone();
    spawn(move || queue.put(item).block().is_ok())
}

fn get(queue: &Arc<Queue<usize>>) -> loom::thread::JoinHandle<Option<usize>> {
    let queue = queue.clone();
    spawn(move || queue.get().block().ok())
}

#[test]
fn q_publishes() {
    exhaustive(|| {
        let (queue, data) = (queue(1), Data::new());
        let producer = {
            let (queue, data) = (queue.clone(), data.clone());
            spawn(move || {
                data.write();
                queue.put(7).block().unwrap();
            })
        };
        assert_eq!(queue.get().block(), Ok(7));
        assert_eq!(data.read(), 1);
        producer.join().unwrap();
    });
}

#[test]
fn q_task_done_publishes() {
    exhaustive(|| {
        let (queue, data) = (queue(1), Data::new());
        queue.try_put(7).unwrap();
        let worker = {
            let (queue, data) = (queue.clone(), data.clone());
            spawn(move || {
                let task = block_on(queue.get_task()).unwrap();
                data.write();
                drop(task);
            })
        };
        queue.join().block();
        assert_eq!(data.read(), 1);
        worker.join().unwrap();
    });
}

#[test]
fn q_close_publishes() {
    exhaustive(|| {
        let (queue, data) = (queue(1), Data::new());
        let closer = {
            let (queue, data) = (queue.clone(), data.clone());
            spawn(move || {
                data.write();
                queue.close();
            })
        };
        assert_eq!(queue.get().block(), Err(GetError));
        assert_eq!(data.read(), 1);
        closer.join().unwrap();
    });
}

#[test]
fn q_one_to_one_keeps_order_at_capacity_1() {
    exhaustive(|| {
        let queue = queue(1);
        let producer = {
            let queue = queue.clone();
            spawn(move || {
                queue.put(1).block().unwrap();
                queue.put(2).block().unwrap();
            })
        };
        assert_eq!(queue.get().block(), Ok(1));
        assert_eq!(queue.get().block(), Ok(2));
        producer.join().unwrap();
    });
}

#[test]
fn q_one_to_two_3() {
    bounded(3, || {
        let queue = queue(1);
        let consumers = [get(&queue), get(&queue)];
        queue.put(1).block().unwrap();
        queue.put(2).block().unwrap();
        let [first, second] = consumers.map(|consumer| consumer.join().unwrap().unwrap());
        assert_eq!(first + second, 3);
        assert!(queue.is_empty());
    });
}

#[test]
fn q_two_to_one_3() {
    bounded(3, || {
        let queue = queue(1);
        let producers = [put(&queue, 1), put(&queue, 2)];
        let sum = queue.get().block().unwrap() + queue.get().block().unwrap();
        assert_eq!(sum, 3);
        assert!(
            producers
                .into_iter()
                .all(|producer| producer.join().unwrap())
        );
    });
}

#[test]
fn q_two_putters_two_getters_at_capacity_1() {
    bounded(2, || {
        let queue = queue(1);
        let producers = [put(&queue, 1), put(&queue, 2)];
        let consumer = get(&queue);
        let mine = queue.get().block().unwrap();
        assert_eq!(mine + consumer.join().unwrap().unwrap(), 3);
        assert!(
            producers
                .into_iter()
                .all(|producer| producer.join().unwrap())
        );
    });
}

#[test]
fn q_cancelled_get_passes_on_3() {
    exhaustive(|| {
        let (queue, probe) = (queue(1), Probe::new());
        let (mut first, mut second) = (queue.get_owned(), queue.get());
        assert!(poll(&mut first, &probe).is_pending());
        assert!(poll(&mut second, &probe).is_pending());
        let canceller = spawn(move || drop(first));
        let producer = put(&queue, 7);
        assert_eq!(block_on(second), Ok(7));
        canceller.join().unwrap();
        assert!(producer.join().unwrap());
        assert_eq!(queue.getters_waiting(), 0);
    });
}

#[test]
fn q_cancelled_put_passes_on_3() {
    exhaustive(|| {
        let (queue, probe) = (queue(1), Probe::new());
        queue.try_put(0).unwrap();
        let (mut first, mut second) = (queue.put_owned(1), queue.put(2));
        assert!(poll(&mut first, &probe).is_pending());
        assert!(poll(&mut second, &probe).is_pending());
        let canceller = spawn(move || first.cancel());
        let consumer = get(&queue);
        block_on(second).unwrap();
        assert_eq!(canceller.join().unwrap(), Some(1));
        assert_eq!(consumer.join().unwrap(), Some(0));
        assert_eq!(queue.try_get(), Ok(2));
    });
}

#[test]
fn q_cancelled_reserve_passes_on_3() {
    exhaustive(|| {
        let (queue, probe) = (queue(1), Probe::new());
        queue.try_put(0).unwrap();
        let (mut first, mut second) = (queue.reserve_owned(), queue.put(2));
        assert!(poll(&mut first, &probe).is_pending());
        assert!(poll(&mut second, &probe).is_pending());
        let canceller = spawn(move || drop(first));
        let consumer = get(&queue);
        block_on(second).unwrap();
        canceller.join().unwrap();
        assert_eq!(consumer.join().unwrap(), Some(0));
        assert_eq!(queue.try_get(), Ok(2));
    });
}

#[test]
fn q_granted_reserve_completes_without_the_lock() {
    exhaustive(|| {
        let (queue, data, probe) = (queue(1), Data::new(), Probe::new());
        queue.try_put(0).unwrap();
        let mut reserve = queue.reserve();
        assert!(poll(&mut reserve, &probe).is_pending());
        let consumer = {
            let (queue, data) = (queue.clone(), data.clone());
            spawn(move || {
                data.write();
                queue.try_get()
            })
        };
        let slot = block_on(reserve).unwrap();
        assert_eq!(data.read(), 1);
        assert_eq!(consumer.join().unwrap(), Ok(0));
        slot.put(1).unwrap();
        assert_eq!(queue.try_get(), Ok(1));
    });
}

#[test]
fn q_granted_reserve_outlives_close() {
    exhaustive(|| {
        let (queue, probe) = (queue(1), Probe::new());
        queue.try_put(0).unwrap();
        let mut reserve = queue.reserve();
        assert!(poll(&mut reserve, &probe).is_pending());
        let consumer = {
            let queue = queue.clone();
            spawn(move || {
                let got = queue.try_get();
                queue.close();
                got
            })
        };
        let slot = block_on(reserve).unwrap();
        assert_eq!(consumer.join().unwrap(), Ok(0));
        slot.put(1).unwrap();
        assert_eq!(queue.get().block(), Ok(1));
        assert_eq!(queue.get().block(), Err(GetError));
    });
}

#[test]
fn q_dropped_slot_ends_a_closed_queue() {
    exhaustive(|| {
        let queue = queue(1);
        let slot = block_on(queue.reserve_owned()).unwrap();
        queue.close();
        let dropper = spawn(move || drop(slot));
        assert_eq!(queue.get().block(), Err(GetError));
        dropper.join().unwrap();
    });
}

#[test]
fn q_filled_slot_is_delivered_after_close_3() {
    exhaustive(|| {
        let queue = queue(1);
        let slot = block_on(queue.reserve_owned()).unwrap();
        let filler = spawn(move || slot.put(7).is_ok());
        let closer = {
            let queue = queue.clone();
            spawn(move || queue.close())
        };
        assert_eq!(queue.get().block(), Ok(7));
        assert!(filler.join().unwrap());
        assert!(closer.join().unwrap());
    });
}

#[test]
fn q_close_vs_put_vs_get_3() {
    exhaustive(|| {
        let queue = queue(1);
        let producer = put(&queue, 7);
        let closer = {
            let queue = queue.clone();
            spawn(move || queue.close())
        };
        let got = queue.get().block();
        let entered = producer.join().unwrap();
        assert!(closer.join().unwrap());
        assert_eq!(got.is_ok(), entered, "what has entered is delivered");
    });
}

#[test]
fn q_close_now_vs_put_vs_get_3() {
    exhaustive(|| {
        let queue = queue(1);
        let producer = put(&queue, 7);
        let closer = {
            let queue = queue.clone();
            spawn(move || queue.close_now().len())
        };
        let got = usize::from(queue.get().block().is_ok());
        let entered = usize::from(producer.join().unwrap());
        let taken = closer.join().unwrap();
        assert_eq!(got + taken, entered);
        assert_eq!(queue.unfinished(), got);
    });
}

#[test]
fn q_join_vs_done_vs_put_3() {
    exhaustive(|| {
        let queue = queue(2);
        queue.try_put(1).unwrap();
        queue.try_get().unwrap();
        let worker = {
            let queue = queue.clone();
            spawn(move || queue.task_done())
        };
        let producer = {
            let queue = queue.clone();
            spawn(move || {
                queue.try_put(2).unwrap();
                queue.try_get().unwrap();
                queue.task_done().unwrap();
            })
        };
        queue.join().block();
        worker.join().unwrap().unwrap();
        producer.join().unwrap();
        assert_eq!(queue.unfinished(), 0);
    });
}

#[test]
fn q_closed_is_released_by_close() {
    exhaustive(|| {
        let queue = queue(1);
        let closer = {
            let queue = queue.clone();
            spawn(move || queue.close())
        };
        block_on(queue.closed());
        assert!(queue.is_closed());
        assert!(closer.join().unwrap());
    });
}

#[test]
fn q_try_put_does_not_pass() {
    exhaustive(|| {
        let (queue, probe) = (queue(1), Probe::new());
        queue.try_put(0).unwrap();
        let mut put = queue.put(1);
        assert!(poll(&mut put, &probe).is_pending());
        let consumer = {
            let queue = queue.clone();
            spawn(move || queue.try_get())
        };
        assert!(queue.try_put(2).is_err());
        assert_eq!(consumer.join().unwrap(), Ok(0));
        assert!(poll(&mut put, &probe).is_ready());
    });
}

#[test]
fn q_nack_vs_get() {
    exhaustive(|| {
        let queue = queue(1);
        queue.try_put(7).unwrap();
        let task = block_on(queue.get_task_owned()).unwrap();
        let nacker = spawn(move || task.nack());
        assert_eq!(queue.get().block(), Ok(7));
        assert_eq!(nacker.join().unwrap(), Ok(()));
        assert_eq!(queue.unfinished(), 1);
    });
}

#[test]
fn q_nack_vs_close() {
    exhaustive(|| {
        let queue = queue(1);
        queue.try_put(7).unwrap();
        let task = block_on(queue.get_task_owned()).unwrap();
        let nacker = spawn(move || task.nack());
        queue.close();
        let got = queue.get().block();
        assert_eq!(nacker.join().unwrap(), Ok(()), "a drain keeps its retries");
        // The end, if nothing was there at that moment; the item all the same.
        assert_eq!(got.is_err(), queue.try_get() == Ok(7));
        assert_eq!(queue.unfinished(), 1);
    });
}

#[test]
fn q_a_claim_takes_the_best_item_of_its_moment() {
    exhaustive(|| {
        let queue = Arc::new(PriorityQueue::unbounded());
        let probe = Probe::new();
        let mut get = queue.get();
        assert!(poll(&mut get, &probe).is_pending());
        queue.try_put(5).unwrap();
        let producer = {
            let queue = queue.clone();
            spawn(move || queue.try_put(1).unwrap())
        };
        let mine = block_on(get).unwrap();
        producer.join().unwrap();
        assert_eq!(queue.drain(), [6 - mine]);
    });
}

#[test]
fn q_get_many_vs_get_3() {
    bounded(2, || {
        let queue = queue(2);
        let mut many = Vec::new();
        let consumer = get(&queue);
        let producer = {
            let queue = queue.clone();
            spawn(move || {
                queue.put(1).block().unwrap();
                queue.put(2).block().unwrap();
                queue.put(3).block().unwrap();
            })
        };
        let mut taken = block_on(queue.get_many(&mut many, 2));
        assert!((1..=2).contains(&taken));
        while taken < 2 {
            taken += block_on(queue.get_many(&mut many, 1));
        }
        let other = consumer.join().unwrap().unwrap();
        producer.join().unwrap();
        assert_eq!(many.iter().sum::<usize>() + other, 6);
        assert!(many.is_sorted());
    });
}
