//! Every operation of a queue against every other, in two scenes at capacity 1.
//!
//! *Full*: one putter was granted room and not polled, another is parked behind it. *Empty*: one getter was promised the
//! only item and not polled, another is parked behind it. Two threads do one thing each. Then every item that entered
//! must be in one place, nobody who could go on may be asleep, and in the end the queue must be as good as new.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::task::Poll;

use loom_tests::{Probe, exhaustive_as, pairs, poll, spawn};
use waystation_queue::{Get, Put, Queue};

type Owned = Arc<Queue<usize>>;

#[derive(Default)]
struct Left {
    puts: Vec<Put<Owned>>,
    gets: Vec<Get<Owned>>,
    entered: usize,
    got: usize,
}

impl Left {
    fn put(&mut self, mut put: Put<Owned>, probe: &Arc<Probe>) {
        match poll(&mut put, probe) {
            Poll::Ready(outcome) => self.entered += usize::from(outcome.is_ok()),
            Poll::Pending => self.puts.push(put),
        }
    }

    fn get(&mut self, mut get: Get<Owned>, probe: &Arc<Probe>) {
        match poll(&mut get, probe) {
            Poll::Ready(outcome) => self.got += usize::from(outcome.is_ok()),
            Poll::Pending => self.gets.push(get),
        }
    }

