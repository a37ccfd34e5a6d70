//! The wakers of the children, one for each slot.
//!
//! A child's waker is one allocation, and so is the woken queue. Both are used again: by the next
//! child in the slot, and by the next gather on the thread (up to [`KEPT`] wakers, of one gather).
//! That is done only while nobody else holds the waker, so that no child is ever woken through the
//! waker of another.

use std::cell::Cell;
use std::sync::Arc;
use std::task::Waker;

use waystation_core::panics::FirstPanic;
use waystation_core::ring;
use waystation_core::sync::{MODEL, thread_local};

use super::state::{BATCH, Batch, ChildWaker, Woken};

/// How many wakers a thread keeps.
const KEPT: usize = if MODEL { 2 } else { ring::KEPT };

/// The woken queue of a gather and the wakers that fill it.
pub(super) struct Wakers {
    woken: Arc<Woken>,
    /// By slot.
    wakers: Vec<Waker>,
    /// What is behind the first [`KEPT`] of them, to see who else holds them.
    shared: Vec<Arc<ChildWaker>>,
    /// Slots for which the woken queue has nodes.
    room: usize,
    /// Slots that had a child in this gather.
    used: usize,
    /// Woken children, taken out of the queue.
    pub(super) batch: Batch,
    /// Slots whose children have ended, of which the queue does not know yet.
    ended: [u32; BATCH],
    ended_len: usize,
}

thread_local! {
    /// Wakers that nobody else holds, with a queue that is as new.
    static SPARE: Cell<Option<Box<Wakers>>> = const { Cell::new(None) };
}

impl Wakers {
    /// Wakers for a gather of `room` slots, as far as it is known.
    pub(super) fn new(room: usize) -> Box<Self> {
        let spare = (room <= KEPT).then(|| SPARE.try_with(Cell::take).ok().flatten());
        let mut wakers = spare.flatten().unwrap_or_else(|| {
            Box::new(Self {
                woken: Arc::new(Woken::new(room)),
                wakers: Vec::with_capacity(room),
                shared: Vec::with_capacity(room.min(KEPT)),
                room,
                used: 0,
                batch: Batch::new(),
                ended: [0; BATCH],
                ended_len: 0,
            })
        });
        wakers.make_room(room);
        wakers
    }

    #[inline]
    pub(super) fn woken(&self) -> &Woken {
        &self.woken
    }

    /// The waker of the child in a slot.
    #[inline]
    pub(super) fn waker(&self, slot: usize) -> &Waker {
        &self.wakers[slot]
    }

    /// A child comes into a slot: one that had a child before, or the first that had none.
    #[inline]
    pub(super) fn occupy(&mut self, slot: usize) {
        if slot < self.used {
            self.occupy_again(slot);
        } else {
            self.used = slot + 1;
            if slot >= self.wakers.len() {
                self.add(slot);
            }
        }
    }

    fn add(&mut self, slot: usize) {
        if slot == self.room {
            self.make_room((2 * self.room).max(4));
        }
        let shared = ChildWaker::new(&self.woken, slot, 0);
        if slot < KEPT {
            self.shared.push(Arc::clone(&shared));
        }
        self.wakers.push(Waker::from(shared));
    }

    fn occupy_again(&mut self, slot: usize) {
        self.tell_ended();
        let is_held = !self.shared.get(slot).is_some_and(ChildWaker::is_free);
        let generation = self.woken.occupy(slot, is_held);
        if is_held {
            let shared = ChildWaker::new(&self.woken, slot, generation);
            if let Some(last) = self.shared.get_mut(slot) {
                *last = Arc::clone(&shared);
            }
            self.wakers[slot] = Waker::from(shared);
        }
    }

    /// The child in a slot has ended.
    #[inline]
    pub(super) fn vacate(&mut self, slot: usize) {
        if self.ended_len == BATCH {
            self.tell_ended();
        }
        // It is a slot: it fits.
        self.ended[self.ended_len] = slot as u32;
        self.ended_len += 1;
    }

    /// A child was taken away: nothing of it is left here.
    pub(super) fn cancel(&mut self, slot: usize) {
        self.vacate(slot);
        self.tell_ended();
        self.batch.forget(slot);
    }

    fn tell_ended(&mut self) {
        if self.ended_len > 0 {
            let len = std::mem::take(&mut self.ended_len);
            self.woken.vacate(&self.ended[..len]);
        }
    }

    /// For [`Woken::look`], which vacates what has ended.
    #[inline]
    pub(super) fn parts(&mut self) -> (&Woken, &mut Batch, &[u32]) {
        let len = std::mem::take(&mut self.ended_len);
        (&self.woken, &mut self.batch, &self.ended[..len])
    }

    /// For [`Woken::take`].
    #[inline]
    pub(super) fn queue(&mut self) -> (&Woken, &mut Batch) {
        (&self.woken, &mut self.batch)
    }

    fn make_room(&mut self, room: usize) {
        if room > self.room {
            self.room = room;
            self.woken.grow(room);
        }
    }

    /// The children are gone. Wakers that are still held do nothing any more.
    pub(super) fn close(mut self: Box<Self>, panics: &mut FirstPanic) {
        let can_serve_again =
            self.room <= KEPT && self.shared[..self.used].iter().all(ChildWaker::is_free);
        if !can_serve_again {
            panics.drop(self.woken.close());
            return;
        }
        let task = self.woken.reset(self.used);
        (self.used, self.ended_len) = (0, 0);
        self.batch.clear();
        // A thread that is ending has no place to keep them.
        let _: Result<(), _> = SPARE.try_with(|spare| {
            let kept = spare
                .take()
                .filter(|kept| kept.shared.len() > self.shared.len());
            spare.set(Some(kept.unwrap_or(self)));
        });
        panics.drop(task);
    }
}
