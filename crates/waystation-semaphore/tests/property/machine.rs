//! A semaphore and its model, side by side.

use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use waystation_semaphore::{AcquireError, OwnedPermit, TryAcquireError};
use waystation_testkit::model::{Id, Refusal, SemaphoreModel};
use waystation_testkit::{HostileWaker, Probe, poll_once};

use crate::common::{Asked, Sema, catch};

/// One step of a script. Numbers that name a future or a permit are taken modulo how many there are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Op {
    Acquire(usize),
    /// With a fresh waker or the one it had. First polls, completions and spurious polls alike.
    Poll(usize, bool),
    /// The one that was woken first, if any.
    PollWoken(bool),
    Cancel(usize),
    Try(usize),
    Drop(usize),
    Forget(usize),
    Split(usize, usize),
    Merge(usize, usize),
    /// `add_permits`, or for a bounded semaphore `try_add_permits`.
    Give(usize),
    ForgetFree(usize),
    Reduce(usize),
    Resize(usize),
    Close,
}

/// Who was woken, in order: the future, and which of its wakers.
pub(crate) type Log = Arc<Mutex<Vec<(Id, usize)>>>;

/// A waker that writes down that it was rung.
pub(crate) fn recorder(log: &Log, id: Id, generation: usize) -> (Waker, Probe) {
    let log = log.clone();
    HostileWaker::builder()
        .on_wake(move || log.lock().unwrap().push((id, generation)))
        .build()
}

struct Live {
    id: Id,
    asked: usize,
    future: Asked,
    waker: Waker,
    probe: Probe,
    generation: usize,
    /// Its place in line, from the first poll that left it pending.
    place: Option<usize>,
}

pub(crate) struct Machine {
    semaphore: Sema,
    model: SemaphoreModel,
    limit: usize,
    lives: Vec<Live>,
    permits: Vec<OwnedPermit>,
    /// Futures that were woken and not polled since.
    woken: Vec<Id>,
    log: Log,
    next_place: usize,
    /// Counted here, not in the model: who went past the line since the last grant to it.
    passed: usize,
}

fn refusal(error: AcquireError) -> Refusal {
    match error {
        AcquireError::Closed => Refusal::Closed,
        AcquireError::TooMany => Refusal::TooMany,
        AcquireError::TooManyWaiting => panic!("as many may wait as like"),
    }
}

fn try_refusal(error: TryAcquireError) -> Refusal {
    match error {
        TryAcquireError::Closed => Refusal::Closed,
        TryAcquireError::NoPermits => Refusal::NoPermits,
        TryAcquireError::TooMany => Refusal::TooMany,
    }
}

impl Machine {
    pub(crate) fn new(semaphore: Sema, model: SemaphoreModel, limit: usize) -> Self {
        Self {
            semaphore,
            model,
            limit,
            lives: Vec::new(),
            permits: Vec::new(),
            woken: Vec::new(),
            log: Log::default(),
            next_place: 0,
            passed: 0,
        }
    }

    pub(crate) fn play(mut self, ops: &[Op]) {
        self.compare();
        for &op in ops {
            self.step(op);
        }
        self.come_to_rest();
    }

