//! tokio: `Semaphore`.

use std::future::Future;

use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

use super::peer::{ManyPermits, SemaphorePeer};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct Tokio(Semaphore);

impl SemaphorePeer for Tokio {
    const FACTS: Facts = Facts::new(Kind::Peer, "tokio", "tokio", "Semaphore")
        .fair(Promise::Kept)
        .cancel_safe(Promise::Kept);
    type Permit<'a> = Result<SemaphorePermit<'a>, AcquireError>;

    fn new(permits: usize) -> Self {
        Self(Semaphore::new(permits))
    }

    fn acquire(&self) -> impl Future<Output = Self::Permit<'_>> {
        self.0.acquire()
    }

    fn try_acquire(&self) -> Option<Self::Permit<'_>> {
        self.0.try_acquire().ok().map(Ok)
    }
}

impl ManyPermits for Tokio {
    fn acquire_many(&self, n: usize) -> impl Future<Output = Self::Permit<'_>> {
        self.0.acquire_many(n as u32)
    }
}
