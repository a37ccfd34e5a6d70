//! Streams of a queue: they hold no claim, and are woken for each item that nobody was promised.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use loom::thread::JoinHandle;
use loom_tests::{Data, Probe, bounded, exhaustive, join, parked, poll, spawn};
use waystation_queue::{Blocking, Queue, RecvStream, channel};

type Items = RecvStream<Arc<Queue<usize>>>;

fn queue() -> Arc<Queue<usize>> {
    Arc::new(Queue::unbounded())
}

fn next<S: Stream + Unpin>(stream: &mut S, probe: &Arc<Probe>) -> Poll<Option<S::Item>> {
    let waker = Waker::from(probe.clone());
    Pin::new(stream).poll_next(&mut Context::from_waker(&waker))
}

fn waiting(queue: &Arc<Queue<usize>>, probe: &Arc<Probe>) -> Items {
    let mut stream = queue.clone().into_stream();
    assert!(next(&mut stream, probe).is_pending());
    stream
}

fn putter(queue: &Arc<Queue<usize>>, item: usize) -> JoinHandle<()> {
    let queue = queue.clone();
    spawn(move || queue.try_put(item).unwrap())
}

/// Registers, or finds the item: never neither.
#[test]
fn t_new_vs_put() {
    exhaustive(|| {
        let (queue, probe, data) = (queue(), Probe::new(), Data::new());
        let putter = {
            let (queue, data) = (queue.clone(), data.clone());
            spawn(move || {
                data.write();
                queue.try_put(7).unwrap();
            })
        };
        let mut stream = queue.clone().into_stream();
        let found = next(&mut stream, &probe);
        if found.is_ready() {
            assert_eq!(data.read(), 1);
        }
        putter.join().unwrap();
        assert!(
            found.is_ready() || probe.wakes() == 1,
            "an item, and nobody was told"
        );
        assert!(found.is_ready() || next(&mut stream, &probe) == Poll::Ready(Some(7)));
    });
}

/// A getter parks while an item comes, and a stream waits: the item is seen by one of them, and nobody sleeps beside it.
#[test]
fn t_registered_vs_put_vs_getter_parks_3() {
    bounded(3, || {
        let (queue, probe) = (queue(), Probe::new());
        let mut stream = waiting(&queue, &probe);
        let putter = putter(&queue, 7);
        let getter = {
            let queue = queue.clone();
            spawn(move || {
                let (mut get, probe) = (queue.get_owned(), Probe::new());
                let got = poll(&mut get, &probe).is_ready();
                (get, probe, got)
            })
        };
        let early = next(&mut stream, &probe).is_ready();
        putter.join().unwrap();
        let (mut get, own, got) = getter.join().unwrap();
        let got = got || poll(&mut get, &own).is_ready();
        assert!(!(early && got), "one item");
        if !early && !got {
            assert!(probe.wakes() > 0, "an item, and the stream sleeps");
            assert!(next(&mut stream, &probe).is_ready());
        }
        // It goes on: with the getter first.
        drop(get);
        queue.try_put(8).unwrap();
        assert_eq!(queue.drain(), [8]);
    });
}

#[test]
fn t_two_streams_one_item_3() {
    bounded(3, || {
        let queue = queue();
        let putter = putter(&queue, 7);
        let streams = [(); 2].map(|()| {
            let queue = queue.clone();
            spawn(move || {
                let (mut stream, probe) = (queue.into_stream(), Probe::new());
                let found = next(&mut stream, &probe).is_ready();
                (stream, probe, found)
            })
        });
        putter.join().unwrap();
        let mut streams = streams.map(|stream| stream.join().unwrap());
        let found = streams.iter().filter(|(.., found)| *found).count();
        assert!(found <= 1, "one item");
        if found == 0 {
            assert!(
                streams.iter().all(|(_, probe, _)| probe.wakes() > 0),
                "all are woken"
            );
            let [first, second] = &mut streams;
            assert!(next(&mut first.0, &first.1).is_ready());
            // Too late, and in line again.
            assert!(next(&mut second.0, &second.1).is_pending());
            let before = second.1.wakes();
            queue.try_put(8).unwrap();
            assert_eq!(second.1.wakes(), before + 1);
        }
    });
}

/// Both were registered; the item goes to the one that looks first, and the other stays in line.
#[test]
fn t_two_registered_one_item_3() {
    bounded(3, || {
        let queue = queue();
        let putter = putter(&queue, 7);
        let streams = [Probe::new(), Probe::new()].map(|probe| {
            let mut stream = waiting_unless_there(&queue, &probe);
            let queue = queue.clone();
            spawn(move || {
                let found = match &mut stream {
                    Some(stream) => next(stream, &probe).is_ready(),
                    None => true,
                };
                drop(queue);
                usize::from(found)
            })
        });
        putter.join().unwrap();
        let [first, second] = streams.map(|stream| stream.join().unwrap());
        assert!(first + second <= 1);
        assert_eq!(queue.len(), 1 - first - second);
    });
}

