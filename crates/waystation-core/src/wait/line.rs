//! The ticket line: waiting without `unsafe`.
//!
//! A line is a ring of entries inside the primitive's lock, with tickets that rise by one. A future
//! holds its ticket, a number, and no pointer: it is `Unpin`, may be leaked, and a stale ticket
//! finds nothing. Who leaves early is marked; marks are trimmed at both ends at once and compacted
//! when they are more than half, so that a storm of cancels costs O(1) each, amortised (a look-up
//! behind a compaction is a binary search), and the memory stays in proportion to those who still
//! wait. Growth and compaction of a line of a million take milliseconds; both are rare in
//! proportion.
//!
//! Nothing here clones, wakes or drops a waker: they go in and come out by value.

use std::collections::VecDeque;
use std::mem;
use std::num::NonZeroU64;
use std::task::Waker;

use super::Batch;
use super::batch::drop_each;

/// Up to this many places of the ring are kept for good once they were needed: a line that fills
/// and empties again and again does not allocate. Above, memory comes back when the line has
/// emptied.
const KEPT: usize = 1024;

/// A place in a [`Line`]. Never reused. Not zero, so that a future which may have none needs no
/// more room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(NonZeroU64);

impl Ticket {
    const FIRST: Self = Self(NonZeroU64::MIN);

    #[inline]
    pub(super) const fn number(self) -> u64 {
        self.0.get()
    }

    /// 64 bits do not run out.
    #[inline]
    const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

#[derive(Debug)]
struct Entry<A> {
    ticket: Ticket,
    /// `None`: has left. A woken head that still waits holds a no-op waker instead.
    waker: Option<Waker>,
    ask: A,
}

/// Those who wait, in the order in which they came, each with what it asks for.
///
/// The first and the last entry are always waiting.
#[derive(Debug)]
pub struct Line<A> {
    entries: VecDeque<Entry<A>>,
    next: Ticket,
    left: usize,
}

impl<A> Line<A> {
    /// A line with nobody in it.
    pub const fn new() -> Self {
        Self {
            entries: VecDeque::new(),
            next: Ticket::FIRST,
            left: 0,
        }
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.entries.len() - self.left
    }

    /// Whether nobody waits.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What the first in line asks for.
    #[inline]
    pub fn front(&self) -> Option<&A> {
        self.entries.front().map(|entry| &entry.ask)
    }

    /// Whether this ticket is the first in line.
    pub fn is_front(&self, ticket: Ticket) -> bool {
        self.entries
            .front()
            .is_some_and(|entry| entry.ticket == ticket)
    }

    /// The waker registered under this ticket; `None` if it no longer waits.
    pub fn waker(&self, ticket: Ticket) -> Option<&Waker> {
        self.entries[self.find(ticket)?].waker.as_ref()
    }

    /// Takes the place at the end.
    pub fn join(&mut self, waker: Waker, ask: A) -> Ticket {
        let ticket = self.next;
        // Memory first: if it panics, nothing has changed.
        self.entries.push_back(Entry {
            ticket,
            waker: Some(waker),
            ask,
        });
        self.next = ticket.next();
        ticket
    }

    /// Registers another waker under a ticket and returns the displaced one.
    ///
    /// # Errors
    ///
    /// The new waker comes back if the ticket no longer waits.
    pub fn replace(&mut self, ticket: Ticket, waker: Waker) -> Result<Waker, Waker> {
        match self
            .find(ticket)
            .and_then(|index| self.entries[index].waker.as_mut())
        {
            Some(registered) => Ok(mem::replace(registered, waker)),
            None => Err(waker),
        }
    }

    /// Takes the waker of the first in line, who keeps its place, to tell it something.
    pub fn tell_front(&mut self) -> Option<Waker> {
        let waker = self.entries.front_mut()?.waker.as_mut()?;
        Some(mem::replace(waker, Waker::noop().clone()))
    }

    /// Takes the first out of the line.
    #[inline]
    pub fn pop(&mut self) -> Option<(Ticket, Waker, A)> {
        let Entry { ticket, waker, ask } = self.entries.pop_front()?;
        let waker = waker?;
        self.tidy();
        Some((ticket, waker, ask))
    }

