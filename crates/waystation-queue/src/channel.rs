//! A FIFO queue behind handles: it closes when the last handle of a side is dropped.
//!
//! Many producers, many consumers: both handles are `Clone`. Each item goes to one receiver.
//!
//! | dropped | what happens |
//! |---|---|
//! | the last [`Sender`] | [`close`](crate::BaseQueue::close): receivers get what is left, then the end |
//! | the last [`Receiver`] | [`close_now`](crate::BaseQueue::close_now): the items are dropped at once, sends fail |
//!
//! Weak handles keep neither side open. The futures are those of the queue, with its promises.
//!
//! ```
//! use waystation_queue::channel;
//!
//! # futures_lite::future::block_on(async {
//! let (sender, receiver) = channel::bounded(4);
//! let producer = std::thread::spawn(move || {
//!     for n in 0..10 {
//!         sender.send_blocking(n).unwrap();
//!     }
//! });
//! let mut sum = 0;
//! while let Ok(n) = receiver.recv().await {
//!     sum += n;
//! }
//! assert_eq!(sum, 45);
//! # producer.join().unwrap();
//! # });
//! ```

use std::fmt;
use std::sync::Arc;

mod receiver;
mod sender;
#[cfg(feature = "futures-sink")]
mod sink;
mod state;

pub use receiver::{Receiver, Recv, WeakReceiver};
pub use sender::{Sender, WeakSender};

use crate::queue::AnyQueue;
use crate::{Fifo, Queue};
use state::Count;

/// A channel with room for `capacity` items.
///
/// # Panics
///
/// If `capacity` is 0.
///
/// # Examples
///
/// ```
/// # use waystation_queue::channel;
/// let (sender, receiver) = channel::bounded(1);
/// sender.try_send("tea")?;
/// // A slow receiver holds up the senders.
/// assert!(sender.try_send("milk").is_err());
/// assert_eq!(receiver.try_recv(), Ok("tea"));
/// sender.try_send("milk")?;
/// # Ok::<(), waystation_queue::TryPutError<&str>>(())
/// ```
#[track_caller]
pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    Channel::open(Queue::bounded(capacity))
}

/// A channel that always has room.
///
/// # Examples
///
/// ```
/// # use waystation_queue::channel;
/// let (sender, receiver) = channel::unbounded();
/// (1..=1000).try_for_each(|n| sender.try_send(n))?;
/// drop(sender);
/// // All were sent before the first was asked for.
/// let sum: u32 = std::iter::from_fn(|| receiver.try_recv().ok()).sum();
/// assert_eq!(sum, 500_500);
/// # Ok::<(), waystation_queue::TryPutError<u32>>(())
/// ```
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    Channel::open(Queue::unbounded())
}

/// What the handles of a channel share. It is reached through them only.
///
/// # Examples
///
/// ```
/// # use waystation_queue::{channel::{self, Channel}, Slot};
/// # futures_lite::future::block_on(async {
/// /// A form whose place is kept while it is filled in.
/// struct Form<'a>(Slot<&'a Channel<String>>);
///
/// let (sender, receiver) = channel::bounded(1);
/// let form = Form(sender.reserve().await?);
/// form.0.put(String::from("filled in"))?;
/// assert_eq!(receiver.recv().await?, "filled in");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct Channel<T> {
    queue: Queue<T>,
    senders: Count,
    receivers: Count,
}

impl<T> Channel<T> {
    fn open(queue: Queue<T>) -> (Sender<T>, Receiver<T>) {
        let channel = Arc::new(Self {
            queue,
            senders: Count::new(),
            receivers: Count::new(),
        });
        (Sender::new(channel.clone()), Receiver::new(channel))
    }
}

impl<T> AnyQueue for Channel<T> {
    type Item = T;
    type Discipline = Fifo<T>;

    #[inline]
    fn base(&self) -> &Queue<T> {
        &self.queue
    }
}

impl<T> fmt::Debug for Channel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("queue", &self.queue)
            .field("senders", &self.senders.get())
            .field("receivers", &self.receivers.get())
            .finish()
    }
}
