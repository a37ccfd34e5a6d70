//! A FIFO queue behind handles: it closes when the last handle of a side is dropped.
//!
//! Many producers, many consumers: both handles are `Clone`. Each item goes to one receiver.
//!
//! | dropped | what happens |
//! |---|---|
//! | the last [`Sender`] | [`close`](crate::BaseQueue::close): receivers get what is left, then the end |
//! | the last [`Receiver`] | [`close_now`](crate::BaseQueue::close_now): the items are dropped at once, sends fail |
//!
//! Weak handles keep neither side open. The futures are those of [`BaseQueue`](crate::BaseQueue),
//! with its promises.
//!
//! ```
//! use waystation_queue::{Blocking, channel};
//!
//! # futures_lite::future::block_on(async {
//! let (sender, receiver) = channel::bounded(4);
//! let producer = std::thread::spawn(move || {
//!     for n in 0..10 {
//!         sender.send(n).block().unwrap();
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
use std::task::{Context, Poll};

use waystation_core::wait::{Place, Watched};

mod receiver;
mod sender;
#[cfg(feature = "futures-sink")]
mod sink;
mod state;

pub use receiver::{Receiver, WeakReceiver};
pub use sender::{Sender, WeakSender};
#[cfg(feature = "futures-sink")]
pub use sink::SendSink;

use crate::any::{AnyQueue, Sealed};
use crate::{Closing, Fifo, Queue};
use state::Count;

/// A channel for up to `capacity` items.
///
/// # Panics
///
/// If `capacity` is 0.
#[track_caller]
pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    Channel::open(Queue::bounded(capacity))
}

/// A channel without a bound: `send` never waits.
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    Channel::open(Queue::unbounded())
}

/// What the handles of a channel share: the target of their futures.
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

impl<T> Sealed for Channel<T> {}

impl<T> AnyQueue for Channel<T> {
    type Item = T;
    type Discipline = Fifo<T>;

    #[inline]
    fn base(&self) -> &Queue<T> {
        &self.queue
    }
}

impl<T> Watched<Closing> for Channel<T> {
    const NAME: &'static str = <Queue<T> as Watched<Closing>>::NAME;

    #[track_caller]
    fn poll_watch(&self, place: &mut Place, cx: &Context<'_>) -> Poll<()> {
        Watched::<Closing>::poll_watch(&self.queue, place, cx)
    }

    fn end_watch(&self, place: &mut Place) {
        Watched::<Closing>::end_watch(&self.queue, place);
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
