//! What a queue's lock protects, and the two facts that can be read without it.
//!
//! | count | what it is |
//! |---|---|
//! | items | in the discipline, claimed or not |
//! | claims | items promised to getters who were woken; at most as many as items |
//! | granted | room promised to putters who were woken |
//! | slots | room held by live `Slot`s and by granted reserves |
//!
//! *items + granted + slots ≤ capacity*, but for one item put back by each live task guard. What is granted is a
//! claim: which item a claim takes is decided when it is taken, and a putter's item stays in its future until it
//! moves it in itself. So a pending `get` has taken nothing, and a pending `put` is not in the queue.
//!
//! Grants are made in one place, [`Inner::settle`], in line order. Every path that adds an item or room, or
//! removes a waiter, ends in [`BaseQueue::end`].

use std::marker::PhantomData;
use std::mem;
use std::task::Waker;

use waystation_core::sync::atomic::{AtomicBool, Ordering};
use waystation_core::sync::{Lock, LockGuard, catch_panic};
use waystation_core::wait::{Batch, Cohort, Line, Ticket, Watermark, discard};
use waystation_core::{const_fn, invariant};

use crate::discipline::pop_next;
use crate::{BaseQueue, Discipline};

/// What a parked putter waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// Room for an item that it moves in at its next poll.
    ToPut,
    /// Room to keep.
    ToReserve,
}

/// How far reserves were granted, and whether that still counts: all that a granted reserve needs to complete
/// without the lock.
#[derive(Debug)]
pub(crate) struct Outside {
    reserved: Watermark,
    killed: AtomicBool,
}

impl Outside {
    const_fn! {
        const fn new() -> Self {
            Self { reserved: Watermark::new(), killed: AtomicBool::new(false) }
        }
    }

    /// Whether a parked reserve was granted its slot, and the queue was not shut down at once.
    ///
    /// Relaxed: a reserve that races `close_now` may come first; a slot of a queue that was killed gives its
    /// item back.
    pub(crate) fn has_reserved(&self, ticket: Ticket) -> bool {
        self.reserved.has_passed(ticket) && !self.killed.load(Ordering::Relaxed)
    }
}

/// In this order, so that an operation which nobody waits for touches two cache lines, not six.
#[repr(C)]
pub(crate) struct Inner<D> {
    /// The queue is open and nobody stands in any line, for sure: then nothing is to be settled. Whoever reaches
    /// for a line to join it, or closes, takes the calm away; the end of settling looks whether it has come back.
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
    items: D,
    getters: Line<()>,
    putters: Line<Wants>,
    /// The last who were granted something. Grants are made in line order.
    last_getter: Option<Ticket>,
    last_putter: Option<Ticket>,
    joiners: Line<()>,
    closers: Line<()>,
}

impl<D> Inner<D> {
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

    /// What is in the queue, counted again after the discipline ran: what came is unfinished, and what went is done.
    #[inline]
    fn recount(&mut self, len: usize) {
        match len.checked_sub(self.len) {
            Some(more) => self.unfinished += more,
            None => self.finish(self.len - len),
        }
        self.len = len;
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
    fn is_calm(&self) -> bool {
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
        self.has_room() && !self.closed
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

    /// Takes out those who wait for `unfinished` to be 0, all at once since it may rise again; and those who wait for
    /// the close. Mostly nobody does.
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

    /// Grants what there is to those in line, in order: the one place where claims and room are granted. Returns
    /// whether the batch was too small.
    fn settle(&mut self, outside: &Outside, batch: &mut Batch) -> bool {
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

/// What is to be done when an operation has ended: ring, and then go on with a waker's panic or not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ring {
    /// The panic goes on.
    Loud,
    /// The call returns an item, which the unwinding would drop: the panic hook has reported it.
    Quiet,
}

impl Ring {
    #[inline]
    #[track_caller]
    fn finish(self, batch: &mut Batch) {
        match self {
            Self::Loud => batch.finish(),
            Self::Quiet => batch.finish_quietly(),
        }
    }
}

impl<T, D: Discipline<T>> BaseQueue<T, D> {
    pub(crate) fn from_parts(items: D, capacity: usize) -> Self {
        let inner = Inner {
            capacity,
            is_calm: true,
            closed: false,
            killed: false,
            has_lost: false,
            claims: 0,
            granted: 0,
            slots: 0,
            unfinished: items.len(),
            len: items.len(),
            items,
            getters: Line::new(),
            putters: Line::new(),
            last_getter: None,
            last_putter: None,
            joiners: Line::new(),
            closers: Line::new(),
        };
        Self {
            outside: Outside::new(),
            inner: Lock::new(inner),
            item: PhantomData,
        }
    }

    /// Opens a section: a change under the lock that runs the discipline.
    #[inline]
    pub(crate) fn section<'a>(&'a self, inner: LockGuard<'a, Inner<D>>) -> Section<'a, T, D> {
        Section {
            queue: self,
            inner: Some(inner),
        }
    }
}

impl<T, D> BaseQueue<T, D> {
    #[inline]
    pub(crate) fn lock(&self) -> LockGuard<'_, Inner<D>> {
        self.inner.lock()
    }

    /// Ends a change under the lock: settles, unlocks, rings; then drops a waker that is not needed any more.
    #[inline]
    #[track_caller]
    pub(crate) fn end<'a>(
        &'a self,
        inner: LockGuard<'a, Inner<D>>,
        displaced: Option<Waker>,
        ring: Ring,
    ) {
        if displaced.is_some() || !inner.is_calm() {
            self.end_for_others(inner, displaced, ring);
        }
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn end_for_others<'a>(
        &'a self,
        inner: LockGuard<'a, Inner<D>>,
        displaced: Option<Waker>,
        ring: Ring,
    ) {
        let mut batch = Batch::new();
        batch.displace(displaced);
        self.settle_and_ring(inner, &mut batch);
        ring.finish(&mut batch);
    }

    /// Settles, unlocks, rings, until everybody has what there is. What the batch holds already is rung first.
    fn settle_and_ring<'a>(&'a self, mut inner: LockGuard<'a, Inner<D>>, batch: &mut Batch) {
        loop {
            let more = inner.settle(&self.outside, batch);
            let mut crowds = inner.release_crowds();
            inner.is_calm = inner.looks_calm();
            drop(inner);
            batch.ring();
            for crowd in crowds.iter_mut().flatten() {
                batch.ring_cohort(crowd);
            }
            if !more {
                return;
            }
            inner = self.lock();
        }
    }
}

impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// Closes, with or without what is in the queue and those who wait for it.
    #[track_caller]
    pub(crate) fn shut(&self, now: bool, ring: Ring) -> (bool, Vec<T>) {
        let mut batch = Batch::new();
        let mut section = self.section(self.lock());
        // The discipline first: if it panics, nothing was closed.
        let items = if now {
            section.take(|items| items.drain_all())
        } else {
            Vec::new()
        };
        let mut inner = section.into_inner();
        let was_open = !mem::replace(&mut inner.closed, true);
        inner.is_calm = false;
        // A granted put is pending: it gets its item back. A granted reserve holds a slot and keeps it.
        inner.granted = 0;
        let mut putters = inner.putters.release_all(&mut batch);
        let mut getters = Cohort::default();
        if now {
            inner.killed = true;
            inner.claims = 0;
            inner.finish(items.len());
            getters = inner.getters.take();
            self.outside.killed.store(true, Ordering::Relaxed);
        }
        // The getters of a closed queue that is drained are released in here.
        self.settle_and_ring(inner, &mut batch);
        if let Some(putters) = &mut putters {
            batch.ring_cohort(putters);
        }
        batch.ring_cohort(&mut getters);
        ring.finish(&mut batch);
        (was_open, items)
    }
}

/// A change under the lock. However it ends, what it left is settled, unlocked and rung: also if a discipline
/// panics in it.
pub(crate) struct Section<'a, T, D: Discipline<T>> {
    queue: &'a BaseQueue<T, D>,
    /// `None` once it has ended.
    inner: Option<LockGuard<'a, Inner<D>>>,
}

impl<'a, T, D: Discipline<T>> Section<'a, T, D> {
    #[inline]
    pub(crate) fn inner(&mut self) -> &mut Inner<D> {
        match &mut self.inner {
            Some(inner) => inner,
            None => unreachable!("a section ends once"),
        }
    }

    /// Moves a new item in: unfinished from now on, if it enters.
    #[inline]
    pub(crate) fn push(&mut self, item: T) {
        let inner = self.inner();
        inner.items.push(item);
        inner.recount(inner.items.len());
    }

    /// Moves an item back in that was taken: it counts as done, if it is lost on the way.
    pub(crate) fn put_back(&mut self, item: T, token: D::Token) {
        let inner = self.inner();
        inner.finish(1);
        inner.items.put_back(item, token);
        inner.recount(inner.items.len());
    }

    /// Takes items out: they stay unfinished. What a panic of the discipline loses counts as done.
    #[inline]
    #[track_caller]
    pub(crate) fn take<R>(&mut self, take: impl FnOnce(&mut D) -> R) -> R {
        let inner = self.inner();
        let taken = take(&mut inner.items);
        inner.len = inner.items.len();
        taken
    }

    /// Takes the next item, which is known to be there.
    ///
    /// # Panics
    ///
    /// If the discipline has none although it said so.
    #[inline]
    #[track_caller]
    pub(crate) fn pop(&mut self) -> (T, D::Token) {
        self.take(pop_next)
    }

    /// The lock, with nothing settled yet.
    pub(crate) fn into_inner(mut self) -> LockGuard<'a, Inner<D>> {
        match self.inner.take() {
            Some(inner) => inner,
            None => unreachable!("a section ends once"),
        }
    }

    /// Ends the change.
    #[allow(
        clippy::inline_always,
        reason = "a call and a copy on every fast path otherwise: 2 ns of 25"
    )]
    #[inline(always)]
    #[track_caller]
    pub(crate) fn end(mut self, displaced: Option<Waker>, ring: Ring) {
        if let Some(inner) = self.inner.take() {
            self.queue.end(inner, displaced, ring);
        }
    }
}

impl<T, D: Discipline<T>> Section<'_, T, D> {
    /// A discipline has panicked. Should it panic again, there is nothing more to be done.
    #[cold]
    #[inline(never)]
    fn repair(&mut self) {
        let repaired = catch_panic(|| {
            if let Some(mut inner) = self.inner.take() {
                let len = inner.items.len();
                inner.recount(len);
                inner.has_lost |= inner.len < inner.claims;
                self.queue.end(inner, None, Ring::Quiet);
            }
        });
        if let Err(again) = repaired {
            discard(again);
        }
    }
}

impl<T, D: Discipline<T>> Drop for Section<'_, T, D> {
    #[inline]
    fn drop(&mut self) {
        if self.inner.is_some() {
            self.repair();
        }
    }
}
