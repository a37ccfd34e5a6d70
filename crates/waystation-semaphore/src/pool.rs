//! The permits of a semaphore and those who wait for them.
//!
//! Every path that adds permits or removes a waiter ends in [`Pool::assign`]: there, in one critical
//! section, it is decided who gets what, in line order. Wakers are woken after the lock is released.

use std::task::{Context, Poll};

use waystation_core::sync::{Lock, OrLocked};
use waystation_core::wait::{Batch, Left, Line, Place, Seen, Ticket, Watermark};
use waystation_core::{const_fn, invariant};

use crate::error::{AcquireError, TryAcquireError};
use crate::state::{Decision, MAX_PERMITS, Refused, State};

pub(crate) struct Pool {
    pub(crate) state: State,
    served: Watermark,
    pub(crate) waiting: Lock<Waiting>,
    /// What the total never exceeds.
    pub(crate) bound: Option<usize>,
    /// How many may wait in line.
    pub(crate) max_waiters: usize,
}

/// What the lock protects.
pub(crate) struct Waiting {
    line: Line<usize>,
    /// Permits that were withdrawn while they were out: releases pay it before they serve the line.
    debt: usize,
    /// What would be available if every live permit came back and every debt were paid.
    total: usize,
    /// Those who wait for the close.
    closers: Line<()>,
}

impl Waiting {
    fn line(&mut self) -> &mut Line<usize> {
        &mut self.line
    }

    pub(crate) fn closers(&mut self) -> &mut Line<()> {
        &mut self.closers
    }
}

impl Pool {
    const_fn! {
        pub(crate) const fn new(permits: usize, bound: Option<usize>) -> Self {
            let waiting =
                Waiting { line: Line::new(), debt: 0, total: permits, closers: Line::new() };
            Self {
                state: State::new(permits),
                served: Watermark::new(),
                waiting: Lock::new(waiting),
                bound,
                max_waiters: usize::MAX,
            }
        }
    }

    /// The largest total there can be.
    fn most(&self) -> usize {
        self.bound.unwrap_or(MAX_PERMITS)
    }

    /// The largest total there can be, with its name.
    pub(crate) fn ceiling(&self) -> (&'static str, usize) {
        let name = match self.bound {
            Some(_) => "the bound",
            None => "MAX_PERMITS",
        };
        (name, self.most())
    }

    /// Takes permits at once, or says why not.
    #[inline]
    pub(crate) fn take(&self, n: usize) -> Result<(), TryAcquireError> {
        // A request above the bound finds too few permits; the reason is found afterwards.
        let refused = if n <= MAX_PERMITS {
            self.state.take(n)
        } else {
            Err(Refused::NoPermits)
        };
        refused.map_err(|refused| self.refusal(n, refused))
    }

    #[cold]
    fn refusal(&self, n: usize, refused: Refused) -> TryAcquireError {
        match refused {
            _ if n > self.most() => TryAcquireError::TooMany,
            Refused::Closed => TryAcquireError::Closed,
            Refused::NoPermits => TryAcquireError::NoPermits,
        }
    }

    /// Gives permits back: the end of a live permit, or of a grant that nobody took.
    #[inline]
    pub(crate) fn release(&self, n: usize) {
        if n > 0 && !self.state.give(n) {
            self.release_to_line(n);
        }
    }

    #[inline(never)]
    fn release_to_line(&self, n: usize) {
        self.in_section(|waiting, batch| self.assign(waiting, n, batch));
    }

    /// Adds new permits.
    ///
    /// # Errors
    ///
    /// The total, if there is no room above it. Nothing has changed then.
    pub(crate) fn add(&self, n: usize) -> Result<(), usize> {
        self.in_section(|waiting, batch| {
            if n > self.most() - waiting.total {
                return Err(waiting.total);
            }
            waiting.total += n;
            self.gain(waiting, n, batch);
            Ok(())
        })
    }

    /// Destroys permits that somebody holds: a debt is paid with them first.
    pub(crate) fn forget(&self, n: usize) {
        self.in_section(|waiting, batch| {
            let paid = n.min(waiting.debt);
            waiting.debt -= paid;
            waiting.total -= n - paid;
            // The last of a debt may have been all that kept HAS. Otherwise nobody is concerned:
            // what was held stays out of reach.
            if paid > 0 && waiting.debt == 0 {
                self.assign(waiting, 0, batch);
            }
        });
    }

