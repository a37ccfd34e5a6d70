//! The items of a queue, or of a channel, as a stream.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::{FusedStream, Stream};
use futures_util::StreamExt;
use waystation_queue::channel::{bounded, unbounded};
use waystation_queue::{Blocking, Fifo, LifoQueue, PriorityQueue, PutError, Queue, TryGetError};
use waystation_testkit::{PATIENCE, PanicOn, Probe, assert_pending, panicking_waker, within};

use crate::common::{filled, now, panic_of, parked, woken};

fn next<S: Stream + Unpin>(stream: &mut S, probe: &Probe) -> Poll<Option<S::Item>> {
    Pin::new(stream).poll_next(&mut Context::from_waker(&probe.waker()))
}

/// A stream that waits, and the probe of its waker.
#[track_caller]
fn waiting<S: Stream + Unpin>(mut stream: S) -> (S, Probe) {
    let probe = Probe::new();
    assert_pending(next(&mut stream, &probe));
    (stream, probe)
}

#[test]
fn every_kind_of_queue_is_a_stream_in_its_own_order() {
    fn all<S: Stream>(stream: S) -> Vec<S::Item> {
        futures_lite::future::block_on(stream.collect())
    }
    let (fifo, lifo) = (Queue::unbounded(), LifoQueue::unbounded());
    let priority = Arc::new(PriorityQueue::unbounded());
    let (sender, receiver) = unbounded();
    for item in [2, 3, 1] {
        fifo.try_put(item).unwrap();
        lifo.try_put(item).unwrap();
        priority.try_put(item).unwrap();
        sender.try_send(item).unwrap();
    }
    fifo.close();
    lifo.close();
    priority.close();
    assert_eq!(now(receiver.stream().next()), Some(2));
    drop(sender);
    assert_eq!(all(fifo.stream()), [2, 3, 1]);
    assert_eq!(all(lifo.stream()), [1, 3, 2]);
    assert_eq!(all(priority.into_stream()), [1, 2, 3]);
    assert_eq!(all(receiver.into_stream()), [3, 1]);
}

#[test]
fn the_stream_ends_when_the_queue_is_closed_and_drained_and_stays_at_its_end() {
    let queue = Queue::unbounded();
    queue.try_put(1).unwrap();
    let task = now(queue.get_task()).unwrap();
    let (mut stream, probe) = waiting(queue.stream());
    queue.try_put(2).unwrap();
    assert_eq!(probe.wakes(), 1);
    assert_eq!(next(&mut stream, &probe), Poll::Ready(Some(2)));
    queue.try_put(3).unwrap();
    queue.close();
    assert_eq!(next(&mut stream, &probe), Poll::Ready(Some(3)));
    assert!(!stream.is_terminated());
    for _ in 0..3 {
        assert_eq!(next(&mut stream, &probe), Poll::Ready(None));
        assert!(stream.is_terminated());
    }
    task.nack().unwrap();
    assert_eq!(next(&mut stream, &probe), Poll::Ready(None));
    assert_eq!(now(queue.stream().next()), Some(1), "a new one finds it");
}

#[test]
fn a_parked_stream_ends_at_either_close() {
    for immediate in [false, true] {
        let queue = Queue::<u8>::unbounded();
        let (mut stream, probe) = waiting(queue.stream());
        if immediate {
            queue.close_now();
        } else {
            queue.close();
        }
        assert_eq!((probe.wakes(), probe.live()), (1, 0));
        assert_eq!(next(&mut stream, &probe), Poll::Ready(None));
    }
}

#[test]
fn a_stream_of_a_closed_queue_waits_for_the_last_slot_and_for_the_last_claim() {
    let queue = Queue::unbounded();
    let slot = now(queue.reserve()).unwrap();
    queue.close();
    let (mut stream, probe) = waiting(queue.stream());
    slot.put(1).unwrap();
    assert_eq!(probe.wakes(), 1);
    assert_eq!(next(&mut stream, &probe), Poll::Ready(Some(1)));

    let queue = Queue::unbounded();
    let mut get = parked(queue.get());
    queue.try_put(1).unwrap();
    queue.close();
    let (mut stream, probe) = waiting(queue.stream());
    assert_eq!(woken(&mut get), Ok(1));
    assert_eq!(probe.wakes(), 1);
    assert_eq!(next(&mut stream, &probe), Poll::Ready(None));
}

