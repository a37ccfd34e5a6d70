//! Children that a test directs by hand, and a book of what happened to them.
#![allow(dead_code, reason = "each test file uses its share")]

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use waystation_testkit::Driver;

/// What happened to the child with this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Note {
    Polled(usize),
    /// The child was dropped.
    Gone(usize),
    /// Its output was dropped.
    Lost(usize),
}
pub(crate) use Note::{Gone, Lost, Polled};

#[derive(Clone, Default)]
pub(crate) struct Stage(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    book: Vec<Note>,
    wakers: HashMap<usize, Waker>,
    open: HashSet<usize>,
    failing: HashSet<usize>,
}

type Script<T> = Box<dyn FnMut(&Stage, &mut Context<'_>) -> Poll<T> + Send>;

type LastAct = Box<dyn FnOnce(&Stage) + Send>;

/// A child.
pub(crate) struct Child<T> {
    stage: Stage,
    id: usize,
    script: Script<T>,
    on_drop: Option<LastAct>,
}

/// The output of a child.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) id: usize,
    stage: Stage,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stage")
    }
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// What happened since the last call.
    pub(crate) fn book(&self) -> Vec<Note> {
        std::mem::take(&mut self.inner().book)
    }

    fn note(&self, note: Note) {
        self.inner().book.push(note);
    }

    pub(crate) fn value(&self, id: usize) -> Value {
        Value {
            id,
            stage: self.clone(),
        }
    }

    /// The waker that the child has been shown last.
    pub(crate) fn waker(&self, id: usize) -> Waker {
        self.inner()
            .wakers
            .get(&id)
            .expect("the child was never parked")
            .clone()
    }

    /// Wakes a child, for nothing.
    pub(crate) fn wake(&self, id: usize) {
        self.waker(id).wake();
    }

    /// Wakes a child, if it was parked.
    pub(crate) fn try_wake(&self, id: usize) {
        let waker = self.inner().wakers.get(&id).cloned();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Lets a child end, and wakes it.
    pub(crate) fn open(&self, id: usize) {
        self.unlock(id);
        self.wake(id);
    }

    /// Lets a child end at its next poll.
    pub(crate) fn unlock(&self, id: usize) {
        self.inner().open.insert(id);
    }

    /// Lets a child end with an error, and wakes it.
    pub(crate) fn fail(&self, id: usize) {
        self.inner().failing.insert(id);
        self.open(id);
    }

    /// Keeps the waker; whether the child may end.
    pub(crate) fn park(&self, id: usize, cx: &mut Context<'_>) -> bool {
        let mut inner = self.inner();
        let displaced = inner.wakers.insert(id, cx.waker().clone());
        let open = inner.open.contains(&id);
        drop(inner);
        drop(displaced);
        open
    }

    /// A child that does what the script says.
    pub(crate) fn scripted<T>(
        &self,
        id: usize,
        script: impl FnMut(&Stage, &mut Context<'_>) -> Poll<T> + Send + 'static,
    ) -> Child<T> {
        Child {
            stage: self.clone(),
            id,
            script: Box::new(script),
            on_drop: None,
        }
    }

    /// A child that waits to be opened.
    pub(crate) fn parked(&self, id: usize) -> Child<Value> {
        self.scripted(id, move |stage, cx| match stage.park(id, cx) {
            true => Poll::Ready(stage.value(id)),
            false => Poll::Pending,
        })
    }

    /// A child that waits to be opened or to fail.
    pub(crate) fn fallible(&self, id: usize) -> Child<Result<Value, usize>> {
        self.scripted(id, move |stage, cx| match stage.park(id, cx) {
            true if stage.inner().failing.contains(&id) => Poll::Ready(Err(id)),
            true => Poll::Ready(Ok(stage.value(id))),
            false => Poll::Pending,
        })
    }

    /// A child that ends at its first poll.
    pub(crate) fn ready(&self, id: usize) -> Child<Value> {
        self.scripted(id, move |stage, _| Poll::Ready(stage.value(id)))
    }

    /// A child that waits to be opened, and then panics.
    pub(crate) fn panics(&self, id: usize) -> Child<Value> {
        self.scripted(id, move |stage, cx| match stage.park(id, cx) {
            true => panic!("child {id}"),
            false => Poll::Pending,
        })
    }

    pub(crate) fn all(&self, ids: impl IntoIterator<Item = usize>) -> Vec<Child<Value>> {
        ids.into_iter().map(|id| self.parked(id)).collect()
    }
}

impl<T> Child<T> {
    pub(crate) fn on_drop(mut self, act: impl FnOnce(&Stage) + Send + 'static) -> Self {
        self.on_drop = Some(Box::new(act));
        self
    }

    pub(crate) fn panics_when_dropped(self) -> Self {
        let id = self.id;
        self.on_drop(move |_| panic!("drop {id}"))
    }
}

impl<T> Future for Child<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Self {
            stage, id, script, ..
        } = &mut *self;
        stage.note(Polled(*id));
        script(stage, cx)
    }
}

impl<T> Drop for Child<T> {
    fn drop(&mut self) {
        self.stage.note(Gone(self.id));
        if let Some(act) = self.on_drop.take() {
            act(&self.stage);
        }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        self.stage.note(Lost(self.id));
    }
}

pub(crate) fn ids(values: impl IntoIterator<Item = Value>) -> Vec<usize> {
    values.into_iter().map(|value| value.id).collect()
}

/// Whether a gather has ended, as its `Debug` says.
pub(crate) fn is_over(future: &impl std::fmt::Debug) -> bool {
    format!("{future:?}").contains("terminated: true")
}

/// The message of the panic that `f` ends with.
#[track_caller]
pub(crate) fn panic_of<T>(f: impl FnOnce() -> T) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(f)) else {
        panic!("it did not panic")
    };
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => (*payload.downcast::<&str>().expect("a message")).to_owned(),
    }
}

/// The children that were polled.
pub(crate) fn polled(book: &[Note]) -> Vec<usize> {
    book.iter()
        .filter_map(|note| {
            if let Polled(id) = note {
                Some(*id)
            } else {
                None
            }
        })
        .collect()
}

/// Polls until it is ready, or pending and not woken: all turns that it wants.
pub(crate) fn turns<F: Future + Unpin>(driver: &mut Driver<F>) -> Poll<F::Output> {
    loop {
        let poll = driver.poll();
        if poll.is_ready() || !driver.woken() {
            return poll;
        }
    }
}