    /// Takes a ticket out of the line, wherever it stands, and returns its waker; `None` if it no
    /// longer waits.
    pub fn leave(&mut self, ticket: Ticket) -> Option<Waker> {
        let index = self.find(ticket)?;
        let waker = self.entries[index].waker.take()?;
        if index + 1 == self.entries.len() {
            // A newcomer that gives up is the last: it leaves no mark.
            self.entries.pop_back();
        } else {
            self.left += 1;
        }
        self.tidy();
        Some(waker)
    }

    /// Takes everybody out of the line at once, in O(1).
    pub fn take(&mut self) -> Cohort<A> {
        self.left = 0;
        Cohort(mem::take(&mut self.entries))
    }

    /// Takes everybody out of the line at once, in order: into the batch if they fit, so that the
    /// line keeps its memory, and as a cohort in O(1) otherwise.
    pub fn release_all(&mut self, batch: &mut Batch) -> Option<Cohort<A>> {
        if self.len() > batch.room() {
            return Some(self.take());
        }
        while let Some((_, waker, _)) = self.pop() {
            batch.push(waker);
        }
        None
    }

    /// Takes back the memory of a cohort that was rung, if it is worth keeping and nobody has
    /// joined since; returns the memory that is not needed, if any, to be dropped outside the lock.
    pub fn give_back(&mut self, mut rung: Cohort<A>) -> Option<Cohort<A>> {
        let kept = self.entries.capacity()..=KEPT;
        if self.entries.is_empty() && rung.0.is_empty() && kept.contains(&rung.0.capacity()) {
            mem::swap(&mut self.entries, &mut rung.0);
        }
        (rung.0.capacity() > 0).then_some(rung)
    }

    /// Where a ticket stands. Tickets rise without gaps until a compaction, so that the distance
    /// from the front is the index, or lies behind it.
    fn find(&self, ticket: Ticket) -> Option<usize> {
        let distance = ticket
            .number()
            .checked_sub(self.entries.front()?.ticket.number())?;
        let last = self.entries.len() - 1;
        let guess = usize::try_from(distance).map_or(last, |index| index.min(last));
        if self.entries[guess].ticket == ticket {
            return Some(guess);
        }
        self.entries
            .binary_search_by_key(&ticket, |entry| entry.ticket)
            .ok()
    }

    /// Trims those who left at both ends, compacts when they are more than half, and gives memory
    /// back after a peak.
    #[inline]
    fn tidy(&mut self) {
        if self.left > 0 {
            self.trim();
        }
        let capacity = self.entries.capacity();
        if capacity > KEPT && self.entries.len() < capacity / 8 {
            self.entries.shrink_to(capacity / 4);
        }
    }

    fn trim(&mut self) {
        let has_left = |entry: Option<&Entry<A>>| entry.is_some_and(|entry| entry.waker.is_none());
        while has_left(self.entries.front()) {
            self.entries.pop_front();
            self.left -= 1;
        }
        while has_left(self.entries.back()) {
            self.entries.pop_back();
            self.left -= 1;
        }
        // A few marks are cheaper to keep than to move.
        if self.left > 16 && self.left > self.entries.len() / 2 {
            self.entries.retain(|entry| entry.waker.is_some());
            self.left = 0;
        }
    }
}

impl<A> Default for Line<A> {
    fn default() -> Self {
        Self::new()
    }
}

/// Those who left a line together, to be woken outside the lock.
#[derive(Debug)]
#[must_use = "a cohort that is not rung leaves its waiters asleep"]
pub struct Cohort<A>(VecDeque<Entry<A>>);

impl<A> Cohort<A> {
    /// The waker of the next in line.
    pub fn next_waker(&mut self) -> Option<Waker> {
        loop {
            let entry = self.0.pop_front()?;
            if entry.waker.is_some() {
                return entry.waker;
            }
        }
    }
}

impl<A> Default for Cohort<A> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

/// Wakers are foreign code, and leaked futures leave theirs behind: one that panics while it is
/// dropped must not keep the others from being dropped.
impl<A> Drop for Cohort<A> {
    fn drop(&mut self) {
        if !self.0.is_empty() {
            drop_each(|| self.next_waker());
        }
    }
}

impl<A> Drop for Line<A> {
    fn drop(&mut self) {
        drop(self.take());
    }
}
