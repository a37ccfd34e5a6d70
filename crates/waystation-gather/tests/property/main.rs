//! Random children, woken at random, against a model of the rounds.

mod model;
#[path = "../support/mod.rs"]
mod support;

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use model::{Function, Given, Kind, Model};
use proptest::prelude::*;
use support::{Child, Gone, Lost, Polled, Stage, Value};
use waystation_gather::{as_completed, gather, try_gather};
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

fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    let kind = prop_oneof![
        1 => Just(Kind::Ready),
        6 => Just(Kind::Parks),
        2 => (1u8..90).prop_map(Kind::Restless),
        2 => (0usize..24).prop_map(Kind::Nudges),
        1 => Just(Kind::EndsLoudly),
    ];
    prop::collection::vec(kind, 0..24)
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
