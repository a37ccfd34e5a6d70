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
///
/// # Examples
///
/// ```
/// # use waystation_queue::{channel, PutError};
/// # futures_lite::future::block_on(async {
/// let (sender, receiver) = channel::bounded(16);
/// sender.send("tea").await?;
/// let other = receiver.clone();
/// drop(receiver);
/// assert_eq!(other.recv().await, Ok("tea"));
/// // The last one: there is nobody left to send to.
/// drop(other);
/// assert_eq!(sender.send("milk").await, Err(PutError("milk")));
/// # Ok::<(), waystation_queue::PutError<&str>>(())
/// # }).unwrap();
/// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::{channel, GetError};
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = channel::unbounded();
    /// sender.send("last word").await?;
    /// drop(sender);
    /// assert_eq!(receiver.recv().await, Ok("last word"));
    /// // The last sender is gone.
    /// assert_eq!(receiver.recv().await, Err(GetError));
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::{channel, TryGetError};
    /// let (sender, receiver) = channel::unbounded();
    /// assert_eq!(receiver.try_recv(), Err(TryGetError::Empty));
    /// sender.try_send("tea")?;
    /// assert_eq!(receiver.try_recv(), Ok("tea"));
    /// drop(sender);
    /// assert_eq!(receiver.try_recv(), Err(TryGetError::Closed));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::block_on;
    /// # use std::thread;
    /// # use waystation_queue::channel;
    /// let (sender, receiver) = channel::bounded(1);
    /// let worker = thread::spawn(move || receiver.recv_blocking());
    /// // From a task to a thread.
    /// block_on(sender.send("tea"))?;
    /// assert_eq!(worker.join().unwrap(), Ok("tea"));
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// ```
    pub fn recv_blocking(&self) -> Result<T, GetError> {
        block_on(self.recv())
    }

    /// Like [`recv_blocking`](Receiver::recv_blocking), but gives up after `timeout`, with nothing
    /// taken.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, for `timeout` at most.
    ///
    /// # Errors
    ///
    /// [`GetTimeoutError`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_queue::{channel, GetTimeoutError};
    /// let (sender, receiver) = channel::unbounded();
    /// let patience = Duration::from_millis(1);
    /// assert_eq!(receiver.recv_timeout(patience), Err(GetTimeoutError::Timeout));
    /// sender.try_send("tea")?;
    /// assert_eq!(receiver.recv_timeout(patience), Ok("tea"));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, GetTimeoutError> {
        got_in_time(block_on_timeout(self.recv(), timeout))
    }

    /// Like [`recv_timeout`](Receiver::recv_timeout), but gives up at `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, until `deadline` at most.
    ///
    /// # Errors
    ///
    /// [`GetTimeoutError`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::{Duration, Instant};
    /// # use waystation_queue::channel;
    /// let (sender, receiver) = channel::unbounded();
    /// sender.try_send("tea")?;
    /// sender.try_send("milk")?;
    /// // What comes until then.
    /// let deadline = Instant::now() + Duration::from_millis(1);
    /// let batch: Vec<_> = std::iter::from_fn(|| receiver.recv_deadline(deadline).ok()).collect();
    /// assert_eq!(batch, ["tea", "milk"]);
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn recv_deadline(&self, deadline: Instant) -> Result<T, GetTimeoutError> {
        got_in_time(block_on_deadline(self.recv(), deadline))
    }

    /// Closes the channel for new items; what is in it can still be received. Returns whether this
    /// call did it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::{channel, TryPutError};
    /// let (sender, receiver) = channel::unbounded();
    /// sender.try_send("tea")?;
    /// // No more, please; but what was sent is not lost.
    /// assert!(receiver.close());
    /// assert_eq!(sender.try_send("milk"), Err(TryPutError::Closed("milk")));
    /// assert_eq!(receiver.try_recv(), Ok("tea"));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    #[track_caller]
    pub fn close(&self) -> bool {
        self.channel.queue.close()
    }

    /// Whether the channel is closed for new items.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::channel;
    /// let (sender, receiver) = channel::unbounded();
    /// sender.try_send("tea")?;
    /// assert!(!receiver.is_closed());
    /// drop(sender);
    /// // Nothing more is sent, but something is left.
    /// assert!(receiver.is_closed());
    /// assert_eq!(receiver.try_recv(), Ok("tea"));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn is_closed(&self) -> bool {
        self.channel.queue.is_closed()
    }

    /// How many items are in the channel.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::channel;
    /// let (sender, receiver) = channel::unbounded();
    /// let second = receiver.clone();
    /// sender.try_send("tea")?;
    /// sender.try_send("milk")?;
    /// // They share what is in it: each item goes to one of them.
    /// assert_eq!(second.try_recv(), Ok("tea"));
    /// assert_eq!(receiver.len(), 1);
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn len(&self) -> usize {
        self.channel.queue.len()
    }

    /// Whether no item is in the channel.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::channel;
    /// let (sender, receiver) = channel::unbounded();
    /// assert!(receiver.is_empty());
    /// sender.try_send("tea")?;
    /// drop(sender);
    /// // What was sent outlives its sender.
    /// assert!(!receiver.is_empty());
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.channel.queue.is_empty()
    }

    /// For how many items there is room; `None` if it is unbounded.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::channel;
    /// let (sender, receiver) = channel::bounded(4);
    /// sender.try_send("tea")?;
    /// // How busy it is, in per cent.
    /// let load = receiver.capacity().map(|capacity| 100 * receiver.len() / capacity);
    /// assert_eq!(load, Some(25));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn capacity(&self) -> Option<usize> {
        self.channel.queue.capacity()
    }

    /// How many senders there are.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::channel;
    /// let (sender, receiver) = channel::unbounded::<&str>();
    /// let weak = sender.downgrade();
    /// // A weak handle does not count.
    /// assert_eq!(receiver.sender_count(), 1);
    /// drop(sender);
    /// assert_eq!(receiver.sender_count(), 0);
    /// ```
    pub fn sender_count(&self) -> usize {
        self.channel.senders.get()
    }

    /// How many receivers there are.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::channel;
    /// let (_sender, receiver) = channel::unbounded::<&str>();
    /// let workers = [receiver.clone(), receiver.clone()];
    /// assert_eq!(receiver.receiver_count(), 3);
    /// drop(workers);
    /// assert_eq!(receiver.receiver_count(), 1);
    /// ```
    pub fn receiver_count(&self) -> usize {
        self.channel.receivers.get()
    }

    /// A handle that does not keep the channel open.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::{channel, PutError};
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = channel::unbounded();
    /// let _weak = receiver.downgrade();
    /// drop(receiver);
    /// // The weak handle has not kept the channel open.
    /// assert_eq!(sender.send("tea").await, Err(PutError("tea")));
    /// # });
    /// ```
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
///
/// # Examples
///
/// ```
/// # use futures_lite::future::poll_once;
/// # use waystation_queue::channel;
/// # futures_lite::future::block_on(async {
/// let (sender, receiver) = channel::unbounded();
/// let mut recv = receiver.recv();
/// assert_eq!(poll_once(&mut recv).await, None);
/// sender.send("tea").await?;
/// // Given up before it was taken: the next one gets it.
/// drop(recv);
/// assert_eq!(receiver.recv().await, Ok("tea"));
/// # Ok::<(), waystation_queue::PutError<&str>>(())
/// # }).unwrap();
/// ```
#[must_use = "nothing is received until it is awaited: `receiver.recv().await?`"]
pub struct Recv<'a, T> {
    receiver: &'a Receiver<T>,
    getting: Getting,
    /// The waker of the stream, if this goes on in its place.
    lender: Option<Waker>,
}

