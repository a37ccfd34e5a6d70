//! What a queue's lock protects, and the two facts that can be read without it.
//!
//! | count | what it is |
//! |---|---|
//! | items | in the discipline, claimed or not |
//! | claims | items promised to getters who were woken; at most as many as items |
//! | granted | room promised to putters who were woken |
//! | slots | room held by live `Slot`s and by granted reserves |
//!
//! *items + granted + slots ≤ capacity*, but for one item put back by each live task guard. What is
//! granted is a claim: which item a claim takes is decided when it is taken, and a putter's item
//! stays in its future until it moves it in itself. So a pending `get` has taken nothing, and a
//! pending `put` is not in the queue.
//!
//! Grants are made in one place, [`Inner::settle`], in line order. Every path that adds an item or
//! room, or removes a waiter, ends in [`BaseQueue::end`](crate::BaseQueue::end).

use std::mem;

use waystation_core::sync::Lock;
use waystation_core::sync::atomic::{AtomicBool, Ordering};
use waystation_core::wait::{Batch, Cohort, Line, Ticket, Watermark};
use waystation_core::{const_fn, invariant};

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

/// The lock beside what it protects. Aligned, so that an operation which nobody waits for touches
/// two cache lines: neighbours, which a processor that fetches them in pairs has both at once.
#[repr(align(128))]
pub(crate) struct Locked<D>(pub(crate) Lock<Inner<D>>);

/// In this order, so that what an operation needs which nobody waits for stands in front.
#[repr(C)]
pub(crate) struct Inner<D> {
    /// The queue is open and nobody stands in any line, for sure: then nothing is to be settled.
    /// Whoever reaches for a line to join it, or closes, takes the calm away; the end of settling
    /// looks whether it has come back.
    is_calm: bool,
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
    pub(crate) unfinished: usize,
    pub(crate) items: D,
    getters: Line<()>,
    putters: Line<Wants>,
    /// The last who were granted something. Grants are made in line order.
    last_getter: Option<Ticket>,
    last_putter: Option<Ticket>,
    joiners: Line<()>,
    closers: Line<()>,
}

/// What settling leaves to be done outside the lock.
pub(crate) struct Settled {
    /// The batch was too small: ring it, and settle again.
    pub(crate) more: bool,
    pub(crate) crowds: Option<[Cohort<()>; 2]>,
}

impl<D> Inner<D> {
    /// With items that are there already.
    pub(crate) fn new(items: D, len: usize, capacity: usize) -> Self {
        Self {
            is_calm: true,
            closed: false,
            killed: false,
            has_lost: false,
            len,
            capacity,
            claims: 0,
            granted: 0,
            slots: 0,
            unfinished: len,
            items,
            getters: Line::new(),
            putters: Line::new(),
            last_getter: None,
            last_putter: None,
            joiners: Line::new(),
            closers: Line::new(),
        }
    }

    pub(crate) fn has_claim(&self, ticket: Ticket) -> bool {
        self.last_getter >= Some(ticket)
    }

    pub(crate) fn has_grant(&self, ticket: Ticket) -> bool {
        self.last_putter >= Some(ticket)
    }

    /// So many tasks less, if there are as many: somebody may have called `task_done` too often.
    pub(crate) fn finish(&mut self, tasks: usize) {
        self.unfinished = self.unfinished.saturating_sub(tasks);
    }

    /// What is in the queue, counted again after the discipline ran: what came is unfinished, and
    /// what went is done.
    #[inline]
    pub(crate) fn recount(&mut self, len: usize) {
        match len.checked_sub(self.len) {
            Some(more) => self.unfinished += more,
            None => self.finish(self.len - len),
        }
        self.len = len;
    }

    /// Counts again after the discipline has panicked: what was promised may be gone.
    pub(crate) fn recount_after_panic(&mut self, len: usize) {
        self.recount(len);
        self.has_lost |= self.len < self.claims;
    }

    /// The lines, for somebody who may join one.
    pub(crate) fn getters(&mut self) -> &mut Line<()> {
        self.is_calm = false;
        &mut self.getters
    }

    pub(crate) fn putters(&mut self) -> &mut Line<Wants> {
        self.is_calm = false;
        &mut self.putters
    }

    pub(crate) fn joiners(&mut self) -> &mut Line<()> {
        self.is_calm = false;
        &mut self.joiners
    }

    pub(crate) fn closers(&mut self) -> &mut Line<()> {
        self.is_calm = false;
        &mut self.closers
    }

