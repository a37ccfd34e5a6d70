//! The woken queue of a gather: which children were woken, in what order.
//!
//! A child's waker puts the number of its slot at the end of the queue and wakes the task that polls
//! the gather. The queue is a list through an array, one node per slot: a slot is in it at most
//! once, a wake-up never allocates, and its cost does not depend on the number of children.
//!
//! | field of a node | meaning |
//! |---|---|
//! | `generation` | the waker that counts: wakers of earlier children of the slot carry another one |
//! | `occupied` | there is a child in the slot; unset, a wake-up does nothing |
//! | `woken` | the child was woken since it was last taken out |
//! | `next` | `OUTSIDE`: not in the queue; `END`: the last one; otherwise the slot behind it |
//! | `yielded` | the turn in which the child was woken while it was being polled |
//!
//! A slot that is vacated while it is in the queue stays there with `woken` unset, and is skipped.
//!
//! A *turn* is what the gather does between two `Pending`s. A child that was woken while it was
//! being polled, as `yield_now` does it, gets its next poll in the next turn, and so does everything
//! behind it in the queue.
//!
//! Everything is under one short lock, and no foreign code runs there: the waker of the task is
//! cloned before, and woken or dropped after. So a wake-up is either in the queue when the poll
//! looks for the last time, or it finds the waker that this poll has registered, and takes it.

use std::cell::Cell;
use std::ptr;
use std::sync::Arc;
use std::task::{Wake, Waker};

use waystation_core::sync::atomic::{Ordering, fence};
use waystation_core::sync::{Lock, MODEL, invariant, thread_local};

const OUTSIDE: u32 = u32::MAX;
const END: u32 = u32::MAX - 1;

/// How many slots are taken out of the queue in one critical section. One under a model checker,
/// so that it explores what happens between two of them.
pub(super) const BATCH: usize = if MODEL { 1 } else { 32 };

/// A slot as nodes and wakers hold it.
#[inline]
fn number(slot: usize) -> u32 {
    match u32::try_from(slot) {
        Ok(number) if number < END => number,
        _ => panic!("more than four billion children at once"),
    }
}

struct Node {
    next: u32,
    generation: u32,
    yielded: u32,
    occupied: bool,
    woken: bool,
}

impl Node {
    const NEW: Self = Self {
        next: OUTSIDE,
        generation: 0,
        yielded: 0,
        occupied: true,
        woken: false,
    };

    /// Whether its child has yielded in this turn, and waits for the next.
    #[inline]
    const fn waits_for(&self, turn: u32) -> bool {
        self.woken && self.yielded == turn
    }
}

struct Queue {
    nodes: Vec<Node>,
    head: u32,
    tail: u32,
    /// How many slots are linked.
    len: usize,
    turn: u32,
    /// The waker of the task, until it is woken.
    task: Option<Waker>,
}

/// The woken queue of one gather, shared with the wakers of its children.
pub(super) struct Woken(Lock<Queue>);

thread_local! {
    /// The address of the waker of the child that this thread is polling: the innermost one, if
    /// gathers are nested. 0: none.
    static POLLED: Cell<usize> = const { Cell::new(0) };
}

/// What [`POLLED`] becomes when that child is woken. No address.
const WOKEN: usize = 1;

/// While a child is polled. Holds what the poll interrupts: that of the child of an outer gather.
pub(super) struct Polling(usize);

impl Polling {
    /// The poll of the child with this waker begins.
    #[inline]
    pub(super) fn begin(waker: &Waker) -> Self {
        // What `Waker::from(Arc)` holds is the address of what the `Arc` holds.
        Self(POLLED.with(|polled| polled.replace(waker.data().addr())))
    }

    /// The poll is over; whether the child was woken meanwhile, by this thread.
    #[inline]
    pub(super) fn end(self) -> bool {
        POLLED.with(Cell::get) == WOKEN
    }
}

impl Drop for Polling {
    #[inline]
    fn drop(&mut self) {
        POLLED.with(|polled| polled.set(self.0));
    }
}

/// A few slots on their way from the queue to the poll.
pub(super) struct Batch {
    slots: [u32; BATCH],
    next: usize,
    len: usize,
}

