//! The readiness set: which children were woken, in what order.
//!
//! A child that is woken has its slot linked at the end of a chain, and the task that polls the
//! gather is woken. The chain is a list through an array: one node per slot, so that a slot is in
//! it at most once, ringing never allocates, and both ends are found at once, however many children
//! there are.
//!
//! | field of a node | meaning |
//! |---|---|
//! | `age` | the bell that counts: bells of earlier children of this slot carry another age |
//! | `open` | there is a child in the slot; unset, nobody is rung |
//! | `rung` | the child was woken since it was last taken out |
//! | `next` | `LOOSE`: not in the chain; `END`: the last one; otherwise the slot behind it |
//!
//! A slot that is vacated while it is in the chain stays there with `rung` unset, and is skipped.
//!
//! Everything is under one short lock, and no foreign code runs there: the waker of the task is
//! cloned before, and woken or dropped after. So a wake-up is either in the chain when the poll
//! looks for the last time, or it finds the waker that this poll has registered, and takes it.

use std::task::Waker;

use waystation_core::sync::{Lock, MODEL, invariant};

const LOOSE: u32 = u32::MAX;
const END: u32 = u32::MAX - 1;

/// How many slots are taken out of the chain in one critical section. One under a model checker,
/// so that it explores what happens between two of them.
pub(super) const BATCH: usize = if MODEL { 1 } else { 8 };

/// The number of a slot, as nodes and bells hold it.
pub(super) fn number(slot: usize) -> u32 {
    match u32::try_from(slot) {
        Ok(number) if number < END => number,
        _ => panic!("more than four billion children at once"),
    }
}

struct Node {
    next: u32,
    age: u32,
    open: bool,
    rung: bool,
}

impl Node {
    const FRESH: Self = Self {
        next: LOOSE,
        age: 0,
        open: true,
        rung: false,
    };
}

struct State {
    nodes: Vec<Node>,
    head: u32,
    tail: u32,
    /// How many slots are linked.
    len: usize,
    /// The waker of the task, until it is rung.
    parent: Option<Waker>,
}

/// The readiness set of one gather, shared with the wakers of its children.
pub(super) struct Ready(Lock<State>);

/// A few slots on their way from the chain to the poll.
pub(super) struct Batch {
    slots: [u32; BATCH],
    next: usize,
    len: usize,
}

/// What [`Ready::look`] is to consider.
#[derive(Clone, Copy)]
pub(super) struct Wish {
    /// There are children to start: it is not idle, whatever the chain says.
    pub(super) has_starts: bool,
    /// If there is something to do, it is left in place.
    pub(super) pause: bool,
}

/// What a look at the chain found.
pub(super) enum Look {
    /// Nothing to do; the waker is registered.
    Idle,
    /// Something, which was left in place.
    Pause,
    /// A round: the first slots are in the batch, and so many links are behind them.
    Round(usize),
}

impl Batch {
    pub(super) const fn new() -> Self {
        Self {
            slots: [0; BATCH],
            next: 0,
            len: 0,
        }
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<usize> {
        let slot = *self.slots[..self.len].get(self.next)?;
        self.next += 1;
        Some(slot as usize)
    }

    #[inline]
    pub(super) const fn is_empty(&self) -> bool {
        self.next == self.len
    }
}

impl State {
    fn link(&mut self, slot: u32) {
        self.nodes[slot as usize].next = END;
        match self.tail {
            END => self.head = slot,
            tail => self.nodes[tail as usize].next = slot,
        }
        self.tail = slot;
        self.len += 1;
    }

    /// Takes the first slot out of the chain, and says whether its child was woken.
    fn unlink(&mut self) -> Option<(u32, bool)> {
        let slot = self.head;
        let node = self.nodes.get_mut(slot as usize)?;
        self.head = std::mem::replace(&mut node.next, LOOSE);
        let rung = std::mem::take(&mut node.rung);
        if self.head == END {
            self.tail = END;
        }
        self.len -= 1;
        Some((slot, rung))
    }

    fn vacate(&mut self, slots: &[usize]) {
        for &slot in slots {
            let node = &mut self.nodes[slot];
            (node.open, node.rung) = (false, false);
        }
    }

