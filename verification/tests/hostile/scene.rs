//! Who waits, what wakes them, and what must hold afterwards.

use std::any::Any;
use std::fmt::Debug;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use waystation_testkit::{HostileWaker, Probe};

/// One who waits. It keeps what it needs alive, and gives back at once what it gets.
pub(crate) type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a primitive is asked for in every scene.
pub(crate) trait Primitive: Debug + Send + Sync + 'static {
    /// Uses everything that leaves it as it is, from within a waker.
    fn touch(&self);

    /// Panics unless nobody waits, nothing is promised to anybody, and it works.
    fn assert_usable(&self);
}

/// A primitive, and `n` who wait to be woken by one call.
pub(crate) struct Scene {
    pub(crate) n: usize,
    pub(crate) primitive: Arc<dyn Primitive>,
    one: Box<dyn Fn() -> Wait + Send + Sync>,
    fire: Option<Box<dyn FnOnce() + Send>>,
}

/// How many a column's call wakes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wakes {
    /// All who wait, or as many as it should.
    Many,
    /// One.
    One,
    /// All who wait, for what one of them can have.
    AllForOne,
}

/// A primitive and one of its methods.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    /// Who waits, and what wakes them.
    pub(crate) name: &'static str,
    pub(crate) wakes: Wakes,
    /// Whether a waker's panic goes on: it does not where an item is returned.
    pub(crate) loud: bool,
    /// Whether what happened before the first poll counts.
    pub(crate) lasts: bool,
    /// The scene for so many.
    pub(crate) scene: fn(usize) -> Scene,
    /// The same, where the call displaces this waker.
    pub(crate) displaces: Option<fn(usize, &Waker) -> Scene>,
}

impl Scene {
    pub(crate) fn new<P: Primitive>(
        n: usize,
        primitive: &Arc<P>,
        one: impl Fn(&Arc<P>) -> Wait + Send + Sync + 'static,
        fire: impl FnOnce() + Send + 'static,
    ) -> Self {
        let own = primitive.clone();
        Self {
            n,
            primitive: primitive.clone(),
            one: Box::new(move || one(&own)),
            fire: Some(Box::new(fire)),
        }
    }

    /// One of the `n`; not polled yet.
    pub(crate) fn one(&self) -> Wait {
        (self.one)()
    }

    /// One of the `n`, polled with this waker.
    #[track_caller]
    pub(crate) fn park(&self, waker: &Waker) -> Wait {
        let mut wait = self.one();
        assert!(poll(&mut wait, waker).is_pending(), "it waits");
        wait
    }

    /// All `n`, each with a waker that does `on_wake(its number)`.
    pub(crate) fn park_all(
        &self,
        on_wake: impl Fn(usize) + Clone + Send + Sync + 'static,
    ) -> (Vec<Wait>, Vec<Probe>) {
        let one = |at| {
            let on_wake = on_wake.clone();
            let builder = HostileWaker::builder().on_wake(move || on_wake(at));
            let (waker, probe) = builder.build();
            (self.park(&waker), probe)
        };
        (0..self.n).map(one).unzip()
    }

    /// All `n`, in slots from which their wakers may take them.
    pub(crate) fn park_in(
        &self,
        slots: &Slots,
        on_wake: impl Fn(usize) + Clone + Send + Sync + 'static,
    ) {
        let (waits, _probes) = self.park_all(on_wake);
        for (at, wait) in waits.into_iter().enumerate() {
            slots.put(at, wait);
        }
    }

    /// The call that wakes them. Once.
    pub(crate) fn fire(&mut self) {
        self.trigger()();
    }

    /// The same, for a waker to use.
    pub(crate) fn trigger(&mut self) -> Box<dyn FnOnce() + Send> {
        self.fire.take().expect("it fires once")
    }

    /// Everybody has what was promised; then nobody is promised anything.
    #[track_caller]
    pub(crate) fn settle(self, waits: impl IntoIterator<Item = Wait>) {
        for mut wait in waits {
            assert!(poll(&mut wait, Waker::noop()).is_ready(), "forgotten");
        }
        self.rest();
    }

    /// Nobody waits any more, and it works.
    #[track_caller]
    pub(crate) fn rest(self) {
        let Self {
            primitive,
            one,
            fire,
            ..
        } = self;
        drop((one, fire));
        primitive.assert_usable();
    }
}

/// Futures that wakers may take away.
#[derive(Clone)]
pub(crate) struct Slots(Arc<Vec<Mutex<Option<Wait>>>>);

impl Slots {
    pub(crate) fn new(n: usize) -> Self {
        Self(Arc::new((0..n).map(|_| Mutex::new(None)).collect()))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Out of its slot, so that nothing is locked while it is used.
    pub(crate) fn take(&self, at: usize) -> Option<Wait> {
        self.0[at].lock().unwrap().take()
    }

    pub(crate) fn put(&self, at: usize, wait: Wait) {
        let before = self.0[at].lock().unwrap().replace(wait);
        assert!(before.is_none(), "a slot holds one");
    }

    pub(crate) fn take_all(&self) -> Vec<Wait> {
        (0..self.len()).filter_map(|at| self.take(at)).collect()
    }
}

pub(crate) fn poll(wait: &mut Wait, waker: &Waker) -> Poll<()> {
    wait.as_mut().poll(&mut Context::from_waker(waker))
}

/// Calls something several times; the first panic goes on when all were made.
pub(crate) fn each(times: usize, mut call: impl FnMut()) {
    let mut first: Option<Box<dyn Any + Send>> = None;
    for _ in 0..times {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(&mut call)) {
            first.get_or_insert(payload);
        }
    }
    if let Some(payload) = first {
        resume_unwind(payload);
    }
}

/// What a panic says, if there is one.
pub(crate) fn panic_of(f: impl FnOnce()) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(f)).err()?;
    Some(text_of(&*payload))
}

pub(crate) fn text_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().cloned();
    let text = text.or_else(|| {
        payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
    });
    text.unwrap_or_else(|| "a panic without words".to_owned())
}
