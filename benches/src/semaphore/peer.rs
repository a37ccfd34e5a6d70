//! What a semaphore must do to take part.

use std::future::Future;

use crate::facts::Facts;

/// A semaphore for tasks. Dropping a permit gives it back.
pub trait SemaphorePeer: Send + Sync + 'static {
    /// Who this is.
    const FACTS: Facts;
    /// What holds the permits; a `Result` where the peer's future gives one, so that no adaptor
    /// wraps a future of its own around the peer's. No workload closes a semaphore.
    type Permit<'a>: Send;
    /// A semaphore with this many permits.
    fn new(permits: usize) -> Self;
    /// Waits for one permit.
    fn acquire(&self) -> impl Future<Output = Self::Permit<'_>> + Send;
    /// Takes one permit if one is free.
    fn try_acquire(&self) -> Option<Self::Permit<'_>>;
}

/// A semaphore for tasks that gives out several permits at once.
pub trait ManyPermits: SemaphorePeer {
    /// Waits for `n` permits.
    fn acquire_many(&self, n: usize) -> impl Future<Output = Self::Permit<'_>>;
}

/// A semaphore for threads.
pub trait ThreadSemaphore: Send + Sync + 'static {
    /// Who this is.
    const FACTS: Facts;
    /// A semaphore with this many permits.
    fn new(permits: usize) -> Self;
    /// Waits for `n` permits, runs `work` and gives them back.
    fn with(&self, n: usize, work: impl FnOnce());
    /// Runs `work` with one permit if one is free.
    fn try_with(&self, work: impl FnOnce()) -> bool;
    /// Joins the line for one permit and gives up at once.
    fn give_up(&self);
}
