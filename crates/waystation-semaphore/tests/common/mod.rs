//! What the tests of this crate share.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};

use waystation_semaphore::{
    Acquire, Fairness, OverRelease, OwnedPermit, Semaphore, SemaphoreClosed, TryAcquireError,
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

/// A semaphore whose futures and permits own it.
#[derive(Clone)]
pub(crate) struct Sema(pub(crate) Arc<Semaphore>);

pub(crate) type Asked = Acquire<Arc<Semaphore>>;
pub(crate) type Watching = SemaphoreClosed<Arc<Semaphore>>;

impl Sema {
    pub(crate) fn plain(permits: usize, fairness: Fairness) -> Self {
        Self(Arc::new(Semaphore::with_fairness(permits, fairness)))
    }

    pub(crate) fn bounded(bound: usize, fairness: Fairness) -> Self {
        Self(Arc::new(Semaphore::bounded(bound).fairness(fairness)))
    }

    pub(crate) fn acquire(&self, n: usize) -> Asked {
        self.0.acquire_many_owned(n)
    }

    pub(crate) fn try_acquire(&self, n: usize) -> Result<OwnedPermit, TryAcquireError> {
        self.0.try_acquire_many_owned(n)
    }

    pub(crate) fn closed(&self) -> Watching {
        self.0.closed_owned()
    }

    /// `add_permits`, or for a bounded one `try_add_permits`.
    pub(crate) fn give(&self, n: usize) -> Result<(), OverRelease> {
        if self.0.bound().is_some() {
            return self.0.try_add_permits(n);
        }
        self.0.add_permits(n);
        Ok(())
    }

    pub(crate) fn close(&self) -> bool {
        self.0.close()
    }

    pub(crate) fn available(&self) -> usize {
        self.0.available_permits()
    }

    pub(crate) fn locked(&self) -> bool {
        self.0.locked()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    pub(crate) fn waiters(&self) -> usize {
        self.0.waiters()
    }
}

impl fmt::Debug for Sema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
