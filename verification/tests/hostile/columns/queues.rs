//! The queue.

use std::sync::Arc;

use waystation_queue::Queue;

use super::{dropping, many, now, one, parked, peek, quiet};
use crate::scene::{Column, Primitive, Scene, Wait, each};

type Items = Arc<Queue<u32>>;

fn full(n: usize) -> Items {
    let queue = Arc::new(Queue::bounded(n));
    (0..n).for_each(|_| queue.try_put(1).unwrap());
    queue
}

fn empty(n: usize) -> Items {
    Arc::new(Queue::bounded(n))
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

pub(crate) const QUEUES: &[Column] = &[
    many("`get`, `try_put`", |n| {
        let queue = empty(n);
        let fire = queue.clone();
        Scene::new(n, &queue, get, move || each(n, || fire.try_put(1).unwrap()))
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
