//! A checker that cannot say no proves nothing.

use std::collections::VecDeque;

use super::*;
use crate::reference;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Op {
    Put(u32),
    Get,
    TryGet,
}

/// What a get returned; nothing for a put, or for a try that failed.
type Ret = Option<u32>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Fifo(VecDeque<u32>);

impl Sequential for Fifo {
    type Op = Op;
    type Ret = Ret;

    fn apply(&mut self, op: &Op) -> Option<Ret> {
        match op {
            Op::Put(item) => {
                self.0.push_back(*item);
                Some(None)
            }
            Op::Get => self.0.pop_front().map(Some),
            Op::TryGet => Some(self.0.pop_front()),
        }
    }
}

/// A history from what happened at each moment: `(who, call)` or `(who, return)`.
fn history(script: &[(usize, Result<Op, Ret>)]) -> History<Op, Ret> {
    let recorder = Recorder::new();
    let mut open: Vec<Option<Call>> = (0..8).map(|_| None).collect();
    for (who, what) in script {
        match what {
            Ok(op) => open[*who] = Some(recorder.call(op.clone())),
            Err(ret) => recorder.returned(open[*who].take().unwrap(), *ret),
        }
    }
    recorder.into_history()
}

fn fifo(history: &History<Op, Ret>) -> Vec<Violation<u32>> {
    let put = |operation: &Operation<Op, Ret>| match operation.op {
        Put(item) => Some(item),
        Get | TryGet => None,
    };
    history.fifo_violations(put, |operation| operation.returned?.0)
}

use Op::{Get, Put, TryGet};

const DONE: Result<Op, Ret> = Err(None);

fn got(item: u32) -> Result<Op, Ret> {
    Err(Some(item))
}

#[test]
fn operations_that_overlap_may_come_in_any_order() {
    let h = history(&[
        (0, Ok(Put(1))),
        (1, Ok(Put(2))),
        (2, Ok(Get)),
        (2, got(2)),
        (0, DONE),
        (1, DONE),
        (2, Ok(Get)),
        (2, got(1)),
    ]);
    h.assert_linearizable(Fifo::default());
    assert_eq!(fifo(&h), []);
}

#[test]
fn an_overtaken_item_is_found() {
    let h = history(&[
        (0, Ok(Put(1))),
        (0, DONE),
        (1, Ok(Put(2))),
        (1, DONE),
        (2, Ok(Get)),
        (2, got(2)),
        (2, Ok(Get)),
        (2, got(1)),
    ]);
    assert!(!h.is_linearizable(Fifo::default()));
    assert_eq!(
        fifo(&h),
        [Violation::Overtaken {
            first: 1,
            second: 2
        }]
    );
}

#[test]
fn an_item_that_never_came_out_was_overtaken_too() {
    let h = history(&[
        (0, Ok(Put(1))),
        (0, DONE),
        (0, Ok(Put(2))),
        (0, DONE),
        (1, Ok(Get)),
        (1, got(2)),
    ]);
    assert!(!h.is_linearizable(Fifo::default()));
    assert_eq!(
        fifo(&h),
        [Violation::Overtaken {
            first: 1,
            second: 2
        }]
    );
}

#[test]
fn gets_that_overlap_overtake_nobody() {
    let h = history(&[
        (0, Ok(Put(1))),
        (0, DONE),
        (0, Ok(Put(2))),
        (0, DONE),
        (1, Ok(Get)),
        (2, Ok(Get)),
        (1, got(2)),
        (2, got(1)),
    ]);
    h.assert_linearizable(Fifo::default());
    assert_eq!(fifo(&h), []);
}

#[test]
fn an_item_from_nowhere_and_one_got_twice_are_found() {
    let h = history(&[(0, Ok(Get)), (0, got(9)), (0, Ok(Put(9))), (0, DONE)]);
    assert!(!h.is_linearizable(Fifo::default()));
    assert_eq!(fifo(&h), [Violation::FromNowhere(9)]);
    let h = history(&[
        (0, Ok(Put(1))),
        (0, DONE),
        (0, Ok(Get)),
        (0, got(1)),
        (0, Ok(Get)),
        (0, got(1)),
        (0, Ok(Put(1))),
        (0, DONE),
    ]);
    assert!(!h.is_linearizable(Fifo::default()));
    assert_eq!(fifo(&h), [Violation::PutTwice(1), Violation::GotTwice(1)]);
}

#[test]
fn a_try_that_fails_beside_an_item_is_found() {
    let h = history(&[(0, Ok(Put(1))), (0, DONE), (1, Ok(TryGet)), (1, DONE)]);
    assert!(!h.is_linearizable(Fifo::default()));
    let h = history(&[(1, Ok(TryGet)), (0, Ok(Put(1))), (0, DONE), (1, DONE)]);
    assert!(h.is_linearizable(Fifo::default()));
}

#[test]
fn an_open_call_may_have_had_its_effect_or_not() {
    let h = history(&[(0, Ok(Put(1))), (1, Ok(Get)), (1, got(1)), (2, Ok(Get))]);
    assert!(h.is_linearizable(Fifo::default()));
    let h = history(&[(0, Ok(Put(1))), (1, Ok(TryGet)), (1, DONE)]);
    assert!(h.is_linearizable(Fifo::default()));
}

#[test]
fn a_withdrawn_call_did_not_happen() {
    let recorder = Recorder::new();
    recorder.withdrawn(recorder.call(Put(1)));
    recorder.record(Get, || 1, |item| Some(*item));
    assert!(!recorder.into_history().is_linearizable(Fifo::default()));
}

#[test]
#[should_panic(expected = "the longest explanation")]
fn a_wrong_history_is_shown() {
    history(&[(0, Ok(Get)), (0, got(9))]).assert_linearizable(Fifo::default());
}

#[test]
fn dead_ends_are_remembered() {
    // Sixteen at once, and one got an item that nobody put in: 16! orders, 2^16 sets.
    let recorder = Recorder::new();
    let calls: Vec<_> = (0..16)
        .map(|i| recorder.call(if i < 8 { Put(7) } else { Get }))
        .collect();
    for (i, call) in calls.into_iter().enumerate() {
        let ret = match i {
            0..8 => None,
            15 => Some(8),
            _ => Some(7),
        };
        recorder.returned(call, ret);
    }
    assert!(!recorder.into_history().is_linearizable(Fifo::default()));
}

#[test]
fn the_reference_queue_is_linearizable() {
    crate::within(crate::PATIENCE, "histories of the reference queue", || {
        for _ in 0..50 {
            let queue = reference::Queue::unbounded();
            let recorder = Recorder::new();
            std::thread::scope(|scope| {
                for thread in 0..3 {
                    let (queue, recorder) = (&queue, &recorder);
                    scope.spawn(move || {
                        for i in 0..6 {
                            let item = thread * 10 + i;
                            let put = || queue.try_put(item).unwrap();
                            recorder.record(Put(item), put, |()| None);
                            recorder.record(TryGet, || queue.try_get().ok(), |got| *got);
                        }
                    });
                }
            });
            let history = recorder.into_history();
            assert_eq!(fifo(&history), []);
            history.assert_linearizable(Fifo::default());
        }
    });
}
