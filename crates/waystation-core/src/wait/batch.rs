//! Wakers collected under a lock and rung after it.
//!
//! A waker is foreign code: it may panic, and whoever waits behind it must not pay. So each is rung
//! under its own catch, all of them, then the displaced wakers are dropped, and only then the first
//! panic goes on.

use std::any::Any;
use std::fmt;
use std::mem::{self, ManuallyDrop};
use std::panic::resume_unwind;
use std::task::Waker;

use super::Cohort;
use crate::sync::{MODEL, catch_panic, panicking};

type Payload = Box<dyn Any + Send>;

/// Wakers to ring once the lock is released.
///
/// Dropped without [`finish`](Batch::finish), as in an unwinding, it still rings everybody.
#[must_use = "a batch is finished after the lock is released"]
pub struct Batch {
    first: Option<Waker>,
    /// How many wakers are collected.
    len: usize,
    /// Made when it is needed: most batches ring one waker, and this costs something to make and to
    /// drop.
    more: Option<More>,
}

/// What a batch may hold besides its first waker.
#[derive(Default)]
struct More {
    rest: [Option<Waker>; Batch::CAPACITY - 1],
    displaced: [Option<Waker>; 2],
    panic: Option<Payload>,
}

impl Batch {
    /// How many wakers are collected in one critical section. One under a model checker, so that it
    /// explores what happens between two batches.
    pub const CAPACITY: usize = if MODEL { 1 } else { 8 };

    /// A batch without wakers.
    #[inline]
    pub const fn new() -> Self {
        Self {
            first: None,
            len: 0,
            more: None,
        }
    }

    /// Whether the next waker has to wait for the next critical section.
    #[inline]
    pub const fn is_full(&self) -> bool {
        self.len == Self::CAPACITY
    }

    /// How many more wakers fit.
    #[inline]
    pub const fn room(&self) -> usize {
        Self::CAPACITY - self.len
    }

    /// Collects a waker.
    ///
    /// # Panics
    ///
    /// If the batch is full.
    #[inline]
    pub fn push(&mut self, waker: Waker) {
        if self.len == 0 {
            self.first = Some(waker);
        } else {
            let place = self.len - 1;
            self.more().rest[place] = Some(waker);
        }
        self.len += 1;
    }

    /// Keeps a waker that is not to be rung, to be dropped after the others were.
    ///
    /// # Panics
    ///
    /// If two are kept already: the displaced one and the one that was not needed.
    #[inline]
    pub fn displace(&mut self, waker: Option<Waker>) {
        if waker.is_some() {
            let displaced = &mut self.more().displaced;
            match displaced.iter_mut().find(|place| place.is_none()) {
                Some(place) => *place = waker,
                None => panic!("a path displaces two wakers at most"),
            }
        }
    }

    /// Rings what was collected, in order, outside the lock; the batch can then be filled again.
    #[inline]
    pub fn ring(&mut self) {
        if let Some(waker) = self.first.take() {
            if let Err(payload) = catch_panic(|| waker.wake()) {
                keep_first(payload, &mut self.more().panic);
            }
            if mem::take(&mut self.len) > 1 {
                let More { rest, panic, .. } = self.more();
                let mut rest = rest.iter_mut();
                ring_all(|| rest.next()?.take(), panic);
            }
        }
    }

    /// Rings a whole cohort, in order, outside the lock.
    pub fn ring_cohort<A>(&mut self, cohort: &mut Cohort<A>) {
        ring_all(|| cohort.next_waker(), &mut self.more().panic);
    }

    /// Rings, drops the displaced wakers, and lets the first panic go on (it is dropped if the
    /// thread is unwinding already).
    #[inline]
    #[track_caller]
    pub fn finish(&mut self) {
        if let Some(payload) = self.settle() {
            go_on(payload);
        }
    }

    /// Like [`finish`](Batch::finish), but no panic goes on: for calls that return an item, which
    /// the unwinding would drop. The panic hook has reported it.
    #[inline]
    pub fn finish_quietly(&mut self) {
        if let Some(payload) = self.settle() {
            discard(payload);
        }
    }

    #[inline]
    fn settle(&mut self) -> Option<Payload> {
        self.ring();
        self.more.as_mut()?.settle()
    }

    #[cold]
    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }
}

impl More {
    fn settle(&mut self) -> Option<Payload> {
        for waker in &mut self.displaced {
            if let Some(waker) = waker.take() {
                drop_foreign(waker, &mut self.panic);
            }
        }
        self.panic.take()
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Batch {
    #[inline]
    fn drop(&mut self) {
        // Mostly it is finished.
        if self.len > 0 || self.more.is_some() {
            self.finish_quietly();
        }
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

/// Rings every waker that `next` yields; the first panic is kept, the others are discarded.
fn ring_all(mut next: impl FnMut() -> Option<Waker>, first: &mut Option<Payload>) {
    while let Err(payload) = catch_panic(|| {
        while let Some(waker) = next() {
            waker.wake();
        }
    }) {
        keep_first(payload, first);
    }
}

/// Drops a waker whose panic must not go on: an item that is being returned would be lost. The
/// panic hook has reported it.
#[inline]
pub fn drop_quietly(waker: Option<Waker>) {
    if let Some(waker) = waker {
        let mut panic = None;
        drop_foreign(waker, &mut panic);
        if let Some(payload) = panic {
            discard(payload);
        }
    }
}

/// Drops a waker outside the lock. Its panic goes on, unless the thread is unwinding already.
#[inline]
#[track_caller]
pub fn drop_loudly(waker: Option<Waker>) {
    if let Some(waker) = waker {
        let mut panic = None;
        drop_foreign(waker, &mut panic);
        if let Some(payload) = panic {
            go_on(payload);
        }
    }
}

/// Drops every waker that `next` yields; the first panic goes on after that.
pub(super) fn drop_each(mut next: impl FnMut() -> Option<Waker>) {
    let mut first = None;
    while let Err(payload) = catch_panic(|| while next().is_some() {}) {
        keep_first(payload, &mut first);
    }
    if let Some(payload) = first {
        go_on(payload);
    }
}

/// Drops a foreign value; its panic joins the others.
#[inline]
fn drop_foreign<T>(value: T, first: &mut Option<Payload>) {
    if let Err(payload) = catch_panic(|| drop(value)) {
        keep_first(payload, first);
    }
}

#[cold]
fn keep_first(payload: Payload, first: &mut Option<Payload>) {
    match first {
        None => *first = Some(payload),
        Some(_) => discard(payload),
    }
}

/// Drops a payload, whose own drop may panic, and so on: the second one is leaked.
#[cold]
pub fn discard(payload: Payload) {
    if let Err(again) = catch_panic(|| drop(payload)) {
        let _leaked = ManuallyDrop::new(again);
    }
}

#[cold]
#[track_caller]
fn go_on(payload: Payload) {
    if panicking() {
        discard(payload);
    } else {
        resume_unwind(payload);
    }
}
