//! futures-intrusive: `Semaphore`, in both of its modes.

use std::future::Future;

use futures_intrusive::sync::{Semaphore, SemaphoreReleaser};

use super::peer::{ManyPermits, SemaphorePeer};
use crate::facts::{Facts, Kind, Promise};

const NOTE: &str = "wakes while holding its lock";

/// With `is_fair` or without.
pub(super) struct Mode<const FAIR: bool>(Semaphore);

pub(super) type Fair = Mode<true>;
pub(super) type Unfair = Mode<false>;

impl<const FAIR: bool> SemaphorePeer for Mode<FAIR> {
    const FACTS: Facts = if FAIR {
        Facts::new(
            Kind::Peer,
            "futures-intrusive",
            "futures-intrusive",
            "Semaphore, fair",
        )
        .fair(Promise::Kept)
        .cancel_safe(Promise::Kept)
        .note(NOTE)
    } else {
        Facts::new(
            Kind::Peer,
            "futures-intrusive unfair",
            "futures-intrusive",
            "Semaphore, not fair",
        )
        .fair(Promise::Lacking)
        .cancel_safe(Promise::Kept)
        .note(NOTE)
    };
    type Permit<'a> = SemaphoreReleaser<'a>;

    fn new(permits: usize) -> Self {
        Self(Semaphore::new(FAIR, permits))
    }

    fn acquire(&self) -> impl Future<Output = SemaphoreReleaser<'_>> {
        self.0.acquire(1)
    }

    fn try_acquire(&self) -> Option<SemaphoreReleaser<'_>> {
        self.0.try_acquire(1)
    }
}

impl<const FAIR: bool> ManyPermits for Mode<FAIR> {
    fn acquire_many(&self, n: usize) -> impl Future<Output = SemaphoreReleaser<'_>> {
        self.0.acquire(n)
    }
}
