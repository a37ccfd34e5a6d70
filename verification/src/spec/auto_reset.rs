//! `AutoResetEvent`: exact, nothing is looser than in the model.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::Poll;

use waystation_event::{AutoResetEvent, AutoResetWait};
use waystation_testkit::model::{AutoResetModel, Id};
use waystation_testkit::{History, Recorder, Sequential};

use super::Who;
use crate::watched::{Names, Watched};

/// A step of an auto-reset event's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A poll; the first takes a place.
    Poll(Who),
    /// A wait is dropped.
    Cancel(Who),
    /// `set`
    Set,
    /// `clear`
    Clear,
    /// `is_set`
    IsSet,
    /// `waiters`
    Waiters,
}

/// The auto-reset event that histories are compared with. What is returned is a number, as for
/// `Event`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AutoResetSpec {
    model: AutoResetModel,
    ids: BTreeMap<Who, Id>,
}

impl AutoResetSpec {
    /// An event without a kept signal.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Sequential for AutoResetSpec {
    type Op = Signal;
    type Ret = usize;

    fn apply(&mut self, op: &Signal) -> Option<usize> {
        let model = &mut self.model;
        let returned = match op {
            Signal::Poll(who) => {
                let id = *self.ids.entry(*who).or_insert_with(|| model.wait());
                usize::from(model.poll(id).is_ready())
            }
            Signal::Cancel(who) => {
                model.cancel(self.ids.remove(who)?);
                0
            }
            Signal::Set => usize::from(model.set()),
            Signal::Clear => usize::from(model.clear()),
            Signal::IsSet => usize::from(model.is_set()),
            Signal::Waiters => model.waiters(),
        };
        model.take_woken();
        Some(returned)
    }
}

/// Notes what is done to an auto-reset event.
#[derive(Debug, Default)]
pub struct AutoResetLog(Recorder<Signal, usize>);

impl AutoResetLog {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls `wait`.
    pub fn wait(
        &self,
        who: Who,
        event: &Arc<AutoResetEvent>,
    ) -> Watched<'_, AutoResetWait<Arc<AutoResetEvent>>, Signal, usize> {
        let names = Names {
            poll: Signal::Poll(who),
            cancel: Signal::Cancel(who),
            gone: 0,
        };
        Watched::new(&self.0, event.wait_owned(), names, |poll: &Poll<()>| {
            usize::from(poll.is_ready())
        })
    }

    /// Calls `set`.
    pub fn set(&self, event: &AutoResetEvent) {
        self.0
            .record(Signal::Set, || event.set(), |&new| usize::from(new));
    }

    /// Calls `clear`.
    pub fn clear(&self, event: &AutoResetEvent) {
        self.0
            .record(Signal::Clear, || event.clear(), |&was| usize::from(was));
    }

    /// Calls `is_set` and `waiters`.
    pub fn look(&self, event: &AutoResetEvent) {
        self.0
            .record(Signal::IsSet, || event.is_set(), |&is| usize::from(is));
        self.0
            .record(Signal::Waiters, || event.waiters(), |&count| count);
    }

    /// What was noted.
    #[must_use]
    pub fn into_history(self) -> History<Signal, usize> {
        self.0.into_history()
    }
}