/// `None` if it has the item at once.
fn waiting_unless_there(queue: &Arc<Queue<usize>>, probe: &Arc<Probe>) -> Option<Items> {
    let mut stream = queue.clone().into_stream();
    next(&mut stream, probe).is_pending().then_some(stream)
}

/// A stream that goes takes nothing with it, and keeps nobody from being woken.
#[test]
fn t_dropped_vs_put() {
    exhaustive(|| {
        let (queue, probes) = (queue(), [Probe::new(), Probe::new()]);
        let [leaves, mut stays] = probes.each_ref().map(|probe| waiting(&queue, probe));
        let leaver = spawn(move || drop(leaves));
        queue.try_put(7).unwrap();
        leaver.join().unwrap();
        assert_eq!(probes[1].wakes(), 1);
        assert_eq!(next(&mut stays, &probes[1]), Poll::Ready(Some(7)));
        assert!(next(&mut stays, &probes[1]).is_pending());
    });
}

#[test]
fn t_close_ends_it() {
    exhaustive(|| {
        let (queue, probe) = (queue(), Probe::new());
        let mut stream = waiting(&queue, &probe);
        let closer = {
            let queue = queue.clone();
            spawn(move || queue.close())
        };
        let early = next(&mut stream, &probe);
        closer.join().unwrap();
        if early.is_pending() {
            assert!(probe.wakes() > 0, "the end, and nobody was told");
            assert_eq!(next(&mut stream, &probe), Poll::Ready(None));
        }
        assert_eq!(next(&mut stream, &probe), Poll::Ready(None), "for good");
    });
}

#[test]
fn t_close_vs_put_3() {
    bounded(3, || {
        let (queue, probe) = (queue(), Probe::new());
        let mut stream = waiting(&queue, &probe);
        let putter = {
            let queue = queue.clone();
            spawn(move || queue.try_put(7).is_ok())
        };
        let closer = {
            let queue = queue.clone();
            spawn(move || queue.close())
        };
        join([closer]);
        let entered = putter.join().unwrap();
        assert!(probe.wakes() > 0);
        let expected = if entered { Some(7) } else { None };
        assert_eq!(next(&mut stream, &probe), Poll::Ready(expected));
        assert_eq!(next(&mut stream, &probe), Poll::Ready(None));
    });
}

/// A nack comes after the end was near: the stream is told.
#[test]
fn t_nack_vs_stream() {
    exhaustive(|| {
        let (queue, probe) = (queue(), Probe::new());
        queue.try_put(7).unwrap();
        let task = queue.get_task_owned().block().unwrap();
        let nacker = spawn(move || task.nack());
        let mut stream = queue.clone().into_stream();
        let early = next(&mut stream, &probe);
        assert_eq!(nacker.join().unwrap(), Ok(()));
        if early.is_pending() {
            assert!(probe.wakes() > 0);
            assert_eq!(next(&mut stream, &probe), Poll::Ready(Some(7)));
        }
        assert_eq!(queue.unfinished(), 1);
    });
}

/// A getter that gives up its claim wakes the streams.
#[test]
fn t_cancelled_claim_vs_stream() {
    exhaustive(|| {
        let (queue, probe) = (queue(), Probe::new());
        let get = parked(queue.get_owned(), &Probe::new());
        queue.try_put(7).unwrap();
        let canceller = spawn(move || drop(get));
        let mut stream = queue.clone().into_stream();
        let early = next(&mut stream, &probe).is_ready();
        canceller.join().unwrap();
        assert!(early || probe.wakes() > 0, "an item, and the stream sleeps");
        assert!(early || next(&mut stream, &probe).is_ready());
    });
}

#[test]
fn t_last_sender_vs_recv_cancelled_vs_stream_3() {
    bounded(3, || {
        let (sender, receiver) = channel::unbounded();
        let (probe, own) = (Probe::new(), Probe::new());
        let mut stream = receiver.clone().into_stream();
        assert!(next(&mut stream, &probe).is_pending());
        let sender = spawn(move || {
            sender.try_send(7).unwrap();
            drop(sender);
        });
        let receiver = spawn(move || poll(&mut receiver.recv(), &own).is_ready());
        sender.join().unwrap();
        let taken = receiver.join().unwrap();
        assert!(probe.wakes() > 0, "the item or the end");
        let left = if taken { None } else { Some(7) };
        assert_eq!(next(&mut stream, &probe), Poll::Ready(left));
        assert_eq!(next(&mut stream, &probe), Poll::Ready(None));
    });
}
