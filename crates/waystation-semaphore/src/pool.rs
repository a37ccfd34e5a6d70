//! The permits of a semaphore and those who wait for them: what both kinds of semaphore share.
//!
//! Every path that adds permits or removes a waiter ends in [`Pool::settle`]: there, under the
//! lock, it is decided who gets what, in line order. Wakers are rung after the lock is released.

use std::task::Waker;

use waystation_core::sync::{Lock, LockGuard, OrLocked};
use waystation_core::wait::{Batch, Line, Ticket, Watermark, drop_loudly};
use waystation_core::{const_fn, invariant};

use crate::error::{AcquireError, OverRelease};
use crate::state::{MAX_PERMITS, Refused, Settled, State};

pub(crate) struct Pool {
    pub(crate) state: State,
    pub(crate) served: Watermark,
    pub(crate) waiting: Lock<Waiting>,
}

/// What the lock protects.
pub(crate) struct Waiting {
    line: Line<usize>,
    /// Permits that were withdrawn while they were out: releases pay it before they serve the line.
    debt: usize,
    /// What would be available if every live permit came back and every debt were paid.
    total: usize,
    /// Those who wait for the close.
    pub(crate) closers: Line<()>,
}

/// What a waiter finds that looks again.
pub(crate) enum Found {
    Waiting,
    Granted,
    /// Granted, and others are to be rung. Whether there is more to settle then.
    GrantedAsHead(bool),
    Closed,
}

impl Pool {
    const_fn! {
        pub(crate) const fn new(permits: usize, limit: usize) -> Self {
            let waiting =
                Waiting { line: Line::new(), debt: 0, total: permits, closers: Line::new() };
            Self {
                state: State::new(permits, limit),
                served: Watermark::new(),
                waiting: Lock::new(waiting),
            }
        }
    }

    /// Gives permits back: the end of a live permit, or of a grant that nobody took.
    #[inline]
    #[track_caller]
    pub(crate) fn release(&self, n: usize) {
        if n > 0 && !self.state.give(n) {
            self.hand_on(self.waiting.lock(), n, None);
        }
    }

    /// Adds new permits.
    #[track_caller]
    pub(crate) fn add(&self, n: usize) {
        let mut waiting = self.waiting.lock();
        match waiting
            .total
            .checked_add(n)
            .filter(|&total| total <= MAX_PERMITS)
        {
            Some(total) => {
                waiting.total = total;
                self.gain(waiting, n);
            }
            None => {
                let total = waiting.total;
                drop(waiting);
                panic!("adding {n} permits to {total} exceeds MAX_PERMITS ({MAX_PERMITS})");
            }
        }
    }

    /// Adds permits up to a bound.
    #[track_caller]
    pub(crate) fn add_up_to(&self, bound: usize, n: usize) -> Result<(), OverRelease> {
        let mut waiting = self.waiting.lock();
        if n > bound - waiting.total {
            return Err(OverRelease);
        }
        waiting.total += n;
        self.gain(waiting, n);
        Ok(())
    }

    /// Gives what was added, as [`release`](Pool::release) gives what came back. Nothing leaves the
    /// word alone, and a woken head woken.
    #[track_caller]
    fn gain(&self, waiting: LockGuard<'_, Waiting>, n: usize) {
        if n > 0 && !self.state.give(n) {
            self.hand_on(waiting, n, None);
        }
    }

    /// Destroys permits that somebody holds: a debt is paid with them first.
    pub(crate) fn forget(&self, n: usize) {
        let mut waiting = self.waiting.lock();
        let paid = n.min(waiting.debt);
        waiting.debt -= paid;
        waiting.total -= n - paid;
        // The last of a debt may have been all that kept HAS. Otherwise nobody is concerned: what
        // was held stays out of reach.
        if paid > 0 && waiting.debt == 0 {
            self.hand_on(waiting, 0, None);
        }
    }

    /// Destroys up to `n` free permits; returns how many.
    pub(crate) fn forget_free(&self, n: usize) -> usize {
        let mut waiting = self.waiting.lock();
        let taken = self.state.withdraw(n, false);
        waiting.total -= taken;
        taken
    }

    /// Destroys `n` permits; those that are out become a debt.
    #[track_caller]
    pub(crate) fn reduce(&self, n: usize) {
        let mut waiting = self.waiting.lock();
        if n > waiting.total {
            let total = waiting.total;
            drop(waiting);
            panic!("cannot reduce by {n} permits: the total is {total}");
        }
        self.withdraw(&mut waiting, n);
    }

