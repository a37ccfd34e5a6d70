//! waystation: `Semaphore`, in line and with bounded overtaking.

use std::future::Future;
use std::time::Duration;

use waystation::{AcquireError, Blocking as _, Fairness, Permit, Semaphore};

use super::peer::{ManyPermits, SemaphorePeer, ThreadSemaphore};
use crate::facts::{Facts, Kind, Promise};
use crate::rows::{OURS, OURS_BYPASS};

/// How many may overtake between two grants to the line.
const LIMIT: u32 = 31;

/// `Fairness::Fifo` or `Fairness::Bypass`.
#[derive(Debug)]
pub(super) struct Mode<const BYPASS: bool>(Semaphore);

pub(super) type Fifo = Mode<false>;
pub(super) type Bypass = Mode<true>;

impl<const BYPASS: bool> SemaphorePeer for Mode<BYPASS> {
    const FACTS: Facts = if BYPASS {
        Facts::new(
            Kind::Ours,
            OURS_BYPASS,
            "waystation",
            "Semaphore, Fairness::Bypass",
        )
        .fair(Promise::Lacking)
        .cancel_safe(Promise::Kept)
        .note("overtaking is bounded")
    } else {
        Facts::new(Kind::Ours, OURS, "waystation", "Semaphore")
            .fair(Promise::Kept)
            .cancel_safe(Promise::Kept)
    };
    type Permit<'a> = Result<Permit<&'a Semaphore>, AcquireError>;

    fn new(permits: usize) -> Self {
        Self(if BYPASS {
            Semaphore::with_fairness(permits, Fairness::Bypass { limit: LIMIT })
        } else {
            Semaphore::new(permits)
        })
    }

    fn acquire(&self) -> impl Future<Output = Self::Permit<'_>> {
        self.0.acquire()
    }

    fn try_acquire(&self) -> Option<Self::Permit<'_>> {
        self.0.try_acquire().ok().map(Ok)
    }
}

impl<const BYPASS: bool> ManyPermits for Mode<BYPASS> {
    fn acquire_many(&self, n: usize) -> impl Future<Output = Self::Permit<'_>> {
        self.0.acquire_many(n)
    }
}

#[derive(Debug)]
pub(super) struct OnThreads(Semaphore);

impl ThreadSemaphore for OnThreads {
    const FACTS: Facts = Facts::new(
        Kind::OursOnThreads,
        "waystation, blocking",
        "waystation",
        "Semaphore",
    )
    .fair(Promise::Kept);

    fn new(permits: usize) -> Self {
        Self(Semaphore::new(permits))
    }

    fn with(&self, n: usize, work: impl FnOnce()) {
        let permit = self.0.acquire_many(n).block().expect("never closed");
        work();
        drop(permit);
    }

    fn give_up(&self) {
        drop(self.0.acquire().block_timeout(Duration::ZERO));
    }

    fn try_with(&self, work: impl FnOnce()) -> bool {
        let Ok(permit) = self.0.try_acquire() else {
            return false;
        };
        work();
        drop(permit);
        true
    }
}
