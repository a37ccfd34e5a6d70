//! `Semaphore` and `BoundedSemaphore`.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use std::task::Poll;

use waystation_semaphore::{
    AcquireError, BoundedSemaphore, OwnedPermit, Semaphore, TryAcquireError,
};
use waystation_testkit::model::{Id, Refusal, SemaphoreModel};
use waystation_testkit::{History, Recorder, Sequential};

use super::Who;
use crate::watched::{Names, Watched};

/// A step of a semaphore's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A poll of a request for so many; the first takes a place.
    Poll(Who, usize),
    /// A request is dropped.
    Cancel(Who),
    /// `try_acquire_many`
    Try(usize),
    /// A permit is dropped.
    Release(usize),
    /// A permit is forgotten.
    Forget(usize),
    /// `BoundedSemaphore::release`
    GiveBack(usize),
    /// `add_permits`
    Add(usize),
    /// `reduce_permits`
    Reduce(usize),
    /// `close`
    Close,
    /// `available_permits`
    Available,
}

/// What it returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It waits.
    Pending,
    /// A permit.
    Permit,
    /// No permit.
    Refused(Refusal),
    /// Nothing, or a bool, or a count.
    Number(usize),
}

/// The semaphore that histories are compared with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SemaphoreSpec {
    model: SemaphoreModel,
    ids: BTreeMap<Who, Id>,
    /// Who was told to wait, and has neither ended nor given up.
    waits: BTreeSet<Who>,
    /// Who was told to wait though its turn had come, with what it has.
    late: BTreeMap<Who, Result<usize, Refusal>>,
}

impl SemaphoreSpec {
    /// A semaphore whose line may be passed `limit` times between two grants.
    #[must_use]
    pub fn new(permits: usize, limit: usize) -> Self {
        Self::of(SemaphoreModel::new(permits, limit))
    }

    /// A bounded semaphore, strict.
    #[must_use]
    pub fn bounded(bound: usize) -> Self {
        Self::of(SemaphoreModel::bounded(bound, 0))
    }

    fn of(model: SemaphoreModel) -> Self {
        Self {
            model,
            ids: BTreeMap::new(),
            waits: BTreeSet::new(),
            late: BTreeMap::new(),
        }
    }

    fn poll(&mut self, who: Who, n: usize) -> Poll<Result<usize, Refusal>> {
        if let Some(outcome) = self.late.remove(&who) {
            return Poll::Ready(outcome);
        }
        let id = *self.ids.entry(who).or_insert_with(|| self.model.acquire(n));
        self.model.poll(id)
    }

    fn cancel(&mut self, who: Who) {
        self.waits.remove(&who);
        let id = self.ids.remove(&who);
        match (self.late.remove(&who), id) {
            (Some(Ok(n)), _) => self.model.release(n),
            (None, Some(id)) => self.model.cancel(id),
            _ => {}
        }
    }
}

impl Sequential for SemaphoreSpec {
    type Op = Ask;
    type Ret = Answer;

    fn apply(&mut self, op: &Ask) -> Option<Answer> {
        let number = Answer::Number;
        let answer = match *op {
            Ask::Poll(who, n) => match self.poll(who, n) {
                Poll::Ready(outcome) => {
                    self.waits.remove(&who);
                    taken(outcome)
                }
                Poll::Pending => {
                    self.waits.insert(who);
                    Answer::Pending
                }
            },
            Ask::Cancel(who) => {
                self.cancel(who);
                number(0)
            }
            Ask::Try(n) => taken(self.model.try_acquire(n)),
            Ask::Release(n) => {
                self.model.release(n);
                number(0)
            }
            Ask::Forget(n) => {
                self.model.forget(n);
                number(0)
            }
            Ask::GiveBack(n) => number(usize::from(self.model.release_forgotten(n))),
            Ask::Add(n) => number(usize::from(self.model.add_permits(n))),
            Ask::Reduce(n) => number(usize::from(self.model.reduce_permits(n))),
            Ask::Close => number(usize::from(self.model.close())),
            Ask::Available => number(self.model.available()),
        };
        self.model.take_woken();
        Some(answer)
    }

