//! Random children, woken at random, against a model of the rounds.

mod model;
#[path = "../support/mod.rs"]
mod support;

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use model::{Function, Given, Kind, Model};
use proptest::prelude::*;
use support::{Child, Gone, Lost, Polled, Stage, Value};
use waystation_gather::{Group, as_completed, gather, try_gather};
use waystation_testkit::Driver;

#[derive(Clone, Debug)]
enum Op {
    Poll,
    Wake(usize),
    Open(usize),
    ChangeWaker,
}

fn child(stage: &Stage, id: usize, kind: Kind, fails: bool) -> Child<Result<Value, usize>> {
    let mut nth = 0;
    stage.scripted(id, move |stage, cx| {
        nth += 1;
        let open = stage.park(id, cx);
        match kind {
            Kind::Restless(times) if nth <= times => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Kind::Nudges(other) if nth == 1 => stage.try_wake(other),
            Kind::EndsLoudly if open => cx.waker().wake_by_ref(),
            _ => {}
        }
        match open || matches!(kind, Kind::Ready) {
            true if fails => Poll::Ready(Err(id)),
            true => Poll::Ready(Ok(stage.value(id))),
            false => Poll::Pending,
        }
    })
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        1 => Just(Kind::Ready),
        6 => Just(Kind::Parks),
        2 => (1u8..20).prop_map(Kind::Restless),
        2 => (0usize..24).prop_map(Kind::Nudges),
        1 => Just(Kind::EndsLoudly),
    ]
}

fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    prop_oneof![
        4 => prop::collection::vec(kind(), 0..24),
        1 => prop::collection::vec(kind(), 60..140),
    ]
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        4 => Just(Op::Poll),
        4 => (0usize..24).prop_map(Op::Wake),
        3 => (0usize..24).prop_map(Op::Open),
        1 => Just(Op::ChangeWaker),
    ];
    prop::collection::vec(op, 0..80)
}

fn number(result: Result<Value, usize>) -> usize {
    result.map_or_else(|id| id, |value| value.id)
}

type Step<'a> = Box<dyn FnMut(&mut Context<'_>) -> Given + 'a>;

/// Any of the three, one poll a time.
struct Whole<'a>(Step<'a>);

impl Future for Whole<'_> {
    type Output = Given;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Given> {
        Poll::Ready((self.0)(cx))
    }
}

fn whole(
    function: Function,
    children: Vec<Child<Result<Value, usize>>>,
    limit: usize,
) -> Step<'static> {
    let limited = limit != usize::MAX;
    match function {
        Function::Gather => {
            let mut whole = gather(children);
            if limited {
                whole = whole.limit(limit);
            }
            Box::new(move |cx| match Pin::new(&mut whole).poll(cx) {
                Poll::Pending => Given::Pending,
                Poll::Ready(all) => Given::All(all.into_iter().map(number).collect()),
            })
        }
        Function::TryGather => {
            let mut whole = try_gather(children.into_iter());
            if limited {
                whole = whole.limit(limit);
            }
            Box::new(move |cx| match Pin::new(&mut whole).poll(cx) {
                Poll::Pending => Given::Pending,
                Poll::Ready(Ok(all)) => Given::All(support::ids(all)),
                Poll::Ready(Err(id)) => Given::Failed(id),
            })
        }
        Function::AsCompleted => {
            let mut whole = as_completed(children);
            if limited {
                whole = whole.limit(limit);
            }
            Box::new(move |cx| match Pin::new(&mut whole.next()).poll(cx) {
                Poll::Pending => Given::Pending,
                Poll::Ready(None) => Given::NoMore,
                Poll::Ready(Some((index, output))) => {
                    assert_eq!(number(output), index);
                    Given::One(index)
                }
            })
        }
        Function::Group => unreachable!("it has a test of its own"),
    }
}

/// The real thing and the model, side by side.
struct Run {
    stage: Stage,
    whole: Driver<Whole<'static>>,
    model: Model,
}

impl Run {
    fn wake(&mut self, id: usize, open: bool) {
        if open {
            self.stage.unlock(id);
            self.model.open.insert(id);
        }
        self.stage.try_wake(id);
        self.model.wake(id);
        assert_eq!(
            self.whole.wakes(),
            self.model.wakes,
            "wake-ups after waking {id}"
        );
    }

    /// One poll of both; whether it was the last.
    fn poll(&mut self) -> bool {
        let Poll::Ready(given) = self.whole.poll() else {
            unreachable!()
        };
        assert_eq!(given, self.model.poll());
        let book = self.stage.book().into_iter();
        let polled: Vec<_> = book
            .filter_map(|note| {
                if let Polled(id) = note {
                    Some(id)
                } else {
                    None
                }
            })
            .collect();
        assert_eq!(
            polled,
            std::mem::take(&mut self.model.log),
            "children polled"
        );
        assert_eq!(
            self.whole.wakes(),
            self.model.wakes,
            "wake-ups after a poll"
        );
        assert_eq!(
            self.whole.probe().live(),
            usize::from(self.model.armed),
            "registered wakers"
        );
        matches!(given, Given::All(_) | Given::Failed(_) | Given::NoMore)
    }
}

