//! A queue and its model, side by side.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use waystation_queue::{Discipline, Slot, TaskGuard, TryGetError, TryPutError, TryReserveError};
use waystation_testkit::model::{Id, Order, Outcome, QueueModel, TryGet, TryPut};
use waystation_testkit::{HostileWaker, Probe, poll_once};

use crate::script::{Kind, Op, What};
use crate::waits::{Item, Line, Live, Queue, Seen, Wait, poll_model, seen};

/// Who was woken: the name of the future, and which of its wakers.
type Log = Arc<Mutex<Vec<(usize, usize)>>>;

struct World<'q, D: Discipline<Item>> {
    queue: &'q Queue<D>,
    model: QueueModel<Item>,
    futures: Vec<Wait<'q, D>>,
    slots: Vec<Slot<&'q Queue<D>>>,
    guards: Vec<(TaskGuard<&'q Queue<D>>, Item, u64)>,
    log: Log,
    probes: Vec<Probe>,
    names: usize,
    items: usize,
    /// Every item that has come out again, one way or another.
    out: Vec<usize>,
}

pub(crate) fn run<D>(order: Order, capacity: Option<usize>, script: &[Op])
where
    D: Discipline<Item> + Default,
{
    let queue = Queue::<D>::with_discipline(D::default(), capacity);
    let mut world = World {
        queue: &queue,
        model: QueueModel::new(order, capacity),
        futures: Vec::new(),
        slots: Vec::new(),
        guards: Vec::new(),
        log: Log::default(),
        probes: Vec::new(),
        names: 0,
        items: 0,
        out: Vec::new(),
    };
    for op in script {
        world.step(*op);
        world.compare(*op);
    }
    world.end();
}

fn pick<T>(from: &[T], number: usize) -> Option<usize> {
    (!from.is_empty()).then(|| number % from.len())
}

impl<'q, D: Discipline<Item>> World<'q, D> {
    fn step(&mut self, op: Op) {
        match op {
            Op::Start(kind) => self.start(kind),
            Op::Poll(number) => {
                if let Some(at) = pick(&self.futures, number) {
                    self.poll(at);
                }
            }
            Op::PollAnew(number) => {
                if let Some(at) = pick(&self.futures, number) {
                    let name = self.futures[at].name;
                    let generation = self.futures[at].generation + 1;
                    self.futures[at].waker = self.waker(name, generation);
                    self.futures[at].generation = generation;
                    self.poll(at);
                }
            }
            Op::Cancel(number) => {
                if let Some(at) = pick(&self.futures, number) {
                    self.cancel(at);
                }
            }
            Op::TryPut(rank) => {
                let item = self.item(rank);
                let real = self.queue.try_put(item).map_err(|error| match error {
                    TryPutError::Full(item) => TryPut::Full(item),
                    TryPutError::Closed(item) => TryPut::Closed(item),
                });
                assert_eq!(real, self.model.try_put(item));
                if real.is_err() {
                    self.out.push(item.number);
                }
            }
            Op::TryGet => {
                let real = self.queue.try_get().map_err(|error| match error {
                    TryGetError::Empty => TryGet::Empty,
                    TryGetError::Closed => TryGet::Closed,
                });
                assert_eq!(real, self.model.try_get());
                self.out.extend(real.ok().map(|item| item.number));
            }
            Op::TryReserve => {
                let real = self.queue.try_reserve().map_err(|error| match error {
                    TryReserveError::Full => TryPut::Full(()),
                    TryReserveError::Closed => TryPut::Closed(()),
                });
                assert_eq!(real.as_ref().err(), self.model.try_reserve().as_ref().err());
                self.slots.extend(real.ok());
            }
            Op::Drain => {
                let real = self.queue.drain();
                assert_eq!(real, self.model.drain());
                self.out.extend(real.iter().map(|item| item.number));
            }
            Op::SlotPut(number, rank) => {
                if let Some(at) = pick(&self.slots, number) {
                    let item = self.item(rank);
                    let real = self.slots.swap_remove(at).put(item);
                    let real = real.map_err(|error| error.into_inner());
                    assert_eq!(real, self.model.slot_put(item));
                    self.out.extend(real.err().map(|item| item.number));
                }
            }
            Op::SlotDrop(number) => {
                if let Some(at) = pick(&self.slots, number) {
                    drop(self.slots.swap_remove(at));
                    self.model.slot_drop();
                }
            }
            Op::GuardDrop(number) => {
                if let Some(at) = pick(&self.guards, number) {
                    let (guard, item, _) = self.guards.swap_remove(at);
                    drop(guard);
                    assert!(self.model.task_done());
                    self.out.push(item.number);
                }
            }
            Op::GuardInner(number) => {
                if let Some(at) = pick(&self.guards, number) {
                    let (guard, item, _) = self.guards.swap_remove(at);
                    assert_eq!(guard.into_inner(), item);
                    assert!(self.model.task_done());
                    self.out.push(item.number);
                }
            }
            Op::Nack(number) => {
                if let Some(at) = pick(&self.guards, number) {
                    let (guard, item, token) = self.guards.swap_remove(at);
                    let real = guard.nack();
                    assert_eq!(real, self.model.nack(item, token));
                    self.out.extend(real.err().map(|item| item.number));
                }
            }
            Op::TaskDone => {
                // Not for what is in the queue or in a guard: the model keeps no count below them.
                let spare = self.model.unfinished() - self.model.len() - self.guards.len();
                if spare > 0 || self.model.unfinished() == 0 {
                    assert_eq!(self.queue.task_done().is_ok(), self.model.task_done());
                }
            }
            Op::Close => assert_eq!(self.queue.close(), self.model.close()),
            Op::CloseNow => {
                let real = self.queue.close_now();
                assert_eq!(real, self.model.close_now());
                self.out.extend(real.iter().map(|item| item.number));
            }
        }
    }

