//! What is in the queue, and what comes out next.

use std::cmp::Reverse;

/// Which item comes out next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// The oldest.
    Fifo,
    /// The newest.
    Lifo,
    /// The lowest; of equal ones the oldest.
    Priority,
}

/// Items with a rank of arrival each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Buffer<T> {
    order: Order,
    items: Vec<(T, u64)>,
    /// Ranks from here on are new.
    newest: u64,
    /// Ranks below are for items that come back to the front.
    oldest: u64,
    last_token: u64,
}

impl<T: Ord> Buffer<T> {
    pub(super) fn new(order: Order) -> Self {
        // Room for items that come back on both sides.
        let middle = u64::MAX / 2;
        Self {
            order,
            items: Vec::new(),
            newest: middle,
            oldest: middle,
            last_token: middle,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn push(&mut self, item: T) {
        self.items.push((item, self.newest));
        self.newest += 1;
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        let items = self.items.iter().enumerate();
        let next = match self.order {
            Order::Fifo => items.min_by_key(|(_, (_, rank))| *rank),
            Order::Lifo => items.min_by_key(|(_, (_, rank))| Reverse(*rank)),
            Order::Priority => items.min_by(|(_, a), (_, b)| a.cmp(b)),
        };
        let (at, _) = next?;
        let (item, rank) = self.items.remove(at);
        self.last_token = rank;
        Some(item)
    }

    pub(super) fn last_token(&self) -> u64 {
        self.last_token
    }

    /// Puts an item back where it would be next: at the front, on top, or among its equals where it
    /// was.
    pub(super) fn put_back(&mut self, item: T, token: u64) {
        match self.order {
            Order::Fifo => {
                self.oldest -= 1;
                self.items.push((item, self.oldest));
            }
            Order::Lifo => self.push(item),
            Order::Priority => self.items.push((item, token)),
        }
    }
}
