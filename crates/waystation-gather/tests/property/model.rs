//! The rounds and turns of a gather or a group, written the plain way.

use std::collections::{BTreeSet, VecDeque};

/// So many are taken out of the queue at a time.
pub(crate) const BATCH: usize = 32;
/// So many polls make a turn, of which a child that yields takes so many.
pub(crate) const POLLS: usize = 64;
pub(crate) const YIELD: usize = 16;

/// What a child does when it is polled, until it is opened.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Ends at its first poll.
    Ready,
    Parks,
    /// Wakes itself at its first polls.
    Restless(u8),
    /// Wakes a sibling at its first poll.
    Nudges(usize),
    /// Wakes itself while it ends.
    EndsLoudly,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Function {
    Gather,
    TryGather,
    AsCompleted,
    Group,
}

/// What one poll of the whole gives.
#[derive(Debug, PartialEq)]
pub(crate) enum Given {
    Pending,
    All(Vec<usize>),
    Failed(usize),
    One(usize),
    NoMore,
}

pub(crate) struct Model {
    pub(crate) function: Function,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) failing: BTreeSet<usize>,
    pub(crate) limit: usize,
    /// Children to come, and whether the end of the input was seen.
    pub(crate) waiting: VecDeque<usize>,
    pub(crate) exhausted: bool,
    pub(crate) polls: Vec<usize>,
    pub(crate) open: BTreeSet<usize>,
    pub(crate) live: BTreeSet<usize>,
    pub(crate) ended: BTreeSet<usize>,
    /// The child in each slot, and free slots.
    pub(crate) slots: Vec<usize>,
    pub(crate) free: Vec<usize>,
    /// Slots in the queue; those whose child was woken, and those whose child has yielded.
    pub(crate) queue: VecDeque<usize>,
    pub(crate) woken: BTreeSet<usize>,
    pub(crate) yielded: BTreeSet<usize>,
    /// Slots whose child has ended, which the queue does not know yet.
    pub(crate) untold: Vec<usize>,
    /// The round: children to start, slots taken out of the queue, links still in it.
    pub(crate) starts: usize,
    pub(crate) batch: VecDeque<usize>,
    pub(crate) links: usize,
    /// The turn.
    pub(crate) polled: usize,
    polling: Option<usize>,
    has_yielded: bool,
    pub(crate) armed: bool,
    pub(crate) wakes: usize,
    pub(crate) log: Vec<usize>,
}

impl Model {
    pub(crate) fn new(
        function: Function,
        kinds: &[Kind],
        failing: &BTreeSet<usize>,
        limit: usize,
    ) -> Self {
        Self {
            function,
            kinds: kinds.to_vec(),
            failing: failing.clone(),
            limit,
            waiting: (0..kinds.len()).collect(),
            exhausted: false,
            polls: vec![0; kinds.len()],
            open: BTreeSet::new(),
            live: BTreeSet::new(),
            ended: BTreeSet::new(),
            slots: Vec::new(),
            free: Vec::new(),
            queue: VecDeque::new(),
            woken: BTreeSet::new(),
            yielded: BTreeSet::new(),
            starts: 0,
            untold: Vec::new(),
            batch: VecDeque::new(),
            links: 0,
            polled: 0,
            polling: None,
            has_yielded: false,
            armed: false,
            wakes: 0,
            log: Vec::new(),
        }
    }

    fn is_done(&self) -> bool {
        self.exhausted && self.live.is_empty()
    }

