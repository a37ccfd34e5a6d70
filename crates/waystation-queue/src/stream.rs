use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use waystation_core::coop;
use waystation_core::source::Source;
use waystation_core::wait::{Batch, Place, Seen};

use crate::any::{AnyQueue, Disciplined, ItemOf};
use crate::channel::{Channel, Receiver};
use crate::discipline::lacks_item;
use crate::{BaseQueue, Discipline};

/// A stream of the items of a queue, until it is closed and drained.
///
/// It holds no claim: it is woken when there is an item that no getter was promised, and takes it
/// if it is still there when it is polled. So getters in line come first, and a stream that is not
/// polled keeps nothing from anybody. All streams of a queue that wait are woken by each such item.
///
/// **Cancel safety.** A dropped stream leaves the line; it has taken nothing that it did not return.
///
/// **Panics.** If a discipline panics. After the end it returns `None` again and again.
///
/// ```
/// # use futures_util::StreamExt;
/// # use waystation_queue::Queue;
/// # futures_lite::future::block_on(async {
/// let queue = Queue::unbounded();
/// queue.put_many(1..=3).await?;
/// queue.close();
/// assert_eq!(queue.stream().collect::<Vec<_>>().await, [1, 2, 3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[must_use = "a stream does nothing unless it is polled"]
pub struct RecvStream<H: Source<Target: AnyQueue>> {
    queue: H,
    place: Place,
    has_ended: bool,
    /// Keeps the channel open, if there is one and the stream owns it.
    handle: Option<Receiver<ItemOf<H>>>,
}

impl<H: Source<Target: AnyQueue>> RecvStream<H> {
    fn new(queue: H) -> Self {
        Self {
            queue,
            place: Place::New,
            has_ended: false,
            handle: None,
        }
    }
}

impl<T> RecvStream<Arc<Channel<T>>> {
    fn owning(channel: Arc<Channel<T>>, handle: Receiver<T>) -> Self {
        let mut stream = Self::new(channel);
        stream.handle = Some(handle);
        stream
    }
}

impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// The items as a stream, until the queue is closed and drained.
    pub fn stream(&self) -> RecvStream<&Self> {
        RecvStream::new(self)
    }

    /// [`stream`](BaseQueue::stream) that owns the queue.
    pub fn into_stream(self: Arc<Self>) -> RecvStream<Arc<Self>> {
        RecvStream::new(self)
    }
}

impl<T> Receiver<T> {
    /// The items as a stream, until the channel is closed and drained.
    pub fn stream(&self) -> RecvStream<&Channel<T>> {
        RecvStream::new(&*self.channel)
    }

    /// This handle as a stream, which keeps the channel open in its place.
    pub fn into_stream(self) -> RecvStream<Arc<Channel<T>>> {
        RecvStream::owning(self.channel.clone(), self)
    }
}

impl<H: Source<Target: AnyQueue>> Unpin for RecvStream<H> {}

impl<H: Source<Target: Disciplined>> RecvStream<H> {
    #[track_caller]
    fn poll_item(&mut self, cx: &Context<'_>) -> Poll<Option<ItemOf<H>>> {
        let this = self;
        if this.has_ended {
            return Poll::Ready(None);
        }
        let queue = this.queue.base();
        if this.place == Place::New {
            match queue.exit() {
                Ok(Some((item, _))) => return Poll::Ready(Some(item)),
                Ok(None) => lacks_item(),
                Err(_) => {}
            }
        }
        let mut batch = Batch::new();
        let outcome = this.place.poll(
            "RecvStream",
            cx,
            (queue.lock_of(), &mut batch),
            (),
            |inner| &mut inner.streams,
            |inner, seen, batch| {
                if inner.may_get() {
                    if let Seen::Waiting(ticket) = seen {
                        batch.displace(inner.streams.leave(ticket));
                    }
                    return Some(Some(inner.change(&queue.outside, batch).pop()));
                }
                inner.disturb();
                inner.is_drained().then_some(None)
            },
        );
        // The unwinding would drop the item.
        batch.finish().suppress();
        match outcome {
            Poll::Ready(Some(taken)) => {
                this.place = Place::New;
                match taken {
                    Some((item, _)) => Poll::Ready(Some(item)),
                    None => lacks_item(),
                }
            }
            Poll::Ready(None) => {
                this.has_ended = true;
                Poll::Ready(None)
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<H: Source<Target: Disciplined>> futures_core::Stream for RecvStream<H> {
    type Item = ItemOf<H>;

    #[track_caller]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let unit = ready!(coop::poll_unit(cx));
        unit.charge(self.poll_item(cx))
    }
}

impl<H: Source<Target: Disciplined>> futures_core::FusedStream for RecvStream<H> {
    fn is_terminated(&self) -> bool {
        self.has_ended
    }
}

impl<H: Source<Target: AnyQueue>> Drop for RecvStream<H> {
    fn drop(&mut self) {
        let queue = self.queue.base();
        self.place
            .unwatch(queue.lock_of(), |inner| &mut inner.streams);
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for RecvStream<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecvStream")
            .field("place", &self.place)
            .field("has_ended", &self.has_ended)
            .finish_non_exhaustive()
    }
}