    fn step(&mut self, op: Op) {
        match op {
            Op::Acquire(n) => self.acquire(n),
            Op::Poll(who, fresh) if !self.lives.is_empty() => {
                self.poll(who % self.lives.len(), fresh);
            }
            Op::PollWoken(fresh) if !self.woken.is_empty() => {
                let id = self.woken[0];
                let at = self.lives.iter().position(|live| live.id == id).unwrap();
                self.poll(at, fresh);
            }
            Op::Cancel(who) if !self.lives.is_empty() => self.cancel(who % self.lives.len()),
            Op::Try(n) => self.try_acquire(n),
            Op::Drop(who) if !self.permits.is_empty() => {
                let permit = self.permits.swap_remove(who % self.permits.len());
                self.model.release(permit.num_permits());
                self.granting(0, |_| drop(permit));
            }
            Op::Forget(who) if !self.permits.is_empty() => {
                let permit = self.permits.swap_remove(who % self.permits.len());
                self.model.forget(permit.num_permits());
                permit.forget();
            }
            Op::Split(who, n) if !self.permits.is_empty() => self.split(who, n),
            Op::Merge(who, other) if self.permits.len() > 1 => {
                let other = self.permits.swap_remove(other % self.permits.len());
                let at = who % self.permits.len();
                let sum = self.permits[at].num_permits() + other.num_permits();
                self.permits[at].merge(other);
                assert_eq!(self.permits[at].num_permits(), sum);
            }
            Op::Give(n) => {
                let fits = self.model.add_permits(n);
                self.granting(0, |this| assert_eq!(this.semaphore.give(n).is_ok(), fits));
            }
            Op::ForgetFree(n) => {
                let taken = self.model.forget_permits(n);
                assert_eq!(self.semaphore.0.forget_permits(n), taken);
            }
            Op::Reduce(n) => {
                let fits = self.model.reduce_permits(n);
                let semaphore = &self.semaphore.0;
                assert_eq!(catch(|| semaphore.reduce_permits(n)).is_ok(), fits);
            }
            Op::Resize(n) => {
                let semaphore = self.semaphore.0.clone();
                if semaphore.bound().is_some_and(|bound| bound < n) {
                    assert!(catch(|| semaphore.resize(n)).is_err());
                } else {
                    assert!(self.model.resize(n));
                    self.granting(0, |_| semaphore.resize(n));
                    assert_eq!(semaphore.total(), n);
                }
            }
            Op::Close => {
                let first = self.model.close();
                assert_eq!(self.semaphore.close(), first);
                self.passed = 0;
            }
            _ => return,
        }
        self.compare();
    }

    fn acquire(&mut self, n: usize) {
        let id = self.model.acquire(n);
        let (waker, probe) = recorder(&self.log, id, 0);
        self.lives.push(Live {
            id,
            asked: n,
            future: self.semaphore.acquire(n),
            waker,
            probe,
            generation: 0,
            place: None,
        });
    }

    fn poll(&mut self, at: usize, fresh: bool) {
        let waiters = self.semaphore.waiters();
        let was_parked = self.is_parked(at);
        let log = &self.log;
        let live = &mut self.lives[at];
        let old = fresh.then(|| {
            live.generation += 1;
            let (waker, probe) = recorder(log, live.id, live.generation);
            live.waker = waker;
            std::mem::replace(&mut live.probe, probe)
        });
        self.woken.retain(|&id| id != live.id);
        let outcome = poll_once(&mut live.future, &live.waker);
        if let Some(old) = old {
            assert_eq!(old.live(), 0, "an old waker stays registered");
        }
        let expected = self.model.poll(live.id);
        match outcome {
            Poll::Pending => {
                assert_eq!(expected, Poll::Pending);
                if live.place.is_none() {
                    live.place = Some(self.next_place);
                    self.next_place += 1;
                }
            }
            Poll::Ready(outcome) => {
                let given = outcome
                    .as_ref()
                    .map(OwnedPermit::num_permits)
                    .map_err(|&e| refusal(e));
                assert_eq!(Poll::Ready(given), expected);
                let live = self.lives.remove(at);
                assert_eq!(live.probe.live(), 1, "a finished future keeps a waker");
                if let Ok(permit) = outcome {
                    assert_eq!(permit.num_permits(), live.asked);
                    if was_parked {
                        self.passed = 0;
                    } else if live.place.is_none() {
                        self.passes(waiters, permit.num_permits());
                    }
                    self.permits.push(permit);
                }
            }
        }
    }

    fn cancel(&mut self, at: usize) {
        let left = usize::from(self.is_parked(at));
        let live = self.lives.remove(at);
        self.model.cancel(live.id);
        self.woken.retain(|&id| id != live.id);
        let Live {
            future,
            waker,
            probe,
            ..
        } = live;
        drop(waker);
        self.granting(left, |_| drop(future));
        assert_eq!(probe.live(), 0, "a dropped future keeps a waker");
    }

    /// Whether this future is in line. Grants go in line order, so whoever was granted comes first.
    fn is_parked(&self, at: usize) -> bool {
        let places = || self.lives.iter().filter_map(|live| live.place);
        let Some(place) = self.lives[at].place else {
            return false;
        };
        let behind = places().filter(|&other| other > place).count();
        behind < self.semaphore.waiters()
    }

