//! When is what due? A heap of places, by time, and by the order of setting where times are equal.
//!
//! A place refers to a call, or to a sleep in a ring of those. Cancelling leaves the place, stale;
//! when more than half of the places are stale, the heap is built anew without them. So cancelling
//! costs O(1), amortised, and memory stays in proportion to the timers that are set.
//!
//! Nothing here runs or drops what a timer holds: wakers come in and go out by value, and a call
//! in a stale place is empty, or is held by its other place.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::rc::Rc;
use std::task::Waker;
use std::time::Instant;

use waystation_core::ring::{KEPT, Ring, Ticket};

use crate::driver::callback::{Call, Caller, Next, When};

/// A future that waits for the time. It stays in the ring until it is woken.
pub(crate) struct Sleeper {
    pub(crate) waker: Waker,
    pub(crate) caller: Caller,
    /// Its place is in the ready line, and no longer in the heap.
    is_due: bool,
}

struct Place {
    when: When,
    rank: u64,
    target: Due,
}

impl Place {
    fn is_fresh(&self, sleeps: &Ring<Sleeper>) -> bool {
        match &self.target {
            Due::Call(call) => call.waits_as(self.rank),
            Due::Sleep(ticket) => sleeps.get(*ticket).is_some(),
        }
    }
}

/// The greatest is the earliest.
impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.when, other.rank).cmp(&(self.when, self.rank))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank
    }
}

impl Eq for Place {}

/// What a place refers to: a timer that is due, once it is taken out.
pub(crate) enum Due {
    Call(Rc<Call>),
    Sleep(Ticket),
}

/// What a future learns about its sleep.
pub(crate) enum Watch {
    /// It was woken.
    Fired,
    /// It waits, with this very waker.
    Same,
    /// It waits, with another waker.
    Other,
}

pub(crate) struct Timers {
    heap: BinaryHeap<Place>,
    /// How many places of the heap are stale.
    stale: usize,
    sleeps: Ring<Sleeper>,
    last_rank: u64,
}

impl Timers {
    pub(crate) const fn new() -> Self {
        Self {
            heap: BinaryHeap::new(),
            stale: 0,
            sleeps: Ring::new(),
            last_rank: 0,
        }
    }

    /// How many are set.
    pub(crate) fn len(&self) -> usize {
        self.heap.len() - self.stale
    }

    #[inline]
    fn push(&mut self, when: When, target: Due) -> u64 {
        self.last_rank += 1;
        let rank = self.last_rank;
        self.heap.push(Place { when, rank, target });
        rank
    }

    /// Sets a call. If it has a place already, that one is stale from now on.
    pub(crate) fn set_call(&mut self, call: Rc<Call>, next: Next) {
        let target = Due::Call(call.clone());
        let rank = self.push(next.check, target);
        call.set(next.when, rank);
    }

    /// Sets a sleep.
    pub(crate) fn set_sleep(&mut self, when: When, waker: Waker, caller: Caller) -> Ticket {
        let ticket = self.sleeps.push(Sleeper {
            waker,
            caller,
            is_due: false,
        });
        self.push(when, Due::Sleep(ticket));
        ticket
    }

    /// A place of a call in the heap has become stale.
    pub(crate) fn call_left(&mut self) {
        self.stale += 1;
        self.tidy();
    }

    /// Takes a sleep out: to be woken, or cancelled. What comes back is dropped where foreign code
    /// may run.
    pub(crate) fn take_sleep(&mut self, ticket: Ticket) -> Option<Sleeper> {
        let sleeper = self.sleeps.remove(ticket)?;
        if !sleeper.is_due {
            self.stale += 1;
            self.tidy();
        }
        Some(sleeper)
    }

    /// Where a sleep was made.
    pub(crate) fn caller_of(&self, ticket: Ticket) -> Option<Caller> {
        Some(self.sleeps.get(ticket)?.caller)
    }

    /// What has become of a sleep.
    pub(crate) fn watch(&self, ticket: Ticket, waker: &Waker) -> Watch {
        match self.sleeps.get(ticket) {
            Some(sleeper) if sleeper.waker.will_wake(waker) => Watch::Same,
            Some(_) => Watch::Other,
            None => Watch::Fired,
        }
    }

    /// Replaces the waker of a sleep; the displaced one comes back.
    pub(crate) fn replace_waker(&mut self, ticket: Ticket, waker: Waker) -> Waker {
        match self.sleeps.get_mut(ticket) {
            Some(sleeper) => std::mem::replace(&mut sleeper.waker, waker),
            None => waker,
        }
    }

    /// When the next one is due, or to be looked at.
    pub(crate) fn next(&mut self) -> Option<Instant> {
        while let Some(place) = self.heap.peek() {
            if place.is_fresh(&self.sleeps) {
                return place.when.instant();
            }
            self.heap.pop();
            self.stale -= 1;
        }
        None
    }

    /// Takes the next one that is due out.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<Due> {
        loop {
            if self.heap.peek()?.when > When::At(now) {
                return None;
            }
            let Place { rank, target, .. } = self.heap.pop()?;
            match target {
                Due::Call(call) if call.waits_as(rank) => {
                    call.make_ready();
                    return Some(Due::Call(call));
                }
                Due::Sleep(ticket) => {
                    if let Some(sleeper) = self.sleeps.get_mut(ticket) {
                        sleeper.is_due = true;
                        return Some(Due::Sleep(ticket));
                    }
                }
                Due::Call(_) => {}
            }
            self.stale -= 1;
        }
    }

    /// Takes everything out: the calls, in the order of their times, and the sleeps.
    pub(crate) fn take_all(&mut self) -> (Vec<Rc<Call>>, impl Iterator<Item = Sleeper> + use<>) {
        self.stale = 0;
        let heap = std::mem::take(&mut self.heap);
        let places = heap.into_sorted_vec().into_iter().rev();
        let calls = places.filter_map(|place| match place.target {
            Due::Call(call) if call.waits_as(place.rank) => {
                call.make_ready();
                Some(call)
            }
            _ => None,
        });
        (calls.collect(), self.sleeps.take_all())
    }

    /// Builds the heap anew when more than half of it is stale, and gives memory back after a peak.
    pub(crate) fn tidy(&mut self) {
        if self.heap.len() > 64 && self.stale > self.heap.len() / 2 {
            let sleeps = &self.sleeps;
            self.heap.retain(|place| place.is_fresh(sleeps));
            self.stale = 0;
        }
        let capacity = self.heap.capacity();
        if capacity > KEPT && self.heap.len() < capacity / 8 {
            self.heap.shrink_to(2 * self.heap.len());
        }
    }
}
