//! `Event` and `AutoResetEvent`.

use std::collections::{BTreeMap, VecDeque};
use std::mem::take;
use std::task::Poll;

use super::Id;
use super::wakers::Wakers;

/// What `Event` promises.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct EventModel {
    set: bool,
    /// Every live wait, and whether it was released.
    waits: BTreeMap<Id, bool>,
    line: Vec<Id>,
    wakers: Wakers,
}

impl EventModel {
    /// An event that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An event that is set, or not.
    #[must_use]
    pub fn with_state(set: bool) -> Self {
        Self {
            set,
            ..Self::default()
        }
    }

    /// A new wait. It observes from here on, not from its first poll.
    pub fn wait(&mut self) -> Id {
        let id = self.wakers.name();
        self.waits.insert(id, self.set);
        id
    }

    /// Polls a wait.
    ///
    /// # Panics
    ///
    /// If it is gone.
    #[track_caller]
    pub fn poll(&mut self, id: Id) -> Poll<()> {
        if self.waits[&id] {
            self.waits.remove(&id);
            self.wakers.disarm(id);
            return Poll::Ready(());
        }
        if !self.line.contains(&id) {
            self.line.push(id);
        }
        self.wakers.arm(id);
        Poll::Pending
    }

    /// Drops a wait.
    pub fn cancel(&mut self, id: Id) {
        self.waits.remove(&id);
        self.line.retain(|&other| other != id);
        self.wakers.disarm(id);
    }

    /// Sets the flag and releases every wait there is. True if it was unset.
    pub fn set(&mut self) -> bool {
        if !self.set {
            self.release_all();
        }
        !std::mem::replace(&mut self.set, true)
    }

    /// Clears the flag. True if it was set.
    pub fn clear(&mut self) -> bool {
        take(&mut self.set)
    }

    /// Releases every wait there is and leaves the flag clear. How many were in line.
    pub fn pulse(&mut self) -> usize {
        self.set = false;
        self.release_all()
    }

    /// Whether the flag is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.set
    }

    /// How many are in line.
    #[must_use]
    pub fn waiters(&self) -> usize {
        self.line.len()
    }

    /// The waits that were woken since this was last asked.
    pub fn take_woken(&mut self) -> Vec<Id> {
        self.wakers.take_woken()
    }

    /// The waits that are neither ready nor dropped.
    #[must_use]
    pub fn live(&self) -> Vec<Id> {
        self.waits.keys().copied().collect()
    }

    fn release_all(&mut self) -> usize {
        self.waits
            .values_mut()
            .for_each(|released| *released = true);
        let line = take(&mut self.line);
        line.iter().for_each(|&id| self.wakers.wake(id));
        line.len()
    }
}

/// What `AutoResetEvent` promises: one waiter per `set`, in order; a signal that nobody waits for
/// is kept, once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AutoResetModel {
    kept: bool,
    waits: BTreeMap<Id, Place>,
    line: VecDeque<Id>,
    wakers: Wakers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    New,
    Parked,
    Granted,
}

impl AutoResetModel {
    /// An event without a kept signal.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An event with a kept signal, or without.
    #[must_use]
    pub fn with_state(kept: bool) -> Self {
        Self {
            kept,
            ..Self::default()
        }
    }

    /// A new wait. It takes its place at the first poll.
    pub fn wait(&mut self) -> Id {
        let id = self.wakers.name();
        self.waits.insert(id, Place::New);
        id
    }

    /// Polls a wait.
    ///
    /// # Panics
    ///
    /// If it is gone.
    #[track_caller]
    pub fn poll(&mut self, id: Id) -> Poll<()> {
        let ready = match self.waits[&id] {
            // A signal is kept only while nobody waits.
            Place::New => take(&mut self.kept),
            Place::Parked => false,
            Place::Granted => true,
        };
        if ready {
            self.waits.remove(&id);
            self.wakers.disarm(id);
            return Poll::Ready(());
        }
        if self.waits.insert(id, Place::Parked) == Some(Place::New) {
            self.line.push_back(id);
        }
        self.wakers.arm(id);
        Poll::Pending
    }

