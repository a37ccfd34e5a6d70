use std::fmt;
use std::sync::Arc;

use waystation_core::wait::Watch;

use super::Channel;
use crate::reserve::try_reserve;
use crate::{Put, PutMany, QueueClosed, Reserve, Slot, TryPutError, TryReserveError};

/// The sending side of a [channel](crate::channel). Dropping the last one closes it.
pub struct Sender<T> {
    pub(super) channel: Arc<Channel<T>>,
}

impl<T> Sender<T> {
    pub(super) fn new(channel: Arc<Channel<T>>) -> Self {
        Self { channel }
    }

    /// Sends an item, waiting for room: [`put`](crate::BaseQueue::put).
    ///
    /// # Errors
    ///
    /// The item comes back if the channel is closed before it is in.
    #[doc(alias = "send_blocking")]
    #[doc(alias = "send_timeout")]
    #[doc(alias = "send_deadline")]
    #[inline]
    pub fn send(&self, item: T) -> Put<&Channel<T>> {
        Put::new(&self.channel, item)
    }

    /// Sends an item if there is room now: [`try_put`](crate::BaseQueue::try_put).
    ///
    /// # Errors
    ///
    /// The item comes back if the channel is full, or closed.
    #[inline]
    #[track_caller]
    pub fn try_send(&self, item: T) -> Result<(), TryPutError<T>> {
        self.channel.queue.try_put(item)
    }

    /// Sends one item after the other, in order: [`put_many`](crate::BaseQueue::put_many).
    pub fn send_many<I>(&self, items: I) -> PutMany<&Channel<T>, I::IntoIter>
    where
        I: IntoIterator<Item = T>,
    {
        PutMany::new(&self.channel, items.into_iter())
    }

    /// Waits for room and holds it: [`reserve`](crate::BaseQueue::reserve).
    pub fn reserve(&self) -> Reserve<&Channel<T>> {
        Reserve::new(&self.channel)
    }

    /// Holds room if there is some now: [`try_reserve`](crate::BaseQueue::try_reserve).
    ///
    /// # Errors
    ///
    /// If the channel is full, or closed.
    pub fn try_reserve(&self) -> Result<Slot<&Channel<T>>, TryReserveError> {
        try_reserve(&*self.channel)
    }

    /// Closes the channel to new items; returns whether this call did it.
    #[track_caller]
    pub fn close(&self) -> bool {
        self.channel.queue.close()
    }

    /// Whether the channel is closed to new items.
    pub fn is_closed(&self) -> bool {
        self.channel.queue.is_closed()
    }

    /// Waits until the channel is closed, as by the drop of the last receiver.
    pub fn closed(&self) -> QueueClosed<&Channel<T>> {
        Watch::new(&self.channel)
    }

    /// How many items are in the channel.
    pub fn len(&self) -> usize {
        self.channel.queue.len()
    }

    /// Whether no item is in the channel.
    pub fn is_empty(&self) -> bool {
        self.channel.queue.is_empty()
    }

    /// Whether `try_send` would find no room.
    pub fn is_full(&self) -> bool {
        self.channel.queue.is_full()
    }

    /// For how many items there is room; `None` without a bound.
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
        if self.channel.senders.remove() {
            self.channel.queue.close();
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&self.channel).finish()
    }
}

/// A [`Sender`] that does not keep the channel open.
pub struct WeakSender<T> {
    channel: Arc<Channel<T>>,
}

impl<T> WeakSender<T> {
    /// A sender, if one is left. A side that has ended does not begin again.
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
