//! The primitives, and their methods that register, wake, cancel or close.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use waystation_event::{AutoResetEvent, Event};
use waystation_gather::{as_completed, gather, try_gather};

mod place;
mod queues;
mod semaphores;
mod streams;

pub(crate) use place::PLACES;
pub(crate) use queues::QUEUES;
pub(crate) use semaphores::{BYPASS, STRICT};
pub(crate) use streams::{CHANNELS, STREAMS};

use crate::scene::{Column, Primitive, Scene, Wait, Wakes, each};

const fn many(name: &'static str, scene: fn(usize) -> Scene) -> Column {
    Column {
        name,
        wakes: Wakes::Many,
        loud: true,
        lasts: true,
        displaces: None,
        scene,
    }
}

const fn one(name: &'static str, scene: fn(usize) -> Scene) -> Column {
    Column {
        wakes: Wakes::One,
        ..many(name, scene)
    }
}

const fn all(name: &'static str, scene: fn(usize) -> Scene) -> Column {
    Column {
        wakes: Wakes::AllForOne,
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

fn poll_with<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

/// Polls once.
fn peek<F: Future + Unpin>(mut future: F) -> (Poll<F::Output>, F) {
    (poll_with(&mut future, Waker::noop()), future)
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
