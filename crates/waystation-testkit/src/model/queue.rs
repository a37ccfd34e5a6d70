//! `Queue`, `LifoQueue` and `PriorityQueue`.

mod buffer;
mod future;
mod waits;

use std::collections::{BTreeMap, VecDeque};
use std::mem::take;

pub use buffer::Order;
pub use future::Outcome;

use self::buffer::Buffer;
use self::future::Wait;
use super::Id;
use super::wakers::Wakers;

/// Why [`QueueModel::try_put`] gave its item back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TryPut<T> {
    /// There is no room, or others wait for it.
    Full(T),
    /// The queue is closed.
    Closed(T),
}

/// Why [`QueueModel::try_get`] had nothing to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TryGet {
    /// There is no item that was not promised, or others wait for one.
    Empty,
    /// The queue is closed, and nothing can come any more.
    Closed,
}

/// What a queue promises, for each order.
///
/// Live `Slot`s and `TaskGuard`s are the script's to remember: see [`slot_put`](Self::slot_put),
/// [`slot_drop`](Self::slot_drop), [`task_done`](Self::task_done) and [`nack`](Self::nack). A
/// `put_many` is one `put` after the other, an `into_inner` of a guard is `task_done`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QueueModel<T> {
    buffer: Buffer<T>,
    capacity: Option<usize>,
    /// Items promised to getters that were not polled since.
    claims: usize,
    /// Rooms promised to puts that were not polled since.
    granted: usize,
    /// Live `Slot`s, and those promised to a `reserve`.
    slots: usize,
    closed: bool,
    /// By `close_now`.
    killed: bool,
    unfinished: usize,
    getters: VecDeque<Id>,
    putters: VecDeque<Id>,
    joiners: Vec<Id>,
    watchers: Vec<Id>,
    waits: BTreeMap<Id, Wait<T>>,
    wakers: Wakers,
}

impl<T: Ord> QueueModel<T> {
    /// A queue with room for `capacity` items; `None` is unlimited.
    #[must_use]
    pub fn new(order: Order, capacity: Option<usize>) -> Self {
        Self {
            buffer: Buffer::new(order),
            capacity,
            claims: 0,
            granted: 0,
            slots: 0,
            closed: false,
            killed: false,
            unfinished: 0,
            getters: VecDeque::new(),
            putters: VecDeque::new(),
            joiners: Vec::new(),
            watchers: Vec::new(),
            waits: BTreeMap::new(),
            wakers: Wakers::default(),
        }
    }

    /// Puts an item in if there is room and nobody waits for it.
    ///
    /// # Errors
    ///
    /// Why not, with the item.
    pub fn try_put(&mut self, item: T) -> Result<(), TryPut<T>> {
        if self.closed {
            Err(TryPut::Closed(item))
        } else if self.has_room() {
            self.enter(item);
            Ok(())
        } else {
            Err(TryPut::Full(item))
        }
    }

