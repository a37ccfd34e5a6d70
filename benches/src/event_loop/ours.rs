//! waystation: `EventLoop`.

use std::future::Future;
use std::time::Instant;

use waystation::event_loop::{EventLoop, JoinHandle, TimerHandle};

use super::peer::LoopPeer;
use crate::facts::{Facts, Kind};
use crate::rows::OURS;

#[derive(Debug)]
pub(super) struct Ours(EventLoop);

impl LoopPeer for Ours {
    const FACTS: Facts = Facts::new(Kind::Ours, OURS, "waystation", "EventLoop");
    type Task = JoinHandle<u64>;
    type Timer = TimerHandle;

    fn new() -> Self {
        Self(EventLoop::new())
    }

    fn run<F: Future>(&self, main: F) -> F::Output {
        self.0.run_until_complete(main)
    }

    fn spawn(&self, future: impl Future<Output = u64> + Send + 'static) -> JoinHandle<u64> {
        self.0.spawn(future)
    }

    async fn join(task: JoinHandle<u64>) -> u64 {
        task.await.expect("this task ends")
    }

    fn call_soon(&self, callback: impl FnOnce() + Send + 'static) {
        self.0.call_soon(callback);
    }

    fn call_at(
        &self,
        at: Instant,
        set: impl FnOnce() + Send + 'static,
        callback: impl FnOnce() + Send + 'static,
    ) -> TimerHandle {
        let timer = self.0.call_at(at, callback);
        set();
        timer
    }

    fn detach(timer: TimerHandle) {
        drop(timer);
    }

    fn cancel(timer: TimerHandle) {
        timer.cancel();
    }
}
