//! When is what due? A heap of places, and a ring of what stands there.
//!
//! The heap is ordered by time, and by the order of setting where times are equal. Cancelling takes
//! the entry out of the ring and leaves its place in the heap, where it finds nothing; when such
//! places are more than half, the heap is built anew from the ring. So cancelling costs O(1),
//! amortised, and memory stays in proportion to the timers that are set.
//!
//! Nothing here runs or drops what a timer holds: it comes in and goes out by value.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::panic::Location;
use std::task::Waker;
use std::time::Instant;

use waystation_core::ring::{KEPT, Ring, Ticket};

use crate::schedule::Periodic;

/// A deadline. One that overflowed the clock comes after all others and never comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum When {
    At(Instant),
    Never,
}

impl When {
    pub(crate) fn instant(self) -> Option<Instant> {
        match self {
            Self::At(at) => Some(at),
            Self::Never => None,
        }
    }
}

impl From<Option<Instant>> for When {
    fn from(at: Option<Instant>) -> Self {
        at.map_or(Self::Never, Self::At)
    }
}

/// What happens when a timer fires.
pub(crate) enum Action {
    Once(Box<dyn FnOnce()>),
    Every(Box<Periodic>),
    Wake(Waker),
}

/// What a timer is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It has its place in the heap.
    Waiting,
    /// It was due, and stands in the line of what runs next.
    Due,
    /// Its periodic callback runs now.
    Running,
}

/// A timer that is set.
pub(crate) struct Entry {
    when: When,
    /// Its rank among equal deadlines; a place in the heap with another one is stale.
    order: u64,
    stage: Stage,
    action: Option<Action>,
    location: &'static Location<'static>,
}

type Place = Reverse<(When, u64, Ticket)>;

/// What a waker that asks about its timer learns.
pub(crate) enum Watch {
    /// It has fired.
    Fired,
    /// It waits, with this very waker.
    Same,
    /// It waits, with another waker.
    Other,
}

pub(crate) struct Timers {
    entries: Ring<Entry>,
    /// `(when, order, number)`, the earliest on top.
    heap: BinaryHeap<Place>,
    next_order: u64,
    /// How many entries are [`Stage::Waiting`]: so many places of the heap are not stale.
    waiting: usize,
}

impl Timers {
    pub(crate) const fn new() -> Self {
        Self {
            entries: Ring::new(),
            heap: BinaryHeap::new(),
            next_order: 0,
            waiting: 0,
        }
    }

