//! Streams and sinks, and the handles of a channel.
//!
//! `send`, `recv` and what else a handle has are the queue's own: see there.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use futures_core::Stream;
use futures_sink::Sink;
use waystation_queue::channel::{self, Receiver, SendSink, Sender, WeakReceiver, WeakSender};
use waystation_queue::{Queue, RecvStream};

use super::queues::{Items, empty};
use super::{all, many, one, parked, quiet};
use crate::scene::{Column, Primitive, Scene, Wait};

fn next<S: Stream + Unpin + Send + 'static>(mut stream: S) -> Wait {
    Box::pin(poll_fn(move |cx| {
        Pin::new(&mut stream).poll_next(cx).map(drop)
    }))
}

fn stream(queue: &Items) -> Wait {
    next::<RecvStream<Arc<Queue<u32>>>>(queue.clone().into_stream())
}

pub(crate) const STREAMS: &[Column] = &[
    all("`next`, `try_put`", |n| {
        let queue = empty(1);
        let fire = queue.clone();
        Scene::new(n, &queue, stream, move || fire.try_put(1).unwrap())
    }),
    all("`next`, a granted get dropped", |n| {
        let queue = empty(1);
        let first = parked(queue.get_owned());
        queue.try_put(1).unwrap();
        Scene::new(n, &queue, stream, move || drop(first))
    }),
    many("`next`, `close`", |n| {
        let queue = empty(1);
        let fire = queue.clone();
        Scene::new(n, &queue, stream, move || assert!(fire.close()))
    }),
    quiet(many("`next`, `close_now`", |n| {
        let queue = empty(1);
        let fire = queue.clone();
        let close = move || assert!(fire.close_now().is_empty());
        Scene::new(n, &queue, stream, close)
    })),
];

/// What is left of a channel when all handles are gone, and one handle that stays till then.
#[derive(Debug)]
struct Ends<H> {
    stays: H,
    sender: WeakSender<u32>,
    receiver: WeakReceiver<u32>,
}

/// A channel of which `stay` says what stays; the rest comes back.
fn channel<H, R>(
    capacity: usize,
    stay: impl FnOnce(Sender<u32>, Receiver<u32>) -> (H, R),
) -> (Arc<Ends<H>>, R) {
    let (sender, receiver) = channel::bounded(capacity);
    (0..capacity).for_each(|_| sender.try_send(1).unwrap());
    let weak = (sender.downgrade(), receiver.downgrade());
    let (stays, rest) = stay(sender, receiver);
    let ends = Ends {
        stays,
        sender: weak.0,
        receiver: weak.1,
    };
    (Arc::new(ends), rest)
}

fn ready(mut sink: SendSink<Arc<channel::Channel<u32>>>) -> Wait {
    Box::pin(poll_fn(move |cx| {
        Pin::new(&mut sink).poll_ready(cx).map(drop)
    }))
}

fn sink<H>(ends: &Arc<Ends<H>>) -> Wait {
    ready(ends.sender.upgrade().expect("a sender stays").into_sink())
}

fn received<H>(ends: &Arc<Ends<H>>) -> Wait {
    let receiver = ends.receiver.upgrade().expect("a receiver stays");
    next(receiver.into_stream())
}

pub(crate) const CHANNELS: &[Column] = &[
    quiet(many("sink `poll_ready`, `drain`", |n| {
        let (ends, receiver) =
            channel(n, |sender, receiver| ((sender, receiver.clone()), receiver));
        let drain = move || assert_eq!(receiver.drain().len(), n);
        Scene::new(n, &ends, sink, drain)
    })),
    one("sink `poll_ready`, a granted sink dropped", |n| {
        let (ends, ()) = channel(1, |sender, receiver| ((sender, receiver), ()));
        let (sender, receiver) = &ends.stays;
        let first = parked(ready(sender.clone().into_sink()));
        assert_eq!(receiver.try_recv(), Ok(1));
        Scene::new(n, &ends, sink, move || drop(first))
    }),
    many("sink `poll_ready`, `close`", |n| {
        let (ends, receiver) =
            channel(1, |sender, receiver| ((sender, receiver.clone()), receiver));
        Scene::new(n, &ends, sink, move || assert!(receiver.close()))
    }),
    quiet(many("sink `poll_ready`, the last receiver dropped", |n| {
        let (ends, receiver) = channel(1, |sender, receiver| (sender, receiver));
        Scene::new(n, &ends, sink, move || drop(receiver))
    })),
    many("stream `next`, the last sender dropped", |n| {
        let (ends, sender) = channel(1, |sender, receiver| (receiver, sender));
        assert_eq!(ends.stays.try_recv(), Ok(1));
        Scene::new(n, &ends, received, move || drop(sender))
    }),
];

impl<H: std::fmt::Debug + Send + Sync + 'static> Primitive for Ends<H> {
    fn touch(&self) {
        assert!(!format!("{self:?}").contains("<locked>"));
        if let Some(sender) = self.sender.upgrade() {
            assert!(sender.len() + sender.sender_count() < 1_000);
            assert!(!sender.is_empty() || sender.capacity().is_some());
            drop(sender.try_reserve());
        }
        if let Some(receiver) = self.receiver.upgrade() {
            assert!(receiver.len() + receiver.receiver_count() < 1_000);
            drop(receiver.closed());
        }
    }

    fn assert_usable(&self) {
        let handles = (self.sender.upgrade(), self.receiver.upgrade());
        let shown = format!("{self:?}");
        for part in ["claims: 0", "granted: 0", "slots: 0", "_waiting: 0"] {
            assert!(shown.contains(part), "{shown}");
        }
        if let (Some(sender), Some(receiver)) = handles {
            receiver.drain();
            if sender.is_closed() {
                assert!(sender.try_send(7).is_err() && receiver.try_recv().is_err());
            } else {
                sender.try_send(7).unwrap();
                assert_eq!(receiver.try_recv(), Ok(7));
            }
        }
    }
}
