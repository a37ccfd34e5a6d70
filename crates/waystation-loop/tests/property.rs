//! Random scripts against a model of the loop that is a sorted list.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use waystation_loop::{CallHandle, EventLoop, TimerHandle, VirtualClock};

#[derive(Clone, Copy, Debug)]
enum Op {
    Soon,
    Later(u64),
    Never,
    CancelSoon(usize),
    Cancel(usize),
    Reset(usize, u64),
    Advance(u64),
    Run,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        2 => Just(Op::Soon),
        6 => (0u64..20).prop_map(Op::Later),
        1 => Just(Op::Never),
        1 => any::<usize>().prop_map(Op::CancelSoon),
        4 => any::<usize>().prop_map(Op::Cancel),
        3 => (any::<usize>(), 0u64..20).prop_map(|(index, at)| Op::Reset(index, at)),
        3 => (0u64..5).prop_map(Op::Advance),
        3 => Just(Op::Run),
    ]
}

/// What should happen: plain lists, searched from end to end.
#[derive(Default)]
struct Model {
    now: u64,
    rank: u64,
    soon: Vec<usize>,
    /// `(when, rank, name)`; `None`: never.
    timers: Vec<(Option<u64>, u64, usize)>,
    ran: Vec<usize>,
}

impl Model {
    fn set(&mut self, when: Option<u64>, name: usize) {
        self.rank += 1;
        self.timers.push((when, self.rank, name));
    }

    fn run(&mut self) {
        self.ran.append(&mut self.soon);
        let now = self.now;
        let mut due: Vec<_> = self
            .timers
            .iter()
            .copied()
            .filter(|(when, ..)| when.is_some_and(|at| at <= now))
            .collect();
        due.sort_unstable();
        self.timers.retain(|timer| !due.contains(timer));
        self.ran.extend(due.iter().map(|(.., name)| name));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn timers_and_calls_do_what_the_model_says(script in proptest::collection::vec(op(), 0..120)) {
        let clock = VirtualClock::manual();
        let event_loop = EventLoop::builder().clock(clock.clone()).build();
        let start = event_loop.time();
        let at = |millis: u64| start + Duration::from_millis(millis);
        let ran = Rc::new(RefCell::new(Vec::new()));
        let mut model = Model::default();
        let mut calls: Vec<(CallHandle, usize)> = Vec::new();
        let mut timers: Vec<(TimerHandle, usize)> = Vec::new();
        let mut names = 0..;
        for op in script {
            let name = names.next().unwrap_or_default();
            let callback = { let ran = ran.clone(); move || ran.borrow_mut().push(name) };
            match op {
                Op::Soon => {
                    calls.push((event_loop.call_soon(callback), name));
                    model.soon.push(name);
                }
                Op::Later(delay) => {
                    timers.push((event_loop.call_later(Duration::from_millis(delay), callback), name));
                    model.set(Some(model.now + delay), name);
                }
                Op::Never => {
                    timers.push((event_loop.call_later(Duration::MAX, callback), name));
                    model.set(None, name);
                }
                Op::CancelSoon(index) if !calls.is_empty() => {
                    let (call, name) = &calls[index % calls.len()];
                    let waiting = model.soon.contains(name);
                    model.soon.retain(|other| other != name);
                    prop_assert_eq!(call.cancel(), waiting);
                }
                Op::Cancel(index) if !timers.is_empty() => {
                    let (timer, name) = &timers[index % timers.len()];
                    let waiting = model.timers.iter().any(|(.., other)| other == name);
                    model.timers.retain(|(.., other)| other != name);
                    prop_assert_eq!(timer.cancel(), waiting);
                    prop_assert_eq!(timer.when(), None);
                }
                Op::Reset(index, time) if !timers.is_empty() => {
                    let (timer, name) = &timers[index % timers.len()];
                    let waiting = model.timers.iter().any(|(.., other)| other == name);
                    model.timers.retain(|(.., other)| other != name);
                    if waiting {
                        model.set(Some(time), *name);
                    }
                    prop_assert_eq!(timer.reset_at(at(time)), waiting);
                }
                Op::Advance(by) => {
                    clock.advance(Duration::from_millis(by));
                    model.now += by;
                }
                Op::Run => {
                    event_loop.run_until_idle();
                    model.run();
                }
                _ => {}
            }
            prop_assert_eq!(&*ran.borrow(), &model.ran);
            for (timer, name) in &timers {
                let expected: Option<Instant> = model
                    .timers
                    .iter()
                    .find(|(.., other)| other == name)
                    .and_then(|(when, ..)| when.map(at));
                prop_assert_eq!(timer.when(), expected);
            }
            let shown = format!("{event_loop:?}");
            let expected = format!("timers: {}", model.timers.len());
            prop_assert!(shown.contains(&expected), "{}", shown);
        }
        event_loop.close();
        prop_assert_eq!(Rc::strong_count(&ran), 1);
    }
}
