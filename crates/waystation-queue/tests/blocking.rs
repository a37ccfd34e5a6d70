//! Threads that wait in the same lines as the tasks.
#![allow(missing_docs, clippy::unwrap_used, reason = "these are tests")]

mod common;

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use common::{filled, panic_of, parked, woken};
use waystation_queue::{Blocking, Closed, Fifo, GetError, PriorityQueue, PutError, Queue, channel};
use waystation_testkit::{PATIENCE, within};

const SHORT: Duration = Duration::from_millis(5);

/// Waits until somebody has parked, so that a test does not depend on who is faster.
fn until(mut condition: impl FnMut() -> bool) {
    while !condition() {
        thread::yield_now();
    }
}

#[test]
fn a_timeout_of_zero_polls_once() {
    let queue = Queue::bounded(1);
    let zero = Duration::ZERO;
    assert_eq!(queue.get().block_timeout(zero), None);
    assert_eq!(queue.put(1).block_timeout(zero), Some(Ok(())));
    let mut put = queue.put(2);
    assert_eq!(put.block_timeout(zero), None);
    assert_eq!(put.cancel(), Some(2));
    assert!(queue.reserve().block_timeout(zero).is_none());
    assert!(queue.join().block_timeout(zero).is_none());
    assert_eq!(queue.get().block_timeout(zero), Some(Ok(1)));
    queue.task_done().unwrap();
    assert!(queue.join().block_timeout(zero).is_some());
    assert!(queue.reserve().block_timeout(zero).unwrap().is_ok());
    assert_eq!((queue.getters_waiting(), queue.putters_waiting()), (0, 0));
}

#[test]
fn a_past_deadline_polls_once() {
    let queue = Queue::bounded(1);
    let past = Instant::now();
    assert_eq!(queue.get().block_deadline(past), None);
    assert_eq!(queue.put(1).block_deadline(past), Some(Ok(())));
    assert_eq!(queue.put(2).block_deadline(past), None);
    assert!(queue.reserve().block_deadline(past).is_none());
    assert!(queue.join().block_deadline(past).is_none());
    assert_eq!(queue.get().block_deadline(past), Some(Ok(1)));
}

#[test]
fn every_future_may_be_waited_for_by_a_thread() {
    let queue = Arc::new(Queue::bounded(4));
    let mut into = Vec::new();
    assert_eq!(queue.put_many([1, 2, 3]).block().unwrap(), 3);
    assert_eq!(queue.get_many(&mut into, 2).block(), 2);
    assert_eq!(*queue.get_task().block().unwrap(), 3);
    assert!(queue.reserve_owned().block().unwrap().put(4).is_ok());
    assert_eq!(queue.get_owned().block(), Ok(4));
    while queue.task_done().is_ok() {}
    queue.join_owned().block();
    queue.close();
    queue.closed().block();
    let (sender, receiver) = channel::bounded(1);
    assert_eq!(sender.send(1).block(), Ok(()));
    assert_eq!(receiver.recv().block(), Ok(1));
}

#[test]
fn a_wait_that_timed_out_keeps_its_place_and_may_go_on() {
    within(PATIENCE, "three waits, one place", || {
        let queue: Queue<_> = filled(1, [1]);
        let mut first = queue.put(2);
        assert_eq!(first.block_timeout(SHORT), None);
        let second = parked(queue.put(3));
        assert_eq!(first.block_timeout(SHORT), None);
        assert_eq!(queue.putters_waiting(), 2);
        queue.try_get().unwrap();
        assert!(!second.woken());
        assert_eq!(first.block_timeout(Duration::ZERO), Some(Ok(())));
        assert!(panic_of(|| first.block_timeout(SHORT)).contains("`Put` polled again"));
        drop(second);

        let mut get = queue.get();
        assert_eq!(get.block_timeout(SHORT), Some(Ok(2)));
        let mut get = queue.get();
        assert_eq!(get.block_timeout(SHORT), None);
        queue.try_put(4).unwrap();
        assert_eq!(get.block(), Ok(4), "granted between two waits");
    });
}

