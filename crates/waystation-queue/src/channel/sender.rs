use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use waystation_core::block::{block_on, block_on_deadline, block_on_timeout};
#[cfg(feature = "futures-sink")]
use waystation_core::sync::catch_panic;

use super::Channel;
use crate::blocking::put_in_time;
use crate::closed::QueueClosed;
use crate::{Put, PutError, PutTimeoutError, Reserve, TryPutError};

/// The sending handle of a channel. The last one closes it when it is dropped.
///
/// With feature `futures-sink` it is a `Sink`.
pub struct Sender<T> {
    pub(super) channel: Arc<Channel<T>>,
    #[cfg(feature = "futures-sink")]
    pub(super) sink: super::sink::Room<T>,
}

impl<T> Sender<T> {
    pub(super) fn new(channel: Arc<Channel<T>>) -> Self {
        Self {
            channel,
            #[cfg(feature = "futures-sink")]
            sink: super::sink::Room::None,
        }
    }

    /// Sends an item, waiting for room. See [`BaseQueue::put`](crate::BaseQueue::put).
    ///
    /// # Errors
    ///
    /// [`PutError`] with the item, once the channel is closed.
    #[inline]
    pub fn send(&self, item: T) -> Put<&Channel<T>> {
        Put::new(&self.channel, item)
    }

    /// Sends an item if there is room and nobody waits for it.
    ///
    /// # Errors
    ///
    /// [`TryPutError`] with the item.
    #[inline]
    #[track_caller]
    pub fn try_send(&self, item: T) -> Result<(), TryPutError<T>> {
        self.channel.queue.try_put(item)
    }

    /// Waits for room and holds it. See [`BaseQueue::reserve`](crate::BaseQueue::reserve).
    pub fn reserve(&self) -> Reserve<&Channel<T>> {
        Reserve::new(&self.channel)
    }

    /// Like [`send`](Sender::send), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread.
    ///
    /// # Errors
    ///
    /// As for [`send`](Sender::send).
    pub fn send_blocking(&self, item: T) -> Result<(), PutError<T>> {
        block_on(self.send(item))
    }

    /// Like [`send_blocking`](Sender::send_blocking), but gives up after `timeout` and hands the
    /// item back.
    ///
    /// # Errors
    ///
    /// [`PutTimeoutError`] with the item.
    pub fn send_timeout(&self, item: T, timeout: Duration) -> Result<(), PutTimeoutError<T>> {
        let mut put = self.send(item);
        let outcome = block_on_timeout(&mut put, timeout);
        put_in_time(put, outcome)
    }

    /// Like [`send_timeout`](Sender::send_timeout), but gives up at `deadline`.
    ///
    /// # Errors
    ///
    /// [`PutTimeoutError`] with the item.
    pub fn send_deadline(&self, item: T, deadline: Instant) -> Result<(), PutTimeoutError<T>> {
        let mut put = self.send(item);
        let outcome = block_on_deadline(&mut put, deadline);
        put_in_time(put, outcome)
    }

    /// Closes the channel for new items, whoever else holds a sender. Returns whether this call did
    /// it.
    #[track_caller]
    pub fn close(&self) -> bool {
        self.channel.queue.close()
    }

    /// Whether the channel is closed for new items.
    pub fn is_closed(&self) -> bool {
        self.channel.queue.is_closed()
    }

    /// Waits until the channel is closed: by somebody, or because the last receiver is gone.
    pub fn closed(&self) -> QueueClosed<&Channel<T>> {
        QueueClosed::new(&self.channel)
    }

    /// How many items are in the channel.
    pub fn len(&self) -> usize {
        self.channel.queue.len()
    }

    /// Whether no item is in the channel.
    pub fn is_empty(&self) -> bool {
        self.channel.queue.is_empty()
    }

    /// Whether [`try_send`](Sender::try_send) would find no room.
    pub fn is_full(&self) -> bool {
        self.channel.queue.is_full()
    }

    /// For how many items there is room; `None` if it is unbounded.
    pub fn capacity(&self) -> Option<usize> {
        self.channel.queue.capacity()
    }

    /// How many senders there are.
    pub fn sender_count(&self) -> usize {
        self.channel.senders.get()
    }

    /// How many receivers there are.
    pub fn receiver_count(&self) -> usize {
        self.channel.receivers.get()
    }

    /// A handle that does not keep the channel open.
    pub fn downgrade(&self) -> WeakSender<T> {
        WeakSender {
            channel: self.channel.clone(),
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.channel.senders.add();
        Self::new(self.channel.clone())
    }
}

impl<T> Drop for Sender<T> {
    #[track_caller]
    fn drop(&mut self) {
        // Room that is held as a sink goes first: getters need not wait for it then. A waker that
        // panics there does not keep the channel open.
        #[cfg(feature = "futures-sink")]
        let given_back = catch_panic(|| drop(std::mem::take(&mut self.sink)));
        if self.channel.senders.remove() {
            self.channel.queue.close();
        }
        #[cfg(feature = "futures-sink")]
        if let Err(panic) = given_back {
            std::panic::resume_unwind(panic);
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&self.channel).finish()
    }
}

/// A sending handle that does not keep the channel open.
pub struct WeakSender<T> {
    channel: Arc<Channel<T>>,
}

impl<T> WeakSender<T> {
    /// A sender, if there still is one.
    pub fn upgrade(&self) -> Option<Sender<T>> {
        self.channel
            .senders
            .try_add()
            .then(|| Sender::new(self.channel.clone()))
    }
}

impl<T> Clone for WeakSender<T> {
    fn clone(&self) -> Self {
        Self {
            channel: self.channel.clone(),
        }
    }
}

impl<T> fmt::Debug for WeakSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WeakSender").field(&self.channel).finish()
    }
}