    fn join(&mut self, mut other: Self) {
        self.puts.append(&mut other.puts);
        self.gets.append(&mut other.gets);
        self.entered += other.entered;
        self.got += other.got;
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Op {
    PollFirst,
    CancelFirst,
    CancelSecond,
    Put,
    Get,
    TryPut,
    TryGet,
    Slot,
    Close,
    CloseNow,
    Look,
}
use Op::{CancelFirst, CancelSecond, Close, CloseNow, Look, PollFirst, Slot, TryGet, TryPut};

fn op(name: &str) -> Op {
    match name {
        "poll_first" => PollFirst,
        "cancel_first" => CancelFirst,
        "cancel_second" => CancelSecond,
        "put" => Op::Put,
        "get" => Op::Get,
        "try_put" => TryPut,
        "try_get" => TryGet,
        "slot" => Slot,
        "close" => Close,
        "close_now" => CloseNow,
        "look" => Look,
        _ => panic!("no operation `{name}`"),
    }
}

struct Scene {
    queue: Owned,
    puts: [Option<Put<Owned>>; 2],
    gets: [Option<Get<Owned>>; 2],
    entered: usize,
    got: usize,
}

impl Scene {
    fn full(probe: &Arc<Probe>) -> Self {
        let queue = Arc::new(Queue::bounded(1));
        queue.try_put(0).unwrap();
        let puts = [1, 2].map(|item| {
            let mut put = queue.put_owned(item);
            assert!(poll(&mut put, probe).is_pending());
            Some(put)
        });
        queue.try_get().unwrap();
        Self {
            queue,
            puts,
            gets: [None, None],
            entered: 1,
            got: 1,
        }
    }

    fn empty(probe: &Arc<Probe>) -> Self {
        let queue = Arc::new(Queue::bounded(1));
        let gets = [(); 2].map(|()| {
            let mut get = queue.get_owned();
            assert!(poll(&mut get, probe).is_pending());
            Some(get)
        });
        queue.try_put(0).unwrap();
        Self {
            queue,
            puts: [None, None],
            gets,
            entered: 1,
            got: 0,
        }
    }

    fn take(&mut self, op: Op) -> Box<dyn FnOnce() -> Left> {
        let queue = self.queue.clone();
        let (put, get) = match op {
            PollFirst | CancelFirst => (self.puts[0].take(), self.gets[0].take()),
            CancelSecond => (self.puts[1].take(), self.gets[1].take()),
            _ => (None, None),
        };
        Box::new(move || {
            let (mut left, probe) = (Left::default(), Probe::new());
            match op {
                PollFirst => {
                    put.into_iter().for_each(|put| left.put(put, &probe));
                    get.into_iter().for_each(|get| left.get(get, &probe));
                }
                CancelFirst | CancelSecond => drop((put, get)),
                Op::Put => left.put(queue.put_owned(8), &probe),
                Op::Get => left.get(queue.get_owned(), &probe),
                TryPut => left.entered += usize::from(queue.try_put(9).is_ok()),
                TryGet => left.got += usize::from(queue.try_get().is_ok()),
                Slot => {
                    if let Poll::Ready(Ok(slot)) = poll(&mut queue.reserve(), &probe) {
                        left.entered += usize::from(slot.put(10).is_ok());
                    }
                }
                Close => drop(queue.close()),
                Look => {
                    assert!(queue.len() <= 1);
                    let _seen = (queue.is_full(), queue.is_closed(), queue.unfinished());
                }
                CloseNow => left.got += queue.close_now().len(),
            }
            left
        })
    }
}

fn race(name: &str, scene: fn(&Arc<Probe>) -> Scene, first: &str, second: &str) {
    let both = [op(first), op(second)];
    let is_first = |op: &Op| matches!(op, PollFirst | CancelFirst);
    if both.iter().all(is_first) || both == [CancelSecond; 2] || both == [Look; 2] {
        // One task has a future; two looks are no race.
        return;
    }
    let [first, second] = both;
    exhaustive_as(name, move || {
        let probe = Probe::new();
        let mut scene = scene(&probe);
        let (first, second) = (scene.take(first), scene.take(second));
        let other = spawn(first);
        let mut left = second();
        left.join(other.join().unwrap());
        left.join(Left {
            entered: scene.entered,
            got: scene.got,
            ..Left::default()
        });
        left.puts.extend(scene.puts.into_iter().flatten());
        left.gets.extend(scene.gets.into_iter().flatten());
        check(&scene.queue, left, &probe);
    });
}

fn check(queue: &Owned, mut left: Left, probe: &Arc<Probe>) {
    for _ in 0..left.puts.len() + left.gets.len() {
        let (puts, gets) = (
            std::mem::take(&mut left.puts),
            std::mem::take(&mut left.gets),
        );
        puts.into_iter().for_each(|put| left.put(put, probe));
        gets.into_iter().for_each(|get| left.get(get, probe));
    }
    assert_eq!(
        queue.len(),
        left.entered - left.got,
        "each item is in one place"
    );
    assert_eq!(queue.putters_waiting(), left.puts.len());
    assert_eq!(queue.getters_waiting(), left.gets.len());
    assert!(
        left.puts.is_empty() || queue.len() == 1,
        "there is room, and a putter sleeps"
    );
    assert!(
        left.gets.is_empty() || queue.is_empty(),
        "there is an item, and a getter sleeps"
    );
    assert!(!queue.is_closed() || (left.puts.is_empty() && left.gets.is_empty()));
    drop((left.puts, left.gets));
    if queue.is_closed() {
        queue.close_now();
    } else {
        assert_eq!(queue.try_get().is_ok(), left.entered > left.got);
        queue.try_put(11).unwrap();
        assert!(queue.try_put(12).is_err(), "the capacity is exact");
        queue.try_get().unwrap();
    }
    assert!(queue.is_empty());
}

fn when_full(name: &str, first: &str, second: &str) {
    race(name, Scene::full, first, second);
}

fn when_empty(name: &str, first: &str, second: &str) {
    race(name, Scene::empty, first, second);
}

mod full {
    use super::{pairs, when_full};

    pairs! { "q_full", when_full;
        poll_first cancel_first cancel_second put get try_put try_get slot close close_now look
    }
}

mod empty {
    use super::{pairs, when_empty};

    pairs! { "q_empty", when_empty;
        poll_first cancel_first cancel_second put get try_put try_get slot close close_now look
    }
}
