//! The futures of a script, and how they are polled on either side.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Poll, Waker};

use waystation_queue::{
    BaseQueue, Discipline, Get, GetTask, Join, Put, PutMany, QueueClosed, Reserve,
};
use waystation_testkit::model::{Id, Outcome, QueueModel};

/// Ordered by its rank alone, told apart by its number: equal priorities have an order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) rank: u8,
    pub(crate) number: usize,
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.cmp(&other.rank)
    }
}

pub(crate) type Queue<D> = BaseQueue<Item, D>;

pub(crate) enum Live<'q, D: Discipline<Item>> {
    Put(Put<&'q Queue<D>>),
    PutMany(PutMany<&'q Queue<D>, std::vec::IntoIter<Item>>),
    Reserve(Reserve<&'q Queue<D>>),
    Get(Get<&'q Queue<D>>),
    GetTask(GetTask<&'q Queue<D>>),
    GetMany(Pin<Box<dyn Future<Output = Vec<Item>> + 'q>>),
    Join(Join<&'q Queue<D>>),
    Closed(QueueClosed<&'q Queue<D>>),
}

/// What comes out of a poll.
#[derive(Debug, PartialEq)]
pub(crate) enum Seen {
    Pending,
    Ready(Outcome<Item>),
    PutMany(Result<usize, Vec<Item>>),
}

/// In which line a future stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Line {
    Putters,
    Getters,
    Everybody,
}

pub(crate) struct Wait<'q, D: Discipline<Item>> {
    pub(crate) name: usize,
    pub(crate) live: Live<'q, D>,
    /// Its name in the model: that of the put in hand, for `put_many`.
    pub(crate) id: Id,
    /// What a `put_many` has not begun to put.
    pub(crate) rest: VecDeque<Item>,
    pub(crate) count: usize,
    pub(crate) waker: Waker,
    pub(crate) generation: usize,
}

impl<D: Discipline<Item>> Wait<'_, D> {
    pub(crate) fn line(&self) -> Line {
        match self.live {
            Live::Put(_) | Live::PutMany(_) | Live::Reserve(_) => Line::Putters,
            Live::Get(_) | Live::GetTask(_) | Live::GetMany(_) => Line::Getters,
            Live::Join(_) | Live::Closed(_) => Line::Everybody,
        }
    }
}

pub(crate) fn seen<T>(poll: Poll<T>, outcome: impl FnOnce(T) -> Outcome<Item>) -> Seen {
    match poll {
        Poll::Ready(value) => Seen::Ready(outcome(value)),
        Poll::Pending => Seen::Pending,
    }
}

/// Polls in the model; a `put_many` is one put after the other.
pub(crate) fn poll_model<D: Discipline<Item>>(
    model: &mut QueueModel<Item>,
    future: &mut Wait<'_, D>,
) -> Seen {
    if !matches!(future.live, Live::PutMany(_)) {
        return match model.poll(future.id) {
            Poll::Ready(outcome) => Seen::Ready(outcome),
            Poll::Pending => Seen::Pending,
        };
    }
    loop {
        if future.id == usize::MAX {
            match future.rest.pop_front() {
                Some(item) => future.id = model.put(item),
                None => return Seen::PutMany(Ok(future.count)),
            }
        }
        match model.poll(future.id) {
            Poll::Pending => return Seen::Pending,
            Poll::Ready(Outcome::Returned(item)) => {
                let items = std::iter::once(item).chain(future.rest.drain(..));
                return Seen::PutMany(Err(items.collect()));
            }
            Poll::Ready(outcome) => {
                assert_eq!(outcome, Outcome::Entered);
                future.count += 1;
                future.id = usize::MAX;
            }
        }
    }
}
