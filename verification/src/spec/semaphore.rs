//! `Semaphore`.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::task::Poll;

use waystation_semaphore::{AcquireError, OwnedPermit, Semaphore, TryAcquireError};
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
    /// `try_add_permits`
    Add(usize),
    /// `forget_permits`
    ForgetFree(usize),
    /// `reduce_permits`
    Reduce(usize),
    /// `resize`
    Resize(usize),
    /// `close`
    Close,
    /// `available_permits`
    Available,
    /// `total`
    Total,
    /// `waiters`
    Waiters,
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
    may_be_passed: bool,
}

impl SemaphoreSpec {
    /// A semaphore whose line may be passed `limit` times between two grants.
    #[must_use]
    pub fn new(permits: usize, limit: usize) -> Self {
        Self {
            model: SemaphoreModel::new(permits, limit),
            ids: BTreeMap::new(),
            may_be_passed: limit > 0,
        }
    }

    /// A bounded semaphore, strict.
    #[must_use]
    pub fn bounded(bound: usize) -> Self {
        Self {
            model: SemaphoreModel::bounded(bound, 0),
            ..Self::new(0, 0)
        }
    }

    /// The same, of whose line no more than `n` can be.
    #[must_use]
    pub fn max_waiters(self, n: usize) -> Self {
        Self {
            model: self.model.max_waiters(n),
            ..self
        }
    }
}

impl Sequential for SemaphoreSpec {
    type Op = Ask;
    type Ret = Answer;

    fn apply(&mut self, op: &Ask) -> Option<Answer> {
        let Self { model, ids, .. } = self;
        let yes = |yes: bool| Answer::Number(usize::from(yes));
        let nothing = Answer::Number(0);
        let answer = match *op {
            Ask::Poll(who, n) => {
                let id = *ids.entry(who).or_insert_with(|| model.acquire(n));
                match model.poll(id) {
                    Poll::Ready(outcome) => taken(outcome),
                    Poll::Pending => Answer::Pending,
                }
            }
            Ask::Cancel(who) => {
                model.cancel(ids.remove(&who)?);
                nothing
            }
            Ask::Try(n) => taken(model.try_acquire(n)),
            // Nobody drops or forgets what nobody has: that is another order's.
            Ask::Release(n) | Ask::Forget(n) if n > model.held() => return None,
            Ask::Release(n) => {
                model.release(n);
                nothing
            }
            Ask::Forget(n) => {
                model.forget(n);
                nothing
            }
            Ask::Add(n) => yes(model.add_permits(n)),
            Ask::ForgetFree(n) => Answer::Number(model.forget_permits(n)),
            Ask::Reduce(n) => yes(model.reduce_permits(n)),
            Ask::Resize(n) => yes(model.resize(n)),
            Ask::Close => yes(model.close()),
            Ask::Available => Answer::Number(model.available()),
            Ask::Total => Answer::Number(model.total()),
            Ask::Waiters => Answer::Number(model.waiters()),
        };
        model.take_woken();
        Some(answer)
    }

    /// Past a woken head a `try_acquire` may pass, and need not: a release that is on its way lets
    /// nobody pass.
    fn allows(&mut self, op: &Ask, answer: &Answer) -> bool {
        let need_not = self.may_be_passed
            && self.model.waiters() > 0
            && matches!(op, Ask::Try(_))
            && *answer == Answer::Refused(Refusal::NoPermits);
        need_not || self.apply(op) == Some(*answer)
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
            Poll::Ready(Err(AcquireError::TooManyWaiting)) => {
                Answer::Refused(Refusal::TooManyWaiting)
            }
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

    /// Calls `try_add_permits`.
    pub fn add(&self, n: usize, semaphore: &Semaphore) -> bool {
        let call = || semaphore.try_add_permits(n).is_ok();
        self.yes(Ask::Add(n), call)
    }

    /// Calls `forget_permits`.
    pub fn forget_free(&self, n: usize, semaphore: &Semaphore) -> usize {
        self.number(Ask::ForgetFree(n), || semaphore.forget_permits(n))
    }

    /// Calls `reduce_permits`, which fits.
    pub fn reduce(&self, n: usize, semaphore: &Semaphore) {
        let ask = Ask::Reduce(n);
        self.0
            .record(ask, || semaphore.reduce_permits(n), |()| Answer::Number(1));
    }

    /// Calls `resize`, which fits.
    pub fn resize(&self, n: usize, semaphore: &Semaphore) {
        let ask = Ask::Resize(n);
        self.0
            .record(ask, || semaphore.resize(n), |()| Answer::Number(1));
    }

    /// Calls `close`.
    pub fn close(&self, semaphore: &Semaphore) -> bool {
        self.yes(Ask::Close, || semaphore.close())
    }

    /// Calls `available_permits`.
    pub fn look(&self, semaphore: &Semaphore) {
        self.number(Ask::Available, || semaphore.available_permits());
    }

    /// Calls `total` and `waiters`.
    pub fn look_closer(&self, semaphore: &Semaphore) {
        self.number(Ask::Total, || semaphore.total());
        self.number(Ask::Waiters, || semaphore.waiters());
    }

    /// What was noted.
    #[must_use]
    pub fn into_history(self) -> History<Ask, Answer> {
        self.0.into_history()
    }

    fn yes(&self, ask: Ask, call: impl FnOnce() -> bool) -> bool {
        self.0
            .record(ask, call, |&yes| Answer::Number(usize::from(yes)))
    }

    fn number(&self, ask: Ask, call: impl FnOnce() -> usize) -> usize {
        self.0.record(ask, call, |&n| Answer::Number(n))
    }

    fn done(&self, ask: Ask, call: impl FnOnce()) {
        self.0.record(ask, call, |()| Answer::Number(0));
    }
}
