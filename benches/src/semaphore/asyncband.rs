//! asyncband: `Semaphore`.

use std::future::Future;

use asyncband::semaphore::{Semaphore, SemaphorePermit};

use super::peer::{ManyPermits, SemaphorePeer};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct Asyncband(Semaphore);

impl SemaphorePeer for Asyncband {
    const FACTS: Facts = Facts::new(Kind::Peer, "asyncband", "asyncband", "Semaphore")
        .fair(Promise::Kept)
        .cancel_safe(Promise::Kept);
    type Permit<'a> = SemaphorePermit<'a>;

    fn new(permits: usize) -> Self {
        Self(Semaphore::new(permits))
    }

    fn acquire(&self) -> impl Future<Output = SemaphorePermit<'_>> {
        self.0.acquire(1)
    }

    fn try_acquire(&self) -> Option<SemaphorePermit<'_>> {
        self.0.try_acquire(1)
    }
}

impl ManyPermits for Asyncband {
    fn acquire_many(&self, n: usize) -> impl Future<Output = SemaphorePermit<'_>> {
        self.0.acquire(n)
    }
}
