//! The same scripts on the queue and on one that is written the plain way, on `event-listener`.

use std::future::Future;
use std::pin::Pin;

use proptest::collection::vec;
use proptest::prelude::*;
use waystation_queue::{Queue, TryGetError, TryPutError};
use waystation_testkit::Driver;
use waystation_testkit::reference;

#[derive(Clone, Copy, Debug)]
enum Op {
    Put,
    Get,
    Poll(usize),
    Cancel(usize),
    TryPut,
    TryGet,
    Close,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => Just(Op::Put),
        8 => Just(Op::Get),
        10 => any::<usize>().prop_map(Op::Poll),
        5 => any::<usize>().prop_map(Op::Cancel),
        4 => Just(Op::TryPut),
        4 => Just(Op::TryGet),
    ]
}

/// What comes out of either future.
#[derive(Debug, PartialEq)]
enum Out {
    Entered,
    Returned(u32),
    Got(u32),
    Closed,
}

type Boxed<'q> = Driver<Pin<Box<dyn Future<Output = Out> + 'q>>>;

struct Pair<'q> {
    real: Boxed<'q>,
    plain: Boxed<'q>,
}

fn run(capacity: Option<usize>, script: &[Op]) {
    let real = capacity.map_or_else(Queue::unbounded, Queue::bounded);
    let plain = capacity.map_or_else(reference::Queue::unbounded, reference::Queue::bounded);
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    let mut item = 0;
    for &op in script {
        match op {
            Op::Put => {
                item += 1;
                let (a, b, item) = (&real, &plain, item);
                pairs.push(Pair {
                    real: Driver::new(Box::pin(async move {
                        let outcome = a.put(item).await;
                        outcome.map_or_else(|e| Out::Returned(e.0), |()| Out::Entered)
                    })),
                    plain: Driver::new(Box::pin(async move {
                        let outcome = b.put(item).await;
                        outcome.map_or_else(Out::Returned, |()| Out::Entered)
                    })),
                });
                poll(&mut pairs, usize::MAX);
            }
            Op::Get => {
                let (a, b) = (&real, &plain);
                pairs.push(Pair {
                    real: Driver::new(Box::pin(async move {
                        a.get().await.map_or(Out::Closed, Out::Got)
                    })),
                    plain: Driver::new(Box::pin(async move {
                        b.get().await.map_or(Out::Closed, Out::Got)
                    })),
                });
                poll(&mut pairs, usize::MAX);
            }
            Op::Poll(number) if !pairs.is_empty() => {
                let at = number % pairs.len();
                poll(&mut pairs, at);
            }
            Op::Cancel(number) if !pairs.is_empty() => {
                drop(pairs.swap_remove(number % pairs.len()));
            }
            Op::Poll(_) | Op::Cancel(_) => {}
            Op::TryPut => {
                item += 1;
                let a = real
                    .try_put(item)
                    .map_err(|e| matches!(e, TryPutError::Closed(_)));
                let b = plain
                    .try_put(item)
                    .map_err(|e| matches!(e, reference::TryPutError::Closed(_)));
                assert_eq!(a, b);
            }
            Op::TryGet => {
                let a = real.try_get().map_err(|e| e == TryGetError::Closed);
                let b = plain
                    .try_get()
                    .map_err(|e| e == reference::TryGetError::Closed);
                assert_eq!(a, b);
            }
            Op::Close => assert_eq!(real.close(), plain.close()),
        }
        assert_eq!(
            (real.len(), real.is_closed()),
            (plain.len(), plain.is_closed())
        );
        for (at, pair) in pairs.iter().enumerate() {
            assert_eq!(pair.real.woken(), pair.plain.woken(), "{at} after {op:?}");
        }
    }
}

/// Polls one on both sides, the last one for `usize::MAX`.
fn poll(pairs: &mut Vec<Pair<'_>>, at: usize) {
    let at = at.min(pairs.len() - 1);
    let (real, plain) = (pairs[at].real.poll(), pairs[at].plain.poll());
    assert_eq!(real, plain);
    if real.is_ready() {
        drop(pairs.swap_remove(at));
    }
}

proptest! {
    #![proptest_config(crate::config())]

    #[test]
    fn the_queue_agrees_with_one_that_is_written_the_plain_way(
        capacity in prop_oneof![Just(Some(1)), Just(Some(2)), Just(Some(3)), Just(None)],
        mut script in vec(op(), 1..60),
        close in prop::option::of(0..60_usize),
    ) {
        if let Some(at) = close {
            script.insert(at.min(script.len()), Op::Close);
        }
        run(capacity, &script);
    }
}