impl<T> Recv<'_, T> {
    /// Whether the future has returned `Ready` and must not be polled again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::{channel, GetError};
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = channel::unbounded::<&str>();
    /// let mut recv = receiver.recv();
    /// drop(sender);
    /// assert!(!recv.is_terminated());
    /// // The end is an outcome too.
    /// assert_eq!((&mut recv).await, Err(GetError));
    /// assert!(recv.is_terminated());
    /// # });
    /// ```
    pub fn is_terminated(&self) -> bool {
        self.getting.is_done()
    }
}

impl<'a, T> Recv<'a, T> {
    fn queue(&self) -> &'a Queue<T> {
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
        let queue = this.queue();
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
            None => {
                let queue = self.queue();
                self.getting.leave(queue);
            }
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
///
/// # Examples
///
/// ```
/// # use waystation_queue::channel;
/// let (sender, receiver) = channel::unbounded();
/// let weak = receiver.downgrade();
/// sender.try_send("tea")?;
/// // A helper comes for one item, and is gone again.
/// let helper = weak.upgrade();
/// assert_eq!(helper.map(|helper| helper.try_recv()), Some(Ok("tea")));
/// assert_eq!(receiver.receiver_count(), 1);
/// # Ok::<(), waystation_queue::TryPutError<&str>>(())
/// ```
pub struct WeakReceiver<T> {
    channel: Arc<Channel<T>>,
}

impl<T> WeakReceiver<T> {
    /// A receiver, if there still is one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::channel;
    /// let (_sender, receiver) = channel::unbounded::<&str>();
    /// let weak = receiver.downgrade();
    /// assert!(weak.upgrade().is_some());
    /// drop(receiver);
    /// // It was the last one, and the channel is closed for good.
    /// assert!(weak.upgrade().is_none());
    /// ```
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
