//! Every operation of a queue against every other, in two scenes at capacity 1.
//!
//! *Full*: one putter was granted room and not polled, another is parked behind it. *Empty*: one getter was promised the
//! only item and not polled, another is parked behind it. Two threads do one thing each. Then every item that entered
//! must be in one place, nobody who could go on may be asleep, and in the end the queue must be as good as new.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::task::Poll;

use loom_tests::{Bell, exhaustive_as, poll, spawn};
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
    fn put(&mut self, mut put: Put<Owned>, bell: &Arc<Bell>) {
        match poll(&mut put, bell) {
            Poll::Ready(outcome) => self.entered += usize::from(outcome.is_ok()),
            Poll::Pending => self.puts.push(put),
        }
    }

    fn get(&mut self, mut get: Get<Owned>, bell: &Arc<Bell>) {
        match poll(&mut get, bell) {
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

#[derive(Clone, Copy)]
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
}
use Op::{CancelFirst, CancelSecond, Close, CloseNow, PollFirst, Slot, TryGet, TryPut};

struct Scene {
    queue: Owned,
    puts: [Option<Put<Owned>>; 2],
    gets: [Option<Get<Owned>>; 2],
    entered: usize,
    got: usize,
}

impl Scene {
    fn full(bell: &Arc<Bell>) -> Self {
        let queue = Arc::new(Queue::bounded(1));
        queue.try_put(0).unwrap();
        let puts = [1, 2].map(|item| {
            let mut put = queue.put_owned(item);
            assert!(poll(&mut put, bell).is_pending());
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

    fn empty(bell: &Arc<Bell>) -> Self {
        let queue = Arc::new(Queue::bounded(1));
        let gets = [(); 2].map(|()| {
            let mut get = queue.get_owned();
            assert!(poll(&mut get, bell).is_pending());
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
            let (mut left, bell) = (Left::default(), Bell::new());
            match op {
                PollFirst => {
                    put.into_iter().for_each(|put| left.put(put, &bell));
                    get.into_iter().for_each(|get| left.get(get, &bell));
                }
                CancelFirst | CancelSecond => drop((put, get)),
                Op::Put => left.put(queue.put_owned(8), &bell),
                Op::Get => left.get(queue.get_owned(), &bell),
                TryPut => left.entered += usize::from(queue.try_put(9).is_ok()),
                TryGet => left.got += usize::from(queue.try_get().is_ok()),
                Slot => {
                    if let Poll::Ready(Ok(slot)) = poll(&mut queue.reserve(), &bell) {
                        left.entered += usize::from(slot.put(10).is_ok());
                    }
                }
                Close => drop(queue.close()),
                CloseNow => left.got += queue.close_now().len(),
            }
            left
        })
    }
}

fn race(name: &str, scene: fn(&Arc<Bell>) -> Scene, first: Op, second: Op) {
    exhaustive_as(name, move || {
        let bell = Bell::new();
        let mut scene = scene(&bell);
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
        check(&scene.queue, left, &bell);
    });
}

fn check(queue: &Owned, mut left: Left, bell: &Arc<Bell>) {
    for _ in 0..left.puts.len() + left.gets.len() {
        let (puts, gets) = (
            std::mem::take(&mut left.puts),
            std::mem::take(&mut left.gets),
        );
        puts.into_iter().for_each(|put| left.put(put, bell));
        gets.into_iter().for_each(|get| left.get(get, bell));
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

macro_rules! pairs {
    ($($name:ident: $first:expr, $second:expr;)*) => {
        mod full {
            use super::*;
            $(#[test] fn $name() {
                race(concat!("q_full_", stringify!($name)), Scene::full, $first, $second);
            })*
        }
        mod empty {
            use super::*;
            $(#[test] fn $name() {
                race(concat!("q_empty_", stringify!($name)), Scene::empty, $first, $second);
            })*
        }
    };
}

pairs! {
    poll_first_cancel_second: PollFirst, CancelSecond;
    poll_first_put: PollFirst, Op::Put;
    poll_first_get: PollFirst, Op::Get;
    poll_first_try_put: PollFirst, TryPut;
    poll_first_try_get: PollFirst, TryGet;
    poll_first_slot: PollFirst, Slot;
    poll_first_close: PollFirst, Close;
    poll_first_close_now: PollFirst, CloseNow;
    cancel_first_cancel_second: CancelFirst, CancelSecond;
    cancel_first_put: CancelFirst, Op::Put;
    cancel_first_get: CancelFirst, Op::Get;
    cancel_first_try_put: CancelFirst, TryPut;
    cancel_first_try_get: CancelFirst, TryGet;
    cancel_first_slot: CancelFirst, Slot;
    cancel_first_close: CancelFirst, Close;
    cancel_first_close_now: CancelFirst, CloseNow;
    cancel_second_put: CancelSecond, Op::Put;
    cancel_second_get: CancelSecond, Op::Get;
    cancel_second_close: CancelSecond, Close;
    cancel_second_close_now: CancelSecond, CloseNow;
    put_put: Op::Put, Op::Put;
    put_get: Op::Put, Op::Get;
    put_try_put: Op::Put, TryPut;
    put_try_get: Op::Put, TryGet;
    put_slot: Op::Put, Slot;
    put_close: Op::Put, Close;
    put_close_now: Op::Put, CloseNow;
    get_get: Op::Get, Op::Get;
    get_try_put: Op::Get, TryPut;
    get_try_get: Op::Get, TryGet;
    get_slot: Op::Get, Slot;
    get_close: Op::Get, Close;
    get_close_now: Op::Get, CloseNow;
    try_put_try_get: TryPut, TryGet;
    try_put_close: TryPut, Close;
    try_get_close: TryGet, Close;
    slot_close: Slot, Close;
    slot_close_now: Slot, CloseNow;
    close_close_now: Close, CloseNow;
}
