//! What a queue's lock protects, and the two facts that can be read without it.
//!
//! | count | what it is |
//! |---|---|
//! | len | items in the discipline, claimed or not |
//! | claims | items promised to getters that were woken; at most as many as items |
//! | granted | room promised to putters that were woken |
//! | slots | room held by live `Slot`s and by granted reserves |
//!
//! *len + granted + slots ≤ capacity*, but for one item put back by each live task guard. What is
//! granted is a claim: which item a claim takes is decided when it is taken, and a putter's item
//! stays in its future until it moves it in itself. So a pending `get` has taken nothing, and a
//! pending `put` is not in the queue. A stream holds no claim: it is woken when there is an item
//! that no getter was promised.
//!
//! Every operation is one critical section. On an idle queue it changes counts and items, and nothing
//! else; otherwise it is a [`Change`], at whose end everything that there is is granted in line
//! order.

use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::ops::{Deref, DerefMut};

use waystation_core::panics::FirstPanic;
use waystation_core::sync::Lock;
use waystation_core::sync::atomic::{AtomicBool, Ordering};
use waystation_core::wait::{Batch, Line, Ticket, Watermark};
use waystation_core::{const_fn, invariant};

use crate::Discipline;

/// What a parked putter waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// Room for an item that it moves in at its next poll.
    ToPut,
    /// Room to keep.
    ToReserve,
}

/// How far reserves were granted, and whether that still counts: all that a granted reserve needs
/// to complete without the lock.
#[derive(Debug)]
pub(crate) struct Outside {
    reserved: Watermark,
    killed: AtomicBool,
}

impl Outside {
    const_fn! {
        pub(crate) const fn new() -> Self {
            Self { reserved: Watermark::new(), killed: AtomicBool::new(false) }
        }
    }

    /// The queue is shut down at once.
    pub(crate) fn kill(&self) {
        self.killed.store(true, Ordering::Relaxed);
    }

    /// Whether a parked reserve was granted its slot, and the queue was not shut down at once.
    ///
    /// Relaxed: a reserve that races `close_now` may come first; a slot of a queue that was killed
    /// gives its item back.
    pub(crate) fn has_reserved(&self, ticket: Ticket) -> bool {
        self.reserved.has_passed(ticket) && !self.killed.load(Ordering::Relaxed)
    }
}

/// The lock beside what it protects. Aligned, so that an operation on an idle queue touches two
/// cache lines: neighbours, which a processor that fetches them in pairs has both at once.
#[repr(align(128))]
pub(crate) struct Locked<D>(pub(crate) Lock<Inner<D>>);

/// In this order, so that what an operation on an idle queue needs stands in front.
#[repr(C)]
pub(crate) struct Inner<D> {
    /// The queue is open and nobody stands in any line, for sure: then nothing is to be granted. A
    /// future that is about to join a line, and a close, end it; granting finds out whether it has
    /// come back.
    is_idle: bool,
    /// No more puts.
    pub(crate) closed: bool,
    /// No more gets either: `close_now`. Implies `closed`.
    pub(crate) killed: bool,
    /// A discipline that panicked has lost items that were promised: some claims find nothing.
    has_lost: bool,
    /// How many items there are: what the discipline said last.
    pub(crate) len: usize,
    pub(crate) capacity: usize,
    pub(crate) claims: usize,
    pub(crate) granted: usize,
    pub(crate) slots: usize,
    /// Where nobody calls `task_done` it only rises: 64 bits, and saturating.
    pub(crate) unfinished: u64,
    pub(crate) items: D,
    pub(crate) getters: Line<()>,
    pub(crate) putters: Line<Wants>,
    pub(crate) streams: Line<()>,
    pub(crate) joiners: Line<()>,
    pub(crate) closers: Line<()>,
    /// The last ones that were granted something. Grants are made in line order.
    last_getter: Option<Ticket>,
    last_putter: Option<Ticket>,
}

impl<D> Inner<D> {
    /// With items that are there already.
    pub(crate) fn new(items: D, len: usize, capacity: usize) -> Self {
        Self {
            is_idle: true,
            closed: false,
            killed: false,
            has_lost: false,
            len,
            capacity,
            claims: 0,
            granted: 0,
            slots: 0,
            unfinished: len as u64,
            items,
            getters: Line::new(),
            putters: Line::new(),
            streams: Line::new(),
            joiners: Line::new(),
            closers: Line::new(),
            last_getter: None,
            last_putter: None,
        }
    }

