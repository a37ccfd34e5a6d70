use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use waystation_core::source::Source;

use super::{Channel, Sender};
use crate::any::{AnyQueue, Disciplined, ItemOf};
use crate::{Closed, Reserve, Slot};

impl<T> Sender<T> {
    /// This side as a sink.
    pub fn sink(&self) -> SendSink<&Channel<T>> {
        SendSink::new(&self.channel)
    }

    /// This handle as a sink, which keeps the channel open in its place.
    pub fn into_sink(self) -> SendSink<Arc<Channel<T>>> {
        SendSink::owning(self.channel.clone(), self)
    }
}

/// A sink into a channel: from [`Sender::sink`] and [`Sender::into_sink`].
///
/// `poll_ready` waits for room in line and holds it as a [`Slot`] until `start_send`. Closing the
/// sink gives the room back and leaves the channel open for the other senders.
///
/// **Cancel safety.** A dropped sink leaves the line, or gives its room to the next putter.
///
/// **Errors.** [`Closed`], once the channel is closed.
///
/// **Panics.** `start_send` without a `poll_ready` that returned `Ready(Ok(()))`.
///
/// ```
/// # use futures_util::SinkExt;
/// # use waystation_queue::channel;
/// # futures_lite::future::block_on(async {
/// let (sender, receiver) = channel::bounded(4);
/// sender.sink().send("tea").await?;
/// assert_eq!(receiver.recv().await, Ok("tea"));
/// # Ok::<(), waystation_queue::Closed>(())
/// # }).unwrap();
/// ```
#[must_use = "a sink does nothing unless something is sent into it"]
pub struct SendSink<H: Source<Target: AnyQueue>> {
    // Dropped before the handle: the end of the channel need not wait for the room then.
    room: Room<H>,
    queue: H,
    /// Keeps the channel open, if the sink owns it.
    _handle: Option<Sender<ItemOf<H>>>,
}

enum Room<H: Source<Target: AnyQueue>> {
    None,
    Asked(Reserve<H>),
    Held(Slot<H>),
}

impl<'a, T> SendSink<&'a Channel<T>> {
    fn new(channel: &'a Channel<T>) -> Self {
        Self {
            room: Room::None,
            queue: channel,
            _handle: None,
        }
    }
}

impl<T> SendSink<Arc<Channel<T>>> {
    fn owning(channel: Arc<Channel<T>>, handle: Sender<T>) -> Self {
        Self {
            room: Room::None,
            queue: channel,
            _handle: Some(handle),
        }
    }
}

impl<H: Source<Target: AnyQueue>> Unpin for SendSink<H> {}

impl<H: Source<Target: Disciplined>> futures_sink::Sink<ItemOf<H>> for SendSink<H> {
    type Error = Closed;

    #[track_caller]
    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Closed>> {
        let this = &mut *self;
        loop {
            match &mut this.room {
                Room::None => this.room = Room::Asked(Reserve::new(this.queue.clone())),
                // It has ended by the panic of a waker: the room went to the next putter.
                Room::Asked(reserve) if reserve.is_over() => this.room = Room::None,
                Room::Asked(reserve) => match Pin::new(reserve).poll(cx) {
                    Poll::Ready(Ok(slot)) => this.room = Room::Held(slot),
                    Poll::Ready(Err(Closed)) => {
                        this.room = Room::None;
                        return Poll::Ready(Err(Closed));
                    }
                    Poll::Pending => return Poll::Pending,
                },
                Room::Held(_) => return Poll::Ready(Ok(())),
            }
        }
    }

    #[track_caller]
    fn start_send(mut self: Pin<&mut Self>, item: ItemOf<H>) -> Result<(), Closed> {
        match mem::replace(&mut self.room, Room::None) {
            Room::Held(slot) => slot.put(item).map_err(|_| Closed),
            _ => panic!("`start_send` called before `poll_ready` returned `Ready(Ok(()))`"),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Closed>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Closed>> {
        self.room = Room::None;
        Poll::Ready(Ok(()))
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for SendSink<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has_room = matches!(self.room, Room::Held(_));
        f.debug_struct("SendSink")
            .field("has_room", &has_room)
            .finish_non_exhaustive()
    }
}