    /// Adds or destroys permits until the total is `total`.
    #[track_caller]
    pub(crate) fn resize(&self, total: usize) {
        assert!(
            total <= MAX_PERMITS,
            "cannot resize to {total} permits: MAX_PERMITS is {MAX_PERMITS}"
        );
        let mut waiting = self.waiting.lock();
        if let Some(missing) = total.checked_sub(waiting.total) {
            waiting.total = total;
            self.gain(waiting, missing);
        } else {
            let surplus = waiting.total - total;
            self.withdraw(&mut waiting, surplus);
        }
    }

    fn withdraw(&self, waiting: &mut Waiting, n: usize) {
        waiting.total -= n;
        waiting.debt += n - self.state.withdraw(n, true);
    }

    /// Closes; returns whether this call did it.
    #[track_caller]
    pub(crate) fn close(&self) -> bool {
        let mut batch = Batch::new();
        let mut waiting = self.waiting.lock();
        let closed = self.state.close(waiting.debt > 0);
        let mut line = waiting.line.release_all(&mut batch);
        let mut closers = waiting.closers.take();
        drop(waiting);
        batch.ring();
        if let Some(line) = &mut line {
            batch.ring_cohort(line);
        }
        batch.ring_cohort(&mut closers);
        batch.finish();
        closed
    }

    /// Takes a place in line.
    ///
    /// # Errors
    ///
    /// What was found instead, and the waker, which was not needed: permits, or the close.
    #[inline]
    pub(crate) fn join(
        &self,
        ask: usize,
        waker: Waker,
    ) -> Result<Ticket, (Result<(), AcquireError>, Waker)> {
        let mut waiting = self.waiting.lock();
        let found = match self.state.take_or_freeze(ask) {
            Err(Refused::NoPermits) => return Ok(waiting.line.join(waker, ask)),
            Err(Refused::Closed) => Err(AcquireError::Closed),
            Ok(()) => Ok(()),
        };
        drop(waiting);
        Err((found, waker))
    }

    /// Looks again for a waiter in line; registers its waker if it still waits. With a waker to be
    /// dropped: the displaced one, or the one that was not needed. Who is to be rung is in the
    /// batch.
    pub(crate) fn look(
        &self,
        ticket: Ticket,
        ask: usize,
        waker: &Waker,
        batch: &mut Batch,
    ) -> (Found, Option<Waker>) {
        let mut fresh = None;
        loop {
            let mut waiting = self.waiting.lock();
            let Some(registered) = waiting.line.waker(ticket) else {
                drop(waiting);
                let granted = self.served.has_passed(ticket);
                return (
                    if granted {
                        Found::Granted
                    } else {
                        Found::Closed
                    },
                    fresh,
                );
            };
            let is_same = registered.will_wake(waker);
            if let Some(displaced) = self.take_as_head(&mut waiting, ticket, ask) {
                batch.displace(Some(displaced));
                let more = self.settle(&mut waiting, 0, batch);
                drop(waiting);
                batch.displace(fresh);
                return (Found::GrantedAsHead(more), None);
            }
            if is_same {
                drop(waiting);
                return (Found::Waiting, fresh);
            }
            // Clones are foreign code: not under the lock.
            let Some(clone) = fresh.take() else {
                drop(waiting);
                fresh = Some(waker.clone());
                continue;
            };
            let displaced = waiting.line.replace(ticket, clone);
            drop(waiting);
            return (Found::Waiting, displaced.ok());
        }
    }

    /// The head of a line with passers-by takes what was left for it, if that is enough.
    fn take_as_head(&self, waiting: &mut Waiting, ticket: Ticket, ask: usize) -> Option<Waker> {
        if self.state.limit() == 0 || !waiting.line.is_front(ticket) {
            return None;
        }
        let permits = self.state.freeze().permits().checked_sub(ask)?;
        let (_, waker, _) = waiting.line.pop()?;
        self.state.settle(&Settled {
            permits,
            passed: 0,
            woken: false,
            waiters: true,
        });
        Some(waker)
    }

    /// The future of a waiter is dropped.
    #[track_caller]
    pub(crate) fn leave(&self, ticket: Ticket, ask: usize) {
        let mut waiting = self.waiting.lock();
        let was_head = waiting.line.is_front(ticket);
        let Some(waker) = waiting.line.leave(ticket) else {
            drop(waiting);
            // Granted between the look and the lock, unless the close has taken the line out.
            if self.served.has_passed(ticket) {
                self.release(ask);
            }
            return;
        };
        if was_head {
            self.hand_on(waiting, 0, Some(waker));
        } else {
            drop(waiting);
            drop_loudly(Some(waker));
        }
    }

