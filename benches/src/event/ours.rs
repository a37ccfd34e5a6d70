//! waystation: `Event`.

use std::future::Future;

use waystation::{Blocking as _, Event};

use super::peer::{EventPeer, ThreadEvent};
use crate::facts::{Facts, Kind, Promise};
use crate::rows::OURS;

#[derive(Debug)]
pub(super) struct Ours(Event);

impl EventPeer for Ours {
    const FACTS: Facts = Facts::new(Kind::Ours, OURS, "waystation", "Event")
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

#[derive(Debug)]
pub(super) struct OnThreads(Event);

impl ThreadEvent for OnThreads {
    const FACTS: Facts = Facts::new(
        Kind::OursOnThreads,
        "waystation, blocking",
        "waystation",
        "Event",
    )
    .fair(Promise::Kept);

    fn new() -> Self {
        Self(Event::new())
    }

    fn set(&self) {
        self.0.set();
    }

    fn clear(&self) {
        self.0.clear();
    }

    fn wait(&self) {
        self.0.wait().block();
    }
}
