//! A ring of values under ids that rise and are never reused.
//!
//! A handle holds its id and no pointer, so that a stale one finds nothing. A value that is taken
//! out early leaves a hole; holes are trimmed at both ends at once and compacted when they are more
//! than half, so that each operation is O(1), amortised (a look-up after a compaction is a binary
//! search), and memory stays in proportion to what is there. Growth and compaction of a ring of a
//! million take milliseconds; both are rare in proportion.

use std::collections::VecDeque;
use std::num::NonZeroU64;

/// Up to this many places are kept for good once they were needed, here and wherever a buffer of
/// this library is reused: what fills and empties again and again does not allocate. Above,
/// memory comes back when the buffer has emptied.
pub const KEPT: usize = 1024;

/// The id of a value in a [`Ring`]. Never reused. Not zero, so that a handle which may have none
/// needs no more room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(NonZeroU64);

impl Ticket {
    const FIRST: Self = Self(NonZeroU64::MIN);

    /// The id as a number: 1 for the first.
    #[inline]
    pub const fn number(self) -> u64 {
        self.0.get()
    }

    /// 64 bits do not run out.
    #[inline]
    const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

#[derive(Debug)]
struct Slot<V> {
    ticket: Ticket,
    /// `None`: a hole.
    value: Option<V>,
}

/// Values in the order in which they came. The first and the last slot always hold one.
#[derive(Debug)]
pub struct Ring<V> {
    slots: VecDeque<Slot<V>>,
    next: Ticket,
    holes: usize,
}

impl<V> Ring<V> {
    /// An empty ring.
    pub const fn new() -> Self {
        Self {
            slots: VecDeque::new(),
            next: Ticket::FIRST,
            holes: 0,
        }
    }

    /// How many values there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.slots.len() - self.holes
    }

    /// Whether there is no value.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The ticket that the next value gets.
    #[inline]
    pub fn next_ticket(&self) -> Ticket {
        self.next
    }

    /// Adds a value at the end.
    #[inline]
    pub fn push(&mut self, value: V) -> Ticket {
        let ticket = self.next;
        // Memory first: if it panics, nothing has changed.
        self.slots.push_back(Slot {
            ticket,
            value: Some(value),
        });
        self.next = ticket.next();
        ticket
    }

    /// The first value.
    #[inline]
    pub fn front(&self) -> Option<(Ticket, &V)> {
        let slot = self.slots.front()?;
        Some((slot.ticket, slot.value.as_ref()?))
    }

    /// The first value, to be changed.
    #[inline]
    pub fn front_mut(&mut self) -> Option<&mut V> {
        self.slots.front_mut()?.value.as_mut()
    }

    /// Takes the first value out.
    #[inline]
    pub fn pop(&mut self) -> Option<(Ticket, V)> {
        let Slot { ticket, value } = self.slots.pop_front()?;
        let value = value?;
        if self.holes > 0 || self.slots.capacity() > KEPT {
            self.tidy();
        }
        Some((ticket, value))
    }

    /// The value of a ticket, if it is still here.
    #[inline]
    pub fn get(&self, ticket: Ticket) -> Option<&V> {
        self.slots[self.find(ticket)?].value.as_ref()
    }

    /// The value of a ticket, to be changed.
    #[inline]
    pub fn get_mut(&mut self, ticket: Ticket) -> Option<&mut V> {
        let index = self.find(ticket)?;
        self.slots[index].value.as_mut()
    }

    /// Takes a value out, wherever it stands.
    #[allow(
        clippy::inline_always,
        reason = "the value would be read in other pieces than it was written: a stall"
    )]
    #[inline(always)]
    pub fn remove(&mut self, ticket: Ticket) -> Option<V> {
        let index = self.find(ticket)?;
        let value = self.slots[index].value.take()?;
        self.leave_hole(index);
        Some(value)
    }

    fn leave_hole(&mut self, index: usize) {
        if index + 1 == self.slots.len() {
            // The newest leaves none.
            self.slots.pop_back();
        } else {
            self.holes += 1;
        }
        self.tidy();
    }

    /// The values with their tickets, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Ticket, &V)> {
        self.slots
            .iter()
            .filter_map(|slot| Some((slot.ticket, slot.value.as_ref()?)))
    }

    /// Takes everything out in O(1), in order. Up to [`KEPT`] places are allocated again, as many
    /// as there were: what fills once fills again.
    pub fn take_all(&mut self) -> impl Iterator<Item = V> + use<V> {
        self.holes = 0;
        let again = match self.slots.capacity() {
            capacity if capacity <= KEPT => VecDeque::with_capacity(capacity),
            _ => VecDeque::new(),
        };
        let slots = std::mem::replace(&mut self.slots, again);
        slots.into_iter().filter_map(|slot| slot.value)
    }

    /// How many places are allocated.
    pub fn capacity(&self) -> usize {
        self.slots.capacity()
    }

    /// Gives back the memory that is not needed now.
    pub fn shrink_to_fit(&mut self) {
        self.slots.shrink_to_fit();
    }

    /// Tickets rise without gaps until a compaction, so that the distance from the front is the
    /// index, or lies behind it.
    #[inline]
    fn find(&self, ticket: Ticket) -> Option<usize> {
        let front = self.slots.front()?.ticket.number();
        let distance = ticket.number().checked_sub(front)?;
        let last = self.slots.len() - 1;
        let guess = usize::try_from(distance).map_or(last, |index| index.min(last));
        if self.slots[guess].ticket == ticket {
            return Some(guess);
        }
        self.search(ticket)
    }

    #[cold]
    fn search(&self, ticket: Ticket) -> Option<usize> {
        self.slots
            .binary_search_by_key(&ticket, |slot| slot.ticket)
            .ok()
    }

    fn tidy(&mut self) {
        if self.holes > 0 {
            self.trim();
        }
        let capacity = self.slots.capacity();
        if capacity > KEPT && self.slots.len() < capacity / 8 {
            self.slots.shrink_to(capacity / 4);
        }
    }

    fn trim(&mut self) {
        let is_hole = |slot: Option<&Slot<V>>| slot.is_some_and(|slot| slot.value.is_none());
        while is_hole(self.slots.front()) {
            self.slots.pop_front();
            self.holes -= 1;
        }
        while is_hole(self.slots.back()) {
            self.slots.pop_back();
            self.holes -= 1;
        }
        // A few holes are cheaper to keep than to move.
        if self.holes > 16 && self.holes > self.slots.len() / 2 {
            self.slots.retain(|slot| slot.value.is_some());
            self.holes = 0;
        }
    }
}

impl<V> Default for Ring<V> {
    fn default() -> Self {
        Self::new()
    }
}