    /// How many are set.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting == 0
    }

    pub(crate) fn set(
        &mut self,
        when: When,
        action: Action,
        location: &'static Location<'static>,
    ) -> Ticket {
        let order = self.take_order();
        let action = Some(action);
        let entry = Entry {
            when,
            order,
            stage: Stage::Waiting,
            action,
            location,
        };
        let number = self.entries.push(entry);
        self.heap.push(Reverse((when, order, number)));
        self.waiting += 1;
        number
    }

    /// When the next one is due.
    pub(crate) fn next(&mut self) -> Option<Instant> {
        while let Some(&Reverse((when, order, number))) = self.heap.peek() {
            if self.is_fresh(number, order) {
                return when.instant();
            }
            self.heap.pop();
        }
        None
    }

    /// Takes the next one that is due out of the heap.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<(Ticket, u64)> {
        while let Some(&Reverse((when, order, number))) = self.heap.peek() {
            if when > When::At(now) && self.is_fresh(number, order) {
                return None;
            }
            self.heap.pop();
            match self.entries.get_mut(number) {
                Some(entry) if entry.stage == Stage::Waiting && entry.order == order => {
                    entry.stage = Stage::Due;
                    self.waiting -= 1;
                    return Some((number, order));
                }
                _ => {}
            }
        }
        None
    }

    /// Takes what a due timer does, unless it was cancelled or set anew since. A periodic one keeps
    /// its entry while it runs.
    pub(crate) fn take_due(&mut self, number: Ticket, order: u64) -> Option<Action> {
        let entry = self.entries.get_mut(number)?;
        if entry.stage != Stage::Due || entry.order != order {
            return None;
        }
        let action = entry.action.take()?;
        if matches!(action, Action::Every(_)) {
            entry.stage = Stage::Running;
        } else {
            self.entries.remove(number);
        }
        Some(action)
    }

    /// Where a due timer was set.
    pub(crate) fn location(&self, number: Ticket) -> Option<&'static Location<'static>> {
        Some(self.entries.get(number)?.location)
    }

    /// The periodic callback has returned and goes on. If it was cancelled meanwhile, it comes back
    /// to be dropped; if it was set anew, that time counts.
    pub(crate) fn put_back(
        &mut self,
        number: Ticket,
        mut periodic: Box<Periodic>,
    ) -> Option<Action> {
        let Some(entry) = self.entries.get_mut(number) else {
            return Some(Action::Every(periodic));
        };
        if entry.stage == Stage::Running {
            let when = periodic.schedule.next();
            entry.action = Some(Action::Every(periodic));
            self.place(number, when);
        } else {
            periodic.schedule.set_next(entry.when.instant());
            entry.action = Some(Action::Every(periodic));
        }
        None
    }

    /// Takes a timer out, whatever it is doing. What comes back is dropped where foreign code may
    /// run.
    pub(crate) fn cancel(&mut self, number: Ticket) -> Option<Entry> {
        let entry = self.entries.remove(number)?;
        if entry.stage == Stage::Waiting {
            self.waiting -= 1;
        }
        self.tidy();
        Some(entry)
    }

    /// Sets a timer to another time, as if it had been set now. `false` if it has fired.
    pub(crate) fn reset(&mut self, number: Ticket, when: When) -> bool {
        let Some(entry) = self.entries.get_mut(number) else {
            return false;
        };
        if entry.stage == Stage::Waiting {
            self.waiting -= 1;
        }
        if let Some(Action::Every(periodic)) = &mut entry.action {
            periodic.schedule.set_next(when.instant());
        }
        self.place(number, when);
        self.tidy();
        true
    }

    /// When it fires next; a timer that is due keeps its time until it has run.
    pub(crate) fn when(&self, number: Ticket) -> Option<Instant> {
        let entry = self.entries.get(number)?;
        if entry.stage == Stage::Running {
            None
        } else {
            entry.when.instant()
        }
    }

    /// What has become of a timer that wakes.
    pub(crate) fn watch(&self, number: Ticket, waker: &Waker) -> Watch {
        match self.entries.get(number).map(|entry| &entry.action) {
            Some(Some(Action::Wake(registered))) if registered.will_wake(waker) => Watch::Same,
            Some(_) => Watch::Other,
            None => Watch::Fired,
        }
    }

    /// Replaces the waker of a timer that wakes; the displaced one comes back.
    pub(crate) fn replace_waker(&mut self, number: Ticket, waker: Waker) -> Option<Action> {
        match self.entries.get_mut(number) {
            Some(entry) => entry.action.replace(Action::Wake(waker)),
            None => Some(Action::Wake(waker)),
        }
    }

    /// Takes everything out, in the order of setting.
    pub(crate) fn take_all(&mut self) -> impl Iterator<Item = Entry> + use<> {
        self.heap = BinaryHeap::new();
        self.waiting = 0;
        self.entries.take_all()
    }

    /// Gives an entry that is not waiting its place in the heap.
    fn place(&mut self, number: Ticket, when: When) {
        let order = self.take_order();
        if let Some(entry) = self.entries.get_mut(number) {
            entry.when = when;
            entry.order = order;
            entry.stage = Stage::Waiting;
            self.heap.push(Reverse((when, order, number)));
            self.waiting += 1;
        }
    }

    fn take_order(&mut self) -> u64 {
        let order = self.next_order;
        self.next_order += 1;
        order
    }

    fn is_fresh(&self, number: Ticket, order: u64) -> bool {
        self.entries
            .get(number)
            .is_some_and(|entry| entry.stage == Stage::Waiting && entry.order == order)
    }

    /// Builds the heap anew when more than half of it is stale, and gives memory back after a peak.
    pub(crate) fn tidy(&mut self) {
        if self.heap.len() > 64 && self.heap.len() / 2 > self.waiting {
            let fresh = self
                .entries
                .iter()
                .filter(|(_, entry)| entry.stage == Stage::Waiting);
            let mut places = Vec::with_capacity(self.waiting);
            places.extend(fresh.map(|(number, entry)| Reverse((entry.when, entry.order, number))));
            self.heap = BinaryHeap::from(places);
        } else {
            let capacity = self.heap.capacity();
            if capacity > KEPT && self.heap.len() < capacity / 8 {
                self.heap.shrink_to(2 * self.heap.len());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn once() -> Action {
        Action::Once(Box::new(|| {}))
    }

    #[test]
    fn stale_places_are_less_than_half() {
        let mut timers = Timers::new();
        let now = Instant::now();
        let here = Location::caller();
        let numbers: Vec<Ticket> = (0..1000)
            .map(|n| timers.set(When::At(now + Duration::from_secs(n)), once(), here))
            .collect();
        for number in &numbers[..900] {
            assert!(timers.cancel(*number).is_some());
            assert!(timers.heap.len() <= (2 * timers.waiting + 1).max(64));
        }
        for _ in 0..10_000 {
            assert!(timers.reset(numbers[950], When::At(now)));
            assert!(timers.heap.len() <= (2 * timers.waiting + 1).max(64));
        }
        assert_eq!(timers.next(), Some(now));
        assert_eq!(
            timers.pop_due(now).map(|(number, _)| number),
            Some(numbers[950])
        );
        assert_eq!(timers.pop_due(now), None);
        assert_eq!(timers.next(), Some(now + Duration::from_secs(900)));
    }

    #[test]
    fn a_peak_leaves_no_memory_behind() {
        let mut timers = Timers::new();
        let now = Instant::now();
        for _ in 0..100_000 {
            timers.set(When::At(now), once(), Location::caller());
        }
        let mut last = None;
        while let Some((number, order)) = timers.pop_due(now) {
            assert!(
                Some(order) > last,
                "equal deadlines, in the order of setting"
            );
            last = Some(order);
            assert!(timers.take_due(number, order).is_some());
        }
        timers.tidy();
        assert!(timers.heap.capacity() <= KEPT, "{}", timers.heap.capacity());
        assert_eq!(timers.len(), 0);
    }

    #[test]
    fn never_comes_last_and_is_no_deadline() {
        let mut timers = Timers::new();
        let now = Instant::now();
        timers.set(When::Never, once(), Location::caller());
        assert_eq!(timers.next(), None);
        assert_eq!(timers.pop_due(now), None);
        timers.set(When::At(now), once(), Location::caller());
        assert_eq!(timers.next(), Some(now));
    }
}
