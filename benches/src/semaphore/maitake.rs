//! maitake-sync: `Semaphore`.

use std::future::Future;

use maitake_sync::semaphore::Permit;
use maitake_sync::{Closed, Semaphore};

use super::peer::{ManyPermits, SemaphorePeer};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct Maitake(Semaphore);

impl SemaphorePeer for Maitake {
    const FACTS: Facts = Facts::new(Kind::Peer, "maitake-sync", "maitake-sync", "Semaphore")
        .fair(Promise::Kept)
        .cancel_safe(Promise::Kept)
        .note("spins on a lock");
    type Permit<'a> = Result<Permit<'a>, Closed>;

    fn new(permits: usize) -> Self {
        Self(Semaphore::new(permits))
    }

    fn acquire(&self) -> impl Future<Output = Self::Permit<'_>> {
        self.0.acquire(1)
    }

    fn try_acquire(&self) -> Option<Self::Permit<'_>> {
        self.0.try_acquire(1).ok().map(Ok)
    }
}

impl ManyPermits for Maitake {
    fn acquire_many(&self, n: usize) -> impl Future<Output = Self::Permit<'_>> {
        self.0.acquire(n)
    }
}