    /// Drops a wait. One that was granted hands its signal on.
    pub fn cancel(&mut self, id: Id) {
        self.wakers.disarm(id);
        match self.waits.remove(&id) {
            Some(Place::Granted) => {
                self.set();
            }
            _ => self.line.retain(|&other| other != id),
        }
    }

    /// Releases the head of the line, or keeps the signal. False if one was kept already.
    pub fn set(&mut self) -> bool {
        match self.line.pop_front() {
            Some(head) => {
                self.waits.insert(head, Place::Granted);
                self.wakers.wake(head);
                true
            }
            None => !std::mem::replace(&mut self.kept, true),
        }
    }

    /// Removes a kept signal. True if there was one.
    pub fn clear(&mut self) -> bool {
        take(&mut self.kept)
    }

    /// Whether a signal is kept.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.kept
    }

    /// How many are in line.
    #[must_use]
    pub fn waiters(&self) -> usize {
        self.line.len()
    }

    /// The waits that were woken since this was last asked.
    pub fn take_woken(&mut self) -> Vec<Id> {
        self.wakers.take_woken()
    }

    /// The waits that are neither ready nor dropped.
    #[must_use]
    pub fn live(&self) -> Vec<Id> {
        self.waits.keys().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: Poll<()> = Poll::Ready(());

    #[test]
    fn set_then_clear_releases_everybody_who_waited() {
        let mut event = EventModel::new();
        let (early, b, a) = (event.wait(), event.wait(), event.wait());
        assert!(event.poll(a).is_pending() && event.poll(b).is_pending());
        assert_eq!(event.waiters(), 2);
        assert!(event.set() && !event.set() && event.clear() && !event.clear());
        assert_eq!(event.take_woken(), [a, b], "in line order, each once");
        let late = event.wait();
        assert!(event.poll(late).is_pending());
        assert_eq!(
            [event.poll(early), event.poll(a), event.poll(b)],
            [READY; 3]
        );
        assert_eq!(event.live(), [late]);
    }

    #[test]
    fn pulse_counts_only_those_in_line() {
        let mut event = EventModel::with_state(false);
        let (parked, early) = (event.wait(), event.wait());
        assert!(event.poll(parked).is_pending());
        assert_eq!(event.pulse(), 1);
        assert!(!event.is_set());
        assert_eq!([event.poll(early), event.poll(parked)], [READY; 2]);
    }

    #[test]
    fn a_cancelled_wait_is_not_woken() {
        let mut event = EventModel::new();
        let (a, b) = (event.wait(), event.wait());
        assert!(event.poll(a).is_pending() && event.poll(b).is_pending());
        event.cancel(a);
        event.set();
        assert_eq!(event.take_woken(), [b]);
    }

    #[test]
    fn one_signal_one_waiter() {
        let mut event = AutoResetModel::new();
        let (a, b) = (event.wait(), event.wait());
        assert!(event.poll(a).is_pending() && event.poll(b).is_pending());
        assert!(event.set());
        assert!(!event.is_set());
        assert_eq!(event.take_woken(), [a]);
        assert!(event.poll(b).is_pending());
        event.cancel(a);
        assert_eq!(event.take_woken(), [b], "handed on");
        assert!(event.set() && !event.set() && event.is_set());
        event.cancel(b);
        assert!(
            event.clear() && !event.clear(),
            "kept once, though handed on"
        );
    }

    #[test]
    fn a_kept_signal_is_taken_at_the_first_poll() {
        let mut event = AutoResetModel::with_state(true);
        let (a, b) = (event.wait(), event.wait());
        assert_eq!(event.poll(b), READY);
        assert!(event.poll(a).is_pending());
    }
}
