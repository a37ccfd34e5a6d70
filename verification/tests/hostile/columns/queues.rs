//! The queue.

use std::sync::Arc;
use std::task::Waker;

use waystation_queue::{Queue, TaskGuard};

use super::{dropping, many, now, one, parked, peek, poll_with, quiet};
use crate::scene::{Column, Primitive, Scene, Wait, each};

pub(super) type Items = Arc<Queue<u32>>;

fn full(n: usize) -> Items {
    let queue = Arc::new(Queue::bounded(n));
    (0..n).for_each(|_| queue.try_put(1).unwrap());
    queue
}

pub(super) fn empty(n: usize) -> Items {
    Arc::new(Queue::bounded(n))
}

/// One each, so that one put is one waiter's. What is borrowed from is left behind: nothing else could
/// be polled again after a panic.
fn get_many(queue: &Items) -> Wait {
    let items: &'static mut Vec<u32> = Box::leak(Box::default());
    dropping(queue.get_many_owned(items, 1))
}

fn put(queue: &Items) -> Wait {
    dropping(queue.put_owned(90))
}

fn get(queue: &Items) -> Wait {
    dropping(queue.get_owned())
}

fn reserve(queue: &Items) -> Wait {
    dropping(queue.reserve_owned())
}

fn join(queue: &Items) -> Wait {
    Box::pin(queue.join_owned())
}

fn closed(queue: &Items) -> Wait {
    Box::pin(queue.closed_owned())
}

/// A queue of one unfinished item that was taken.
fn unfinished() -> Items {
    let queue = full(1);
    queue.try_get().unwrap();
    queue
}

/// `n` items that were taken as tasks.
fn tasks(n: usize) -> (Items, Vec<TaskGuard<Items>>) {
    let queue = full(n);
    let task = |_| now(queue.get_task_owned()).unwrap().unwrap();
    let tasks = (0..n).map(task).collect();
    (queue, tasks)
}

