//! The queues, of items that are numbers.

use std::collections::BTreeMap;
use std::future::Future;
use std::ops::Deref;
use std::task::Poll;

use waystation_queue::{
    BaseQueue, Closed, Discipline, GetError, PutError, TryGetError, TryPutError, TryReserveError,
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
    /// A poll of a `get_task`: who puts the item back names it.
    GetTask(Who),
    /// A poll of a `get_many` with a limit.
    GetMany(Who, usize),
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
    /// `try_reserve`
    TryReserve,
    /// `Slot::put`
    SlotPut(Item),
    /// A slot is dropped.
    SlotDrop,
    /// `task_done`, or a task's guard is dropped.
    TaskDone,
    /// `TaskGuard::nack`
    Nack(Item),
    /// `drain`
    Drain,
    /// `close`
    Close,
    /// `close_now`
    CloseNow,
    /// `len`
    Len,
    /// `is_full`
    IsFull,
    /// `unfinished`
    Unfinished,
    /// `getters_waiting`
    Getters,
    /// `putters_waiting`
    Putters,
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
    /// Where the items belong that were taken as tasks.
    tokens: BTreeMap<Item, u64>,
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
            tokens: BTreeMap::new(),
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
            return Fate::Pending;
        };
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
            Step::GetTask(who) => {
                let fate = self.poll(who, QueueModel::get);
                if let Fate::Got(item) = fate {
                    self.tokens.insert(item, self.model.last_token());
                }
                fate
            }
            Step::GetMany(who, limit) => self.poll(who, |model| model.get_many(limit)),
            Step::Reserve(who) => self.poll(who, QueueModel::reserve),
            Step::Join(who) => self.poll(who, QueueModel::join),
            Step::Cancel(who) => {
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
            Step::TryReserve => match self.model.try_reserve() {
                Ok(()) => Fate::Slot,
                Err(TryPut::Full(())) => Fate::Full,
                Err(TryPut::Closed(())) => Fate::Closed,
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
            Step::Nack(item) => {
                let token = self.tokens.remove(&item)?;
                match self.model.nack(item, token) {
                    Ok(()) => Fate::Entered,
                    Err(_) => Fate::Closed,
                }
            }
            Step::Drain => Fate::Items(self.model.drain()),
            Step::Close => number(self.model.close()),
            Step::CloseNow => Fate::Items(self.model.close_now()),
            Step::Len => Fate::Number(self.model.len()),
            Step::IsFull => number(self.model.is_full()),
            Step::Unfinished => Fate::Number(self.model.unfinished()),
            Step::Getters => Fate::Number(self.model.getters_waiting()),
            Step::Putters => Fate::Number(self.model.putters_waiting()),
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

    /// Watches a `get_task`.
    pub fn get_task<G, F>(&self, who: Who, future: F) -> Watched<'_, F, Step, Fate>
    where
        G: Deref<Target = Item>,
        F: Future<Output = Result<G, GetError>>,
    {
        self.watch(who, Step::GetTask(who), future, |poll| match poll {
            Poll::Pending => Fate::Pending,
            Poll::Ready(Ok(task)) => Fate::Got(**task),
            Poll::Ready(Err(_)) => Fate::Closed,
        })
    }

    /// Watches a future of what a `get_many` has got.
    pub fn get_many<F>(&self, who: Who, limit: usize, future: F) -> Watched<'_, F, Step, Fate>
    where
        F: Future<Output = Vec<Item>>,
    {
        self.watch(who, Step::GetMany(who, limit), future, |poll| match poll {
            Poll::Pending => Fate::Pending,
            Poll::Ready(items) => Fate::Items(items.clone()),
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

    /// Calls `try_reserve`, and lets the slot go.
    pub fn try_reserve<D: Discipline<Item>>(&self, queue: &BaseQueue<Item, D>) {
        let outcome = self.0.record(
            Step::TryReserve,
            || queue.try_reserve(),
            |outcome| match outcome {
                Ok(_) => Fate::Slot,
                Err(TryReserveError::Full) => Fate::Full,
                Err(TryReserveError::Closed) => Fate::Closed,
            },
        );
        if let Ok(slot) = outcome {
            self.done(Step::SlotDrop, || drop(slot));
        }
    }

    /// Calls `drain`.
    pub fn drain<D: Discipline<Item>>(&self, queue: &BaseQueue<Item, D>) -> Vec<Item> {
        let items = |items: &Vec<Item>| Fate::Items(items.clone());
        self.0.record(Step::Drain, || queue.drain(), items)
    }

    /// Calls `close`.
    pub fn close<D: Discipline<Item>>(&self, queue: &BaseQueue<Item, D>) {
        let first = |&first: &bool| Fate::Number(usize::from(first));
        self.0.record(Step::Close, || queue.close(), first);
    }

    /// Calls `close_now`.
    pub fn close_now<D: Discipline<Item>>(&self, queue: &BaseQueue<Item, D>) -> Vec<Item> {
        let items = |items: &Vec<Item>| Fate::Items(items.clone());
        self.0.record(Step::CloseNow, || queue.close_now(), items)
    }

    /// Notes what can be seen: `step` says which.
    pub fn look<D: Discipline<Item>>(&self, step: Step, queue: &BaseQueue<Item, D>) {
        let call: fn(&BaseQueue<Item, D>) -> usize = match step {
            Step::Len => BaseQueue::len,
            Step::IsFull => |queue| usize::from(queue.is_full()),
            Step::Unfinished => BaseQueue::unfinished,
            Step::Getters => BaseQueue::getters_waiting,
            Step::Putters => BaseQueue::putters_waiting,
            _ => unreachable!("it observes nothing"),
        };
        self.0
            .record(step, || call(queue), |&count| Fate::Number(count));
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
