use std::fmt;
use std::future::Future;
use std::mem;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use waystation_core::block::{block_on, block_on_deadline, block_on_timeout};
use waystation_core::sync::catch_panic;
use waystation_core::wait::{Batch, drop_loudly};

use super::Channel;
use super::state::StreamPlace;
use crate::blocking::got_in_time;
use crate::get::Getting;
use crate::{GetError, GetTimeoutError, Queue, TryGetError};

/// The receiving handle of a channel. The last one shuts it down when it is dropped, with what is
/// in it.
///
/// With feature `futures-core` it is a `Stream`. As one it keeps its place in line while it is
/// parked, between the polls too: the next [`recv`](Receiver::recv) of the same handle goes on in
/// that place, with its own waker, and leaves it to the stream again if it gives up. So a handle
/// that is used as a stream belongs to one consumer; clone it for another.
pub struct Receiver<T> {
    channel: Arc<Channel<T>>,
    stream: StreamPlace,
}

impl<T> Receiver<T> {
    pub(super) fn new(channel: Arc<Channel<T>>) -> Self {
        Self {
            channel,
            stream: StreamPlace::new(),
        }
    }

    /// Takes an item, waiting for one. See [`BaseQueue::get`](crate::BaseQueue::get).
    ///
    /// # Errors
    ///
    /// [`GetError`] once the channel is closed and drained.
    #[inline]
    pub fn recv(&self) -> Recv<'_, T> {
        Recv {
            receiver: self,
            getting: Getting::New,
            lender: None,
        }
    }

    /// Takes an item if there is one that nobody in line was promised.
    ///
    /// # Errors
    ///
    /// [`TryGetError`].
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryGetError> {
        if !self.stream.is_parked() {
            return self.channel.queue.try_get();
        }
        let mut getting = self.stream.take();
        let outcome = getting.try_take(&self.channel.queue);
        self.stream.put_back(getting);
        outcome
    }

    /// Like [`recv`](Receiver::recv), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Receiver::recv).
    pub fn recv_blocking(&self) -> Result<T, GetError> {
        block_on(self.recv())
    }

    /// Like [`recv_blocking`](Receiver::recv_blocking), but gives up after `timeout`, with nothing
    /// taken.
    ///
    /// # Errors
    ///
    /// [`GetTimeoutError`].
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, GetTimeoutError> {
        got_in_time(block_on_timeout(self.recv(), timeout))
    }

    /// Like [`recv_timeout`](Receiver::recv_timeout), but gives up at `deadline`.
    ///
    /// # Errors
    ///
    /// [`GetTimeoutError`].
    pub fn recv_deadline(&self, deadline: Instant) -> Result<T, GetTimeoutError> {
        got_in_time(block_on_deadline(self.recv(), deadline))
    }

    /// Closes the channel for new items; what is in it can still be received. Returns whether this
    /// call did it.
    #[track_caller]
    pub fn close(&self) -> bool {
        self.channel.queue.close()
    }

    /// Whether the channel is closed for new items.
    pub fn is_closed(&self) -> bool {
        self.channel.queue.is_closed()
    }

    /// How many items are in the channel.
    pub fn len(&self) -> usize {
        self.channel.queue.len()
    }

    /// Whether no item is in the channel.
    pub fn is_empty(&self) -> bool {
        self.channel.queue.is_empty()
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
        // A waker that panics here does not keep the channel open.
        let left = catch_panic(|| self.stream.take().leave(&self.channel.queue));
        if self.channel.receivers.remove() {
            drop(self.channel.queue.close_now());
        }
        if let Err(panic) = left {
            resume_unwind(panic);
        }
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").field(&self.channel).finish()
    }
}

/// The future of [`Receiver::recv`].
///
/// Polling it again after it has returned `Ready` panics.
#[must_use = "nothing is received until it is awaited: `receiver.recv().await?`"]
pub struct Recv<'a, T> {
    receiver: &'a Receiver<T>,
    getting: Getting,
    /// The waker of the stream, if this goes on in its place.
    lender: Option<Waker>,
}

impl<T> Recv<'_, T> {
    /// Whether the future has returned `Ready` and must not be polled again.
    pub fn is_terminated(&self) -> bool {
        self.getting.is_done()
    }

    fn queue(&self) -> &Queue<T> {
        &self.receiver.channel.queue
    }

    /// Goes on in the place of the stream, with a waker of its own.
    #[cold]
    fn borrow_place(&mut self, cx: &Context<'_>) {
        let waker = cx.waker().clone();
        self.getting = self.receiver.stream.take();
        match self.getting.exchange(self.queue(), waker) {
            Ok(lender) => self.lender = Some(lender),
            // The stream was told already.
            Err(unneeded) => drop_loudly(Some(unneeded)),
        }
    }

    /// Leaves the place to the stream, with its waker in it. If the place was left meanwhile, only
    /// this future's waker was told: so the stream's is now.
    #[cold]
    #[track_caller]
    fn hand_back(&mut self, lender: Waker) {
        let place = mem::take(&mut self.getting);
        let displaced = place.exchange(self.queue(), lender);
        self.receiver.stream.put_back(place);
        match displaced {
            Ok(own) => drop_loudly(Some(own)),
            Err(lender) => {
                let mut batch = Batch::new();
                batch.push(lender);
                batch.finish();
            }
        }
    }
}

/// The place of a stream was used up: its task is to look again, unless it is the one that runs now.
/// A panic would lose the item that is being returned.
#[cold]
fn tell(lender: Waker, current: &Waker) {
    let mut batch = Batch::new();
    if lender.will_wake(current) {
        batch.displace(Some(lender));
    } else {
        batch.push(lender);
    }
    batch.finish_quietly();
}

impl<T> Future for Recv<'_, T> {
    type Output = Result<T, GetError>;

    #[inline]
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if matches!(this.getting, Getting::New) && this.receiver.stream.is_parked() {
            this.borrow_place(cx);
        }
        let queue = &this.receiver.channel.queue;
        let outcome = this.getting.poll("Recv", queue, cx);
        if outcome.is_ready() {
            if let Some(lender) = this.lender.take() {
                tell(lender, cx.waker());
            }
        }
        outcome.map_ok(|(item, ())| item)
    }
}

impl<T> Drop for Recv<'_, T> {
    #[track_caller]
    fn drop(&mut self) {
        match self.lender.take() {
            Some(lender) => self.hand_back(lender),
            None => self.getting.leave(&self.receiver.channel.queue),
        }
    }
}

impl<T> fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recv")
            .field("place", &self.getting)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
impl<T> futures_core::FusedFuture for Recv<'_, T> {
    fn is_terminated(&self) -> bool {
        self.is_terminated()
    }
}

#[cfg(feature = "futures-core")]
impl<T> futures_core::Stream for Receiver<T> {
    type Item = T;

    #[track_caller]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        let outcome = this
            .stream
            .get_mut()
            .poll("Receiver", &this.channel.queue, cx);
        this.stream.note();
        outcome.map(|item| item.ok().map(|(item, ())| item))
    }
}

/// A receiving handle that does not keep the channel open.
pub struct WeakReceiver<T> {
    channel: Arc<Channel<T>>,
}

impl<T> WeakReceiver<T> {
    /// A receiver, if there still is one.
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
