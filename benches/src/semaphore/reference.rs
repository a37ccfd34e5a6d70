//! The reference model: what you would write yourself on event-listener.

use std::future::Future;

use waystation_testkit::reference::{Permit, Semaphore};

use super::peer::{ManyPermits, SemaphorePeer};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct Reference(Semaphore);

impl SemaphorePeer for Reference {
    const FACTS: Facts = Facts::new(
        Kind::Reference,
        "written by yourself",
        "event-listener",
        "event-listener + parking_lot",
    )
    .fair(Promise::Kept)
    .cancel_safe(Promise::Kept);
    type Permit<'a> = Permit<'a>;

    fn new(permits: usize) -> Self {
        Self(Semaphore::new(permits))
    }

    fn acquire(&self) -> impl Future<Output = Permit<'_>> {
        self.0.acquire()
    }

    fn try_acquire(&self) -> Option<Permit<'_>> {
        self.0.try_acquire()
    }
}

impl ManyPermits for Reference {
    fn acquire_many(&self, n: usize) -> impl Future<Output = Permit<'_>> {
        self.0.acquire_many(n)
    }
}
