//! tokio: the current-thread runtime, with `spawn` and with a `LocalSet`.

use std::future::Future;
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinHandle, LocalSet};
use tokio::time::sleep_until;

use super::peer::LoopPeer;
use crate::facts::{Facts, Kind};

/// Said of its timers.
const NOTE: &str = "times are rounded up to milliseconds";

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime without I/O needs nothing that can fail")
}

async fn timer(at: Instant, set: impl FnOnce(), callback: impl FnOnce()) {
    set();
    sleep_until(at.into()).await;
    callback();
}

#[derive(Debug)]
pub(super) struct CurrentThread(Runtime);

impl LoopPeer for CurrentThread {
    const FACTS: Facts =
        Facts::new(Kind::Peer, "tokio", "tokio", "current_thread, spawn").note(NOTE);
    type Task = JoinHandle<u64>;
    type Timer = JoinHandle<()>;

    fn new() -> Self {
        Self(runtime())
    }

    fn run<F: Future>(&self, main: F) -> F::Output {
        self.0.block_on(main)
    }

    fn spawn(&self, future: impl Future<Output = u64> + Send + 'static) -> JoinHandle<u64> {
        self.0.spawn(future)
    }

    async fn join(task: JoinHandle<u64>) -> u64 {
        task.await.expect("this task ends")
    }

    fn call_soon(&self, callback: impl FnOnce() + Send + 'static) {
        drop(self.0.spawn(async move { callback() }));
    }

    fn call_at(
        &self,
        at: Instant,
        set: impl FnOnce() + Send + 'static,
        callback: impl FnOnce() + Send + 'static,
    ) -> JoinHandle<()> {
        self.0.spawn(timer(at, set, callback))
    }

    fn detach(timer: JoinHandle<()>) {
        drop(timer);
    }

    fn cancel(timer: JoinHandle<()>) {
        timer.abort();
    }
}

#[derive(Debug)]
pub(super) struct OnLocalSet {
    runtime: Runtime,
    local: LocalSet,
}

impl LoopPeer for OnLocalSet {
    const FACTS: Facts = Facts::new(
        Kind::Peer,
        "tokio LocalSet",
        "tokio",
        "current_thread, LocalSet",
    )
    .note(NOTE);
    type Task = JoinHandle<u64>;
    type Timer = JoinHandle<()>;

    fn new() -> Self {
        Self {
            runtime: runtime(),
            local: LocalSet::new(),
        }
    }

    fn run<F: Future>(&self, main: F) -> F::Output {
        self.local.block_on(&self.runtime, main)
    }

    fn spawn(&self, future: impl Future<Output = u64> + Send + 'static) -> JoinHandle<u64> {
        self.local.spawn_local(future)
    }

    async fn join(task: JoinHandle<u64>) -> u64 {
        task.await.expect("this task ends")
    }

    fn call_soon(&self, callback: impl FnOnce() + Send + 'static) {
        drop(self.local.spawn_local(async move { callback() }));
    }

    fn call_at(
        &self,
        at: Instant,
        set: impl FnOnce() + Send + 'static,
        callback: impl FnOnce() + Send + 'static,
    ) -> JoinHandle<()> {
        self.local.spawn_local(timer(at, set, callback))
    }

    fn detach(timer: JoinHandle<()>) {
        drop(timer);
    }

    fn cancel(timer: JoinHandle<()>) {
        timer.abort();
    }
}
