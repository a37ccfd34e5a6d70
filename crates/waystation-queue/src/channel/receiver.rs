use std::fmt;
use std::sync::Arc;

use waystation_core::wait::Watch;

use super::Channel;
use crate::{Get, GetMany, GetTask, QueueClosed, TryGetError};

/// The receiving side of a [channel](crate::channel). Dropping the last one shuts it down, and drops
/// what is in it.
pub struct Receiver<T> {
    pub(crate) channel: Arc<Channel<T>>,
}

impl<T> Receiver<T> {
    pub(super) fn new(channel: Arc<Channel<T>>) -> Self {
        Self { channel }
    }

    /// Receives an item: [`get`](crate::BaseQueue::get).
    ///
    /// # Errors
    ///
    /// When the channel is closed and drained.
    #[doc(alias = "recv_blocking")]
    #[doc(alias = "recv_timeout")]
    #[doc(alias = "recv_deadline")]
    #[inline]
    pub fn recv(&self) -> Get<&Channel<T>> {
        Get::new(&self.channel)
    }

    /// Receives an item if there is one now: [`try_get`](crate::BaseQueue::try_get).
    ///
    /// # Errors
    ///
    /// If there is none, or the channel is closed and drained.
    #[inline]
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryGetError> {
        self.channel.queue.try_get()
    }

    /// Receives up to `limit` items at once: [`get_many`](crate::BaseQueue::get_many).
    pub fn recv_many<'v>(
        &'v self,
        into: &'v mut Vec<T>,
        limit: usize,
    ) -> GetMany<'v, &'v Channel<T>> {
        GetMany::new(&self.channel, into, limit)
    }

    /// Receives an item to be reported as done: [`get_task`](crate::BaseQueue::get_task).
    pub fn get_task(&self) -> GetTask<&Channel<T>> {
        GetTask::new(&self.channel)
    }

    /// Takes the items that are promised to nobody: [`drain`](crate::BaseQueue::drain).
    #[track_caller]
    pub fn drain(&self) -> Vec<T> {
        self.channel.queue.drain()
    }

    /// Closes the channel to new items; returns whether this call did it. What is in it can still
    /// be received.
    #[track_caller]
    pub fn close(&self) -> bool {
        self.channel.queue.close()
    }

    /// Whether the channel is closed to new items.
    pub fn is_closed(&self) -> bool {
        self.channel.queue.is_closed()
    }

    /// Waits until the channel is closed to new items.
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
    pub fn downgrade(&self) -> WeakReceiver<T> {
        WeakReceiver {
            channel: self.channel.clone(),
        }
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.channel.receivers.add();
        Self::new(self.channel.clone())
    }
}

impl<T> Drop for Receiver<T> {
    #[track_caller]
    fn drop(&mut self) {
        if self.channel.receivers.remove() {
            drop(self.channel.queue.close_now());
        }
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").field(&self.channel).finish()
    }
}

/// A [`Receiver`] that does not keep the channel open.
pub struct WeakReceiver<T> {
    channel: Arc<Channel<T>>,
}

impl<T> WeakReceiver<T> {
    /// A receiver, if one is left. A side that has ended does not begin again.
    pub fn upgrade(&self) -> Option<Receiver<T>> {
        self.channel
            .receivers
            .try_add()
            .then(|| Receiver::new(self.channel.clone()))
    }
}

impl<T> Clone for WeakReceiver<T> {
    fn clone(&self) -> Self {
        Self {
            channel: self.channel.clone(),
        }
    }
}

impl<T> fmt::Debug for WeakReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WeakReceiver").field(&self.channel).finish()
    }
}