    /// Takes the next item if there is one and nobody waits for it.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn try_get(&mut self) -> Result<T, TryGet> {
        if self.has_item() {
            Ok(self.take_next())
        } else if self.is_drained() {
            Err(TryGet::Closed)
        } else {
            Err(TryGet::Empty)
        }
    }

    /// Takes room for one item if there is some and nobody waits for it: the script holds one `Slot`
    /// more.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn try_reserve(&mut self) -> Result<(), TryPut<()>> {
        if self.closed {
            Err(TryPut::Closed(()))
        } else if self.has_room() {
            self.slots += 1;
            Ok(())
        } else {
            Err(TryPut::Full(()))
        }
    }

    /// Takes every item that was not promised, in order.
    pub fn drain(&mut self) -> Vec<T> {
        let free = self.buffer.len() - self.claims;
        let items = (0..free).filter_map(|_| self.buffer.pop()).collect();
        self.promise();
        items
    }

    /// A live `Slot` puts its item. It comes back after `close_now`, and only then.
    ///
    /// # Errors
    ///
    /// The item.
    pub fn slot_put(&mut self, item: T) -> Result<(), T> {
        self.slots -= 1;
        if self.killed {
            self.promise();
            return Err(item);
        }
        self.enter(item);
        Ok(())
    }

    /// A live `Slot` is dropped.
    pub fn slot_drop(&mut self) {
        self.slots -= 1;
        self.promise();
    }

    /// One item less is unfinished. False: there was none, and nothing changes.
    pub fn task_done(&mut self) -> bool {
        let known = self.unfinished > 0;
        self.finish(usize::from(known));
        known
    }

    /// A `TaskGuard` puts its item back; `token` is what [`last_token`](Self::last_token) was when
    /// it was taken.
    ///
    /// # Errors
    ///
    /// The item, after `close_now`: it counts as done then.
    pub fn nack(&mut self, item: T, token: u64) -> Result<(), T> {
        if self.killed {
            self.finish(1);
            return Err(item);
        }
        self.buffer.put_back(item, token);
        self.promise();
        Ok(())
    }

    /// The token of the item that was taken last, for [`nack`](Self::nack).
    #[must_use]
    pub fn last_token(&self) -> u64 {
        self.buffer.last_token()
    }

    /// No more puts; gets take what is left. True the first time.
    pub fn close(&mut self) -> bool {
        let first = !self.closed;
        self.closed = true;
        // A granted put is pending: it gets its item back.
        self.granted = 0;
        self.refuse_putters();
        self.promise();
        self.wake_watchers();
        first
    }

    /// No more puts and no more gets. What was in it, in order.
    pub fn close_now(&mut self) -> Vec<T> {
        self.closed = true;
        self.killed = true;
        self.granted = 0;
        self.claims = 0;
        let mut items = Vec::new();
        while let Some(item) = self.buffer.pop() {
            items.push(item);
        }
        self.refuse_putters();
        self.promise();
        self.wake_watchers();
        self.finish(items.len());
        items
    }

    /// Whether it is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// How many items are in it, promised or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Whether no item is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether items, promised rooms and slots take all the room.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.capacity
            .is_some_and(|capacity| self.len() + self.granted + self.slots >= capacity)
    }

    /// How many items entered and are not done.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.unfinished
    }

    /// How many gets are in line.
    #[must_use]
    pub fn getters_waiting(&self) -> usize {
        self.getters.len()
    }

    /// How many puts and reserves are in line.
    #[must_use]
    pub fn putters_waiting(&self) -> usize {
        self.putters.len()
    }

    /// The futures that were woken since this was last asked. Those of `join` and `closed` come
    /// last; their order relative to the others is not promised.
    pub fn take_woken(&mut self) -> Vec<Id> {
        self.wakers.take_woken()
    }

    /// The futures that are neither ready nor dropped.
    #[must_use]
    pub fn live(&self) -> Vec<Id> {
        self.waits.keys().copied().collect()
    }

    fn has_room(&self) -> bool {
        !self.closed && !self.is_full() && self.putters.is_empty()
    }

    fn has_item(&self) -> bool {
        self.buffer.len() > self.claims && self.getters.is_empty()
    }

    fn is_drained(&self) -> bool {
        self.killed || self.closed && self.buffer.len() == 0 && self.slots == 0
    }

    fn enter(&mut self, item: T) {
        self.unfinished += 1;
        self.buffer.push(item);
        self.promise();
    }

    /// For one to whom an item is due.
    fn take_next(&mut self) -> T {
        let item = self.buffer.pop().expect("an item is due");
        self.promise();
        item
    }

    /// Promises what can be promised, in line order.
    fn promise(&mut self) {
        while self.buffer.len() > self.claims {
            let Some(id) = self.getters.pop_front() else {
                break;
            };
            self.claims += 1;
            self.grant(id);
        }
        while !self.closed && !self.is_full() {
            let Some(id) = self.putters.pop_front() else {
                break;
            };
            if self.grant(id) {
                self.slots += 1;
            } else {
                self.granted += 1;
            }
        }
        if self.is_drained() {
            for id in take(&mut self.getters) {
                self.end(id);
            }
        }
    }

    fn refuse_putters(&mut self) {
        self.revoke();
        for id in take(&mut self.putters) {
            self.end(id);
        }
    }

    /// Somebody may have said before that items are done which are still here.
    fn finish(&mut self, items: usize) {
        self.unfinished = self.unfinished.saturating_sub(items);
        if self.unfinished == 0 {
            for id in take(&mut self.joiners) {
                self.end(id);
            }
        }
    }

    fn wake_watchers(&mut self) {
        for id in take(&mut self.watchers) {
            self.end(id);
        }
    }
}

#[cfg(test)]
mod tests;
