//! Slots that are used again, and who is in them.

/// The slots of a limited number of children, each with the identity of its child.
pub(super) struct Slots<I> {
    /// By slot.
    children: Vec<I>,
    free: Vec<usize>,
}

impl<I: Copy + Ord> Slots<I> {
    pub(super) const fn new() -> Self {
        Self {
            children: Vec::new(),
            free: Vec::new(),
        }
    }

    /// A slot for a child: one that is free again, or the first that was never used.
    pub(super) fn take(&mut self, child: I) -> usize {
        let slot = self.free.pop().unwrap_or(self.children.len());
        match self.children.get_mut(slot) {
            Some(last) => *last = child,
            None => self.children.push(child),
        }
        slot
    }

    /// How many slots there are.
    pub(super) fn len(&self) -> usize {
        self.children.len()
    }

    /// The child that is in a slot, or was.
    #[inline]
    pub(super) fn child(&self, slot: usize) -> I {
        self.children[slot]
    }

    /// The child in the slot is gone.
    #[inline]
    pub(super) fn free(&mut self, slot: usize) {
        self.free.push(slot);
    }

    /// All slots that have or had a child, in the order of their latest ones.
    pub(super) fn in_order(&self) -> Vec<usize> {
        let mut slots: Vec<_> = (0..self.children.len()).collect();
        slots.sort_unstable_by_key(|&slot| self.children[slot]);
        slots
    }
}