    fn allows(&mut self, op: &Ask, answer: &Answer) -> bool {
        let others_wait = match op {
            Ask::Poll(who, _) => self.waits.iter().any(|other| other != who),
            _ => !self.waits.is_empty(),
        };
        let mut exact = self.clone();
        if exact.apply(op) == Some(*answer) {
            *self = exact;
            return true;
        }
        match (op, answer) {
            (&Ask::Poll(who, n), Answer::Pending) => {
                let Poll::Ready(outcome) = self.poll(who, n) else {
                    unreachable!("pending was tried")
                };
                self.late.insert(who, outcome);
                !self.waits.insert(who) || others_wait
            }
            (Ask::Try(_), Answer::Refused(Refusal::NoPermits)) => others_wait,
            _ => false,
        }
    }
}

fn taken(outcome: Result<usize, Refusal>) -> Answer {
    match outcome {
        Ok(_) => Answer::Permit,
        Err(refusal) => Answer::Refused(refusal),
    }
}

/// Notes what is done to a semaphore.
#[derive(Debug, Default)]
pub struct SemaphoreLog(Recorder<Ask, Answer>);

impl SemaphoreLog {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Watches the future of an `acquire_many(n)`.
    pub fn acquire<P, F>(&self, who: Who, n: usize, future: F) -> Watched<'_, F, Ask, Answer>
    where
        F: Future<Output = Result<P, AcquireError>>,
    {
        let names = Names {
            poll: Ask::Poll(who, n),
            cancel: Ask::Cancel(who),
            gone: Answer::Number(0),
        };
        Watched::new(&self.0, future, names, |poll| match poll {
            Poll::Pending => Answer::Pending,
            Poll::Ready(Ok(_)) => Answer::Permit,
            Poll::Ready(Err(AcquireError::Closed)) => Answer::Refused(Refusal::Closed),
            Poll::Ready(Err(AcquireError::TooMany)) => Answer::Refused(Refusal::TooMany),
        })
    }

    /// Calls `try_acquire_many`.
    pub fn try_acquire(&self, n: usize, semaphore: &Arc<Semaphore>) -> Option<OwnedPermit> {
        let outcome = self.0.record(
            Ask::Try(n),
            || semaphore.try_acquire_many_owned(n),
            |outcome| match outcome {
                Ok(_) => Answer::Permit,
                Err(TryAcquireError::Closed) => Answer::Refused(Refusal::Closed),
                Err(TryAcquireError::NoPermits) => Answer::Refused(Refusal::NoPermits),
                Err(TryAcquireError::TooMany) => Answer::Refused(Refusal::TooMany),
            },
        );
        outcome.ok()
    }

    /// Drops a permit of `n`.
    pub fn release<P>(&self, n: usize, permit: P) {
        self.done(Ask::Release(n), || drop(permit));
    }

    /// Forgets a permit of `n`.
    pub fn forget(&self, n: usize, forget: impl FnOnce()) {
        self.done(Ask::Forget(n), forget);
    }

    /// Calls `BoundedSemaphore::release`.
    pub fn give_back(&self, n: usize, semaphore: &BoundedSemaphore) -> bool {
        let given = self.0.record(
            Ask::GiveBack(n),
            || semaphore.release(n),
            |outcome| Answer::Number(usize::from(outcome.is_ok())),
        );
        given.is_ok()
    }

    /// Calls `add_permits`, which fits.
    pub fn add(&self, n: usize, semaphore: &Semaphore) {
        let ask = Ask::Add(n);
        self.0
            .record(ask, || semaphore.add_permits(n), |()| Answer::Number(1));
    }

    /// Calls `reduce_permits`, which fits.
    pub fn reduce(&self, n: usize, semaphore: &Semaphore) {
        let ask = Ask::Reduce(n);
        self.0
            .record(ask, || semaphore.reduce_permits(n), |()| Answer::Number(1));
    }

    /// Calls `close`.
    pub fn close(&self, semaphore: &Semaphore) {
        self.0.record(
            Ask::Close,
            || semaphore.close(),
            |&first| Answer::Number(usize::from(first)),
        );
    }

    /// Calls `available_permits`.
    pub fn look(&self, semaphore: &Semaphore) {
        self.0.record(
            Ask::Available,
            || semaphore.available_permits(),
            |&permits| Answer::Number(permits),
        );
    }

    /// What was noted.
    #[must_use]
    pub fn into_history(self) -> History<Ask, Answer> {
        self.0.into_history()
    }

    fn done(&self, ask: Ask, call: impl FnOnce()) {
        self.0.record(ask, call, |()| Answer::Number(0));
    }
}