    /// Settles, unlocks and rings.
    #[track_caller]
    fn hand_on(
        &self,
        mut waiting: LockGuard<'_, Waiting>,
        gained: usize,
        displaced: Option<Waker>,
    ) {
        let mut batch = Batch::new();
        batch.displace(displaced);
        let more = self.settle(&mut waiting, gained, &mut batch);
        drop(waiting);
        self.ring(&mut batch, more);
    }

    /// Rings, and settles what did not fit into the batch.
    #[inline]
    #[track_caller]
    pub(crate) fn ring(&self, batch: &mut Batch, mut more: bool) {
        while more {
            batch.ring();
            more = self.settle(&mut self.waiting.lock(), 0, batch);
        }
        batch.finish();
    }

    /// Decides who gets what is free now and what was gained, in line order: the one place where
    /// permits are granted. Returns whether the batch was too small.
    ///
    /// A head that asks for exactly what is free is only told so, as long as the limit leaves room
    /// for a passer-by; any surplus is granted at once.
    fn settle(&self, waiting: &mut Waiting, gained: usize, batch: &mut Batch) -> bool {
        let now = self.state.freeze();
        if !now.has_waiters() {
            if gained > 0 {
                self.state.add(gained);
            }
            return false;
        }
        let mut permits = now.permits() + gained;
        let paid = permits.min(waiting.debt);
        waiting.debt -= paid;
        permits -= paid;

        let (mut passed, mut woken, mut more) = (now.passed(), false, false);
        let mut last = None;
        while let Some(&ask) = waiting.line.front() {
            if ask > permits {
                break;
            }
            if batch.is_full() {
                more = true;
                break;
            }
            if ask == permits && passed < self.state.limit() {
                woken = true;
                if let Some(waker) = waiting.line.tell_front() {
                    batch.push(waker);
                }
                break;
            }
            let Some((ticket, waker, _)) = waiting.line.pop() else {
                break;
            };
            permits -= ask;
            passed = 0;
            last = Some(ticket);
            batch.push(waker);
        }
        let waiters = !waiting.line.is_empty() || waiting.debt > 0;
        if waiting.line.is_empty() {
            passed = 0;
        }
        invariant!(permits == 0 || waiting.debt == 0);
        invariant!(!woken || waiting.line.front().is_some_and(|&ask| permits <= ask));
        self.state.settle(&Settled {
            permits,
            passed,
            woken,
            waiters,
        });
        if let Some(ticket) = last {
            self.served.raise(ticket);
        }
        more
    }

    pub(crate) fn total(&self) -> usize {
        self.waiting.lock().total
    }

    pub(crate) fn waiters(&self) -> usize {
        self.waiting.lock().line.len()
    }

    /// Whether one permit cannot be had without waiting.
    pub(crate) fn is_locked(&self) -> bool {
        let now = self.state.load();
        !now.is_closed() && now.taking(1, self.state.limit()).is_none()
    }

    pub(crate) fn fmt(&self, name: &str, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let now = self.state.load();
        let waiting = self.waiting.try_lock();
        let seen = waiting.map(|waiting| (waiting.line.len(), waiting.debt, waiting.total));
        f.debug_struct(name)
            .field("available", &now.permits())
            .field("waiters", &OrLocked(seen.map(|(waiters, ..)| waiters)))
            .field("debt", &OrLocked(seen.map(|(_, debt, _)| debt)))
            .field("total", &OrLocked(seen.map(|(.., total)| total)))
            .field("closed", &now.is_closed())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_when_the_line_has_just_gone_is_free_for_all() {
        // A release has found somebody waiting, and nobody when it had the lock.
        let pool = Pool::new(1, 0);
        pool.hand_on(pool.waiting.lock(), 2, None);
        assert_eq!(pool.state.load().permits(), 3);
    }

    #[test]
    fn a_debt_that_a_forgotten_permit_pays_leaves_nothing_behind() {
        let pool = Pool::new(2, 0);
        assert_eq!(pool.state.take(2), Ok(()));
        pool.reduce(1);
        assert!(pool.state.load().has_waiters());
        pool.forget(1);
        assert!(!pool.state.load().has_waiters());
    }
}
