//! async-lock: `Semaphore`.

use std::future::Future;

use async_lock::{Semaphore, SemaphoreGuard};

use super::peer::SemaphorePeer;
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct AsyncLock(Semaphore);

impl SemaphorePeer for AsyncLock {
    const FACTS: Facts = Facts::new(Kind::Peer, "async-lock", "async-lock", "Semaphore")
        .fair(Promise::Lacking)
        .cancel_safe(Promise::Kept)
        .note("one permit at a time");
    type Permit<'a> = SemaphoreGuard<'a>;

    fn new(permits: usize) -> Self {
        Self(Semaphore::new(permits))
    }

    fn acquire(&self) -> impl Future<Output = SemaphoreGuard<'_>> {
        self.0.acquire()
    }

    fn try_acquire(&self) -> Option<SemaphoreGuard<'_>> {
        self.0.try_acquire()
    }
}