/// What [`Woken::look`] is to consider.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    /// There are children to start, whatever the queue says.
    pub(super) starts: bool,
    /// There is something left of the last round.
    pub(super) unfinished: bool,
    /// The turn ends here: what there is to do is left in place.
    pub(super) pause: bool,
}

/// What a look at the queue found.
pub(super) enum Look {
    /// Nothing to do; the waker is registered.
    Idle,
    /// Something, for the next turn.
    Pause,
    /// A round: its first slots are in the batch, and this many links are behind them.
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

    /// Leaves everything out.
    pub(super) fn clear(&mut self) {
        (self.next, self.len) = (0, 0);
    }

    /// Leaves a slot out.
    pub(super) fn forget(&mut self, slot: usize) {
        let left = &mut self.slots[self.next..self.len];
        if let Some(at) = left.iter().position(|&other| other as usize == slot) {
            left.copy_within(at + 1.., at);
            self.len -= 1;
        }
    }
}

impl Queue {
    #[inline]
    fn link(&mut self, slot: u32) {
        match self.tail {
            END => self.head = slot,
            tail => self.nodes[tail as usize].next = slot,
        }
        self.tail = slot;
        self.len += 1;
    }

    /// Whether the first one waits for the next turn.
    #[inline]
    fn is_held_back(&self) -> bool {
        let first = self.nodes.get(self.head as usize);
        first.is_some_and(|node| node.waits_for(self.turn))
    }

    #[inline]
    fn vacate(&mut self, slots: &[u32]) {
        for &slot in slots {
            let node = &mut self.nodes[slot as usize];
            (node.occupied, node.woken) = (false, false);
        }
    }

    /// Fills the batch with up to `most` slots from the first `links` links; returns how many of
    /// these links are left for the round.
    fn fill(&mut self, batch: &mut Batch, mut links: usize, most: usize) -> usize {
        invariant!(
            batch.is_empty(),
            "a batch is used up before it is filled again"
        );
        (batch.next, batch.len) = (0, 0);
        while links > 0 && batch.len < BATCH.min(most) {
            let slot = self.head;
            let turn = self.turn;
            let Some(node) = self.nodes.get_mut(slot as usize) else {
                return 0;
            };
            if node.waits_for(turn) {
                return 0;
            }
            self.head = std::mem::replace(&mut node.next, OUTSIDE);
            if std::mem::take(&mut node.woken) {
                batch.slots[batch.len] = slot;
                batch.len += 1;
            }
            if self.head == END {
                self.tail = END;
            }
            self.len -= 1;
            links -= 1;
        }
        links
    }
}

impl Woken {
    /// For children in slots up to `room`.
    pub(super) fn new(room: usize) -> Self {
        let mut nodes = Vec::with_capacity(room);
        nodes.resize_with(room, || Node::NEW);
        Self(Lock::new(Queue {
            nodes,
            head: END,
            tail: END,
            len: 0,
            turn: 1,
            task: None,
        }))
    }

    /// Makes room for more slots.
    pub(super) fn grow(&self, room: usize) {
        self.0.lock().nodes.resize_with(room, || Node::NEW);
    }

    /// There is a new child in a slot that was vacated. Returns the generation of the waker that
    /// counts: that of the last one, or a new one.
    pub(super) fn occupy(&self, slot: usize, new_generation: bool) -> u32 {
        let mut queue = self.0.lock();
        let node = &mut queue.nodes[slot];
        node.generation = node.generation.wrapping_add(u32::from(new_generation));
        invariant!(!node.occupied && !node.woken, "nobody was left in the slot");
        node.occupied = true;
        node.generation
    }

    /// The children in these slots are gone: their wakers do nothing any more.
    pub(super) fn vacate(&self, slots: &[u32]) {
        self.0.lock().vacate(slots);
    }

    #[inline]
    fn wake(&self, slot: u32, generation: u32, is_polled: bool) {
        let mut queue = self.0.lock();
        let turn = queue.turn;
        let Some(node) = queue.nodes.get_mut(slot as usize) else {
            return;
        };
        if !node.occupied || node.generation != generation {
            return;
        }
        node.woken = true;
        if node.next == OUTSIDE {
            node.next = END;
            // 0: never. After four billion turns it is believed of one turn too many.
            node.yielded = if is_polled { turn } else { 0 };
            queue.link(slot);
        }
        let task = queue.task.take();
        drop(queue);
        if let Some(task) = task {
            task.wake();
        }
    }

