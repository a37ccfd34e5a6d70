//! The wakers of the children: a bell for every slot.
//!
//! A bell is one allocation, and so is the readiness set. Both are used again: by the next child in
//! the slot, and by the next gather on the thread (up to [`KEPT`] bells, of one gather). That is
//! done only while nobody else holds the bell's waker, so that no child is ever woken through the
//! waker of another.

use std::cell::Cell;
use std::sync::Arc;
use std::task::{Wake, Waker};

use waystation_core::panics::FirstPanic;
use waystation_core::ring::KEPT;
use waystation_core::sync::MODEL;

use super::ready::{Ready, number};

/// The readiness set of a gather, and the bells that ring in it.
pub(super) struct Bells {
    ready: Arc<Ready>,
    /// By slot.
    wakers: Vec<Waker>,
    /// The bells behind the first [`KEPT`] wakers, to see who else holds them.
    bells: Vec<Arc<Bell>>,
    /// Slots for which the readiness set has nodes.
    room: usize,
    /// Slots that had a child in this gather.
    used: usize,
}

struct Bell {
    ready: Arc<Ready>,
    slot: u32,
    age: u32,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ready.ring(self.slot, self.age);
    }
}

thread_local! {
    /// Bells that nobody else holds, in a readiness set that is as new.
    static SPARE: Cell<Option<Bells>> = const { Cell::new(None) };
}

impl Bells {
    /// Bells for up to `room` slots.
    pub(super) fn new(room: usize) -> Self {
        let spare = if MODEL || room > KEPT {
            None
        } else {
            SPARE.try_with(Cell::take).ok().flatten()
        };
        match spare {
            Some(mut spare) => {
                spare.make_room(room);
                spare
            }
            None => {
                let (wakers, bells) = (Vec::with_capacity(room), Vec::new());
                Self {
                    ready: Arc::new(Ready::new(room)),
                    wakers,
                    bells,
                    room,
                    used: 0,
                }
            }
        }
    }

    #[inline]
    pub(super) fn ready(&self) -> &Ready {
        &self.ready
    }

    /// The waker of the child in a slot.
    #[inline]
    pub(super) fn waker(&self, slot: usize) -> &Waker {
        &self.wakers[slot]
    }

    /// Whether the slot had a child in this gather.
    #[inline]
    pub(super) const fn was_used(&self, slot: usize) -> bool {
        slot < self.used
    }

    /// A first child comes into the next slot.
    pub(super) fn hang(&mut self) {
        let slot = self.used;
        if slot == self.room {
            self.make_room((2 * self.room).max(4));
        }
        if slot == self.wakers.len() {
            let bell = self.bell(slot, 0);
            if slot < KEPT {
                self.bells.push(Arc::clone(&bell));
            }
            self.wakers.push(Waker::from(bell));
        }
        self.used += 1;
    }

    /// Another child comes into a slot; the readiness set knows that the last one has ended.
    pub(super) fn hang_again(&mut self, slot: usize) {
        let held = !self.bells.get(slot).is_some_and(is_free);
        let age = self.ready.open(slot, held);
        if held {
            let bell = self.bell(slot, age);
            if let Some(last) = self.bells.get_mut(slot) {
                *last = Arc::clone(&bell);
            }
            self.wakers[slot] = Waker::from(bell);
        }
    }

    fn bell(&self, slot: usize, age: u32) -> Arc<Bell> {
        Arc::new(Bell {
            ready: Arc::clone(&self.ready),
            slot: number(slot),
            age,
        })
    }

    fn make_room(&mut self, room: usize) {
        if room > self.room {
            self.room = room;
            self.ready.grow(room);
        }
    }

    /// The children are gone. Bells that are still held do nothing any more.
    pub(super) fn close(mut self, panics: &mut FirstPanic) {
        let again = !MODEL && self.room <= KEPT && self.bells[..self.used].iter().all(is_free);
        if !again {
            panics.drop(self.ready.close());
            return;
        }
        panics.drop(self.ready.reset(std::mem::take(&mut self.used)));
        // A thread that is ending has no place to keep them.
        let _: Result<(), _> = SPARE.try_with(|spare| {
            let kept = spare
                .take()
                .filter(|kept| kept.bells.len() > self.bells.len());
            spare.set(Some(kept.unwrap_or(self)));
        });
    }
}

/// Whether nobody holds the bell but its [`Bells`]. Then nobody can come to hold it, and whoever
/// has rung it has left the readiness set: the count was lowered after that.
fn is_free(bell: &Arc<Bell>) -> bool {
    Arc::strong_count(bell) == 2
}