    /// How many children there are, started or not.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len() + self.live.len()
    }

    fn room(&self) -> usize {
        match self.function {
            Function::Group => self.waiting.len().min(self.limit - self.live.len()),
            _ if self.exhausted => 0,
            _ => self.limit - self.live.len(),
        }
    }

    pub(crate) fn push(&mut self, kind: Kind) {
        self.waiting.push_back(self.kinds.len());
        self.kinds.push(kind);
        self.polls.push(0);
    }

    pub(crate) fn cancel(&mut self, id: usize) -> bool {
        if let Some(at) = self.waiting.iter().position(|&other| other == id) {
            self.waiting.remove(at);
        } else if self.live.remove(&id) {
            let slot = self.slot(id).expect("it is live");
            self.untold.push(slot);
            self.tell();
            self.batch.retain(|&other| other != slot);
            self.free.push(slot);
        } else {
            return false;
        }
        self.ended.insert(id);
        if self.len() == 0 {
            self.armed = false;
        }
        true
    }

    fn slot(&self, id: usize) -> Option<usize> {
        self.slots.iter().position(|&other| other == id)
    }

    pub(crate) fn wake(&mut self, id: usize) {
        if self.polls.get(id).is_none_or(|polls| *polls == 0) {
            return;
        }
        let Some(slot) = self.slot(id) else {
            return;
        };
        if self.ended.contains(&id) && !self.untold.contains(&slot) {
            return;
        }
        let is_polled = self.polling == Some(slot);
        self.has_yielded |= is_polled;
        if self.woken.insert(slot) {
            if !self.queue.contains(&slot) {
                self.queue.push_back(slot);
                self.yielded.remove(&slot);
                if is_polled {
                    self.yielded.insert(slot);
                }
            }
            self.wakes += usize::from(std::mem::take(&mut self.armed));
        }
    }

    fn tell(&mut self) {
        for slot in std::mem::take(&mut self.untold) {
            self.woken.remove(&slot);
        }
    }

    fn waits(&self, slot: Option<&usize>) -> bool {
        slot.is_some_and(|slot| self.woken.contains(slot) && self.yielded.contains(slot))
    }

    /// Takes woken children out of the queue. One that is woken again before it is polled is polled
    /// again in the next round.
    fn fill(&mut self, most: usize) {
        while self.links > 0 && self.batch.len() < BATCH.min(most) {
            if self.waits(self.queue.front()) {
                self.links = 0;
                return;
            }
            let Some(slot) = self.queue.pop_front() else {
                self.links = 0;
                return;
            };
            self.links -= 1;
            if self.woken.remove(&slot) {
                self.batch.push_back(slot);
            }
        }
    }

    /// Polls a child; what that gives to the caller at once, if anything.
    fn child(&mut self, slot: usize) -> Option<Given> {
        self.polled += 1;
        let id = self.slots[slot];
        if self.ended.contains(&id) {
            // Woken after it had ended, before the queue was told.
            return None;
        }
        (self.polling, self.has_yielded) = (Some(slot), false);
        self.log.push(id);
        self.polls[id] += 1;
        let ends = self.behave(id);
        self.polling = None;
        if !ends {
            if self.has_yielded {
                self.polled += YIELD - 1;
            }
            return None;
        }
        self.live.remove(&id);
        self.ended.insert(id);
        if self.untold.len() == BATCH {
            self.tell();
        }
        self.untold.push(slot);
        self.free.push(slot);
        match self.function {
            Function::AsCompleted | Function::Group => Some(Given::One(id)),
            Function::TryGather if self.failing.contains(&id) => Some(Given::Failed(id)),
            _ => None,
        }
    }

    /// Whether the child ends.
    fn behave(&mut self, id: usize) -> bool {
        let nth = self.polls[id];
        match self.kinds[id] {
            Kind::Restless(times) if nth <= usize::from(times) => {
                self.wake(id);
                return false;
            }
            Kind::Nudges(other) if nth == 1 => self.wake(other),
            Kind::EndsLoudly if self.open.contains(&id) => self.wake(id),
            _ => {}
        }
        self.open.contains(&id) || matches!(self.kinds[id], Kind::Ready)
    }

    fn start(&mut self) -> Option<Given> {
        self.starts -= 1;
        let Some(id) = self.waiting.pop_front() else {
            (self.exhausted, self.starts) = (self.function != Function::Group, 0);
            return None;
        };
        // Without a limit, only a group uses a slot again.
        let reuses = self.limit != usize::MAX || self.function == Function::Group;
        let reused = if reuses { self.free.pop() } else { None };
        let slot = reused.unwrap_or(self.slots.len());
        if slot == self.slots.len() {
            self.slots.push(id);
        } else {
            self.tell();
            self.slots[slot] = id;
            self.woken.remove(&slot);
        }
        self.live.insert(id);
        self.child(slot)
    }

    pub(crate) fn poll(&mut self) -> Given {
        if self.function == Function::Group && self.len() == 0 {
            self.armed = false;
            return Given::NoMore;
        }
        loop {
            let over = self.starts == 0 && self.batch.is_empty() && self.links == 0;
            if over && self.is_done() {
                return match self.function {
                    Function::AsCompleted => Given::NoMore,
                    _ => Given::All((0..self.kinds.len()).collect()),
                };
            }
            let spent = self.polled >= POLLS;
            if over || spent {
                self.tell();
                let room = self.room();
                let idle = self.queue.is_empty() && room == 0 && over;
                if idle || spent || (room == 0 && self.waits(self.queue.front())) {
                    self.polled = 0;
                    self.yielded.clear();
                    self.armed |= idle;
                    self.wakes += usize::from(!idle);
                    return Given::Pending;
                }
                self.starts = room;
                self.links = self.queue.len();
                self.fill(POLLS.saturating_sub(self.polled).saturating_sub(room));
            }
            if let Some(given) = self.round() {
                return given;
            }
        }
    }

    /// What is left of the round, as far as the turn goes.
    fn round(&mut self) -> Option<Given> {
        while self.polled < POLLS {
            let given = if self.starts > 0 {
                self.start()
            } else if let Some(slot) = self.batch.pop_front() {
                self.child(slot)
            } else if self.links > 0 {
                self.fill(POLLS - self.polled);
                None
            } else {
                break;
            };
            if given.is_some() {
                return given;
            }
        }
        None
    }
}
