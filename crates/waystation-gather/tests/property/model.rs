//! The rounds of a gather, written the plain way.

use std::collections::{BTreeSet, VecDeque};

/// So many are taken out of the chain at a time.
pub(crate) const BATCH: usize = 8;

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
    /// Next child to be taken, and whether the end of the input was seen.
    pub(crate) taken: usize,
    pub(crate) exhausted: bool,
    pub(crate) polls: Vec<usize>,
    pub(crate) open: BTreeSet<usize>,
    pub(crate) ended: BTreeSet<usize>,
    /// The child in each place, and free places.
    pub(crate) places: Vec<usize>,
    pub(crate) vacant: Vec<usize>,
    /// Places in the chain; those whose child was woken.
    pub(crate) chain: VecDeque<usize>,
    pub(crate) rung: BTreeSet<usize>,
    /// Places whose child has ended, which the chain does not know yet.
    pub(crate) untold: Vec<usize>,
    /// The round: children to start, places taken out of the chain, links still in it.
    pub(crate) starts: usize,
    pub(crate) batch: VecDeque<usize>,
    pub(crate) links: usize,
    pub(crate) since_pause: usize,
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
            taken: 0,
            exhausted: false,
            polls: vec![0; kinds.len()],
            open: BTreeSet::new(),
            ended: BTreeSet::new(),
            places: Vec::new(),
            vacant: Vec::new(),
            chain: VecDeque::new(),
            rung: BTreeSet::new(),
            starts: limit,
            untold: Vec::new(),
            batch: VecDeque::new(),
            links: 0,
            since_pause: 0,
            armed: false,
            wakes: 0,
            log: Vec::new(),
        }
    }

    fn live(&self) -> Vec<usize> {
        (0..self.taken)
            .filter(|id| !self.ended.contains(id))
            .collect()
    }

    fn is_done(&self) -> bool {
        self.exhausted && self.live().is_empty()
    }

    pub(crate) fn wake(&mut self, id: usize) {
        if self.polls.get(id).is_none_or(|polls| *polls == 0) {
            return;
        }
        let Some(place) = self.places.iter().position(|&tenant| tenant == id) else {
            return;
        };
        if self.ended.contains(&id) && !self.untold.contains(&place) {
            return;
        }
        if self.rung.insert(place) {
            if !self.chain.contains(&place) {
                self.chain.push_back(place);
            }
            self.wakes += usize::from(std::mem::take(&mut self.armed));
        }
    }

    fn tell(&mut self) {
        for place in std::mem::take(&mut self.untold) {
            self.rung.remove(&place);
        }
    }

    /// Takes up to [`BATCH`] woken children out of the chain. One that is woken again before it is
    /// polled is polled again in the next round.
    fn fill(&mut self) {
        while self.links > 0 && self.batch.len() < BATCH {
            self.links -= 1;
            let place = self.chain.pop_front().expect("so many are linked");
            if self.rung.remove(&place) {
                self.batch.push_back(place);
            }
        }
    }

    /// Polls a child; what that gives to the caller at once, if anything.
    fn child(&mut self, place: usize) -> Option<Given> {
        let id = self.places[place];
        self.since_pause += 1;
        if self.ended.contains(&id) {
            // Rung after it had ended, before the chain was told.
            return None;
        }
        self.log.push(id);
        self.polls[id] += 1;
        let nth = self.polls[id];
        match self.kinds[id] {
            Kind::Restless(times) if nth <= usize::from(times) => {
                self.wake(id);
                return None;
            }
            Kind::Nudges(other) if nth == 1 => self.wake(other),
            Kind::EndsLoudly if self.open.contains(&id) => self.wake(id),
            _ => {}
        }
        if !self.open.contains(&id) && !matches!(self.kinds[id], Kind::Ready) {
            return None;
        }
        self.ended.insert(id);
        self.untold.push(place);
        if self.untold.len() == BATCH {
            self.tell();
        }
        self.vacant.push(place);
        match self.function {
            Function::AsCompleted => Some(Given::One(id)),
            Function::TryGather if self.failing.contains(&id) => Some(Given::Failed(id)),
            _ => None,
        }
    }

    fn start(&mut self) -> Option<Given> {
        self.starts -= 1;
        if self.taken == self.kinds.len() {
            (self.exhausted, self.starts) = (true, 0);
            return None;
        }
        // Without a limit, a place is never used again.
        let reused = if self.limit == usize::MAX {
            None
        } else {
            self.vacant.pop()
        };
        let place = reused.unwrap_or(self.places.len());
        if place == self.places.len() {
            self.places.push(self.taken);
        } else {
            self.tell();
            self.places[place] = self.taken;
            self.rung.remove(&place);
        }
        self.taken += 1;
        self.child(place)
    }

    pub(crate) fn poll(&mut self) -> Given {
        loop {
            if self.starts == 0 && self.batch.is_empty() && self.links == 0 {
                if self.is_done() {
                    return match self.function {
                        Function::AsCompleted => Given::NoMore,
                        _ => Given::All((0..self.kinds.len()).collect()),
                    };
                }
                self.tell();
                let room = if self.exhausted {
                    0
                } else {
                    self.limit - self.live().len()
                };
                if room == 0 && self.chain.is_empty() {
                    (self.armed, self.since_pause) = (true, 0);
                    return Given::Pending;
                }
                if self.since_pause >= 64 {
                    self.since_pause = 0;
                    self.wakes += 1;
                    return Given::Pending;
                }
                self.starts = room;
                self.links = self.chain.len();
                self.fill();
            }
            while self.starts > 0 {
                if let Some(given) = self.start() {
                    return given;
                }
            }
            while !self.batch.is_empty() || self.links > 0 {
                if self.batch.is_empty() {
                    self.fill();
                }
                while let Some(place) = self.batch.pop_front() {
                    if let Some(given) = self.child(place) {
                        return given;
                    }
                }
            }
        }
    }
}
