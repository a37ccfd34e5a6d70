//! A queue of items.

use std::collections::VecDeque;

use parking_lot::Mutex;

use super::gate::{Closed, Gate};

/// A first-in, first-out queue: the reference for `waystation::Queue`.
///
/// Two gates beside a buffer: a `put` takes a token of `room` and gives one to `items`, a `get` the
/// other way round.
#[derive(Debug)]
pub struct Queue<T> {
    buffer: Mutex<Buffer<T>>,
    items: Gate,
    /// Unlimited if there is none.
    room: Option<Gate>,
}

#[derive(Debug)]
struct Buffer<T> {
    items: VecDeque<T>,
    closed: bool,
}

/// Why [`Queue::try_put`] gave its item back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryPutError<T> {
    /// There is no room, or others wait for it.
    Full(T),
    /// The queue is closed.
    Closed(T),
}

/// Why [`Queue::try_get`] had nothing to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryGetError {
    /// There is no item, or others were promised all there are.
    Empty,
    /// The queue is closed and empty.
    Closed,
}

impl<T> Queue<T> {
    /// A queue for at most `capacity` items.
    ///
    /// # Panics
    ///
    /// If `capacity` is 0.
    #[must_use]
    pub fn bounded(capacity: usize) -> Self {
        assert!(capacity > 0, "a queue has room for at least one item");
        Self {
            room: Some(Gate::new(capacity)),
            ..Self::unbounded()
        }
    }

    /// A queue without a limit.
    #[must_use]
    pub fn unbounded() -> Self {
        let buffer = Mutex::new(Buffer {
            items: VecDeque::new(),
            closed: false,
        });
        Self {
            buffer,
            items: Gate::new(0),
            room: None,
        }
    }

    /// Puts an item in, waiting for room. The item comes back if the queue is closed.
    ///
    /// # Errors
    ///
    /// The item, if the queue is closed.
    pub async fn put(&self, item: T) -> Result<(), T> {
        if let Some(room) = &self.room {
            if room.take(1).await.is_err() {
                return Err(item);
            }
        }
        self.push(item)
    }

    /// Puts an item in if there is room and nobody waits for it.
    ///
    /// # Errors
    ///
    /// [`TryPutError`], with the item.
    pub fn try_put(&self, item: T) -> Result<(), TryPutError<T>> {
        match self.room.as_ref().map_or(Ok(true), |room| room.try_take(1)) {
            Ok(true) => self.push(item).map_err(TryPutError::Closed),
            Ok(false) => Err(TryPutError::Full(item)),
            Err(Closed) => Err(TryPutError::Closed(item)),
        }
    }

    /// Takes the oldest item, waiting for one.
    ///
    /// # Errors
    ///
    /// [`Closed`], if the queue is closed and empty.
    pub async fn get(&self) -> Result<T, Closed> {
        self.items.take(1).await?;
        Ok(self.pop())
    }

    /// Takes the oldest item if there is one and nobody waits for it.
    ///
    /// # Errors
    ///
    /// [`TryGetError`].
    pub fn try_get(&self) -> Result<T, TryGetError> {
        match self.items.try_take(1) {
            Ok(true) => Ok(self.pop()),
            Ok(false) => Err(TryGetError::Empty),
            Err(Closed) => Err(TryGetError::Closed),
        }
    }

    /// No more puts; gets take what is left. True the first time.
    pub fn close(&self) -> bool {
        let mut buffer = self.buffer.lock();
        let first = !std::mem::replace(&mut buffer.closed, true);
        let drained = buffer.items.is_empty();
        drop(buffer);
        if let Some(room) = &self.room {
            room.close();
        }
        if drained {
            self.items.close();
        }
        first
    }

    /// Whether it is closed.
    pub fn is_closed(&self) -> bool {
        self.buffer.lock().closed
    }

    /// How many items are in it.
    pub fn len(&self) -> usize {
        self.buffer.lock().items.len()
    }

    /// Whether no item is in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// For one who took a token of `room`.
    fn push(&self, item: T) -> Result<(), T> {
        let mut buffer = self.buffer.lock();
        if buffer.closed {
            return Err(item);
        }
        buffer.items.push_back(item);
        drop(buffer);
        self.items.give(1);
        Ok(())
    }

