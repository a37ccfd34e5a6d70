//! The reference model: what you would write yourself on event-listener.

use std::future::Future;

use waystation_testkit::reference::Event;

use super::peer::EventPeer;
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct Reference(Event);

impl EventPeer for Reference {
    const FACTS: Facts = Facts::new(
        Kind::Reference,
        "written by yourself",
        "event-listener",
        "event-listener + parking_lot",
    )
    .fair(Promise::Kept)
    .cancel_safe(Promise::Kept);

    fn new() -> Self {
        Self(Event::new())
    }

    fn set(&self) {
        self.0.set();
    }

    fn clear(&self) {
        self.0.clear();
    }

    fn wait(&self) -> impl Future<Output = ()> {
        self.0.wait()
    }
}
