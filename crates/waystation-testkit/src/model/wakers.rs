//! Who would be woken.

use std::collections::BTreeSet;
use std::mem::take;

/// The name of a future in a model.
pub type Id = usize;

/// Names for futures, and which of them have left a waker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Wakers {
    next: Id,
    armed: BTreeSet<Id>,
    woken: Vec<Id>,
}

impl Wakers {
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

    /// Wakes the future if it has a waker left.
    pub(super) fn wake(&mut self, id: Id) {
        if self.armed.remove(&id) {
            self.woken.push(id);
        }
    }

    pub(super) fn take_woken(&mut self) -> Vec<Id> {
        take(&mut self.woken)
    }
}