    /// For one who took a token of `items`.
    fn pop(&self) -> T {
        let mut buffer = self.buffer.lock();
        let item = buffer
            .items
            .pop_front()
            .expect("there is an item for each token");
        let drained = buffer.closed && buffer.items.is_empty();
        drop(buffer);
        if drained {
            self.items.close();
        }
        if let Some(room) = &self.room {
            room.give(1);
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Driver, Ledger, assert_pending, assert_ready};

    #[test]
    fn items_come_out_in_the_order_in_which_they_went_in() {
        let queue = Queue::bounded(2);
        queue.try_put(1).unwrap();
        queue.try_put(2).unwrap();
        assert_eq!(queue.try_put(3), Err(TryPutError::Full(3)));
        let mut put = Driver::new(Box::pin(queue.put(3)));
        assert_pending(put.poll());
        assert_eq!(queue.try_get(), Ok(1));
        assert!(put.woken());
        assert_eq!(
            queue.try_put(4),
            Err(TryPutError::Full(4)),
            "the room is granted"
        );
        assert_eq!(assert_ready(put.poll()), Ok(()));
        assert_eq!((queue.try_get(), queue.try_get()), (Ok(2), Ok(3)));
        assert_eq!(queue.try_get(), Err(TryGetError::Empty));
    }

    #[test]
    fn a_cancelled_get_takes_nothing() {
        let queue = Queue::unbounded();
        let mut a = Driver::new(Box::pin(queue.get()));
        let mut b = Driver::new(Box::pin(queue.get()));
        assert_pending(a.poll());
        assert_pending(b.poll());
        queue.try_put(1).unwrap();
        assert!(a.woken() && !b.woken());
        drop(a);
        assert!(b.woken());
        assert_eq!(queue.len(), 1);
        assert_eq!(assert_ready(b.poll()), Ok(1));
    }

    #[test]
    fn close_gives_puts_back_and_lets_gets_finish() {
        let ledger = Ledger::new();
        let queue = Queue::bounded(1);
        queue.try_put(ledger.item(1)).unwrap();
        let mut put = Driver::new(Box::pin(queue.put(ledger.item(2))));
        assert_pending(put.poll());
        assert!(queue.close());
        assert!(!queue.close());
        assert_eq!(assert_ready(put.poll()).unwrap_err().id(), 2);
        assert_eq!(
            queue.try_put(ledger.item(3)),
            Err(TryPutError::Closed(ledger.item(3)))
        );
        assert_eq!(queue.try_get().unwrap().id(), 1);
        assert_eq!(queue.try_get(), Err(TryGetError::Closed));
        assert!(assert_ready(Driver::new(Box::pin(queue.get())).poll()).is_err());
        drop(put);
        drop(queue);
        ledger.assert_settled();
    }

    #[test]
    fn a_parked_get_waits_while_a_claim_is_out() {
        let queue = Queue::unbounded();
        let mut a = Driver::new(Box::pin(queue.get()));
        let mut b = Driver::new(Box::pin(queue.get()));
        assert_pending(a.poll());
        assert_pending(b.poll());
        queue.try_put(1).unwrap();
        queue.close();
        assert_pending(b.poll());
        assert_eq!(assert_ready(a.poll()), Ok(1));
        assert!(b.woken());
        assert_eq!(assert_ready(b.poll()), Err(Closed));
    }

    #[test]
    fn threads_move_every_item_once() {
        let queue = std::sync::Arc::new(Queue::bounded(3));
        crate::within(crate::PATIENCE, "two producers, two consumers", move || {
            std::thread::scope(|scope| {
                for base in [0, 1000] {
                    let queue = &queue;
                    scope.spawn(move || {
                        for i in 0..500 {
                            block_on(queue.put(base + i)).unwrap();
                        }
                    });
                }
                let takers: Vec<_> = (0..2)
                    .map(|_| {
                        let queue = &queue;
                        scope.spawn(move || {
                            (0..500)
                                .map(|_| block_on(queue.get()).unwrap())
                                .collect::<Vec<i32>>()
                        })
                    })
                    .collect();
                let mut all: Vec<_> = takers.into_iter().flat_map(|t| t.join().unwrap()).collect();
                all.sort_unstable();
                assert_eq!(all, (0..500).chain(1000..1500).collect::<Vec<_>>());
            });
        });
    }

    fn block_on<T>(future: impl std::future::Future<Output = T>) -> T {
        struct Unpark(std::thread::Thread);
        impl std::task::Wake for Unpark {
            fn wake(self: std::sync::Arc<Self>) {
                self.0.unpark();
            }
        }
        let waker = std::sync::Arc::new(Unpark(std::thread::current())).into();
        let mut future = Box::pin(future);
        loop {
            if let std::task::Poll::Ready(value) = crate::poll_once(&mut future, &waker) {
                return value;
            }
            std::thread::park();
        }
    }
}
