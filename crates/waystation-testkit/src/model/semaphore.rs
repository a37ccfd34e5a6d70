//! `Semaphore`, bounded or not.

use std::collections::{BTreeMap, VecDeque};
use std::task::Poll;

use super::Id;
use super::wakers::Wakers;

/// The most permits a semaphore can have.
pub const MAX_PERMITS: usize = usize::MAX >> 8;

/// Why permits were not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The semaphore is closed.
    Closed,
    /// There are not enough, or others wait. Only of `try_acquire`.
    NoPermits,
    /// There can never be so many.
    TooMany,
    /// As many wait as may. Only of `acquire`.
    TooManyWaiting,
}

/// What `Semaphore` promises, for any fairness.
///
/// With a limit above 0 a head that just fits is woken but not granted: `woken`. While it is, up to
/// `limit` passers-by may take permits; any surplus is granted at once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SemaphoreModel {
    permits: usize,
    /// What releases owe before anybody gets a permit. Never while there are permits.
    debt: usize,
    /// Permits that live, and those granted to a request that was not polled since.
    held: usize,
    closed: bool,
    limit: usize,
    passed: usize,
    /// The head was woken, and nobody has taken a decision since.
    woken: bool,
    /// The total never exceeds it, and larger requests are `TooMany`.
    most: usize,
    max_waiters: usize,
    line: VecDeque<Id>,
    waits: BTreeMap<Id, (usize, Place)>,
    wakers: Wakers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    New,
    Parked,
    Granted,
    Refused,
}

impl SemaphoreModel {
    /// A semaphore whose line may be passed `limit` times between two grants; 0 is strict.
    #[must_use]
    pub fn new(permits: usize, limit: usize) -> Self {
        Self {
            permits,
            debt: 0,
            held: 0,
            closed: false,
            limit,
            passed: 0,
            woken: false,
            most: MAX_PERMITS,
            max_waiters: usize::MAX,
            line: VecDeque::new(),
            waits: BTreeMap::new(),
            wakers: Wakers::default(),
        }
    }

    /// A bounded semaphore: its total never exceeds `bound`.
    #[must_use]
    pub fn bounded(bound: usize, limit: usize) -> Self {
        Self {
            most: bound,
            ..Self::new(bound, limit)
        }
    }

    /// The same, of whose line no more than `n` can be.
    #[must_use]
    pub fn max_waiters(self, n: usize) -> Self {
        Self {
            max_waiters: n,
            ..self
        }
    }

    /// A new request for `n`. It takes its place at the first poll.
    pub fn acquire(&mut self, n: usize) -> Id {
        let id = self.wakers.name();
        self.waits.insert(id, (n, Place::New));
        id
    }

    /// Polls a request. `Ok(n)`: the script holds `n` permits more.
    ///
    /// # Panics
    ///
    /// If it is gone.
    #[track_caller]
    pub fn poll(&mut self, id: Id) -> Poll<Result<usize, Refusal>> {
        let (n, place) = self.waits[&id];
        let is_full = self.line.len() >= self.max_waiters;
        let result = match place {
            Place::New => self.try_acquire(n).map_err(|refusal| match refusal {
                Refusal::NoPermits if is_full => Refusal::TooManyWaiting,
                refusal => refusal,
            }),
            Place::Parked => self.take_as_head(id, n),
            Place::Granted => Ok(n),
            Place::Refused => Err(Refusal::Closed),
        };
        if result == Err(Refusal::NoPermits) {
            if place == Place::New {
                self.line.push_back(id);
                self.waits.insert(id, (n, Place::Parked));
            }
            self.wakers.arm(id);
            return Poll::Pending;
        }
        self.waits.remove(&id);
        self.wakers.disarm(id);
        Poll::Ready(result)
    }

    /// Drops a request.
    pub fn cancel(&mut self, id: Id) {
        self.wakers.disarm(id);
        match self.waits.remove(&id) {
            Some((n, Place::Granted)) => self.release(n),
            Some((_, Place::Parked)) => {
                let was_head = self.line.front() == Some(&id);
                self.line.retain(|&other| other != id);
                if was_head {
                    self.assign(0);
                }
            }
            _ => {}
        }
    }

