use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::{Channel, Sender};
use crate::{Closed, Reserve, Slot};

/// The room that a sender has asked for, or holds, as a sink.
#[derive(Debug, Default)]
pub(super) enum Room<T> {
    #[default]
    None,
    Asked(Reserve<Arc<Channel<T>>>),
    Held(Slot<Arc<Channel<T>>>),
}

/// `poll_ready` waits for room and holds it, in one line with all other senders; `start_send` fills
/// it. Nothing is buffered, so that flushing is immediate. Closing the sink gives its room back;
/// the channel closes with the last sender. An item that `start_send` is given after the last
/// receiver was dropped is dropped.
impl<T> futures_sink::Sink<T> for Sender<T> {
    type Error = Closed;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        loop {
            match &mut self.sink {
                Room::None => {
                    self.sink = Room::Asked(Reserve::new(self.channel.clone()));
                }
                Room::Asked(reserve) => match Pin::new(reserve).poll(cx) {
                    Poll::Ready(Ok(slot)) => self.sink = Room::Held(slot),
                    Poll::Ready(Err(Closed)) => {
                        self.sink = Room::None;
                        return Poll::Ready(Err(Closed));
                    }
                    Poll::Pending => return Poll::Pending,
                },
                Room::Held(_) => return Poll::Ready(Ok(())),
            }
        }
    }

    #[track_caller]
    fn start_send(mut self: Pin<&mut Self>, item: T) -> Result<(), Self::Error> {
        match std::mem::take(&mut self.sink) {
            Room::Held(slot) => slot.put(item).map_err(|_| Closed),
            _ => panic!("`start_send` called before `poll_ready` returned `Ready(Ok(()))`"),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.sink = Room::None;
        Poll::Ready(Ok(()))
    }
}
