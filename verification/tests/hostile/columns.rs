//! The primitives, and their methods that register, wake, cancel or close.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use waystation_event::{AutoResetEvent, Event};
use waystation_gather::{as_completed, gather, try_gather};
use waystation_queue::Queue;
use waystation_semaphore::{BoundedSemaphore, Fairness, Semaphore};

use crate::scene::{Column, Primitive, Scene, Wait, Wakes, each};

const fn many(name: &'static str, scene: fn(usize) -> Scene) -> Column {
    Column {
        name,
        wakes: Wakes::Many,
        loud: true,
        lasts: true,
        scene,
    }
}

const fn one(name: &'static str, scene: fn(usize) -> Scene) -> Column {
    Column {
        wakes: Wakes::One,
        ..many(name, scene)
    }
}

/// An item is returned, so a waker's panic is not let go on.
const fn quiet(column: Column) -> Column {
    Column {
        loud: false,
        ..column
    }
}

/// Polls once.
fn peek<F: Future + Unpin>(mut future: F) -> (Poll<F::Output>, F) {
    let mut context = Context::from_waker(Waker::noop());
    let outcome = Pin::new(&mut future).poll(&mut context);
    (outcome, future)
}

/// Polls once what is to wait.
#[track_caller]
fn parked<F: Future + Unpin>(future: F) -> F {
    let (outcome, future) = peek(future);
    assert!(outcome.is_pending(), "it waits");
    future
}

/// What comes out is dropped at once. No `async` block: it could not be polled after a panic.
fn dropping<F: Future + Unpin + Send + 'static>(mut future: F) -> Wait {
    Box::pin(poll_fn(move |cx| Pin::new(&mut future).poll(cx).map(drop)))
}

