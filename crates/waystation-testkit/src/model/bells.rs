//! Who would be woken.

use std::collections::BTreeSet;
use std::mem::take;

/// The name of a future in a model.
pub type Id = usize;

/// Names for futures, and a bell for each that has left a waker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Bells {
    next: Id,
    armed: BTreeSet<Id>,
    woken: Vec<Id>,
}

impl Bells {
    pub(super) fn name(&mut self) -> Id {
        self.next += 1;
        self.next - 1
    }

    /// The future was polled and is pending: it has left a waker.
    pub(super) fn arm(&mut self, id: Id) {
        self.armed.insert(id);
    }

    /// The future is gone, and its waker too.
    pub(super) fn disarm(&mut self, id: Id) {
        self.armed.remove(&id);
    }

    /// Rings the future if it has a waker left.
    pub(super) fn ring(&mut self, id: Id) {
        if self.armed.remove(&id) {
            self.woken.push(id);
        }
    }

    pub(super) fn take_woken(&mut self) -> Vec<Id> {
        take(&mut self.woken)
    }
}