    pub(crate) fn has_claim(&self, ticket: Ticket) -> bool {
        self.last_getter >= Some(ticket)
    }

    pub(crate) fn has_grant(&self, ticket: Ticket) -> bool {
        self.last_putter >= Some(ticket)
    }

    /// Subtracts `tasks`, saturating: `task_done` may have been called too often.
    pub(crate) fn finish(&mut self, tasks: usize) {
        self.unfinished = self.unfinished.saturating_sub(tasks as u64);
    }

    /// Counts again after the discipline ran: what came is unfinished, and what is gone is done.
    #[inline]
    fn recount(&mut self, len: usize) {
        let before = mem::replace(&mut self.len, len);
        match len.checked_sub(before) {
            Some(more) => self.unfinished = self.unfinished.saturating_add(more as u64),
            None => self.finish(before - len),
        }
    }

    /// The queue is not idle any more: a future is about to join a line.
    pub(crate) fn disturb(&mut self) {
        self.is_idle = false;
    }

    fn looks_idle(&self) -> bool {
        !self.closed
            && self.getters.is_empty()
            && self.putters.is_empty()
            && self.streams.is_empty()
            && self.joiners.is_empty()
            && self.closers.is_empty()
    }

    /// Whether nothing is to be granted, whatever has changed.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        invariant!(!self.is_idle || self.looks_idle());
        self.is_idle
    }

    /// Room by count, whoever waits for it.
    #[inline]
    fn has_room_for_one(&self) -> bool {
        self.len + self.granted + self.slots < self.capacity
    }

    /// Whether there is room, and nobody who waits for it is passed.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.has_room_for_one() && (self.is_idle() || self.putters.is_empty())
    }

    /// Whether a newcomer may put.
    #[inline]
    pub(crate) fn may_put(&self) -> bool {
        // An idle queue is never closed.
        self.has_room_for_one() && (self.is_idle() || (self.putters.is_empty() && !self.closed))
    }

    /// Whether a newcomer may get: there is an unclaimed item, and nobody is passed.
    #[inline]
    pub(crate) fn may_get(&self) -> bool {
        self.len > self.claims && (self.is_idle() || self.getters.is_empty())
    }

    /// Whether nothing will come out any more, unless a task is put back.
    #[inline]
    pub(crate) fn is_drained(&self) -> bool {
        self.killed || (self.closed && self.slots == 0 && self.len == 0)
    }

    /// Begins a change whose end concerns others: when it is dropped, what there is is granted.
    pub(crate) fn change<'a>(
        &'a mut self,
        outside: &'a Outside,
        batch: &'a mut Batch,
    ) -> Change<'a, D> {
        Change {
            inner: self,
            outside,
            batch,
        }
    }

    /// Grants what there is in line order: the one place where claims and room are granted.
    fn grant(&mut self, outside: &Outside, batch: &mut Batch) {
        let drained = self.is_drained();
        if drained {
            // A getter released from a drained queue holds no claim: its next poll finds the end.
            batch.push_all(&mut self.getters);
        }
        while self.len > self.claims {
            let Some((ticket, waker, ())) = self.getters.pop() else {
                break;
            };
            self.claims += 1;
            self.last_getter = Some(ticket);
            batch.push(waker);
        }
        while !self.closed && self.has_room_for_one() {
            let Some((ticket, waker, wants)) = self.putters.pop() else {
                break;
            };
            self.last_putter = Some(ticket);
            match wants {
                Wants::ToPut => self.granted += 1,
                Wants::ToReserve => {
                    self.slots += 1;
                    outside.reserved.raise(ticket);
                }
            }
            batch.push(waker);
        }
        // All of them: one that is idle must not keep the item from the others.
        if drained || self.len > self.claims {
            batch.push_all(&mut self.streams);
        }
        // All at once, since it may rise again.
        if self.unfinished == 0 {
            batch.push_all(&mut self.joiners);
        }
        if self.closed {
            batch.push_all(&mut self.closers);
        }
        self.is_idle = self.looks_idle();
        invariant!(self.claims <= self.len || self.has_lost);
    }

    /// Moves a new item in: unfinished from now on, if it enters.
    #[inline]
    pub(crate) fn push<T>(&mut self, item: T)
    where
        D: Discipline<T>,
    {
        let len = self.run(|items| {
            items.push(item);
            items.len()
        });
        self.recount(len);
    }

    /// Moves an item back in that was taken: it counts as done, if it is lost on the way.
    pub(crate) fn put_back<T>(&mut self, (item, token): (T, D::Token))
    where
        D: Discipline<T>,
    {
        // As if it had never been gone: then what is lost is seen from the counts.
        self.len += 1;
        let len = self.run(|items| {
            items.put_back(item, token);
            items.len()
        });
        self.recount(len);
    }

    /// Takes the next item, which is known to be there; `None` if the discipline has none although
    /// it said so. It stays unfinished.
    #[inline]
    pub(crate) fn pop<T>(&mut self) -> Option<(T, D::Token)>
    where
        D: Discipline<T>,
    {
        self.take(Discipline::pop)
    }

    /// Takes items out: they stay unfinished. What a panic of the discipline loses counts as done.
    #[inline]
    pub(crate) fn take<T, R>(&mut self, take: impl FnOnce(&mut D) -> R) -> R
    where
        D: Discipline<T>,
    {
        let (taken, len) = self.run(|items| (take(items), items.len()));
        self.len = len;
        taken
    }

    /// Runs the discipline: foreign code under the lock, documented to be so. If it panics, what it
    /// left is counted.
    #[inline]
    fn run<T, R>(&mut self, change: impl FnOnce(&mut D) -> R) -> R
    where
        D: Discipline<T>,
    {
        let repair = Repair {
            inner: self,
            item: PhantomData,
        };
        let result = change(&mut repair.inner.items);
        let _nothing_to_repair = ManuallyDrop::new(repair);
        result
    }
}

