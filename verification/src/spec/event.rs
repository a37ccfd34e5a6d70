//! `Event`: exact, nothing is looser than in the model.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::Poll;

use waystation_event::{Event, Wait};
use waystation_testkit::model::{EventModel, Id};
use waystation_testkit::{History, Recorder, Sequential};

use super::Who;
use crate::watched::{Names, Watched};

/// A step of an event's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flag {
    /// The call of `wait`.
    Wait(Who),
    /// A poll.
    Poll(Who),
    /// A wait is dropped.
    Cancel(Who),
    /// `set`
    Set,
    /// `clear`
    Clear,
    /// `pulse`
    Pulse,
    /// `is_set`
    IsSet,
    /// `waiters`
    Waiters,
}

/// A number stands for what was returned: a bool, a count, 1 for `Ready`.
type Returned = usize;

/// The event that histories are compared with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventSpec {
    model: EventModel,
    ids: BTreeMap<Who, Id>,
}

impl EventSpec {
    /// An event that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self {
            model: EventModel::new(),
            ids: BTreeMap::new(),
        }
    }
}

impl Default for EventSpec {
    fn default() -> Self {
        Self::new()
    }
}

impl Sequential for EventSpec {
    type Op = Flag;
    type Ret = Returned;

    fn apply(&mut self, op: &Flag) -> Option<Returned> {
        let model = &mut self.model;
        let returned = match op {
            Flag::Wait(who) => {
                self.ids.insert(*who, model.wait());
                0
            }
            Flag::Poll(who) => usize::from(model.poll(*self.ids.get(who)?).is_ready()),
            Flag::Cancel(who) => {
                model.cancel(self.ids.remove(who)?);
                0
            }
            Flag::Set => usize::from(model.set()),
            Flag::Clear => usize::from(model.clear()),
            Flag::Pulse => model.pulse(),
            Flag::IsSet => usize::from(model.is_set()),
            Flag::Waiters => model.waiters(),
        };
        model.take_woken();
        Some(returned)
    }
}

/// Notes what is done to an event.
#[derive(Debug, Default)]
pub struct EventLog(Recorder<Flag, Returned>);

impl EventLog {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls `wait`.
    pub fn wait(&self, who: Who, event: &Arc<Event>) -> Watched<'_, Wait<Arc<Event>>, Flag, usize> {
        let wait = self.0.record(Flag::Wait(who), || event.wait_owned(), |_| 0);
        let names = Names {
            poll: Flag::Poll(who),
            cancel: Flag::Cancel(who),
            gone: 0,
        };
        Watched::new(&self.0, wait, names, |poll: &Poll<()>| {
            usize::from(poll.is_ready())
        })
        .from_its_call()
    }

    /// Calls `set`.
    pub fn set(&self, event: &Event) {
        self.0
            .record(Flag::Set, || event.set(), |&was| usize::from(was));
    }

    /// Calls `clear`.
    pub fn clear(&self, event: &Event) {
        self.0
            .record(Flag::Clear, || event.clear(), |&was| usize::from(was));
    }

    /// Calls `pulse`.
    pub fn pulse(&self, event: &Event) {
        self.0.record(Flag::Pulse, || event.pulse(), |&count| count);
    }

    /// Calls `is_set` and `waiters`.
    pub fn look(&self, event: &Event) {
        self.0
            .record(Flag::IsSet, || event.is_set(), |&is| usize::from(is));
        self.0
            .record(Flag::Waiters, || event.waiters(), |&count| count);
    }

    /// What was noted.
    #[must_use]
    pub fn into_history(self) -> History<Flag, Returned> {
        self.0.into_history()
    }
}