#[test]
fn the_longest_timeout_never_panics() {
    let queue = Queue::bounded(1);
    assert_eq!(queue.put(1).block_timeout(Duration::MAX), Some(Ok(())));
    assert_eq!(queue.get().block_timeout(Duration::MAX), Some(Ok(1)));
    assert!(queue.reserve().block_timeout(Duration::MAX).is_some());
    queue.task_done().unwrap();
    assert!(queue.join().block_timeout(Duration::MAX).is_some());
}

/// A thread that is unparked first, then waits for the queue, then parks for itself.
#[test]
fn a_park_token_of_the_callers_own_survives_a_wait() {
    within(PATIENCE, "unpark, get, park", || {
        let queue = Arc::new(Queue::bounded(1));
        let other = queue.clone();
        let getter = thread::spawn(move || {
            thread::current().unpark();
            let item = other.get().block();
            thread::park();
            item
        });
        until(|| queue.getters_waiting() == 1);
        thread::sleep(SHORT);
        queue.try_put(7).unwrap();
        assert_eq!(getter.join().unwrap(), Ok(7));
    });
}

#[test]
fn the_longest_timeout_waits() {
    within(PATIENCE, "an item in time", || {
        let queue = Arc::new(Queue::bounded(1));
        let other = queue.clone();
        let getter = thread::spawn(move || other.get().block_timeout(Duration::MAX));
        until(|| queue.getters_waiting() == 1);
        queue.try_put(7).unwrap();
        assert_eq!(getter.join().unwrap(), Some(Ok(7)));
    });
}

#[test]
fn a_closed_queue_says_so_and_not_that_time_is_up() {
    let queue = Queue::bounded(1);
    queue.close();
    let zero = Duration::ZERO;
    assert_eq!(queue.put(1).block(), Err(PutError(1)));
    assert_eq!(queue.put(1).block_timeout(zero), Some(Err(PutError(1))));
    assert_eq!(queue.get().block(), Err(GetError));
    assert_eq!(queue.get().block_timeout(zero), Some(Err(GetError)));
    let reserved = queue.reserve().block_deadline(Instant::now());
    assert_eq!(reserved.unwrap().err(), Some(Closed));
}

#[test]
fn a_wait_that_is_given_up_leaves_the_line_and_waited_long_enough() {
    let queue: Queue<_> = filled(1, [1]);
    let began = Instant::now();
    assert_eq!(queue.put(2).block_timeout(SHORT), None);
    assert!(queue.reserve().block_timeout(SHORT).is_none());
    assert!(queue.join().block_timeout(SHORT).is_none());
    assert_eq!(queue.try_get(), Ok(1));
    assert_eq!(queue.get().block_timeout(SHORT), None);
    assert!(began.elapsed() >= SHORT * 4);
    assert_eq!((queue.getters_waiting(), queue.putters_waiting()), (0, 0));
    assert_eq!(queue.try_put(3), Ok(()));
}

#[test]
fn a_blocked_put_is_woken_by_room_and_a_blocked_get_by_an_item() {
    within(PATIENCE, "both", || {
        let queue = Arc::new(filled::<_, Fifo<_>>(1, [1]));
        let other = queue.clone();
        let putter = thread::spawn(move || other.put(2).block());
        until(|| queue.putters_waiting() == 1);
        assert_eq!(queue.get().block(), Ok(1));
        assert_eq!(queue.get().block(), Ok(2));
        assert_eq!(putter.join().unwrap(), Ok(()));
    });
}