    /// Destroys up to `n` free permits; returns how many.
    pub(crate) fn forget_free(&self, n: usize) -> usize {
        let mut waiting = self.waiting.lock();
        let taken = self.state.withdraw(n, false);
        waiting.total -= taken;
        taken
    }

    /// Destroys `n` permits; those that are out become a debt.
    ///
    /// # Errors
    ///
    /// The total, if it is less. Nothing has changed then.
    pub(crate) fn reduce(&self, n: usize) -> Result<(), usize> {
        let mut waiting = self.waiting.lock();
        if n > waiting.total {
            return Err(waiting.total);
        }
        self.withdraw(&mut waiting, n);
        Ok(())
    }

    /// Adds or destroys permits until the total is `total`, which does not exceed the [`ceiling`](Pool::ceiling).
    pub(crate) fn resize(&self, total: usize) {
        self.in_section(|waiting, batch| match total.checked_sub(waiting.total) {
            Some(missing) => {
                waiting.total = total;
                self.gain(waiting, missing, batch);
            }
            None => self.withdraw(waiting, waiting.total - total),
        });
    }

    /// Closes; returns whether this call did it.
    pub(crate) fn close(&self) -> bool {
        self.in_section(|waiting, batch| {
            let closed = self.state.close(waiting.debt > 0);
            batch.push_all(&mut waiting.line);
            batch.push_all(&mut waiting.closers);
            closed
        })
    }

    /// What is to be had without the lock, and without a waker.
    #[inline]
    pub(crate) fn look_without_lock(
        &self,
        place: Place,
        ask: usize,
    ) -> Option<Result<(), AcquireError>> {
        // CLOSED first, then the watermark: what was granted before the close counts.
        let is_closed = self.state.load().is_closed();
        match place {
            Place::New if ask > self.most() => Some(Err(AcquireError::TooMany)),
            Place::In(ticket) if self.served.has_passed(ticket) => Some(Ok(())),
            Place::New | Place::In(_) if is_closed => Some(Err(AcquireError::Closed)),
            Place::New if ask == 0 => Some(Ok(())),
            Place::New | Place::In(_) | Place::Done => None,
        }
    }

    /// Polls a request under the lock.
    #[track_caller]
    pub(crate) fn poll(
        &self,
        place: &mut Place,
        cx: &Context<'_>,
        ask: usize,
        batch: &mut Batch,
    ) -> Poll<Result<(), AcquireError>> {
        let look =
            |waiting: &mut Waiting, seen, batch: &mut Batch| self.look(waiting, seen, ask, batch);
        let lock = (&self.waiting, batch);
        place.poll("Acquire", cx, lock, ask, Waiting::line, look)
    }

    /// What is to be had now, under the lock.
    #[inline]
    fn look(
        &self,
        waiting: &mut Waiting,
        seen: Seen,
        ask: usize,
        batch: &mut Batch,
    ) -> Option<Result<(), AcquireError>> {
        match seen {
            Seen::New => {
                let may_join = waiting.line.len() < self.max_waiters;
                match self.state.take_or_freeze(ask, may_join) {
                    Ok(()) => Some(Ok(())),
                    Err(Refused::Closed) => Some(Err(AcquireError::Closed)),
                    Err(Refused::NoPermits) if may_join => None,
                    Err(Refused::NoPermits) => Some(Err(AcquireError::TooManyWaiting)),
                }
            }
            Seen::Waiting(ticket) => self
                .take_as_head(waiting, ticket, ask, batch)
                .then_some(Ok(())),
            Seen::Released(ticket) if self.served.has_passed(ticket) => Some(Ok(())),
            Seen::Released(_) => Some(Err(AcquireError::Closed)),
        }
    }

    /// The head of a line with passers-by takes what was left for it, if that is enough.
    #[inline(never)]
    fn take_as_head(
        &self,
        waiting: &mut Waiting,
        ticket: Ticket,
        ask: usize,
        batch: &mut Batch,
    ) -> bool {
        if self.state.limit == 0 || !waiting.line.is_front(ticket) {
            return false;
        }
        let Some(permits) = self.state.freeze().permits().checked_sub(ask) else {
            return false;
        };
        batch.displace(waiting.line.leave(ticket));
        self.assign_frozen(waiting, permits, 0, batch);
        true
    }