    /// `n` permits, if nobody has to wait for them.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn try_acquire(&mut self, n: usize) -> Result<usize, Refusal> {
        if n > self.most {
            return Err(Refusal::TooMany);
        }
        if self.closed {
            return Err(Refusal::Closed);
        }
        if n > 0 {
            if !self.can_take(n) {
                return Err(Refusal::NoPermits);
            }
            self.passed += usize::from(self.woken);
            self.permits -= n;
        }
        self.held += n;
        Ok(n)
    }

    /// Drops a held permit of `n`.
    pub fn release(&mut self, n: usize) {
        self.held -= n;
        self.give(n);
    }

    /// Forgets a held permit of `n`. It pays a debt first.
    pub fn forget(&mut self, n: usize) {
        self.held -= n;
        self.debt -= n.min(self.debt);
    }

    /// Adds permits. False: there is no room for them, and nothing changes.
    pub fn add_permits(&mut self, n: usize) -> bool {
        let fits = self
            .total()
            .checked_add(n)
            .is_some_and(|total| total <= self.most);
        if fits {
            self.give(n);
        }
        fits
    }

    /// Takes away what is free, up to `n`. How many.
    pub fn forget_permits(&mut self, n: usize) -> usize {
        let taken = n.min(self.permits);
        self.permits -= taken;
        taken
    }

    /// Takes away `n`; what is not free becomes a debt. False: the primitive panics, and nothing
    /// changes.
    pub fn reduce_permits(&mut self, n: usize) -> bool {
        if n > self.total() {
            return false;
        }
        let short = n - self.forget_permits(n);
        if short > 0 {
            self.debt += short;
            self.woken = false;
        }
        true
    }

    /// Adds or takes away the difference. False: the primitive panics, and nothing changes.
    pub fn resize(&mut self, total: usize) -> bool {
        let now = self.total();
        if total >= now {
            self.add_permits(total - now)
        } else {
            self.reduce_permits(now - total)
        }
    }

    /// Refuses all who wait and all who come; what was granted stays granted. True the first time.
    pub fn close(&mut self) -> bool {
        self.woken = false;
        self.passed = 0;
        for id in std::mem::take(&mut self.line) {
            self.place(id, Place::Refused);
            self.wakers.wake(id);
        }
        !std::mem::replace(&mut self.closed, true)
    }

    /// Whether it is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// How many permits are free.
    #[must_use]
    pub fn available(&self) -> usize {
        self.permits
    }

    /// What would be free if every permit came back and every debt were paid.
    #[must_use]
    pub fn total(&self) -> usize {
        self.permits + self.held - self.debt
    }

    /// What releases owe.
    #[must_use]
    pub fn debt(&self) -> usize {
        self.debt
    }

    /// What is held: permits, and grants that were not polled since.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held
    }

    /// Whether `acquire()` would have to wait.
    #[must_use]
    pub fn locked(&self) -> bool {
        !self.closed && !self.can_take(1)
    }

    /// How many are in line.
    #[must_use]
    pub fn waiters(&self) -> usize {
        self.line.len()
    }

    /// The requests that were woken since this was last asked.
    pub fn take_woken(&mut self) -> Vec<Id> {
        self.wakers.take_woken()
    }

    /// The requests that are neither ready nor dropped.
    #[must_use]
    pub fn live(&self) -> Vec<Id> {
        self.waits.keys().copied().collect()
    }

    /// Whether permits are spoken for: by a line or by a debt.
    fn contended(&self) -> bool {
        !self.line.is_empty() || self.debt > 0
    }

    fn can_take(&self, n: usize) -> bool {
        self.permits >= n && (!self.contended() || self.may_pass())
    }

    fn may_pass(&self) -> bool {
        self.woken && self.passed < self.limit
    }

    /// A parked request looks again: only a head that others may pass can find something.
    fn take_as_head(&mut self, id: Id, n: usize) -> Result<usize, Refusal> {
        if self.limit == 0 || self.line.front() != Some(&id) {
            return Err(Refusal::NoPermits);
        }
        self.woken = false;
        if self.permits < n {
            return Err(Refusal::NoPermits);
        }
        self.grant_head(n);
        self.assign(0);
        Ok(n)
    }

    fn give(&mut self, n: usize) {
        if n == 0 {
            return;
        }
        if self.may_pass() && self.permits + n <= 1 {
            // A single permit that just comes back: the head is awake, and may still be passed.
            self.permits += n;
        } else {
            self.assign(n);
        }
    }

    /// Adds `more`, pays the debt, and serves the line.
    fn assign(&mut self, more: usize) {
        self.woken = false;
        self.permits += more;
        let paid = self.debt.min(self.permits);
        self.debt -= paid;
        self.permits -= paid;
        while let Some(&head) = self.line.front() {
            let (ask, _) = self.waits[&head];
            if ask > self.permits {
                break;
            }
            self.woken = ask == self.permits && self.passed < self.limit;
            if !self.woken {
                self.grant_head(ask);
            }
            self.wakers.wake(head);
            if self.woken {
                break;
            }
        }
        if self.line.is_empty() {
            self.passed = 0;
        }
    }

    fn grant_head(&mut self, ask: usize) {
        if let Some(head) = self.line.pop_front() {
            self.place(head, Place::Granted);
        }
        self.permits -= ask;
        self.held += ask;
        self.passed = 0;
    }

    fn place(&mut self, id: Id, place: Place) {
        if let Some(wait) = self.waits.get_mut(&id) {
            wait.1 = place;
        }
    }
}

#[cfg(test)]
mod tests;
