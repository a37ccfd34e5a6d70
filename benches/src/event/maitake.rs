//! maitake-sync: `WaitQueue` and a flag.

use std::sync::atomic::{AtomicBool, Ordering};

use maitake_sync::WaitQueue;

use super::peer::{EventPeer, TWO_STEPS};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct WaitQueueAndFlag {
    flag: AtomicBool,
    queue: WaitQueue,
}

impl EventPeer for WaitQueueAndFlag {
    const FACTS: Facts = Facts::new(
        Kind::Peer,
        "maitake-sync",
        "maitake-sync",
        "WaitQueue + AtomicBool",
    )
    .fair(Promise::Kept)
    .cancel_safe(Promise::Kept)
    .note(TWO_STEPS);

    fn new() -> Self {
        Self {
            flag: AtomicBool::new(false),
            queue: WaitQueue::new(),
        }
    }

    fn set(&self) {
        self.flag.store(true, Ordering::SeqCst);
        self.queue.wake_all();
    }

    fn clear(&self) {
        self.flag.store(false, Ordering::SeqCst);
    }

    async fn wait(&self) {
        if self.flag.load(Ordering::SeqCst) {
            return;
        }
        // It fails only once the queue is closed, which it never is.
        let _woken = self
            .queue
            .wait_for(|| self.flag.load(Ordering::SeqCst))
            .await;
    }
}