#[test]
fn a_blocked_reserve_is_woken_by_room() {
    within(PATIENCE, "reserve", || {
        let queue = Arc::new(filled::<_, Fifo<_>>(1, [1]));
        let other = queue.clone();
        let putter = thread::spawn(move || other.reserve().block().map(|slot| slot.put(2)));
        until(|| queue.putters_waiting() == 1);
        assert_eq!(queue.try_get(), Ok(1));
        assert_eq!(putter.join().unwrap(), Ok(Ok(())));
        assert_eq!(queue.try_get(), Ok(2));
    });
}

#[test]
fn a_blocked_join_is_released() {
    within(PATIENCE, "join", || {
        let queue = Arc::new(filled::<_, Fifo<_>>(0, [1]));
        let other = queue.clone();
        let joiner = thread::spawn(move || {
            other.join().block();
            other.unfinished()
        });
        queue.try_get().unwrap();
        queue.task_done().unwrap();
        assert_eq!(joiner.join().unwrap(), 0);
    });
}

#[test]
fn a_close_ends_every_blocked_thread() {
    within(PATIENCE, "close", || {
        let full = Arc::new(filled::<_, Fifo<_>>(1, [1]));
        let empty = Arc::new(Queue::<u8>::bounded(1));
        let (a, b, c) = (full.clone(), empty.clone(), full.clone());
        let put = thread::spawn(move || a.put(2).block());
        let get = thread::spawn(move || b.get().block_timeout(Duration::MAX));
        let reserve = thread::spawn(move || c.reserve().block().err());
        until(|| full.putters_waiting() == 2 && empty.getters_waiting() == 1);
        full.close();
        empty.close();
        assert_eq!(put.join().unwrap(), Err(PutError(2)));
        assert_eq!(get.join().unwrap(), Some(Err(GetError)));
        assert_eq!(reserve.join().unwrap(), Some(Closed));
    });
}

#[test]
fn threads_and_tasks_stand_in_one_line() {
    within(PATIENCE, "mixed", || {
        let queue = Arc::new(Queue::unbounded());
        let mut first = parked(queue.get());
        let other = queue.clone();
        let second = thread::spawn(move || other.get().block());
        until(|| queue.getters_waiting() == 2);
        let mut third = parked(queue.get());
        queue.try_put(1).unwrap();
        assert_eq!(woken(&mut first), Ok(1));
        queue.try_put(2).unwrap();
        assert!(!third.woken());
        assert_eq!(second.join().unwrap(), Ok(2));
        queue.try_put(3).unwrap();
        assert_eq!(woken(&mut third), Ok(3));
    });
}

#[test]
fn every_item_arrives_once_and_each_producers_in_order() {
    const EACH: u32 = 2_000;
    within(PATIENCE, "three producers, three consumers", || {
        for capacity in [1, 2, 16] {
            let queue = Queue::bounded(capacity);
            let mut all = thread::scope(|scope| {
                let producers: Vec<_> = (0..3)
                    .map(|id| {
                        let queue = &queue;
                        scope.spawn(move || {
                            (0..EACH).for_each(|n| queue.put((id, n)).block().unwrap());
                        })
                    })
                    .collect();
                let consumers: Vec<_> = (0..3)
                    .map(|_| {
                        scope.spawn(|| {
                            std::iter::from_fn(|| queue.get().block().ok()).collect::<Vec<_>>()
                        })
                    })
                    .collect();
                producers
                    .into_iter()
                    .for_each(|thread| thread.join().unwrap());
                queue.close();
                let mut all = Vec::new();
                for consumer in consumers {
                    let got = consumer.join().unwrap();
                    for id in 0..3 {
                        let mine = got.iter().filter(|item| item.0 == id);
                        assert!(mine.is_sorted(), "of one producer, by one consumer");
                    }
                    all.extend(got);
                }
                all
            });
            all.sort_unstable();
            let expected: Vec<_> = (0..3)
                .flat_map(|id| (0..EACH).map(move |n| (id, n)))
                .collect();
            assert_eq!(all, expected);
        }
    });
}

