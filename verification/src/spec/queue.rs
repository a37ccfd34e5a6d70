//! The queues, of items that are numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::task::Poll;

use waystation_queue::{
    BaseQueue, Closed, Discipline, GetError, PutError, TryGetError, TryPutError,
};
use waystation_testkit::model::{Id, Order, Outcome, QueueModel, TryGet, TryPut};
use waystation_testkit::{History, Recorder, Sequential, Violation};

use super::Who;
use crate::watched::{Names, Watched};

/// What is in the queues.
pub type Item = u32;

/// A step of a queue's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A poll of a `put`; the first takes a place.
    Put(Who, Item),
    /// A poll of a `get`.
    Get(Who),
    /// A poll of a `reserve`.
    Reserve(Who),
    /// A poll of a `join`.
    Join(Who),
    /// A future is dropped.
    Cancel(Who),
    /// `try_put`
    TryPut(Item),
    /// `try_get`
    TryGet,
    /// `Slot::put`
    SlotPut(Item),
    /// A slot is dropped.
    SlotDrop,
    /// `task_done`
    TaskDone,
    /// `drain`
    Drain,
    /// `close`
    Close,
    /// `close_now`
    CloseNow,
    /// `len`
    Len,
    /// A sender is dropped; the last closes.
    SenderGone,
    /// A receiver is dropped; the last closes at once.
    ReceiverGone,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It waits.
    Pending,
    /// The item is in.
    Entered,
    /// No room, or others wait.
    Full,
    /// An item.
    Got(Item),
    /// No item, or others wait.
    Empty,
    /// A slot.
    Slot,
    /// Refused, because closed.
    Closed,
    /// What was in it.
    Items(Vec<Item>),
    /// Nothing, or a bool, or a count.
    Number(usize),
}

/// The queue that histories are compared with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QueueSpec {
    model: QueueModel<Item>,
    ids: BTreeMap<Who, Id>,
    /// Who was told to wait, and has neither ended nor given up.
    waits: BTreeSet<Who>,
    senders: usize,
    receivers: usize,
}

impl QueueSpec {
    /// A queue with room for `capacity` items.
    #[must_use]
    pub fn new(order: Order, capacity: usize) -> Self {
        Self {
            model: QueueModel::new(order, Some(capacity)),
            ids: BTreeMap::new(),
            waits: BTreeSet::new(),
            senders: 0,
            receivers: 0,
        }
    }

    /// A queue behind so many handles.
    #[must_use]
    pub fn channel(capacity: usize, senders: usize, receivers: usize) -> Self {
        Self {
            senders,
            receivers,
            ..Self::new(Order::Fifo, capacity)
        }
    }

    fn poll(&mut self, who: Who, begin: impl FnOnce(&mut QueueModel<Item>) -> Id) -> Fate {
        let id = match self.ids.get(&who) {
            Some(&id) => id,
            None => {
                let id = begin(&mut self.model);
                self.ids.insert(who, id);
                id
            }
        };
        let Poll::Ready(outcome) = self.model.poll(id) else {
            self.waits.insert(who);
            return Fate::Pending;
        };
        self.waits.remove(&who);
        match outcome {
            Outcome::Entered => Fate::Entered,
            Outcome::Got(item) => Fate::Got(item),
            Outcome::Slot => Fate::Slot,
            Outcome::Returned(_) | Outcome::Closed => Fate::Closed,
            Outcome::GotMany(items) => Fate::Items(items),
            Outcome::Done => Fate::Number(0),
        }
    }
}

impl Sequential for QueueSpec {
    type Op = Step;
    type Ret = Fate;

    fn apply(&mut self, step: &Step) -> Option<Fate> {
        let number = |yes: bool| Fate::Number(usize::from(yes));
        let fate = match *step {
            Step::Put(who, item) => self.poll(who, |model| model.put(item)),
            Step::Get(who) => self.poll(who, QueueModel::get),
            Step::Reserve(who) => self.poll(who, QueueModel::reserve),
            Step::Join(who) => self.poll(who, QueueModel::join),
            Step::Cancel(who) => {
                self.waits.remove(&who);
                self.model.cancel(self.ids.remove(&who)?);
                Fate::Number(0)
            }
            Step::TryPut(item) => match self.model.try_put(item) {
                Ok(()) => Fate::Entered,
                Err(TryPut::Full(_)) => Fate::Full,
                Err(TryPut::Closed(_)) => Fate::Closed,
            },
            Step::TryGet => match self.model.try_get() {
                Ok(item) => Fate::Got(item),
                Err(TryGet::Empty) => Fate::Empty,
                Err(TryGet::Closed) => Fate::Closed,
            },
            Step::SlotPut(item) => match self.model.slot_put(item) {
                Ok(()) => Fate::Entered,
                Err(_) => Fate::Closed,
            },
            Step::SlotDrop => {
                self.model.slot_drop();
                Fate::Number(0)
            }
            Step::TaskDone => number(self.model.task_done()),
            Step::Drain => Fate::Items(self.model.drain()),
            Step::Close => number(self.model.close()),
            Step::CloseNow => Fate::Items(self.model.close_now()),
            Step::Len => Fate::Number(self.model.len()),
            Step::SenderGone => {
                self.senders -= 1;
                if self.senders == 0 {
                    self.model.close();
                }
                Fate::Number(0)
            }
            Step::ReceiverGone => {
                self.receivers -= 1;
                if self.receivers == 0 {
                    self.model.close_now();
                }
                Fate::Number(0)
            }
        };
        self.model.take_woken();
        Some(fate)
    }

