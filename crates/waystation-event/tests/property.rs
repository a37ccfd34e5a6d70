//! Random scripts on both events, compared with the sequential models after every operation; and all
//! scripts of a few operations.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::env;
use std::fmt::Debug;
use std::sync::Arc;
use std::task::Poll;

use common::{AnyWait, WakeLog};
use proptest::prelude::*;
use waystation_event::{AutoResetEvent, Event};
use waystation_testkit::model::{AutoResetModel, EventModel, Id};
use waystation_testkit::{Probe, poll_once, reference};

/// One step of a script. A number picks one of the live waits.
#[derive(Clone, Copy, Debug)]
enum Op {
    Set,
    Clear,
    Pulse,
    Wait { owned: bool },
    Poll(usize),
    PollWithAnotherWaker(usize),
    Cancel(usize),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        2 => Just(Op::Set),
        2 => Just(Op::Clear),
        1 => Just(Op::Pulse),
        5 => any::<bool>().prop_map(|owned| Op::Wait { owned }),
        8 => any::<usize>().prop_map(Op::Poll),
        3 => any::<usize>().prop_map(Op::PollWithAnotherWaker),
        4 => any::<usize>().prop_map(Op::Cancel),
    ]
}

fn script() -> impl Strategy<Value = (bool, Vec<Op>)> {
    (any::<bool>(), prop::collection::vec(op(), 1..60))
}

fn config() -> ProptestConfig {
    let cases = env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(2_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// What the script is played on.
trait Real {
    fn set(&self) -> bool;
    fn clear(&self) -> bool;
    /// Nothing, if it has no such method.
    fn pulse(&self) -> Option<usize>;
    fn is_set(&self) -> bool;
    /// How many are in line, if it says so.
    fn waiters(&self) -> Option<usize>;
    fn wait(&self, owned: bool) -> AnyWait<'_>;
}

impl Real for Arc<Event> {
    fn set(&self) -> bool {
        Event::set(self)
    }
    fn clear(&self) -> bool {
        Event::clear(self)
    }
    fn pulse(&self) -> Option<usize> {
        Some(Event::pulse(self))
    }
    fn is_set(&self) -> bool {
        Event::is_set(self)
    }
    fn waiters(&self) -> Option<usize> {
        Some(Event::waiters(self))
    }
    fn wait(&self, owned: bool) -> AnyWait<'_> {
        if owned {
            Box::new(self.wait_owned())
        } else {
            Box::new(Event::wait(self))
        }
    }
}

impl Real for Arc<AutoResetEvent> {
    fn set(&self) -> bool {
        AutoResetEvent::set(self)
    }
    fn clear(&self) -> bool {
        AutoResetEvent::clear(self)
    }
    fn pulse(&self) -> Option<usize> {
        None
    }
    fn is_set(&self) -> bool {
        AutoResetEvent::is_set(self)
    }
    fn waiters(&self) -> Option<usize> {
        Some(AutoResetEvent::waiters(self))
    }
    fn wait(&self, owned: bool) -> AnyWait<'_> {
        if owned {
            Box::new(self.wait_owned())
        } else {
            Box::new(AutoResetEvent::wait(self))
        }
    }
}

/// What you would write yourself, on `event-listener`. It does not say who is in line.
impl Real for reference::Event {
    fn set(&self) -> bool {
        Self::set(self)
    }
    fn clear(&self) -> bool {
        Self::clear(self)
    }
    fn pulse(&self) -> Option<usize> {
        Some(Self::pulse(self))
    }
    fn is_set(&self) -> bool {
        Self::is_set(self)
    }
    fn waiters(&self) -> Option<usize> {
        None
    }
    fn wait(&self, _: bool) -> AnyWait<'_> {
        Box::new(Box::pin(Self::wait(self)))
    }
}

/// The models, behind one face.
trait Model: Clone + Debug {
    fn set(&mut self) -> bool;
    fn clear(&mut self) -> bool;
    fn pulse(&mut self) -> Option<usize>;
    fn is_set(&self) -> bool;
    fn waiters(&self) -> usize;
    fn wait(&mut self) -> Id;
    fn poll(&mut self, id: Id) -> Poll<()>;
    fn cancel(&mut self, id: Id);
    fn take_woken(&mut self) -> Vec<Id>;
}

macro_rules! model {
    ($model:ty, $pulse:expr) => {
        impl Model for $model {
            fn set(&mut self) -> bool {
                Self::set(self)
            }
            fn clear(&mut self) -> bool {
                Self::clear(self)
            }
            fn pulse(&mut self) -> Option<usize> {
                #[allow(clippy::redundant_closure_call, reason = "the other model has none")]
                $pulse(self)
            }
            fn is_set(&self) -> bool {
                Self::is_set(self)
            }
            fn waiters(&self) -> usize {
                Self::waiters(self)
            }
            fn wait(&mut self) -> Id {
                Self::wait(self)
            }
            fn poll(&mut self, id: Id) -> Poll<()> {
                Self::poll(self, id)
            }
            fn cancel(&mut self, id: Id) {
                Self::cancel(self, id);
            }
            fn take_woken(&mut self) -> Vec<Id> {
                Self::take_woken(self)
            }
        }
    };
}

model!(EventModel, |model: &mut EventModel| Some(model.pulse()));
model!(AutoResetModel, |_| None);

/// A live wait, and the waker of its latest poll: which one it is, and its probe.
struct Sleeper<'a> {
    wait: AnyWait<'a>,
    generation: usize,
    waker: Option<(std::task::Waker, Probe)>,
}

/// A script in play.
struct Play<'a, R, M> {
    real: &'a R,
    model: M,
    sleepers: BTreeMap<Id, Sleeper<'a>>,
    log: WakeLog<(Id, usize)>,
    /// Who was woken and has not been polled since.
    due: Vec<Id>,
}

