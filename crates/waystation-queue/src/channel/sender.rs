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
///
/// # Examples
///
/// ```
/// # use waystation_queue::{channel, GetError};
/// # futures_lite::future::block_on(async {
/// let (sender, receiver) = channel::unbounded();
/// let other = sender.clone();
/// sender.send("tea").await?;
/// drop(sender);
/// other.send("milk").await?;
/// drop(other);
/// let received = [receiver.recv().await, receiver.recv().await, receiver.recv().await];
/// assert_eq!(received, [Ok("tea"), Ok("milk"), Err(GetError)]);
/// # Ok::<(), waystation_queue::PutError<&str>>(())
/// # }).unwrap();
/// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::{channel, PutError};
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = channel::bounded(1);
    /// sender.send("tea").await?;
    /// let mut send = sender.send("milk");
    /// assert!(poll_once(&mut send).await.is_none());
    /// // It waited for room, and hears that there is nobody to send to.
    /// drop(receiver);
    /// assert_eq!(send.await, Err(PutError("milk")));
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    #[inline]
    pub fn send(&self, item: T) -> Put<&Channel<T>> {
        Put::new(&self.channel, item)
    }

    /// Sends an item if there is room and nobody waits for it.
    ///
    /// # Errors
    ///
    /// [`TryPutError`] with the item.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::{channel, TryPutError};
    /// let (sender, receiver) = channel::bounded(1);
    /// sender.try_send("tea")?;
    /// assert_eq!(sender.try_send("milk"), Err(TryPutError::Full("milk")));
    /// drop(receiver);
    /// assert_eq!(sender.try_send("milk"), Err(TryPutError::Closed("milk")));
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    #[inline]
    #[track_caller]
    pub fn try_send(&self, item: T) -> Result<(), TryPutError<T>> {
        self.channel.queue.try_put(item)
    }

    /// Waits for room and holds it. See [`BaseQueue::reserve`](crate::BaseQueue::reserve).
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::channel;
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = channel::bounded(1);
    /// let slot = sender.reserve().await?;
    /// // Nobody can take the room away meanwhile.
    /// assert!(sender.try_send("somebody else's").is_err());
    /// slot.put("made with care")?;
    /// assert_eq!(receiver.recv().await, Ok("made with care"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::block_on;
    /// # use std::thread;
    /// # use waystation_queue::{channel, PutError};
    /// let (sender, receiver) = channel::bounded(1);
    /// let consumer = thread::spawn(move || block_on(receiver.recv()));
    /// sender.send_blocking("tea")?;
    /// assert_eq!(consumer.join().unwrap(), Ok("tea"));
    /// // The receiver has ended with its thread.
    /// assert_eq!(sender.send_blocking("milk"), Err(PutError("milk")));
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// ```
    pub fn send_blocking(&self, item: T) -> Result<(), PutError<T>> {
        block_on(self.send(item))
    }

    /// Like [`send_blocking`](Sender::send_blocking), but gives up after `timeout` and hands the
    /// item back.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, for `timeout` at most.
    ///
    /// # Errors
    ///
    /// [`PutTimeoutError`] with the item.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_queue::channel;
    /// let (sender, receiver) = channel::bounded(1);
    /// let patience = Duration::from_millis(1);
    /// assert_eq!(sender.send_timeout("tea", patience), Ok(()));
    /// // It comes back, and can be sent again.
    /// let milk = sender.send_timeout("milk", patience).unwrap_err().into_inner();
    /// assert_eq!(receiver.try_recv(), Ok("tea"));
    /// assert_eq!(sender.send_timeout(milk, patience), Ok(()));
    /// ```
    pub fn send_timeout(&self, item: T, timeout: Duration) -> Result<(), PutTimeoutError<T>> {
        let mut put = self.send(item);
        let outcome = block_on_timeout(&mut put, timeout);
        put_in_time(put, outcome)
    }

    /// Like [`send_timeout`](Sender::send_timeout), but gives up at `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, until `deadline` at most.
    ///
    /// # Errors
    ///
    /// [`PutTimeoutError`] with the item.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Instant;
    /// # use waystation_queue::{channel, PutTimeoutError};
    /// let (sender, receiver) = channel::bounded(1);
    /// let deadline = Instant::now();
    /// // The deadline is over, but there is room now.
    /// assert_eq!(sender.send_deadline("tea", deadline), Ok(()));
    /// let late = sender.send_deadline("milk", deadline);
    /// assert_eq!(late, Err(PutTimeoutError::Timeout("milk")));
    /// assert_eq!(receiver.len(), 1);
    /// ```
    pub fn send_deadline(&self, item: T, deadline: Instant) -> Result<(), PutTimeoutError<T>> {
        let mut put = self.send(item);
        let outcome = block_on_deadline(&mut put, deadline);
        put_in_time(put, outcome)
    }

    /// Closes the channel for new items, whoever else holds a sender. Returns whether this call did
    /// it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::channel;
    /// let (sender, receiver) = channel::unbounded();
    /// let other = sender.clone();
    /// sender.try_send("last word")?;
    /// assert!(sender.close());
    /// // The others cannot send either.
    /// assert!(other.try_send("one more").is_err());
    /// assert_eq!(receiver.try_recv(), Ok("last word"));
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
    /// let (sender, receiver) = channel::unbounded::<&str>();
    /// assert!(!sender.is_closed());
    /// drop(receiver);
    /// // Whatever there is to be made now is made for nobody.
    /// assert!(sender.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.channel.queue.is_closed()
    }

    /// Waits until the channel is closed: by somebody, or because the last receiver is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::channel;
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = channel::unbounded::<&str>();
    /// let mut closed = sender.closed();
    /// assert!(poll_once(&mut closed).await.is_none());
    /// drop(receiver);
    /// // Nobody listens any more.
    /// closed.await;
    /// # });
    /// ```
    pub fn closed(&self) -> QueueClosed<&Channel<T>> {
        QueueClosed::new(&self.channel)
    }

    /// How many items are in the channel.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::channel;
    /// let (sender, receiver) = channel::unbounded();
    /// sender.try_send("tea")?;
    /// sender.try_send("milk")?;
    /// // How far the receivers are behind.
    /// assert_eq!(sender.len(), 2);
    /// assert_eq!(receiver.try_recv(), Ok("tea"));
    /// assert_eq!(sender.len(), 1);
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
    /// sender.try_send("tea")?;
    /// assert!(!sender.is_empty());
    /// drop(receiver);
    /// // What nobody has received was dropped with the last receiver.
    /// assert!(sender.is_empty());
    /// # Ok::<(), waystation_queue::TryPutError<&str>>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.channel.queue.is_empty()
    }

    /// Whether [`try_send`](Sender::try_send) would find no room.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::channel;
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = channel::bounded::<&str>(1);
    /// let slot = sender.reserve().await?;
    /// // Held room is taken, though nothing was sent.
    /// assert!(sender.is_full() && receiver.is_empty());
    /// drop(slot);
    /// assert!(!sender.is_full());
    /// # Ok::<(), waystation_queue::Closed>(())
    /// # }).unwrap();
    /// ```
    pub fn is_full(&self) -> bool {
        self.channel.queue.is_full()
    }

    /// For how many items there is room; `None` if it is unbounded.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::channel;
    /// let (sender, _receiver) = channel::bounded(2);
    /// sender.try_send("tea")?;
    /// // It is what was asked for, whatever is in it.
    /// assert_eq!(sender.capacity(), Some(2));
    /// assert_eq!(channel::unbounded::<&str>().0.capacity(), None);
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
    /// let (sender, _receiver) = channel::unbounded::<&str>();
    /// let producers = [sender.clone(), sender.clone()];
    /// assert_eq!(sender.sender_count(), 3);
    /// drop(producers);
    /// // This one is the last now: its drop closes the channel.
    /// assert_eq!(sender.sender_count(), 1);
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
    /// let (sender, receiver) = channel::unbounded::<&str>();
    /// let second = receiver.clone();
    /// assert_eq!(sender.receiver_count(), 2);
    /// drop(receiver);
    /// assert!(!sender.is_closed());
    /// drop(second);
    /// assert_eq!(sender.receiver_count(), 0);
    /// ```
    pub fn receiver_count(&self) -> usize {
        self.channel.receivers.get()
    }

    /// A handle that does not keep the channel open.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::{channel, GetError};
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = channel::unbounded();
    /// let _weak = sender.downgrade();
    /// sender.send("tea").await?;
    /// drop(sender);
    /// // The weak handle does not make the receiver wait.
    /// assert_eq!(receiver.recv().await, Ok("tea"));
    /// assert_eq!(receiver.recv().await, Err(GetError));
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
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
///
/// # Examples
///
/// ```
/// # use waystation_queue::channel;
/// let (sender, receiver) = channel::unbounded();
/// let weak = sender.downgrade();
/// if let Some(sender) = weak.upgrade() {
///     sender.try_send("tea")?;
/// }
/// assert_eq!(receiver.try_recv(), Ok("tea"));
/// assert_eq!(receiver.sender_count(), 1);
/// # Ok::<(), waystation_queue::TryPutError<&str>>(())
/// ```
pub struct WeakSender<T> {
    channel: Arc<Channel<T>>,
}

impl<T> WeakSender<T> {
    /// A sender, if there still is one; to a closed channel too.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::channel;
    /// let (sender, receiver) = channel::unbounded::<&str>();
    /// let weak = sender.downgrade();
    /// let second = weak.upgrade();
    /// drop(sender);
    /// // What was upgraded keeps the channel open.
    /// assert!(second.is_some() && !receiver.is_closed());
    /// drop(second);
    /// assert!(weak.upgrade().is_none());
    /// ```
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