/// An arm of a `select!` that lost, beside a receiver that waits.
#[test]
fn an_idle_stream_keeps_no_item_from_a_recv() {
    let (sender, receiver) = unbounded();
    let busy = receiver.clone();
    let mut idle = receiver.into_stream();
    assert_pending(parked(idle.next()).poll());
    sender.try_send(1).unwrap();
    assert_eq!(now(busy.recv()), Ok(1), "asked after the item came");
    assert_pending(parked(idle.next()).poll());
    let mut recv = parked(busy.recv());
    sender.try_send(2).unwrap();
    assert_eq!(woken(&mut recv), Ok(2), "asked before");
    let (_idle, _probe) = waiting(idle);
    sender.try_send(3).unwrap();
    assert_eq!(busy.try_recv(), Ok(3));
    sender.try_send(4).unwrap();
    assert_eq!(busy.drain(), [4]);
}

#[test]
fn an_idle_stream_keeps_no_item_from_another_stream() {
    let queue = Queue::unbounded();
    let (_idle, idle) = waiting(queue.stream());
    let (mut busy, probe) = waiting(queue.stream());
    queue.try_put(1).unwrap();
    assert_eq!((idle.wakes(), probe.wakes()), (1, 1));
    assert_eq!(next(&mut busy, &probe), Poll::Ready(Some(1)));
    queue.try_put(2).unwrap();
    assert_eq!(now(queue.stream().next()), Some(2));
}

#[test]
fn getters_in_line_come_first_wherever_the_stream_stands() {
    let queue = Queue::unbounded();
    let (mut stream, probe) = waiting(queue.stream());
    let mut get = parked(queue.get());
    queue.try_put(1).unwrap();
    assert!(get.woken() && probe.wakes() == 0);
    assert_pending(next(&mut stream, &probe));
    assert_eq!(woken(&mut get), Ok(1));
    queue.try_put(2).unwrap();
    assert_eq!(probe.wakes(), 1);
    assert_eq!(next(&mut stream, &probe), Poll::Ready(Some(2)));
}

#[test]
fn a_claim_that_is_given_up_wakes_the_streams() {
    let queue = Queue::unbounded();
    let get = parked(queue.get());
    queue.try_put(1).unwrap();
    let (mut stream, probe) = waiting(queue.stream());
    drop(get);
    assert_eq!(probe.wakes(), 1);
    assert_eq!(next(&mut stream, &probe), Poll::Ready(Some(1)));
}

#[test]
fn all_streams_are_woken_by_each_item() {
    let queue = Queue::unbounded();
    let mut streams: Vec<_> = (0..20).map(|_| waiting(queue.stream())).collect();
    for (round, taker) in [(1, 7), (2, 0), (3, 19)] {
        queue.try_put(round).unwrap();
        assert!(streams.iter().all(|(_, probe)| probe.wakes() == round));
        let (stream, probe) = &mut streams[taker];
        assert_eq!(next(stream, probe), Poll::Ready(Some(round)));
        for (stream, probe) in &mut streams {
            assert_pending(next(stream, probe));
        }
    }
}

#[test]
fn a_dropped_stream_leaves_the_line() {
    let queue = Queue::unbounded();
    let (first, probe) = waiting(queue.stream());
    let (_second, other) = waiting(queue.stream());
    drop(first);
    assert_eq!(probe.live(), 0);
    queue.try_put(1).unwrap();
    assert_eq!((probe.wakes(), other.wakes()), (0, 1));
}

#[test]
fn a_woken_stream_that_is_dropped_has_taken_nothing() {
    let queue = Queue::unbounded();
    let (stream, _) = waiting(queue.stream());
    queue.try_put(1).unwrap();
    drop(stream);
    assert_eq!((queue.unfinished(), queue.drain()), (1, vec![1]));
}

#[test]
fn a_stream_makes_room() {
    let queue: Queue<_> = filled(1, [1]);
    let mut put = parked(queue.put(2));
    assert_eq!(now(queue.stream().next()), Some(1));
    assert_eq!(woken(&mut put), Ok(()));
}