impl<'a, R: Real, M: Model> Play<'a, R, M> {
    fn new(real: &'a R, model: M) -> Self {
        Self {
            real,
            model,
            sleepers: BTreeMap::new(),
            log: WakeLog::default(),
            due: Vec::new(),
        }
    }

    fn pick(&self, number: usize) -> Option<Id> {
        let live = self.sleepers.len();
        (live > 0).then(|| *self.sleepers.keys().nth(number % live).unwrap())
    }

    fn step(&mut self, op: Op) {
        match op {
            Op::Set => assert_eq!(self.real.set(), self.model.set()),
            Op::Clear => assert_eq!(self.real.clear(), self.model.clear()),
            Op::Pulse => assert_eq!(self.real.pulse(), self.model.pulse()),
            Op::Wait { owned } => {
                let id = self.model.wait();
                let sleeper = Sleeper {
                    wait: self.real.wait(owned),
                    generation: 0,
                    waker: None,
                };
                self.sleepers.insert(id, sleeper);
            }
            Op::Poll(number) => self.poll(self.pick(number), false),
            Op::PollWithAnotherWaker(number) => self.poll(self.pick(number), true),
            Op::Cancel(number) => {
                if let Some(id) = self.pick(number) {
                    self.sleepers.remove(&id);
                    self.due.retain(|&due| due != id);
                    self.model.cancel(id);
                }
            }
        }
        self.compare();
    }

    fn poll(&mut self, id: Option<Id>, another: bool) {
        let Some(id) = id else {
            return;
        };
        let sleeper = self.sleepers.get_mut(&id).unwrap();
        if another || sleeper.waker.is_none() {
            sleeper.generation += 1;
            sleeper.waker = Some(self.log.waker((id, sleeper.generation)));
        }
        let (waker, probe) = sleeper.waker.as_ref().unwrap();
        let poll = poll_once(&mut sleeper.wait, waker);
        // Ours, and the one in line while it waits.
        assert_eq!(probe.live(), if poll.is_ready() { 1 } else { 2 });
        assert_eq!(poll, self.model.poll(id), "poll of {id}");
        self.due.retain(|&due| due != id);
        if poll.is_ready() {
            self.sleepers.remove(&id);
        }
    }

    /// Exactly those were woken whom the model wakes, in order, by their latest wakers; and all that
    /// can be seen is the same.
    fn compare(&mut self) {
        let woken = self.model.take_woken();
        let latest: Vec<_> = woken
            .iter()
            .map(|id| (*id, self.sleepers.get(id).map_or(0, |it| it.generation)))
            .collect();
        assert_eq!(self.log.take(), latest, "woken");
        self.due.extend(woken);
        assert_eq!(self.real.is_set(), self.model.is_set());
        if let Some(waiters) = self.real.waiters() {
            assert_eq!(waiters, self.model.waiters());
        }
    }

    /// Everybody who was woken is polled, until nobody is due. Then nobody sleeps who need not, and
    /// enough signals release all who are left.
    fn come_to_rest(mut self) {
        while let Some(&id) = self.due.first() {
            self.poll(Some(id), false);
            self.compare();
        }
        if self.real.is_set() {
            assert_eq!(self.model.waiters(), 0);
        }
        for _ in 0..=self.sleepers.len() {
            let set = self.real.set();
            assert_eq!(set, self.model.set());
            self.compare();
            for id in self.sleepers.keys().copied().collect::<Vec<_>>() {
                self.poll(Some(id), false);
                self.compare();
            }
        }
        assert!(self.sleepers.is_empty(), "asleep for ever");
        assert_eq!(self.real.waiters().unwrap_or(0), 0);
    }
}

fn play<R: Real>(real: &R, model: impl Model, script: &[Op]) {
    let mut play = Play::new(real, model);
    script.iter().for_each(|&op| play.step(op));
    play.come_to_rest();
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn event_does_what_its_model_does((set, script) in script()) {
        play(&Arc::new(Event::with_state(set)), EventModel::with_state(set), &script);
    }

    #[test]
    fn auto_reset_event_does_what_its_model_does((set, script) in script()) {
        play(&Arc::new(AutoResetEvent::with_state(set)), AutoResetModel::with_state(set), &script);
    }

    #[test]
    fn the_reference_on_event_listener_does_what_the_model_does((_, script) in script()) {
        play(&reference::Event::new(), EventModel::new(), &script);
    }
}

/// Two waits that exist from the beginning, and everything that can be done with them.
const ALPHABET: [Op; 8] = [
    Op::Set,
    Op::Clear,
    Op::Pulse,
    Op::Poll(0),
    Op::Poll(1),
    Op::PollWithAnotherWaker(0),
    Op::Cancel(0),
    Op::Cancel(1),
];

/// Every script of `len` steps.
fn every_script(len: u32, mut f: impl FnMut(&[Op])) {
    let base = ALPHABET.len();
    for number in 0..base.pow(len) {
        let script: Vec<_> = (0..len)
            .map(|digit| ALPHABET[number / base.pow(digit) % base])
            .collect();
        f(&script);
    }
}

const BOTH: [Op; 2] = [Op::Wait { owned: false }, Op::Wait { owned: true }];

#[test]
fn every_script_of_five_steps_on_an_event_is_right() {
    every_script(5, |script| {
        let script = [&BOTH, script].concat();
        play(&Arc::new(Event::new()), EventModel::new(), &script);
    });
}

#[test]
fn every_script_of_five_steps_on_an_auto_reset_event_is_right() {
    every_script(5, |script| {
        let script = [&BOTH, script].concat();
        play(
            &Arc::new(AutoResetEvent::new()),
            AutoResetModel::new(),
            &script,
        );
    });
}
