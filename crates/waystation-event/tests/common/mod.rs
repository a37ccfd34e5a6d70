//! What the test files share: both events behind one face, and a log of who was woken.
#![allow(dead_code, reason = "each test file uses a part of this one")]
#![allow(
    clippy::unwrap_used,
    reason = "a poisoned log means that another assertion failed"
)]

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::task::Waker;

use waystation_event::{AutoResetEvent, Event};
use waystation_testkit::{Driver, HostileWaker, Probe, assert_pending};

/// A wait of either event, owned or borrowed.
pub(crate) type AnyWait<'a> = Box<dyn Future<Output = ()> + Send + Unpin + 'a>;

/// Either event: the rows of a table hold for both.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    Manual(Arc<Event>),
    Auto(Arc<AutoResetEvent>),
}

impl Subject {
    pub(crate) fn set(&self) -> bool {
        match self {
            Self::Manual(event) => event.set(),
            Self::Auto(event) => event.set(),
        }
    }

    pub(crate) fn clear(&self) -> bool {
        match self {
            Self::Manual(event) => event.clear(),
            Self::Auto(event) => event.clear(),
        }
    }

    pub(crate) fn is_set(&self) -> bool {
        match self {
            Self::Manual(event) => event.is_set(),
            Self::Auto(event) => event.is_set(),
        }
    }

    pub(crate) fn waiters(&self) -> usize {
        match self {
            Self::Manual(event) => event.waiters(),
            Self::Auto(event) => event.waiters(),
        }
    }

    pub(crate) fn wait(&self) -> AnyWait<'static> {
        match self {
            Self::Manual(event) => Box::new(event.wait_owned()),
            Self::Auto(event) => Box::new(event.wait_owned()),
        }
    }

    /// A wait in line, with a waker of its own.
    pub(crate) fn parked(&self) -> Driver<AnyWait<'static>> {
        let mut driver = Driver::new(self.wait());
        assert_pending(driver.poll());
        driver
    }

    /// Uses every method that a waker may use, and leaves the line as it was and the flag clear.
    pub(crate) fn touch(&self) {
        let mut passing = self.wait();
        assert_pending(waystation_testkit::poll_once(&mut passing, Waker::noop()));
        assert!(self.waiters() > 0);
        drop(passing);
        assert!(!self.is_set());
        assert!(!self.clear());
        assert!(!format!("{self:?}").contains("<locked>"));
    }

    /// Whether one `set` releases everybody.
    pub(crate) fn is_manual(&self) -> bool {
        matches!(self, Self::Manual(_))
    }
}

/// A fresh subject of each kind.
pub(crate) fn subjects() -> [Subject; 2] {
    [
        Subject::Manual(Arc::default()),
        Subject::Auto(Arc::default()),
    ]
}

/// Who was woken, in order.
#[derive(Clone, Default)]
pub(crate) struct WakeLog<T>(Arc<Mutex<Vec<T>>>);

impl<T: Copy + Send + Sync + 'static> WakeLog<T> {
    /// A waker that writes `name` into the log when it is woken.
    pub(crate) fn waker(&self, name: T) -> (Waker, Probe) {
        let log = self.0.clone();
        HostileWaker::builder()
            .on_wake(move || log.lock().unwrap().push(name))
            .build()
    }

    /// What was logged since this was last asked.
    pub(crate) fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// A value that a hook takes, once.
pub(crate) struct Slot<T>(Arc<Mutex<Option<T>>>);

impl<T> Slot<T> {
    pub(crate) fn empty() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }

    pub(crate) fn fill(&self, value: T) {
        *self.0.lock().unwrap() = Some(value);
    }

    /// Takes the value; the slot is free again when this returns.
    pub(crate) fn take(&self) -> Option<T> {
        self.0.lock().unwrap().take()
    }
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// Runs `f`, which has to panic, and returns what it said.
#[track_caller]
pub(crate) fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(_) => panic!("no panic"),
        Err(payload) => message(payload),
    }
}

fn message(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => (*payload.downcast::<&str>().unwrap()).to_owned(),
    }
}
