//! event-listener alone: a wait list without a flag.

use std::future::Future;

use event_listener::Event;

use super::peer::EventPeer;
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct Bare(Event);

impl EventPeer for Bare {
    const FACTS: Facts = Facts::new(
        Kind::Peer,
        "event-listener",
        "event-listener",
        "Event, no flag",
    )
    .fair(Promise::Kept)
    .cancel_safe(Promise::Kept)
    .note("remembers no set; wakes while holding its lock");
    const REMEMBERS: bool = false;

    fn new() -> Self {
        Self(Event::new())
    }

    fn set(&self) {
        self.0.notify(usize::MAX);
    }

    fn clear(&self) {}

    fn wait(&self) -> impl Future<Output = ()> {
        self.0.listen()
    }
}