    /// How many wait for an item, and for room.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        (self.getters.len(), self.putters.len())
    }

    /// Nobody waits for anything, and nothing has ended.
    fn looks_calm(&self) -> bool {
        !self.closed
            && self.getters.is_empty()
            && self.putters.is_empty()
            && self.joiners.is_empty()
            && self.closers.is_empty()
    }

    /// Whether nothing is to be settled, whatever has changed.
    #[inline]
    pub(crate) fn is_calm(&self) -> bool {
        invariant!(!self.is_calm || self.looks_calm());
        self.is_calm
    }

    /// Room by count, whoever waits for it.
    #[inline]
    fn has_room_for_one(&self) -> bool {
        self.len + self.granted + self.slots < self.capacity
    }

    /// Whether there is room, and nobody who waits for it is passed.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.has_room_for_one() && (self.is_calm() || self.putters.is_empty())
    }

    /// Whether a newcomer may put.
    #[inline]
    pub(crate) fn may_put(&self) -> bool {
        // Who is calm is not closed.
        self.has_room_for_one() && (self.is_calm() || (self.putters.is_empty() && !self.closed))
    }

    /// Whether a newcomer may get: there is an unclaimed item, and nobody is passed.
    #[inline]
    pub(crate) fn may_get(&self) -> bool {
        self.has_unclaimed() && (self.is_calm() || self.getters.is_empty())
    }

    /// Whether there is an item that nobody was promised.
    #[inline]
    pub(crate) fn has_unclaimed(&self) -> bool {
        self.len > self.claims
    }

    /// Whether nothing will ever come out again.
    #[inline]
    pub(crate) fn is_drained(&self) -> bool {
        self.killed || (self.closed && self.slots == 0 && self.len == 0)
    }

    /// No more puts. Returns whether this call did it, and who waits for room, as far as they do
    /// not fit into the batch.
    pub(crate) fn close(&mut self, batch: &mut Batch) -> (bool, Option<Cohort<Wants>>) {
        let was_open = !mem::replace(&mut self.closed, true);
        self.is_calm = false;
        // A granted put is pending: it gets its item back. A granted reserve holds a slot and keeps
        // it.
        self.granted = 0;
        (was_open, self.putters.release_all(batch))
    }

    /// No more gets either, and nothing is left: so many items were taken out. Returns who waits
    /// for one.
    pub(crate) fn kill(&mut self, taken: usize) -> Cohort<()> {
        self.killed = true;
        self.claims = 0;
        self.finish(taken);
        self.getters.take()
    }

    /// Takes out those who wait for `unfinished` to be 0, all at once since it may rise again; and
    /// those who wait for the close. Mostly nobody does.
    fn release_crowds(&mut self) -> Option<[Cohort<()>; 2]> {
        let joiners = self.unfinished == 0 && !self.joiners.is_empty();
        let closers = self.closed && !self.closers.is_empty();
        if !joiners && !closers {
            return None;
        }
        let mut crowds = [Cohort::default(), Cohort::default()];
        if joiners {
            crowds[0] = self.joiners.take();
        }
        if closers {
            crowds[1] = self.closers.take();
        }
        Some(crowds)
    }

    /// Grants what there is to those in line, releases the crowds, and looks whether the calm has
    /// come back.
    pub(crate) fn settle(&mut self, outside: &Outside, batch: &mut Batch) -> Settled {
        let more = self.grant(outside, batch);
        let crowds = self.release_crowds();
        self.is_calm = self.looks_calm();
        Settled { more, crowds }
    }

    /// Grants what there is in line order: the one place where claims and room are granted. Returns
    /// whether the batch was too small.
    fn grant(&mut self, outside: &Outside, batch: &mut Batch) -> bool {
        let drained = self.is_drained();
        while self.len > self.claims || drained {
            if batch.is_full() && !self.getters.is_empty() {
                return true;
            }
            let Some((ticket, waker, ())) = self.getters.pop() else {
                break;
            };
            batch.push(waker);
            // Who is taken out of the line of a drained queue has no claim: it finds the end.
            if !drained {
                self.claims += 1;
                self.last_getter = Some(ticket);
            }
        }
        while !self.closed && self.has_room_for_one() {
            if batch.is_full() && !self.putters.is_empty() {
                return true;
            }
            let Some((ticket, waker, wants)) = self.putters.pop() else {
                break;
            };
            batch.push(waker);
            self.last_putter = Some(ticket);
            match wants {
                Wants::ToPut => self.granted += 1,
                Wants::ToReserve => {
                    self.slots += 1;
                    outside.reserved.raise(ticket);
                }
            }
        }
        invariant!(self.claims <= self.len || self.has_lost);
        false
    }
}