    /// Fills the batch as [`Queue::fill`] does.
    pub(super) fn take(&self, batch: &mut Batch, links: usize, most: usize) -> usize {
        self.0.lock().fill(batch, links, most)
    }

    /// Vacates the slots of children that have ended, looks at the queue, fills the batch with up
    /// to `most` slots, and registers the waker: always in the place of another task's, and
    /// otherwise only if there is nothing to do. `fresh` may be a clone of it. What is displaced or
    /// not needed is returned, to be dropped when everything is in order.
    ///
    /// If the waker's `clone` panics, what was registered stays so, and the queue is as it was.
    pub(super) fn look(
        &self,
        waker: &Waker,
        mut fresh: Option<Waker>,
        ended: &[u32],
        batch: &mut Batch,
        most: usize,
        plan: Plan,
    ) -> (Look, Option<Waker>) {
        let mut queue = self.0.lock();
        queue.vacate(ended);
        loop {
            let idle = queue.len == 0 && !plan.starts && !plan.unfinished;
            let is_registered = match &queue.task {
                Some(task) => task.will_wake(waker),
                None => !idle,
            };
            if !is_registered && fresh.is_none() {
                // Clones are foreign code: not under the lock. Then everything is looked at again.
                drop(queue);
                fresh = Some(waker.clone());
                queue = self.0.lock();
                continue;
            }
            if !is_registered {
                fresh = std::mem::replace(&mut queue.task, fresh);
            }
            let look = if !idle && !plan.pause && (plan.starts || !queue.is_held_back()) {
                let len = queue.len;
                Look::Round(queue.fill(batch, len, most))
            } else {
                queue.turn = queue.turn.wrapping_add(1).max(1);
                if idle { Look::Idle } else { Look::Pause }
            };
            drop(queue);
            return (look, fresh);
        }
    }

    /// Takes the registered waker: the task is not woken any more.
    pub(super) fn silence(&self) -> Option<Waker> {
        self.0.lock().task.take()
    }

    /// Makes the slots that were used as new, for the next gather. Returns the registered waker, to
    /// be dropped.
    pub(super) fn reset(&self, used: usize) -> Option<Waker> {
        let mut queue = self.0.lock();
        for node in &mut queue.nodes[..used] {
            *node = Node {
                generation: node.generation,
                ..Node::NEW
            };
        }
        (queue.head, queue.tail, queue.len) = (END, END, 0);
        queue.task.take()
    }

    /// The gather has ended: wakers of children do nothing any more, and only this small shell
    /// stays with those that are still held. Returns the registered waker, to be dropped.
    pub(super) fn close(&self) -> Option<Waker> {
        let mut queue = self.0.lock();
        let nodes = std::mem::take(&mut queue.nodes);
        (queue.head, queue.tail, queue.len) = (END, END, 0);
        let task = queue.task.take();
        drop(queue);
        drop(nodes);
        task
    }
}

/// What is behind the waker of a child.
pub(super) struct ChildWaker {
    woken: Arc<Woken>,
    slot: u32,
    generation: u32,
}

impl ChildWaker {
    pub(super) fn new(woken: &Arc<Woken>, slot: usize, generation: u32) -> Arc<Self> {
        Arc::new(Self {
            woken: Arc::clone(woken),
            slot: number(slot),
            generation,
        })
    }

    /// Whether nobody holds the waker but its gather, which holds it twice. Then nobody can come
    /// to hold it, and everything that was done with it is over and seen.
    #[inline]
    pub(super) fn is_free(self: &Arc<Self>) -> bool {
        if Arc::strong_count(self) != 2 {
            return false;
        }
        // Pairs with the Release in the drop of the last other reference: the count is read Relaxed.
        fence(Ordering::Acquire);
        true
    }
}

impl Wake for ChildWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let this = ptr::from_ref(&**self).addr();
        // A thread that is ending polls nobody.
        let is_polled = POLLED
            .try_with(Cell::get)
            .is_ok_and(|polled| polled == this);
        if is_polled {
            POLLED.with(|polled| polled.set(WOKEN));
        }
        self.woken.wake(self.slot, self.generation, is_polled);
    }
}