    fn allows(&mut self, step: &Step, fate: &Fate) -> bool {
        let mut exact = self.clone();
        if exact.apply(step).as_ref() == Some(fate) {
            *self = exact;
            return true;
        }
        match (step, fate) {
            // Polled again, before it was told.
            (Step::Put(who, _) | Step::Get(who) | Step::Reserve(who), Fate::Pending) => {
                self.waits.contains(who)
            }
            (Step::TryPut(_), Fate::Full) | (Step::TryGet, Fate::Empty) => !self.waits.is_empty(),
            _ => false,
        }
    }
}

/// Notes what is done to a queue.
#[derive(Debug, Default)]
pub struct QueueLog(Recorder<Step, Fate>);

impl QueueLog {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Watches a `put` or a `send`.
    pub fn put<F>(&self, who: Who, item: Item, future: F) -> Watched<'_, F, Step, Fate>
    where
        F: Future<Output = Result<(), PutError<Item>>>,
    {
        self.watch(who, Step::Put(who, item), future, |poll| match poll {
            Poll::Pending => Fate::Pending,
            Poll::Ready(Ok(())) => Fate::Entered,
            Poll::Ready(Err(_)) => Fate::Closed,
        })
    }

    /// Watches a `get` or a `recv`.
    pub fn get<F>(&self, who: Who, future: F) -> Watched<'_, F, Step, Fate>
    where
        F: Future<Output = Result<Item, GetError>>,
    {
        self.watch(who, Step::Get(who), future, |poll| match poll {
            Poll::Pending => Fate::Pending,
            Poll::Ready(Ok(item)) => Fate::Got(*item),
            Poll::Ready(Err(_)) => Fate::Closed,
        })
    }

    /// Watches a `reserve`.
    pub fn reserve<S, F>(&self, who: Who, future: F) -> Watched<'_, F, Step, Fate>
    where
        F: Future<Output = Result<S, Closed>>,
    {
        self.watch(who, Step::Reserve(who), future, |poll| match poll {
            Poll::Pending => Fate::Pending,
            Poll::Ready(Ok(_)) => Fate::Slot,
            Poll::Ready(Err(_)) => Fate::Closed,
        })
    }

    /// Watches a `join`.
    pub fn join<F: Future<Output = ()>>(&self, who: Who, future: F) -> Watched<'_, F, Step, Fate> {
        self.watch(who, Step::Join(who), future, |poll| match poll {
            Poll::Pending => Fate::Pending,
            Poll::Ready(()) => Fate::Number(0),
        })
    }

    /// Calls `try_put`.
    pub fn try_put<D: Discipline<Item>>(&self, item: Item, queue: &BaseQueue<Item, D>) -> bool {
        let outcome = self.0.record(
            Step::TryPut(item),
            || queue.try_put(item),
            |outcome| match outcome {
                Ok(()) => Fate::Entered,
                Err(TryPutError::Full(_)) => Fate::Full,
                Err(TryPutError::Closed(_)) => Fate::Closed,
            },
        );
        outcome.is_ok()
    }

    /// Calls `try_get`.
    pub fn try_get<D: Discipline<Item>>(&self, queue: &BaseQueue<Item, D>) -> Option<Item> {
        let outcome = self.0.record(
            Step::TryGet,
            || queue.try_get(),
            |outcome| match outcome {
                Ok(item) => Fate::Got(*item),
                Err(TryGetError::Empty) => Fate::Empty,
                Err(TryGetError::Closed) => Fate::Closed,
            },
        );
        outcome.ok()
    }

    /// Does what `step` says, whose outcome is `fate` of what it returns.
    pub fn step<R>(
        &self,
        step: Step,
        call: impl FnOnce() -> R,
        fate: impl FnOnce(&R) -> Fate,
    ) -> R {
        self.0.record(step, call, fate)
    }

    /// Does what `step` says, which returns nothing.
    pub fn done(&self, step: Step, call: impl FnOnce()) {
        self.0.record(step, call, |()| Fate::Number(0));
    }

    /// What was noted.
    #[must_use]
    pub fn into_history(self) -> History<Step, Fate> {
        self.0.into_history()
    }

    fn watch<F: Future>(
        &self,
        who: Who,
        poll: Step,
        future: F,
        note: fn(&Poll<F::Output>) -> Fate,
    ) -> Watched<'_, F, Step, Fate> {
        let names = Names {
            poll,
            cancel: Step::Cancel(who),
            gone: Fate::Number(0),
        };
        Watched::new(&self.0, future, names, note)
    }
}

/// What is wrong with the order of the items, by their names alone.
#[must_use]
pub fn out_of_order(history: &History<Step, Fate>) -> Vec<Violation<Item>> {
    history.fifo_violations(
        |operation| match (&operation.op, &operation.returned) {
            (
                Step::Put(_, item) | Step::TryPut(item) | Step::SlotPut(item),
                Some((Fate::Entered, _)),
            ) => Some(*item),
            _ => None,
        },
        |operation| match operation.returned {
            Some((Fate::Got(item), _)) => Some(item),
            _ => None,
        },
    )
}