    fn item(&mut self, rank: u8) -> Item {
        self.items += 1;
        Item {
            rank,
            number: self.items - 1,
        }
    }

    fn waker(&mut self, name: usize, generation: usize) -> Waker {
        let log = self.log.clone();
        let (waker, probe) = HostileWaker::builder()
            .on_wake(move || log.lock().unwrap().push((name, generation)))
            .build();
        self.probes.push(probe);
        waker
    }

    fn start(&mut self, kind: Kind) {
        let queue = self.queue;
        let mut rest = VecDeque::new();
        let (live, id) = match kind.what {
            What::Put(rank) => {
                let item = self.item(rank);
                (Live::Put(queue.put(item)), self.model.put(item))
            }
            What::PutMany(rank, count) => {
                rest.extend((0..count).map(|_| self.item(rank)));
                let items: Vec<_> = rest.iter().copied().collect();
                // The model begins a put when there is an item in hand.
                (Live::PutMany(queue.put_many(items)), usize::MAX)
            }
            What::Reserve => (Live::Reserve(queue.reserve()), self.model.reserve()),
            What::Get => (Live::Get(queue.get()), self.model.get()),
            What::GetTask => (Live::GetTask(queue.get_task()), self.model.get()),
            What::GetMany(limit) => {
                let many = async move {
                    let mut into = Vec::new();
                    assert_eq!(queue.get_many(&mut into, limit).await, into.len());
                    into
                };
                (Live::GetMany(Box::pin(many)), self.model.get_many(limit))
            }
            What::Join => (Live::Join(queue.join()), self.model.join()),
            What::Closed => (Live::Closed(queue.closed()), self.model.closed()),
        };
        let name = self.names;
        self.names += 1;
        let waker = self.waker(name, 0);
        self.futures.push(Wait {
            name,
            live,
            id,
            rest,
            count: 0,
            waker,
            generation: 0,
        });
        if kind.polled {
            self.poll(self.futures.len() - 1);
        }
    }