/// Timeouts race grants: what was promised to one who gave up goes to another.
#[test]
fn a_timeout_that_races_a_grant_loses_nothing() {
    const ITEMS: u32 = 1_000;
    const IMPATIENT: Duration = Duration::from_micros(20);
    within(PATIENCE, "impatient threads", || {
        let queue = Queue::bounded(1);
        let mut all = thread::scope(|scope| {
            let consumers: Vec<_> = (0..3)
                .map(|_| {
                    scope.spawn(|| {
                        let mut got = Vec::new();
                        loop {
                            match queue.get().block_timeout(IMPATIENT) {
                                Some(Ok(item)) => got.push(item),
                                Some(Err(GetError)) => return got,
                                None => {}
                            }
                        }
                    })
                })
                .collect();
            for mut item in 0..ITEMS {
                loop {
                    let mut put = queue.put(item);
                    if put.block_timeout(IMPATIENT).is_some() {
                        break;
                    }
                    item = put.cancel().unwrap();
                }
            }
            queue.close();
            let got = consumers
                .into_iter()
                .flat_map(|thread| thread.join().unwrap());
            got.collect::<Vec<_>>()
        });
        all.sort_unstable();
        assert_eq!(all, (0..ITEMS).collect::<Vec<_>>());
    });
}

#[test]
fn workers_with_guards_finish_what_join_waits_for() {
    within(PATIENCE, "join", || {
        let queue = Arc::new(PriorityQueue::<u32>::bounded(4));
        let workers: Vec<_> = (0..3)
            .map(|_| {
                let queue = queue.clone();
                thread::spawn(move || {
                    let mut done = 0;
                    while let Ok(task) = queue.get_task().block() {
                        if *task % 7 == 3 && done % 2 == 0 {
                            done += 1;
                            _ = task.nack();
                            continue;
                        }
                        done += 1;
                    }
                    done
                })
            })
            .collect();
        (0..500).for_each(|item| queue.put(item).block().unwrap());
        queue.join().block();
        assert_eq!((queue.unfinished(), queue.len()), (0, 0));
        queue.close();
        let done: u32 = workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .sum();
        assert!(done >= 500);
    });
}

#[test]
fn what_was_done_before_a_put_is_seen_after_its_get() {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    within(PATIENCE, "publication", || {
        let queue = Queue::bounded(1);
        let written = AtomicUsize::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                for n in 1..=2_000 {
                    written.store(n, Relaxed);
                    queue.put(n).block().unwrap();
                }
                queue.close();
            });
            while let Ok(n) = queue.get().block() {
                assert!(written.load(Relaxed) >= n);
            }
        });
    });
}

#[test]
fn the_last_sender_on_another_thread_ends_a_blocked_recv() {
    within(PATIENCE, "channel", || {
        let (sender, receiver) = channel::bounded(1);
        let producer = thread::spawn(move || {
            (0..100).for_each(|n| sender.send(n).block().unwrap());
        });
        let got: Vec<_> = std::iter::from_fn(|| receiver.recv().block().ok()).collect();
        producer.join().unwrap();
        assert_eq!(got, (0..100).collect::<Vec<_>>());
    });
}

#[test]
fn the_last_receiver_on_another_thread_ends_a_blocked_send() {
    within(PATIENCE, "channel", || {
        let (sender, receiver) = channel::bounded(1);
        sender.try_send(0).unwrap();
        let producer = thread::spawn(move || sender.send(1).block());
        drop(receiver);
        assert_eq!(producer.join().unwrap(), Err(PutError(1)));
    });
}

#[test]
fn a_blocked_get_inside_a_task_of_the_same_thread_works() {
    within(PATIENCE, "two blocks", || {
        let queue: Queue<_> = filled(0, [1, 2]);
        let inner = futures_lite::future::block_on(async {
            let first = queue.get().await.unwrap();
            (first, queue.get().block().unwrap())
        });
        assert_eq!(inner, (1, 2));
    });
}
