//! What an event loop must do to take part.

use std::future::Future;
use std::time::Instant;

use crate::facts::Facts;

/// A loop on the calling thread.
pub trait LoopPeer: 'static {
    /// Who this is.
    const FACTS: Facts;
    /// A spawned task.
    type Task;
    /// A timer that was set.
    type Timer;
    /// A loop.
    fn new() -> Self;
    /// Runs it until `main` is done.
    fn run<F: Future>(&self, main: F) -> F::Output;
    /// Adds a task.
    fn spawn(&self, future: impl Future<Output = u64> + Send + 'static) -> Self::Task;
    /// Waits for its output.
    fn join(task: Self::Task) -> impl Future<Output = u64>;
    /// Calls back soon.
    fn call_soon(&self, callback: impl FnOnce() + Send + 'static);
    /// Calls back at a time; calls `set` as soon as the timer is set.
    fn call_at(
        &self,
        at: Instant,
        set: impl FnOnce() + Send + 'static,
        callback: impl FnOnce() + Send + 'static,
    ) -> Self::Timer;
    /// Forgets the handle of a timer, which goes on.
    fn detach(timer: Self::Timer);
    /// Takes a timer back.
    fn cancel(timer: Self::Timer);
}