pub(crate) const QUEUES: &[Column] = &[
    many("`get`, `try_put`", |n| {
        let queue = empty(n);
        let fire = queue.clone();
        Scene::new(n, &queue, get, move || each(n, || fire.try_put(1).unwrap()))
    }),
    many("`get`, `put_many`", |n| {
        let queue = empty(n);
        let mut puts = queue.put_many_owned(vec![1; n]);
        let mut is_open = true;
        // A panic ends a poll, not the future.
        let poll = move || {
            each(n + 1, || {
                is_open = is_open && poll_with(&mut puts, Waker::noop()).is_pending();
            });
        };
        Scene::new(n, &queue, get, poll)
    }),
    many("`get`, `Slot::put`", |n| {
        let queue = empty(n);
        let slot = |_| now(queue.reserve_owned()).unwrap().unwrap();
        let mut slots: Vec<_> = (0..n).map(slot).collect();
        let put = move || each(n, || slots.pop().unwrap().put(1).unwrap());
        Scene::new(n, &queue, get, put)
    }),
    many("`get`, `nack`", |n| {
        let (queue, mut tasks) = tasks(n);
        let nack = move || each(n, || tasks.pop().unwrap().nack().unwrap());
        Scene::new(n, &queue, get, nack)
    }),
    one("`get`, a granted get dropped", |n| {
        let queue = empty(n);
        let first = parked(queue.get_owned());
        queue.try_put(1).unwrap();
        Scene::new(n, &queue, get, move || drop(first))
    }),
    many("`get`, `close`", |n| {
        let queue = empty(n);
        let fire = queue.clone();
        Scene::new(n, &queue, get, move || assert!(fire.close()))
    }),
    quiet(many("`get`, `close_now`", |n| {
        let queue = empty(n);
        let fire = queue.clone();
        Scene::new(n, &queue, get, move || assert!(fire.close_now().is_empty()))
    })),
    many("`get_many`, `try_put`", |n| {
        let queue = empty(n);
        let fire = queue.clone();
        let put = move || each(n, || fire.try_put(1).unwrap());
        Scene::new(n, &queue, get_many, put)
    }),
    one("`get_many`, a granted one dropped", |n| {
        let queue = empty(n);
        let first = parked(get_many(&queue));
        queue.try_put(1).unwrap();
        Scene::new(n, &queue, get_many, move || drop(first))
    }),
    many("`get_many`, `close`", |n| {
        let queue = empty(n);
        let fire = queue.clone();
        Scene::new(n, &queue, get_many, move || assert!(fire.close()))
    }),
    quiet(many("`put`, `drain`", |n| {
        let queue = full(n);
        let fire = queue.clone();
        let drain = move || assert_eq!(fire.drain().len(), n);
        Scene::new(n, &queue, put, drain)
    })),
    quiet(many("`reserve`, `get_many`", |n| {
        let queue = full(n);
        let fire = queue.clone();
        let get = move || {
            let mut items = Vec::new();
            assert_eq!(now(fire.get_many(&mut items, n)), Some(n));
        };
        Scene::new(n, &queue, reserve, get)
    })),
    quiet(many("`put`, `try_get`", |n| {
        let queue = full(n);
        let fire = queue.clone();
        Scene::new(n, &queue, put, move || {
            each(n, || _ = fire.try_get().unwrap())
        })
    })),
    one("`put`, a granted put dropped", |n| {
        let queue = full(n);
        let first = parked(queue.put_owned(7));
        queue.try_get().unwrap();
        Scene::new(n, &queue, put, move || drop(first))
    }),
    many("`put`, `close`", |n| {
        let queue = full(n);
        let fire = queue.clone();
        Scene::new(n, &queue, put, move || assert!(fire.close()))
    }),
    quiet(many("`put`, `close_now`", |n| {
        let queue = full(n);
        let fire = queue.clone();
        Scene::new(n, &queue, put, move || {
            assert_eq!(fire.close_now().len(), n)
        })
    })),
    many("`reserve`, a slot dropped", |n| {
        let queue = empty(n);
        let mut slots: Vec<_> = (0..n)
            .map(|_| now(queue.reserve_owned()).unwrap())
            .collect();
        Scene::new(n, &queue, reserve, move || each(n, || drop(slots.pop())))
    }),
    one("`reserve`, a granted reserve dropped", |n| {
        let queue = full(n);
        let first = parked(queue.reserve_owned());
        queue.try_get().unwrap();
        Scene::new(n, &queue, reserve, move || drop(first))
    }),
    many("`join`, `task_done`", |n| {
        let queue = unfinished();
        let fire = queue.clone();
        Scene::new(n, &queue, join, move || fire.task_done().unwrap())
    }),
    many("`join`, a task dropped", |n| {
        let (queue, mut tasks) = tasks(1);
        Scene::new(n, &queue, join, move || drop(tasks.pop()))
    }),
    quiet(many("`join`, `into_inner`", |n| {
        let (queue, mut tasks) = tasks(1);
        let done = move || assert_eq!(tasks.pop().unwrap().into_inner(), 1);
        Scene::new(n, &queue, join, done)
    })),
    quiet(many("`join`, `nack` after `close_now`", |n| {
        let (queue, mut tasks) = tasks(1);
        assert!(queue.close_now().is_empty());
        let nack = move || assert_eq!(tasks.pop().unwrap().nack(), Err(1));
        Scene::new(n, &queue, join, nack)
    })),
    quiet(many("`join`, `close_now`", |n| {
        let queue = full(1);
        let fire = queue.clone();
        Scene::new(n, &queue, join, move || assert_eq!(fire.close_now(), [1]))
    })),
    many("`closed`, `close`", |n| {
        let queue = empty(1);
        let fire = queue.clone();
        Scene::new(n, &queue, closed, move || assert!(fire.close()))
    }),
    quiet(many("`closed`, `close_now`", |n| {
        let queue = empty(1);
        let fire = queue.clone();
        Scene::new(n, &queue, closed, move || {
            assert!(fire.close_now().is_empty())
        })
    })),
];

impl Primitive for Queue<u32> {
    fn touch(&self) {
        assert!(!format!("{self:?}").contains("<locked>"));
        let waiting = self.getters_waiting() + self.putters_waiting();
        assert!(self.len() + self.unfinished() + waiting < 1_000);
        drop(peek(self.join()));
        drop(self.try_reserve());
        self.shrink_to_fit();
        assert_eq!(now(self.closed()).is_some(), self.is_closed());
    }

    fn assert_usable(&self) {
        assert_eq!((self.getters_waiting(), self.putters_waiting()), (0, 0));
        let shown = format!("{self:?}");
        for part in ["claims: 0", "granted: 0", "slots: 0"] {
            assert!(shown.contains(part), "{shown}");
        }
        self.drain();
        if self.is_closed() {
            assert!(self.try_put(7).is_err() && now(self.get()).unwrap().is_err());
        } else {
            let get = parked(self.get());
            self.try_put(7).unwrap();
            assert_eq!(now(get), Some(Ok(7)));
        }
    }
}