    /// Fills the batch from up to `most` links; returns how many it took.
    fn fill(&mut self, batch: &mut Batch, most: usize) -> usize {
        invariant!(
            batch.is_empty(),
            "a batch is used up before it is filled again"
        );
        (batch.next, batch.len) = (0, 0);
        let mut taken = 0;
        while taken < most && batch.len < BATCH {
            let Some((slot, rung)) = self.unlink() else {
                break;
            };
            taken += 1;
            if rung {
                batch.slots[batch.len] = slot;
                batch.len += 1;
            }
        }
        taken
    }
}

impl Ready {
    /// For children in slots up to `room`.
    pub(super) fn new(room: usize) -> Self {
        let mut nodes = Vec::with_capacity(room);
        nodes.resize_with(room, || Node::FRESH);
        Self(Lock::new(State {
            nodes,
            head: END,
            tail: END,
            len: 0,
            parent: None,
        }))
    }

    /// Makes room for more slots.
    pub(super) fn grow(&self, room: usize) {
        self.0.lock().nodes.resize_with(room, || Node::FRESH);
    }

    /// There is a new child in the slot. Whatever rang there before does not count. Returns the age
    /// of the bell that counts: that of the last one, or a new one.
    pub(super) fn open(&self, slot: usize, new_age: bool) -> u32 {
        let mut state = self.0.lock();
        let node = &mut state.nodes[slot];
        node.age = node.age.wrapping_add(u32::from(new_age));
        (node.open, node.rung) = (true, false);
        node.age
    }

    /// The children in these slots have ended: their bells do nothing any more.
    pub(super) fn vacate(&self, slots: &[usize]) {
        self.0.lock().vacate(slots);
    }

    /// A child was woken.
    pub(super) fn ring(&self, slot: u32, age: u32) {
        let mut state = self.0.lock();
        let Some(node) = state.nodes.get_mut(slot as usize) else {
            return;
        };
        if !node.open || node.age != age {
            return;
        }
        node.rung = true;
        if node.next == LOOSE {
            state.link(slot);
        }
        let parent = state.parent.take();
        drop(state);
        if let Some(parent) = parent {
            parent.wake();
        }
    }

    /// Fills the batch from up to `most` links; returns how many it took.
    pub(super) fn take(&self, batch: &mut Batch, most: usize) -> usize {
        self.0.lock().fill(batch, most)
    }

    /// Vacates the slots of children that have ended, looks at the chain, fills the batch, and
    /// registers the waker: always in the place of another task's, and otherwise only if there is
    /// nothing to do. `fresh` may be a clone of it. What is displaced or not needed is returned, to
    /// be dropped when everything is in order.
    ///
    /// If the waker's `clone` panics, what was registered stays so, and the chain is as it was.
    pub(super) fn look(
        &self,
        waker: &Waker,
        mut fresh: Option<Waker>,
        ended: &[usize],
        batch: &mut Batch,
        wish: Wish,
    ) -> (Look, Option<Waker>) {
        let mut state = self.0.lock();
        state.vacate(ended);
        loop {
            let idle = state.len == 0 && !wish.has_starts;
            let settled = match &state.parent {
                Some(parent) => parent.will_wake(waker),
                None => !idle,
            };
            if !settled && fresh.is_none() {
                // Clones are foreign code: not under the lock. Then everything is looked at again.
                drop(state);
                fresh = Some(waker.clone());
                state = self.0.lock();
                continue;
            }
            if !settled {
                fresh = std::mem::replace(&mut state.parent, fresh);
            }
            let look = if idle {
                Look::Idle
            } else if wish.pause {
                Look::Pause
            } else {
                let len = state.len;
                Look::Round(len - state.fill(batch, len))
            };
            drop(state);
            return (look, fresh);
        }
    }

    /// Takes the registered waker: nobody is woken any more.
    pub(super) fn silence(&self) -> Option<Waker> {
        self.0.lock().parent.take()
    }

    /// Makes the slots that were used as new, for the next gather. Returns the registered waker, to
    /// be dropped.
    pub(super) fn reset(&self, used: usize) -> Option<Waker> {
        let mut state = self.0.lock();
        for node in &mut state.nodes[..used] {
            *node = Node {
                age: node.age,
                ..Node::FRESH
            };
        }
        (state.head, state.tail, state.len) = (END, END, 0);
        state.parent.take()
    }

    /// The gather has ended: bells do nothing any more, and only this small shell stays with those
    /// that are still held. Returns the registered waker, to be dropped.
    pub(super) fn close(&self) -> Option<Waker> {
        let mut state = self.0.lock();
        let nodes = std::mem::take(&mut state.nodes);
        (state.head, state.tail, state.len) = (END, END, 0);
        let parent = state.parent.take();
        drop(state);
        drop(nodes);
        parent
    }
}
