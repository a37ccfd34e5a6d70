//! How a change under the lock begins and ends: settled, unlocked, and whoever it concerns woken.

use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::task::Waker;

use waystation_core::sync::{Lock, LockGuard, catch_panic};
use waystation_core::wait::{Batch, Cohort, discard};

use crate::discipline::pop_next;
use crate::state::{Inner, Locked, Outside};
use crate::{BaseQueue, Discipline};

/// What is to be done when an operation has ended: ring, and then go on with a waker's panic or
/// not.
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
        let len = items.len();
        Self {
            outside: Outside::new(),
            inner: Locked(Lock::new(Inner::new(items, len, capacity))),
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
        self.inner.0.lock()
    }

    /// Ends a change under the lock: settles, unlocks, rings; then drops a waker that is not needed
    /// any more.
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

    /// Settles, unlocks, rings, until everybody has what there is. What the batch holds already is
    /// rung first.
    fn settle_and_ring<'a>(&'a self, mut inner: LockGuard<'a, Inner<D>>, batch: &mut Batch) {
        loop {
            let mut settled = inner.settle(&self.outside, batch);
            drop(inner);
            batch.ring();
            for crowd in settled.crowds.iter_mut().flatten() {
                batch.ring_cohort(crowd);
            }
            if !settled.more {
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
        let (was_open, mut putters) = inner.close(&mut batch);
        let mut getters = Cohort::default();
        if now {
            getters = inner.kill(items.len());
            self.outside.kill();
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

/// A change under the lock. However it ends, what it left is settled, unlocked and rung: also if a
/// discipline panics in it.
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
        // As if it had never been gone: then what is lost is seen from the counts.
        inner.len += 1;
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
        let inner = self.inner();
        // Not through `take`: called there, `pop_next` would not see this caller.
        let taken = pop_next(&mut inner.items);
        inner.len = inner.items.len();
        taken
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
    pub(crate) fn end(self, displaced: Option<Waker>, ring: Ring) {
        // Nothing is left of it: spares the look.
        let mut section = ManuallyDrop::new(self);
        if let Some(inner) = section.inner.take() {
            section.queue.end(inner, displaced, ring);
        }
    }
}

impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// A discipline has panicked. Should it panic again, there is nothing more to be done.
    #[cold]
    #[inline(never)]
    fn repair<'a>(&'a self, mut inner: LockGuard<'a, Inner<D>>) {
        let repaired = catch_panic(|| {
            let len = inner.items.len();
            inner.recount_after_panic(len);
            self.end(inner, None, Ring::Quiet);
        });
        if let Err(again) = repaired {
            discard(again);
        }
    }
}

impl<T, D: Discipline<T>> Drop for Section<'_, T, D> {
    #[inline]
    fn drop(&mut self) {
        // By value: then a section that ends well lives in registers.
        if let Some(inner) = self.inner.take() {
            self.queue.repair(inner);
        }
    }
}