/// Plays a script on the real thing and on the model; every step must look the same.
fn play(model: Model, ops: &[Op], finish: bool) {
    let stage = Stage::new();
    let children = model.kinds.iter().enumerate();
    let children = children
        .map(|(id, &kind)| child(&stage, id, kind, model.failing.contains(&id)))
        .collect();
    let whole = Driver::new(Whole(whole(model.function, children, model.limit)));
    let mut run = Run {
        stage,
        whole,
        model,
    };
    let mut over = false;
    for op in ops {
        match *op {
            Op::Poll => over = run.poll(),
            Op::Wake(id) => run.wake(id, false),
            Op::Open(id) => run.wake(id, true),
            Op::ChangeWaker => drop(run.whole.change_waker()),
        }
        if over {
            break;
        }
    }
    let mut turns = 0;
    while finish && !over {
        (0..run.model.kinds.len()).for_each(|id| run.wake(id, true));
        over = run.poll();
        turns += 1;
        assert!(turns < 1_000, "it does not end");
    }
    let Run {
        stage,
        whole,
        model,
    } = run;
    drop(whole);
    // Whatever ended it: nothing is left, and what was left was dropped in order.
    let mut expected = Vec::new();
    if !over {
        let unfinished = (0..model.kinds.len()).filter(|id| !model.ended.contains(id));
        expected.extend(unfinished.map(Gone));
        if model.function != Function::AsCompleted {
            let values = model.ended.iter().filter(|id| !model.failing.contains(id));
            expected.extend(values.map(|&id| Lost(id)));
        }
    }
    assert_eq!(stage.book(), expected);
}

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|n| n.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(1_500),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_step_is_that_of_the_model(
        function in prop_oneof![
            Just(Function::Gather),
            Just(Function::TryGather),
            Just(Function::AsCompleted),
        ],
        kinds in kinds(),
        failing in prop::collection::btree_set(0usize..200, 0..20),
        limit in prop_oneof![2 => Just(usize::MAX), 3 => 1usize..6, 1 => 6usize..30],
        ops in ops(),
        finish in any::<bool>(),
    ) {
        play(Model::new(function, &kinds, &failing, limit), &ops, finish);
    }
}

#[derive(Clone, Debug)]
enum GroupOp {
    Push(Kind),
    Cancel(usize),
    Next,
    Wake(usize),
    Open(usize),
}

fn group_ops() -> impl Strategy<Value = Vec<GroupOp>> {
    let op = prop_oneof![
        5 => kind().prop_map(GroupOp::Push),
        1 => (0usize..40).prop_map(GroupOp::Cancel),
        6 => Just(GroupOp::Next),
        2 => (0usize..40).prop_map(GroupOp::Wake),
        3 => (0usize..40).prop_map(GroupOp::Open),
    ];
    prop::collection::vec(op, 0..150)
}

/// Plays a script on a group and on the model; every step must look the same.
fn play_group(limit: usize, ops: &[GroupOp]) {
    let stage = Stage::new();
    let group = Group::new();
    let group = if limit == usize::MAX {
        group
    } else {
        group.limit(limit)
    };
    let group = Rc::new(RefCell::new(group));
    let mut keys = Vec::new();
    let outputs = group.clone();
    let given_keys = Rc::new(RefCell::new(Vec::new()));
    let given = given_keys.clone();
    let step = move |cx: &mut Context<'_>| {
        let mut group = outputs.borrow_mut();
        match Pin::new(&mut group.next()).poll(cx) {
            Poll::Pending => Given::Pending,
            Poll::Ready(None) => Given::NoMore,
            Poll::Ready(Some((key, output))) => {
                let id = number(output);
                given.borrow_mut().push((key, id));
                Given::One(id)
            }
        }
    };
    let mut run = Run {
        whole: Driver::new(Whole(Box::new(step))),
        model: Model::new(Function::Group, &[], &[].into(), limit),
        stage,
    };
    for op in ops {
        match *op {
            GroupOp::Push(kind) => {
                let child = child(&run.stage, keys.len(), kind, false);
                keys.push(group.borrow_mut().push(child));
                run.model.push(kind);
            }
            GroupOp::Cancel(id) => {
                if let Some(&key) = keys.get(id) {
                    let was_there = group.borrow_mut().cancel(key);
                    assert_eq!(was_there, run.model.cancel(id), "cancel {id}");
                    let gone = if was_there { vec![Gone(id)] } else { vec![] };
                    assert_eq!(run.stage.book(), gone);
                }
            }
            GroupOp::Next => {
                run.poll();
            }
            GroupOp::Wake(id) => run.wake(id, false),
            GroupOp::Open(id) => run.wake(id, true),
        }
        assert_eq!(group.borrow().len(), run.model.len());
        assert_eq!(group.borrow().is_empty(), run.model.len() == 0);
    }
    assert!(given_keys.borrow().iter().all(|&(key, id)| keys[id] == key));
    assert!(keys.is_sorted_by(|a, b| a < b), "no key is used twice");
    let Run {
        stage,
        whole,
        model,
    } = run;
    drop(whole);
    assert_eq!(stage.book(), []);
    drop(group);
    let left = (0..model.kinds.len()).filter(|id| !model.ended.contains(id));
    assert_eq!(stage.book(), left.map(Gone).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_step_of_a_group_is_that_of_the_model(
        limit in prop_oneof![1 => Just(usize::MAX), 2 => 1usize..6],
        ops in group_ops(),
    ) {
        play_group(limit, &ops);
    }
}
