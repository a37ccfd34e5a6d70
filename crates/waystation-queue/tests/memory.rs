//! What a queue allocates, and what it gives back.
#![allow(missing_docs, clippy::unwrap_used, reason = "these are tests")]

mod common;

use common::{now, parked};
use waystation_queue::{
    BaseQueue, Discipline, Fifo, Lifo, LifoQueue, Priority, PriorityQueue, Queue, channel,
};
use waystation_testkit::CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

type Item = [u8; 256];
const BURST: usize = 20_000;
const SIZE: i64 = (BURST * size_of::<Item>()) as i64;

/// Bytes that are live after `case`, and the most that were in between.
fn bytes<R>(case: impl FnOnce() -> R) -> (i64, i64) {
    let (result, counts) = CountingAllocator::measure(case);
    drop(result);
    (counts.live, counts.peak)
}

fn burst<D: Discipline<Item>>(queue: &BaseQueue<Item, D>) {
    (0..BURST).for_each(|at| queue.try_put([at as u8; 256]).unwrap());
}

#[track_caller]
fn assert_back((live, peak): (i64, i64)) {
    assert!(peak > SIZE, "{peak}: there was a burst");
    assert!(live < 4_096, "{live} bytes are kept");
}

#[test]
fn memory_comes_back_when_a_queue_has_emptied_after_a_burst() {
    fn check<D: Discipline<Item> + Default>() {
        let queue = BaseQueue::<Item, D>::unbounded();
        let ways: [fn(&BaseQueue<Item, D>); 4] = [
            |queue| while queue.try_get().is_ok() {},
            |queue| (0..BURST).for_each(|_| _ = now(queue.get()).unwrap()),
            |queue| while now(queue.get_task()).is_ok() && !queue.is_empty() {},
            |queue| drop(queue.drain()),
        ];
        for empty in ways {
            assert_back(bytes(|| {
                burst(&queue);
                empty(&queue);
                assert!(queue.is_empty());
            }));
        }
        assert_back(bytes(|| {
            burst(&queue);
            drop(queue.close_now());
        }));
    }
    check::<Fifo<_>>();
    check::<Lifo<_>>();
    check::<Priority<_>>();
}

#[test]
fn memory_comes_back_when_a_channel_has_emptied_after_a_burst() {
    let (sender, receiver) = channel::unbounded::<Item>();
    let mut into = Vec::with_capacity(100);
    assert_back(bytes(|| {
        (0..BURST).for_each(|_| sender.try_send([0; 256]).unwrap());
        while !receiver.is_empty() {
            into.clear();
            now(receiver.recv_many(&mut into, 100));
        }
    }));
    assert_back(bytes(|| {
        (0..BURST).for_each(|_| sender.try_send([0; 256]).unwrap());
        while receiver.try_recv().is_ok() {}
    }));
}

#[test]
fn memory_of_many_waiters_comes_back() {
    let queue = Queue::<u8>::bounded(1);
    let (live, peak) = bytes(|| {
        let gets: Vec<_> = (0..BURST).map(|_| parked(queue.get())).collect();
        drop(gets);
        queue.try_put(1).unwrap();
        let puts: Vec<_> = (0..BURST).map(|_| parked(queue.put(1))).collect();
        drop(puts);
    });
    assert!(peak > 1 << 20 && live < 100_000, "{live} of {peak}");
}

#[test]
fn shrink_to_fit_gives_back_what_the_items_do_not_need() {
    fn check<D: Discipline<Item> + Default>(rest: impl Fn(&[Item]) -> bool) {
        let queue = BaseQueue::<Item, D>::unbounded();
        let (live, _) = bytes(|| {
            burst(&queue);
            (10..BURST).for_each(|_| _ = queue.try_get().unwrap());
        });
        assert!(live > SIZE, "{live}: not yet");
        let (back, _) = bytes(|| queue.shrink_to_fit());
        assert!(live + back < 10_000, "{} bytes are kept", live + back);
        assert!(rest(&queue.drain()));
    }
    let last = |items: &[Item]| items.len() == 10 && items.is_sorted();
    check::<Fifo<_>>(last);
    check::<Lifo<_>>(|items| items.len() == 10 && items.iter().rev().is_sorted());
    check::<Priority<_>>(last);
}

#[test]
fn shrink_to_fit_leaves_those_in_line_where_they_are() {
    let queue = Queue::bounded(1);
    let gets: Vec<_> = (0..100).map(|_| parked(queue.get())).collect();
    queue.shrink_to_fit();
    assert_eq!(queue.getters_waiting(), 100);
    queue.try_put(1).unwrap();
    assert!(gets[0].woken() && !gets[1].woken());
}

#[test]
fn a_queue_that_fills_and_empties_again_and_again_does_not_allocate() {
    let (fifo, lifo, priority) = (
        Queue::bounded(1_000),
        LifoQueue::bounded(1_000),
        PriorityQueue::bounded(1_000),
    );
    let round = || {
        for item in 0..1_000 {
            fifo.try_put(item).unwrap();
            lifo.try_put(item).unwrap();
            priority.try_put(item).unwrap();
        }
        for _ in 0..1_000 {
            fifo.try_get().unwrap();
            lifo.try_get().unwrap();
            priority.try_get().unwrap();
        }
    };
    round();
    let ((), counts) = CountingAllocator::measure(|| (0..3).for_each(|_| round()));
    assert_eq!(counts.allocations, 0);
}