/// A change under the lock of a queue that may not be idle. However it ends, also by a panic of the
/// discipline, everything that there is then is granted.
pub(crate) struct Change<'a, D> {
    inner: &'a mut Inner<D>,
    outside: &'a Outside,
    batch: &'a mut Batch,
}

impl<D> Change<'_, D> {
    /// No more puts. Returns whether this call did it.
    pub(crate) fn close(&mut self) -> bool {
        let was_open = !mem::replace(&mut self.closed, true);
        self.is_idle = false;
        // A granted put is pending: it gets its item back. A granted reserve holds a slot and keeps
        // it.
        self.granted = 0;
        self.batch.push_all(&mut self.inner.putters);
        was_open
    }

    /// No more gets either, and nothing is left: `taken` items were taken out.
    pub(crate) fn kill(&mut self, taken: usize) {
        self.killed = true;
        self.claims = 0;
        self.finish(taken);
        self.outside.kill();
    }
}

impl<D> Deref for Change<'_, D> {
    type Target = Inner<D>;

    fn deref(&self) -> &Inner<D> {
        self.inner
    }
}

impl<D> DerefMut for Change<'_, D> {
    fn deref_mut(&mut self) -> &mut Inner<D> {
        self.inner
    }
}

impl<D> Drop for Change<'_, D> {
    #[inline]
    fn drop(&mut self) {
        if !self.inner.is_idle() {
            self.inner.grant(self.outside, self.batch);
        }
    }
}

/// What is done if the discipline panics.
struct Repair<'a, T, D: Discipline<T>> {
    inner: &'a mut Inner<D>,
    item: PhantomData<fn() -> T>,
}

impl<T, D: Discipline<T>> Drop for Repair<'_, T, D> {
    #[cold]
    fn drop(&mut self) {
        let mut panics = FirstPanic::new();
        // Should it panic again, there is nothing more to be done.
        if let Some(len) = panics.run(|| self.inner.items.len()) {
            self.inner.recount(len);
            // What was promised may be gone.
            self.inner.has_lost |= len < self.inner.claims;
        }
        panics.suppress();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fifo;

    #[test]
    fn a_count_of_unfinished_items_at_its_end_costs_no_item() {
        let mut inner = Inner::new(Fifo::default(), 0, usize::MAX);
        inner.unfinished = u64::MAX - 1;
        for item in 0..3 {
            inner.push(item);
        }
        assert_eq!((inner.len, inner.unfinished), (3, u64::MAX));
        for item in 0..3 {
            assert_eq!(inner.pop(), Some((item, ())));
        }
        inner.finish(1);
        assert_eq!((inner.len, inner.unfinished), (0, u64::MAX - 1));
    }
}
