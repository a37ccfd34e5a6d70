//! The children of a `Group`: pushed, started in order, taken out by key.

use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::task::{Context, Poll};

use waystation_core::panics::FirstPanic;
use waystation_core::ring::{KEPT, Ring, Ticket};

use super::Set;
use super::slab::{Slab, poll_child};
use super::slots::Slots;
use crate::mode::Mode;

/// The children of a group. Those that run were pushed before those that wait for their turn.
pub(crate) struct Growing<F, M> {
    /// By key: where the child is.
    places: Ring<Place>,
    /// Children that were not started, with their keys.
    waiting: Ring<(Ticket, F)>,
    slab: Slab<F>,
    slots: Slots<Ticket>,
    live: usize,
    limit: usize,
    mode: PhantomData<fn() -> M>,
}

#[derive(Clone, Copy)]
enum Place {
    Waiting(Ticket),
    Running(usize),
}

/// A child that was taken out, still to be dropped.
pub(crate) enum Cancelled<F> {
    Waiting(F),
    /// It is in this slot.
    Running(usize),
}

impl<F, M> Growing<F, M> {
    pub(crate) const fn new(limit: usize) -> Self {
        Self {
            places: Ring::new(),
            waiting: Ring::new(),
            slab: Slab::new(),
            slots: Slots::new(),
            live: 0,
            limit,
            mode: PhantomData,
        }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether a child was ever pushed.
    pub(crate) fn is_new(&self) -> bool {
        self.places.next_ticket().number() == 1
    }

    pub(crate) fn push(&mut self, child: F) -> Ticket {
        let key = self.places.next_ticket();
        let waiting = self.waiting.push((key, child));
        self.places.push(Place::Waiting(waiting))
    }

    /// Takes a child out, so that nothing is left of it but what is returned.
    pub(crate) fn cancel(&mut self, key: Ticket) -> Option<Cancelled<F>> {
        match self.places.remove(key)? {
            Place::Waiting(waiting) => {
                let (_, child) = self.waiting.remove(waiting)?;
                Some(Cancelled::Waiting(child))
            }
            Place::Running(slot) => {
                self.live -= 1;
                self.slots.free(slot);
                Some(Cancelled::Running(slot))
            }
        }
    }

    /// Drops the child that was cancelled in this slot.
    pub(crate) fn remove(&mut self, slot: usize) {
        self.slab.remove(slot);
    }

    /// Gives back the memory of slots if it is much and nobody is in them; whether it did.
    pub(crate) fn shrink(&mut self) -> bool {
        let shrinks = self.live == 0 && self.slots.len() > KEPT;
        if shrinks {
            (self.slab, self.slots) = (Slab::new(), Slots::new());
        }
        shrinks
    }
}

impl<F: Future, M: Mode<F::Output, Stop = Infallible>> Set for Growing<F, M> {
    type Outputs = Infallible;
    type Stop = (Ticket, M::Kept);

    fn expected(&self) -> usize {
        self.vacancies().min(KEPT)
    }

    fn vacancies(&self) -> usize {
        self.waiting.len().min(self.limit - self.live)
    }

    fn start(&mut self) -> Option<usize> {
        let (_, (key, child)) = self.waiting.pop()?;
        let slot = self.slots.take(key);
        if let Some(place) = self.places.get_mut(key) {
            *place = Place::Running(slot);
        }
        self.slab.put(slot, child);
        self.live += 1;
        Some(slot)
    }

    fn poll(&mut self, slot: usize, cx: &mut Context<'_>) -> Poll<ControlFlow<Self::Stop>> {
        let settled = poll_child::<F, M>(self.slab.slot(slot), 0, cx);
        settled.map(|flow| match flow {
            ControlFlow::Continue(output) => {
                let key = self.slots.child(slot);
                self.places.remove(key);
                self.live -= 1;
                self.slots.free(slot);
                ControlFlow::Break((key, output))
            }
            ControlFlow::Break(never) => match never {},
        })
    }

    fn live(&self) -> usize {
        self.live
    }

    /// Another one can always come.
    fn is_done(&self) -> bool {
        false
    }

    fn finish(&mut self) -> Infallible {
        unreachable!("a group is never done")
    }

    fn clear(&mut self, panics: &mut FirstPanic) {
        let (slab, slots) = (&mut self.slab, &mut self.slots);
        self.live = 0;
        let running = self.places.take_all().filter_map(|place| match place {
            Place::Running(slot) => Some(slot),
            Place::Waiting(_) => None,
        });
        panics.run_all(running, |slot| slab.remove(slot));
        panics.run_all(self.waiting.take_all(), drop);
        (*slab, *slots) = (Slab::new(), Slots::new());
    }
}