    fn try_acquire(&mut self, n: usize) {
        let waiters = self.semaphore.waiters();
        let outcome = self.semaphore.try_acquire(n);
        let given = outcome
            .as_ref()
            .map(OwnedPermit::num_permits)
            .map_err(|&e| try_refusal(e));
        assert_eq!(given, self.model.try_acquire(n));
        if let Ok(permit) = outcome {
            self.passes(waiters, n);
            self.permits.push(permit);
        }
    }

    fn split(&mut self, who: usize, n: usize) {
        let at = who % self.permits.len();
        let whole = self.permits[at].num_permits();
        let part = self.permits[at].split(n);
        assert_eq!(part.is_some(), n <= whole);
        if let Some(part) = part {
            assert_eq!(
                (part.num_permits(), self.permits[at].num_permits()),
                (n, whole - n)
            );
            self.permits.push(part);
        }
    }

    /// Somebody who was not in line took `n` permits while others waited.
    fn passes(&mut self, waiters: usize, n: usize) {
        if waiters > 0 && n > 0 {
            self.passed += 1;
            assert!(self.passed <= self.limit, "too many went past the line");
        }
    }

    /// Something that may grant to the line, from which `left` leave by themselves.
    fn granting(&mut self, left: usize, f: impl FnOnce(&mut Self)) {
        let before = self.semaphore.waiters();
        f(self);
        if self.semaphore.waiters() + left < before || self.semaphore.waiters() == 0 {
            self.passed = 0;
        }
    }

    /// Wake-ups and all that can be observed.
    fn compare(&mut self) {
        let rung = std::mem::take(&mut *self.log.lock().unwrap());
        for &(id, generation) in &rung {
            let live = self.lives.iter().find(|live| live.id == id);
            let live = live.expect("a future that is gone was woken");
            assert_eq!(live.generation, generation, "an old waker was woken");
            self.woken.push(id);
        }
        let rung: Vec<Id> = rung.into_iter().map(|(id, _)| id).collect();
        assert_eq!(rung, self.model.take_woken(), "who is woken, in order");

        assert_eq!(self.semaphore.available(), self.model.available());
        assert_eq!(self.semaphore.locked(), self.model.locked());
        assert_eq!(self.semaphore.waiters(), self.model.waiters());
        assert_eq!(self.semaphore.is_closed(), self.model.is_closed());
        assert!(self.model.available() == 0 || self.model.debt() == 0);
        let semaphore = &self.semaphore.0;
        assert_eq!(semaphore.total(), self.model.total());
        let bound = match semaphore.bound() {
            Some(bound) => format!("bound: {bound}, "),
            None => String::new(),
        };
        assert_eq!(
            format!("{semaphore:?}"),
            format!(
                "Semaphore {{ available: {}, waiters: {}, debt: {}, total: {}, {bound}closed: {} }}",
                self.model.available(),
                self.model.waiters(),
                self.model.debt(),
                self.model.total(),
                self.model.is_closed()
            )
        );
        for live in &self.lives {
            assert!(live.probe.live() <= 2, "more than one waker is registered");
        }
    }

    /// Everybody gives back, all who were woken are polled: nobody who could be served sleeps, and
    /// nothing was lost.
    fn come_to_rest(mut self) {
        loop {
            if !self.permits.is_empty() {
                self.step(Op::Drop(0));
            } else if !self.woken.is_empty() {
                self.step(Op::PollWoken(false));
            } else {
                break;
            }
        }
        let head = self
            .lives
            .iter()
            .filter(|live| live.place.is_some())
            .min_by_key(|live| live.place);
        if let Some(head) = head {
            assert!(!self.semaphore.is_closed(), "the close forgot somebody");
            assert!(
                head.asked > self.semaphore.available(),
                "somebody who could be served sleeps"
            );
        }
        while !self.lives.is_empty() {
            self.step(Op::Cancel(0));
            while !self.permits.is_empty() {
                self.step(Op::Drop(0));
            }
        }
        assert_eq!(self.semaphore.available(), self.model.total());
        assert_eq!((self.semaphore.waiters(), self.passed), (0, 0));
    }
}