    /// The future of a request that stood in line is dropped.
    #[inline(never)]
    pub(crate) fn give_up(&self, place: &mut Place, ticket: Ticket, ask: usize) {
        if self.served.has_passed(ticket) {
            return self.release(ask);
        }
        let mut batch = Batch::new();
        let pass_on = |waiting: &mut Waiting, ticket, left, batch: &mut Batch| match left {
            // Granted between the look and the lock.
            Left::Released if self.served.has_passed(ticket) => self.gain(waiting, ask, batch),
            Left::Waiting { first: true } => self.assign(waiting, 0, batch),
            // The close has taken it out, or it stood behind others.
            Left::Released | Left::Waiting { first: false } => {}
        };
        place.leave((&self.waiting, &mut batch), Waiting::line, pass_on);
        batch.finish().resume();
    }

    /// One critical section, and then the wakers that it has collected.
    fn in_section<R>(&self, decide: impl FnOnce(&mut Waiting, &mut Batch) -> R) -> R {
        let mut batch = Batch::new();
        let decided = decide(&mut self.waiting.lock(), &mut batch);
        batch.finish().resume();
        decided
    }

    /// Gives what was added, as [`release`](Pool::release) gives what came back. Nothing leaves the
    /// word alone, and a woken head woken.
    fn gain(&self, waiting: &mut Waiting, n: usize, batch: &mut Batch) {
        if n > 0 && !self.state.give(n) {
            self.assign(waiting, n, batch);
        }
    }

    fn withdraw(&self, waiting: &mut Waiting, n: usize) {
        waiting.total -= n;
        waiting.debt += n - self.state.withdraw(n, true);
    }

    /// Decides who gets what is free now and what was gained.
    fn assign(&self, waiting: &mut Waiting, gained: usize, batch: &mut Batch) {
        let now = self.state.freeze();
        if now.has_waiters() {
            self.assign_frozen(waiting, now.permits() + gained, now.passed(), batch);
        } else if gained > 0 {
            self.state.add(gained);
        }
    }

    /// Assigns all free permits, in line order: the one place where permits are granted.
    ///
    /// A head that asks for exactly what is free is only woken, as long as the limit leaves room
    /// for a passer-by; any surplus is granted at once.
    fn assign_frozen(
        &self,
        waiting: &mut Waiting,
        mut permits: usize,
        mut passed: usize,
        batch: &mut Batch,
    ) {
        let paid = permits.min(waiting.debt);
        waiting.debt -= paid;
        permits -= paid;

        let (mut woken, mut last) = (false, None);
        while let Some(&ask) = waiting.line.front() {
            if ask > permits {
                break;
            }
            if ask == permits && passed < self.state.limit {
                woken = true;
                if let Some(waker) = waiting.line.notify_front() {
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
        let is_empty = waiting.line.is_empty();
        invariant!(permits == 0 || waiting.debt == 0);
        invariant!(!woken || waiting.line.front().is_some_and(|&ask| permits <= ask));
        self.state.publish(&Decision {
            permits,
            passed: if is_empty { 0 } else { passed },
            woken,
            waiters: !is_empty || waiting.debt > 0,
        });
        if let Some(ticket) = last {
            self.served.raise(ticket);
        }
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
        !now.is_closed() && now.taking(1, self.state.limit).is_none()
    }

    /// Reads first and shows after: a writer is foreign code, and may want the semaphore.
    pub(crate) fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let now = self.state.load();
        let waiting = self.waiting.try_lock();
        let seen = waiting.map(|waiting| (waiting.line.len(), waiting.debt, waiting.total));
        let mut shown = f.debug_struct("Semaphore");
        shown
            .field("available", &now.permits())
            .field("waiters", &OrLocked(seen.map(|(waiters, ..)| waiters)))
            .field("debt", &OrLocked(seen.map(|(_, debt, _)| debt)))
            .field("total", &OrLocked(seen.map(|(.., total)| total)));
        if let Some(bound) = self.bound {
            shown.field("bound", &bound);
        }
        shown.field("closed", &now.is_closed()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_when_the_line_has_just_gone_is_free_for_all() {
        // A release has found somebody waiting, and nobody when it had the lock.
        let pool = Pool::new(1, None);
        pool.release_to_line(2);
        assert_eq!(pool.state.load().permits(), 3);
    }

    #[test]
    fn a_debt_that_a_forgotten_permit_pays_leaves_nothing_behind() {
        let pool = Pool::new(2, None);
        assert_eq!(pool.take(2), Ok(()));
        assert_eq!(pool.reduce(1), Ok(()));
        assert!(pool.state.load().has_waiters());
        pool.forget(1);
        assert!(!pool.state.load().has_waiters());
    }
}