    fn poll(&mut self, at: usize) {
        let future = &mut self.futures[at];
        let waker = &future.waker;
        let mut slot = None;
        let mut guard = None;
        let real = match &mut future.live {
            Live::Put(put) => seen(poll_once(put, waker), |outcome| match outcome {
                Ok(()) => Outcome::Entered,
                Err(error) => Outcome::Returned(error.into_inner()),
            }),
            Live::PutMany(puts) => match poll_once(puts, waker) {
                Poll::Pending => Seen::Pending,
                Poll::Ready(outcome) => Seen::PutMany(outcome.map_err(|error| {
                    let rest = error.rest;
                    std::iter::once(error.item).chain(rest).collect()
                })),
            },
            Live::Reserve(reserve) => seen(poll_once(reserve, waker), |outcome| match outcome {
                Ok(got) => {
                    slot = Some(got);
                    Outcome::Slot
                }
                Err(_) => Outcome::Closed,
            }),
            Live::Get(get) => seen(poll_once(get, waker), |outcome| {
                outcome.map_or(Outcome::Closed, Outcome::Got)
            }),
            Live::GetTask(task) => seen(poll_once(task, waker), |outcome| match outcome {
                Ok(got) => {
                    let item = *got;
                    guard = Some(got);
                    Outcome::Got(item)
                }
                Err(_) => Outcome::Closed,
            }),
            Live::GetMany(many) => seen(poll_once(many, waker), Outcome::GotMany),
            Live::Join(join) => seen(poll_once(join, waker), |()| Outcome::Done),
            Live::Closed(closed) => seen(poll_once(closed, waker), |()| Outcome::Done),
        };
        let expected = poll_model(&mut self.model, future);
        assert_eq!(real, expected, "future {}", future.name);
        if real == Seen::Pending {
            return;
        }
        let done = self.futures.swap_remove(at);
        let items = match real {
            Seen::Ready(Outcome::Got(item)) => {
                if let Some(guard) = guard {
                    self.guards.push((guard, item, self.model.last_token()));
                    return;
                }
                vec![item]
            }
            Seen::Ready(Outcome::Returned(item)) => vec![item],
            Seen::Ready(Outcome::GotMany(items)) => items,
            Seen::PutMany(Err(items)) => items,
            _ => Vec::new(),
        };
        self.out.extend(items.iter().map(|item| item.number));
        self.slots.extend(slot);
        drop(done);
    }

    fn cancel(&mut self, at: usize) {
        let Wait { live, id, rest, .. } = self.futures.swap_remove(at);
        let mut expected = Vec::new();
        if id != usize::MAX {
            expected.extend(self.model.cancel(id));
        }
        expected.extend(rest);
        let number = self.names;
        match live {
            // Every other one is dropped instead: its items are dropped with it.
            Live::Put(put) if number % 2 == 0 => {
                assert_eq!(put.cancel().into_iter().collect::<Vec<_>>(), expected);
            }
            Live::PutMany(puts) if number % 2 == 0 => {
                assert_eq!(puts.into_rest().collect::<Vec<_>>(), expected);
            }
            dropped => drop(dropped),
        }
        self.out.extend(expected.iter().map(|item| item.number));
    }

    /// Wake-ups and observers.
    fn compare(&mut self, op: Op) {
        let Self { queue, model, .. } = self;
        let real = (
            (queue.len(), queue.is_empty(), queue.is_full()),
            (queue.unfinished(), queue.is_closed()),
            (queue.getters_waiting(), queue.putters_waiting()),
        );
        let expected = (
            (model.len(), model.is_empty(), model.is_full()),
            (model.unfinished(), model.is_closed()),
            (model.getters_waiting(), model.putters_waiting()),
        );
        assert_eq!(real, expected, "after {op:?}");
        let woken = std::mem::take(&mut *self.log.lock().unwrap());
        let expected: Vec<_> = self.model.take_woken();
        let mut names = Vec::new();
        for (name, generation) in woken {
            let future = self.futures.iter().find(|future| future.name == name);
            let future = future.expect("nobody wakes what is gone");
            assert_eq!(generation, future.generation, "a stale waker, {op:?}");
            names.push((future.line(), future.id));
        }
        for line in [Line::Putters, Line::Getters] {
            let of = |id: &Id| self.futures.iter().any(|f| f.id == *id && f.line() == line);
            let real: Vec<_> = names
                .iter()
                .filter(|(l, _)| *l == line)
                .map(|(_, id)| *id)
                .collect();
            let expected: Vec<_> = expected.iter().copied().filter(of).collect();
            assert_eq!(real, expected, "woken in {line:?} by {op:?}");
        }
        let mut all: Vec<_> = names.iter().map(|(_, id)| *id).collect();
        let mut expected = expected;
        all.sort_unstable();
        expected.sort_unstable();
        assert_eq!(all, expected, "exactly the granted are woken, {op:?}");
    }

    /// Every item comes out once, and no waker is left behind.
    fn end(mut self) {
        while !self.futures.is_empty() {
            self.cancel(self.futures.len() - 1);
            self.compare(Op::Cancel(0));
        }
        for (guard, item, _) in self.guards.drain(..) {
            assert_eq!(*guard, item);
            self.out.push(item.number);
        }
        self.slots.clear();
        self.out
            .extend(self.queue.close_now().iter().map(|item| item.number));
        self.out.sort_unstable();
        assert_eq!(self.out, (0..self.items).collect::<Vec<_>>(), "once each");
        assert!(self.probes.iter().all(|probe| probe.live() == 0));
    }
}