fn now<F: Future + Unpin>(future: F) -> Option<F::Output> {
    match peek(future).0 {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

pub(crate) const EVENTS: &[Column] = &[
    many("`wait`, `set`", |n| {
        let event = Arc::new(Event::new());
        let fire = event.clone();
        let wait = |event: &Arc<Event>| -> Wait { Box::pin(event.wait_owned()) };
        Scene::new(n, &event, wait, move || assert!(fire.set()))
    }),
    many("`wait`, `pulse`", |n| {
        let event = Arc::new(Event::new());
        let fire = event.clone();
        let wait = |event: &Arc<Event>| -> Wait { Box::pin(event.wait_owned()) };
        Scene::new(n, &event, wait, move || _ = fire.pulse())
    }),
    many("auto-reset `wait`, `set`", |n| {
        let event = Arc::new(AutoResetEvent::new());
        let fire = event.clone();
        Scene::new(n, &event, signal, move || each(n, || _ = fire.set()))
    }),
    one("auto-reset `wait`, a granted wait dropped", |n| {
        let event = Arc::new(AutoResetEvent::new());
        let first = parked(event.wait_owned());
        event.set();
        Scene::new(n, &event, signal, move || drop(first))
    }),
];

fn signal(event: &Arc<AutoResetEvent>) -> Wait {
    Box::pin(event.wait_owned())
}

impl Primitive for Event {
    fn touch(&self) {
        assert!(!format!("{self:?}").contains("<locked>"));
        assert!(self.waiters() < 1_000);
        assert_eq!(now(self.wait()).is_some(), self.is_set());
    }

    fn assert_usable(&self) {
        assert_eq!(self.waiters(), 0);
        self.clear();
        let wait = parked(self.wait());
        assert!(self.set() && now(wait).is_some());
    }
}

impl Primitive for AutoResetEvent {
    fn touch(&self) {
        assert!(!format!("{self:?}").contains("<locked>"));
        assert!(self.waiters() < 1_000 && !(self.is_set() && self.waiters() > 0));
        drop(self.wait());
    }

    fn assert_usable(&self) {
        assert_eq!(self.waiters(), 0);
        self.clear();
        let wait = parked(self.wait());
        assert!(self.set() && now(wait).is_some() && !self.is_set());
    }
}

pub(crate) const STRICT: &[Column] = &semaphores::<0>();
pub(crate) const BYPASS: &[Column] = &semaphores::<31>();

fn with<const LIMIT: u32>(permits: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::with_fairness(permits, fairness(LIMIT)))
}

fn fairness(limit: u32) -> Fairness {
    match limit {
        0 => Fairness::Fifo,
        limit => Fairness::Bypass { limit },
    }
}

fn permit(semaphore: &Arc<Semaphore>) -> Wait {
    dropping(semaphore.acquire_owned())
}

fn news(semaphore: &Arc<Semaphore>) -> Wait {
    Box::pin(semaphore.closed_owned())
}

const fn semaphores<const LIMIT: u32>() -> [Column; 9] {
    [
        many("`acquire`, `add_permits`", |n| {
            let semaphore = with::<LIMIT>(0);
            let fire = semaphore.clone();
            Scene::new(n, &semaphore, permit, move || fire.add_permits(n))
        }),
        many("`acquire`, a permit dropped", |n| {
            let semaphore = with::<LIMIT>(n);
            let held = semaphore.try_acquire_many_owned(n).unwrap();
            Scene::new(n, &semaphore, permit, move || drop(held))
        }),
        many("`acquire`, bounded `release`", |n| {
            let semaphore = Arc::new(BoundedSemaphore::with_fairness(n, fairness(LIMIT)));
            semaphore.try_acquire_many(n).unwrap().forget();
            let fire = semaphore.clone();
            let permit =
                |semaphore: &Arc<BoundedSemaphore>| -> Wait { dropping(semaphore.acquire_owned()) };
            Scene::new(n, &semaphore, permit, move || fire.release(n).unwrap())
        }),
        many("`acquire`, a granted `acquire_many` dropped", |n| {
            let semaphore = with::<LIMIT>(0);
            let first = parked(semaphore.acquire_many_owned(n));
            let fire = semaphore.clone();
            Scene::new(n, &semaphore, permit, move || {
                fire.add_permits(n);
                drop(first);
            })
        }),
        many("`acquire`, a large head dropped", |n| {
            let semaphore = with::<LIMIT>(n);
            let head = parked(semaphore.acquire_many_owned(n + 1));
            Scene::new(n, &semaphore, permit, move || drop(head))
        }),
        many("`acquire`, `reduce_permits` and a debt paid", |n| {
            let semaphore = with::<LIMIT>(1);
            let held = semaphore.try_acquire_owned().unwrap();
            let fire = semaphore.clone();
            Scene::new(n, &semaphore, permit, move || {
                fire.reduce_permits(1);
                drop(held);
                fire.add_permits(n);
            })
        }),
        many("`acquire`, `resize`", |n| {
            let semaphore = with::<LIMIT>(0);
            let fire = semaphore.clone();
            Scene::new(n, &semaphore, permit, move || fire.resize(n))
        }),
        many("`acquire`, `close`", |n| {
            let semaphore = with::<LIMIT>(0);
            let fire = semaphore.clone();
            Scene::new(n, &semaphore, permit, move || assert!(fire.close()))
        }),
        many("`closed`, `close`", |n| {
            let semaphore = with::<LIMIT>(0);
            let fire = semaphore.clone();
            Scene::new(n, &semaphore, news, move || assert!(fire.close()))
        }),
    ]
}

impl Primitive for Semaphore {
    fn touch(&self) {
        assert!(!format!("{self:?}").contains("<locked>"));
        assert!(self.waiters() + self.available_permits() < 1_000);
        self.add_permits(0);
        self.reduce_permits(0);
        self.forget_permits(0);
        assert!(self.try_acquire_many(1_000).is_err());
        assert_eq!(now(self.closed()).is_some(), self.is_closed());
        drop(peek(self.acquire_many(30)));
    }

    fn assert_usable(&self) {
        assert_eq!(self.waiters(), 0);
        if self.is_closed() {
            assert!(self.try_acquire().is_err());
            return;
        }
        assert_eq!(self.available_permits(), self.total());
        let all = self.try_acquire_many(self.total()).unwrap();
        let next = parked(self.acquire());
        self.add_permits(1);
        assert!(now(next).is_some());
        drop(all);
    }
}

impl Primitive for BoundedSemaphore {
    fn touch(&self) {
        assert!(!format!("{self:?}").contains("<locked>"));
        assert!(self.waiters() + self.available_permits() < 1_000);
        assert!(self.release(0).is_ok());
        assert!(self.try_acquire_many(1_000).is_err());
        drop(peek(self.acquire_many(self.bound())));
    }

    fn assert_usable(&self) {
        assert_eq!(
            (self.waiters(), self.available_permits()),
            (0, self.bound())
        );
        let all = self.try_acquire_many(self.bound()).unwrap();
        let next = parked(self.acquire());
        drop(all);
        assert!(now(next).is_some());
    }
}

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

fn event_and_its_set(n: usize, wait: fn(&Arc<Event>) -> Wait) -> Scene {
    let event = Arc::new(Event::new());
    let fire = event.clone();
    Scene::new(n, &event, wait, move || assert!(fire.set()))
}

pub(crate) const GATHERS: &[Column] = &[
    many("`gather`, a child woken", |n| {
        event_and_its_set(n, |event| dropping(gather([event.wait_owned()])))
    }),
    many("`try_gather`, a child woken", |n| {
        event_and_its_set(n, |event| {
            let wait = event.wait_owned();
            let child = async {
                wait.await;
                Err::<(), ()>(())
            };
            dropping(Box::pin(try_gather([child])))
        })
    }),
    many("`as_completed`, a child woken", |n| {
        event_and_its_set(n, |event| {
            let mut children = as_completed([event.wait_owned()]);
            dropping(poll_fn(move |cx| Pin::new(&mut children.next()).poll(cx)))
        })
    }),
];
