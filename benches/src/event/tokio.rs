//! tokio: `Notify` and a flag.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use super::peer::{EventPeer, TWO_STEPS};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct NotifyAndFlag {
    flag: AtomicBool,
    notify: Notify,
}

impl EventPeer for NotifyAndFlag {
    const FACTS: Facts = Facts::new(Kind::Peer, "tokio", "tokio", "Notify + AtomicBool")
        .fair(Promise::Kept)
        .cancel_safe(Promise::Kept)
        .note(TWO_STEPS);

    fn new() -> Self {
        Self {
            flag: AtomicBool::new(false),
            notify: Notify::new(),
        }
    }

    fn set(&self) {
        self.flag.store(true, Ordering::SeqCst);
        self.notify.notify_waiters();
    }

    fn clear(&self) {
        self.flag.store(false, Ordering::SeqCst);
    }

    async fn wait(&self) {
        while !self.flag.load(Ordering::SeqCst) {
            // Sees every `notify_waiters` from here on, so that one more look is enough.
            let notified = self.notify.notified();
            if self.flag.load(Ordering::SeqCst) {
                break;
            }
            notified.await;
        }
    }
}
