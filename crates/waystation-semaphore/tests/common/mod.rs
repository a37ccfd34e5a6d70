//! What the tests of this crate share.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Once};
use std::task::{Context, Poll};

use waystation_semaphore::{
    Acquire, AcquireError, BoundedSemaphore, Fairness, OverRelease, OwnedBoundedPermit,
    OwnedPermit, Semaphore, SemaphoreClosed, TryAcquireError,
};
use waystation_testkit::{Driver, assert_pending, assert_ready};

/// Every kind of fairness that the code distinguishes, the extremes included.
pub(crate) const FAIRNESS: [Fairness; 4] = [
    Fairness::Fifo,
    Fairness::Bypass { limit: 0 },
    Fairness::Bypass { limit: 1 },
    Fairness::Bypass { limit: 31 },
];

/// A future that was polled once and waits.
#[track_caller]
pub(crate) fn parked<F: Future + Unpin>(future: F) -> Driver<F> {
    let mut driver = Driver::new(future);
    assert_pending(driver.poll());
    driver
}

/// What a future returns at its first poll.
#[track_caller]
pub(crate) fn at_once<F: Future + Unpin>(future: F) -> F::Output {
    assert_ready(Driver::new(future).poll())
}

/// A panic that was caught: what it said, and where it was raised.
#[derive(Debug)]
pub(crate) struct Caught {
    pub(crate) message: String,
    pub(crate) file: String,
}

thread_local! {
    /// The file of the latest panic on this thread, while one is expected.
    static EXPECTED: RefCell<Option<String>> = const { RefCell::new(None) };
}

fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let file = info.location().map(|at| at.file().to_owned());
            let expected = EXPECTED.with_borrow_mut(|expected| {
                let is_expected = expected.is_some();
                if is_expected {
                    *expected = file;
                }
                is_expected
            });
            if !expected {
                report(info);
            }
        }));
    });
}

fn message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

/// Runs something and hands back its panic, which is not reported.
pub(crate) fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Caught> {
    install_hook();
    let outer = EXPECTED.replace(Some(String::new()));
    let outcome = catch_unwind(AssertUnwindSafe(f));
    let file = EXPECTED.replace(outer).unwrap_or_default();
    outcome.map_err(|payload| Caught {
        message: message(&*payload),
        file,
    })
}

/// The panic of something that must panic.
#[track_caller]
pub(crate) fn caught<R>(f: impl FnOnce() -> R) -> Caught {
    match catch(f) {
        Ok(_) => panic!("it did not panic"),
        Err(caught) => caught,
    }
}

/// Either kind of semaphore.
#[derive(Clone)]
pub(crate) enum Sema {
    Plain(Arc<Semaphore>),
    Bounded(Arc<BoundedSemaphore>),
}

impl Sema {
    pub(crate) fn plain(permits: usize, fairness: Fairness) -> Self {
        Self::Plain(Arc::new(Semaphore::with_fairness(permits, fairness)))
    }

    pub(crate) fn bounded(bound: usize, fairness: Fairness) -> Self {
        Self::Bounded(Arc::new(BoundedSemaphore::with_fairness(bound, fairness)))
    }

    pub(crate) fn as_plain(&self) -> &Arc<Semaphore> {
        match self {
            Self::Plain(semaphore) => semaphore,
            Self::Bounded(_) => panic!("a bounded semaphore has no such method"),
        }
    }

    pub(crate) fn acquire(&self, n: usize) -> Asked {
        match self {
            Self::Plain(semaphore) => Asked::Plain(semaphore.acquire_many_owned(n)),
            Self::Bounded(semaphore) => Asked::Bounded(semaphore.acquire_many_owned(n)),
        }
    }

    pub(crate) fn try_acquire(&self, n: usize) -> Result<Held, TryAcquireError> {
        match self {
            Self::Plain(semaphore) => semaphore.try_acquire_many_owned(n).map(Held::Plain),
            Self::Bounded(semaphore) => semaphore.try_acquire_many_owned(n).map(Held::Bounded),
        }
    }

    pub(crate) fn closed(&self) -> Watching {
        match self {
            Self::Plain(semaphore) => Watching::Plain(semaphore.closed_owned()),
            Self::Bounded(semaphore) => Watching::Bounded(semaphore.closed_owned()),
        }
    }

    /// `add_permits`, or `release`.
    pub(crate) fn give(&self, n: usize) -> Result<(), OverRelease> {
        match self {
            Self::Plain(semaphore) => {
                semaphore.add_permits(n);
                Ok(())
            }
            Self::Bounded(semaphore) => semaphore.release(n),
        }
    }

    pub(crate) fn close(&self) -> bool {
        match self {
            Self::Plain(semaphore) => semaphore.close(),
            Self::Bounded(semaphore) => semaphore.close(),
        }
    }

    pub(crate) fn available(&self) -> usize {
        match self {
            Self::Plain(semaphore) => semaphore.available_permits(),
            Self::Bounded(semaphore) => semaphore.available_permits(),
        }
    }

    pub(crate) fn locked(&self) -> bool {
        match self {
            Self::Plain(semaphore) => semaphore.locked(),
            Self::Bounded(semaphore) => semaphore.locked(),
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Plain(semaphore) => semaphore.is_closed(),
            Self::Bounded(semaphore) => semaphore.is_closed(),
        }
    }

    pub(crate) fn waiters(&self) -> usize {
        match self {
            Self::Plain(semaphore) => semaphore.waiters(),
            Self::Bounded(semaphore) => semaphore.waiters(),
        }
    }
}

impl fmt::Debug for Sema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(semaphore) => semaphore.fmt(f),
            Self::Bounded(semaphore) => semaphore.fmt(f),
        }
    }
}

/// An acquire of either kind.
#[derive(Debug)]
pub(crate) enum Asked {
    Plain(Acquire<Arc<Semaphore>>),
    Bounded(Acquire<Arc<BoundedSemaphore>>),
}

impl Future for Asked {
    type Output = Result<Held, AcquireError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Plain(future) => Pin::new(future).poll(cx).map_ok(Held::Plain),
            Self::Bounded(future) => Pin::new(future).poll(cx).map_ok(Held::Bounded),
        }
    }
}

/// A `closed()` of either kind.
#[derive(Debug)]
pub(crate) enum Watching {
    Plain(SemaphoreClosed<Arc<Semaphore>>),
    Bounded(SemaphoreClosed<Arc<BoundedSemaphore>>),
}

impl Future for Watching {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.get_mut() {
            Self::Plain(future) => Pin::new(future).poll(cx),
            Self::Bounded(future) => Pin::new(future).poll(cx),
        }
    }
}

/// A permit of either kind.
#[derive(Debug)]
pub(crate) enum Held {
    Plain(OwnedPermit),
    Bounded(OwnedBoundedPermit),
}

impl Held {
    pub(crate) fn num(&self) -> usize {
        match self {
            Self::Plain(permit) => permit.num_permits(),
            Self::Bounded(permit) => permit.num_permits(),
        }
    }

    pub(crate) fn forget(self) {
        match self {
            Self::Plain(permit) => permit.forget(),
            Self::Bounded(permit) => permit.forget(),
        }
    }

    pub(crate) fn split(&mut self, n: usize) -> Option<Self> {
        match self {
            Self::Plain(permit) => permit.split(n).map(Self::Plain),
            Self::Bounded(permit) => permit.split(n).map(Self::Bounded),
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Plain(permit), Self::Plain(other)) => permit.merge(other),
            (Self::Bounded(permit), Self::Bounded(other)) => permit.merge(other),
            _ => panic!("permits of different kinds"),
        }
    }
}
