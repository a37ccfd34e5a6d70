//! futures-intrusive: `ManualResetEvent`.

use std::future::Future;

use futures_intrusive::sync::ManualResetEvent;

use super::peer::EventPeer;
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct ManualReset(ManualResetEvent);

impl EventPeer for ManualReset {
    const FACTS: Facts = Facts::new(
        Kind::Peer,
        "futures-intrusive",
        "futures-intrusive",
        "ManualResetEvent",
    )
    .cancel_safe(Promise::Kept)
    .note("wakes while holding its lock");

    fn new() -> Self {
        Self(ManualResetEvent::new(false))
    }

    fn set(&self) {
        self.0.set();
    }

    fn clear(&self) {
        self.0.reset();
    }

    fn wait(&self) -> impl Future<Output = ()> {
        self.0.wait()
    }
}
