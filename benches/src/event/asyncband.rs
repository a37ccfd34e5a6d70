//! asyncband: `ManualResetEvent`.

use std::future::Future;

use asyncband::event::ManualResetEvent;

use super::peer::EventPeer;
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct ManualReset(ManualResetEvent);

impl EventPeer for ManualReset {
    const FACTS: Facts = Facts::new(Kind::Peer, "asyncband", "asyncband", "ManualResetEvent")
        .cancel_safe(Promise::Kept);

    fn new() -> Self {
        Self(ManualResetEvent::new())
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