#[test]
fn a_stream_is_woken_by_its_latest_waker() {
    let queue = Queue::unbounded();
    let (mut stream, old) = waiting(queue.stream());
    let new = Probe::new();
    assert_pending(next(&mut stream, &new));
    queue.try_put(1).unwrap();
    assert_eq!((old.wakes(), old.live(), new.wakes()), (0, 0, 1));
}

#[test]
fn a_stream_that_finds_an_item_clones_no_waker() {
    let queue: Queue<_> = filled(0, 0..9);
    let (mut stream, probe) = (queue.stream(), Probe::new());
    for item in 0..9 {
        assert_eq!(next(&mut stream, &probe), Poll::Ready(Some(item)));
    }
    assert_eq!(probe.clones(), 0);
}

#[test]
fn a_panicking_waker_of_a_stream_costs_nobody_an_item() {
    let queue = Queue::unbounded();
    let (waker, _) = panicking_waker(PanicOn::Wake, 1);
    let mut first = queue.stream();
    assert_pending(Pin::new(&mut first).poll_next(&mut Context::from_waker(&waker)));
    let (mut second, probe) = waiting(queue.stream());
    assert_eq!(panic_of(|| queue.try_put(1)), "hostile waker: Wake 1");
    assert_eq!(probe.wakes(), 1);
    assert_eq!(next(&mut second, &probe), Poll::Ready(Some(1)));
    queue.try_put(2).unwrap();
    assert_eq!(next(&mut first, &probe), Poll::Ready(Some(2)));
}

#[test]
fn a_stream_keeps_the_channel_open_only_if_it_owns_the_handle() {
    let (sender, receiver) = bounded(2);
    drop(receiver.stream());
    drop(waiting(receiver.stream()));
    assert!(!sender.is_closed(), "the receiver is still there");
    let stream = receiver.clone().into_stream();
    assert_eq!(sender.receiver_count(), 2);
    drop(receiver);
    sender.try_send(1).unwrap();
    assert!(!sender.is_closed());
    let mut send = parked(sender.send_many([2, 3]));
    drop(stream);
    assert_eq!(woken(&mut send).unwrap_err().item, 3);
    assert!(sender.is_closed() && sender.is_empty());
    assert_eq!(now(sender.send(4)), Err(PutError(4)));
}

#[test]
fn a_stream_that_owns_its_queue_outlives_every_other_handle() {
    let queue = Arc::new(filled::<_, Fifo<_>>(0, [1]));
    let weak = Arc::downgrade(&queue);
    let mut stream = queue.into_stream();
    assert_eq!(now(stream.next()), Some(1));
    drop(waiting(stream));
    assert!(weak.upgrade().is_none());
}

#[test]
fn an_ended_stream_leaves_the_handles_at_their_end_too() {
    let (sender, receiver) = unbounded::<u8>();
    let (stream, _) = waiting(receiver.stream());
    drop(sender);
    assert_eq!(receiver.try_recv(), Err(TryGetError::Closed));
    assert!(now(receiver.recv()).is_err());
    drop(stream);
}

#[test]
fn streams_and_receivers_on_threads_share_every_item() {
    const ITEMS: u32 = 3_000;
    within(PATIENCE, "two streams and two receivers", || {
        let (sender, receiver) = bounded(2);
        let streams = (0..2).map(|_| {
            let stream = receiver.clone().into_stream();
            std::thread::spawn(|| futures_lite::future::block_on(stream.collect::<Vec<_>>()))
        });
        let recvs = (0..2).map(|_| {
            let receiver = receiver.clone();
            std::thread::spawn(move || {
                std::iter::from_fn(|| receiver.recv().block().ok()).collect::<Vec<_>>()
            })
        });
        let threads: Vec<_> = streams.chain(recvs).collect();
        assert_eq!(sender.send_many(0..ITEMS).block().unwrap(), ITEMS as usize);
        drop(sender);
        let got = threads.into_iter().map(|thread| thread.join().unwrap());
        let mut all: Vec<_> = got.flatten().collect();
        all.sort_unstable();
        assert_eq!(all, (0..ITEMS).collect::<Vec<_>>());
    });
}
