//! smol: `LocalExecutor`, and `Timer` for the sleep.

use std::future::Future;
use std::time::Instant;

use smol::{LocalExecutor, Task, Timer, block_on};

use super::peer::LoopPeer;
use crate::facts::{Facts, Kind};

#[derive(Debug)]
pub(super) struct Local(LocalExecutor<'static>);

impl LoopPeer for Local {
    const FACTS: Facts = Facts::new(Kind::Peer, "smol", "smol", "LocalExecutor, Timer");
    type Task = Task<u64>;
    type Timer = Task<()>;

    fn new() -> Self {
        Self(LocalExecutor::new())
    }

    fn run<F: Future>(&self, main: F) -> F::Output {
        block_on(self.0.run(main))
    }

    fn spawn(&self, future: impl Future<Output = u64> + Send + 'static) -> Task<u64> {
        self.0.spawn(future)
    }

    fn join(task: Task<u64>) -> impl Future<Output = u64> {
        task
    }

    fn call_soon(&self, callback: impl FnOnce() + Send + 'static) {
        self.0.spawn(async move { callback() }).detach();
    }

    fn call_at(
        &self,
        at: Instant,
        set: impl FnOnce() + Send + 'static,
        callback: impl FnOnce() + Send + 'static,
    ) -> Task<()> {
        self.0.spawn(async move {
            set();
            Timer::at(at).await;
            callback();
        })
    }

    fn detach(timer: Task<()>) {
        timer.detach();
    }

    fn cancel(timer: Task<()>) {
        drop(timer);
    }
}
