//! The same script on a strict semaphore and on one written by hand on `event-listener`.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use waystation_semaphore::{Acquire, Permit, Semaphore};
use waystation_testkit::{Driver, reference};

use crate::machine::Op;

type Theirs<'a> = Pin<Box<dyn Future<Output = reference::Permit<'a>> + 'a>>;

struct Pair<'a> {
    ours: Driver<Acquire<&'a Semaphore>>,
    theirs: Driver<Theirs<'a>>,
}

type Permits<'a> = (Permit<&'a Semaphore>, reference::Permit<'a>);

/// What both can do: the other steps are skipped.
pub(crate) fn play(permits: usize, ops: &[Op]) {
    let ours = Semaphore::new(permits);
    let theirs = reference::Semaphore::new(permits);
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    let mut held: Vec<Permits<'_>> = Vec::new();
    for &op in ops {
        match op {
            Op::Acquire(n) => pairs.push(Pair {
                ours: Driver::new(ours.acquire_many(n)),
                theirs: Driver::new(Box::pin(theirs.acquire_many(n))),
            }),
            Op::Poll(who, fresh) if !pairs.is_empty() => {
                let at = who % pairs.len();
                held.extend(poll(&mut pairs, at, fresh));
            }
            Op::PollWoken(fresh) => {
                if let Some(at) = pairs.iter().position(|pair| pair.ours.woken()) {
                    held.extend(poll(&mut pairs, at, fresh));
                }
            }
            Op::Cancel(who) if !pairs.is_empty() => drop(pairs.remove(who % pairs.len())),
            Op::Try(n) => match (ours.try_acquire_many(n), theirs.try_acquire_many(n)) {
                (Ok(ours), Some(theirs)) => held.push((ours, theirs)),
                (Err(_), None) => {}
                (ours, theirs) => panic!("{ours:?} here, {theirs:?} there"),
            },
            Op::Drop(who) if !held.is_empty() => drop(held.swap_remove(who % held.len())),
            Op::Forget(who) if !held.is_empty() => {
                let (ours, theirs) = held.swap_remove(who % held.len());
                ours.forget();
                theirs.forget();
            }
            Op::Give(n) => {
                ours.add_permits(n);
                theirs.add_permits(n);
            }
            _ => continue,
        }
        assert_eq!(ours.available_permits(), theirs.available_permits());
        for pair in &pairs {
            assert_eq!(pair.ours.wakes(), pair.theirs.wakes());
            assert_eq!(pair.ours.woken(), pair.theirs.woken());
        }
    }
}

fn poll<'a>(pairs: &mut Vec<Pair<'a>>, at: usize, fresh: bool) -> Option<Permits<'a>> {
    let pair = &mut pairs[at];
    if fresh {
        pair.ours.change_waker();
        pair.theirs.change_waker();
    }
    match (pair.ours.poll(), pair.theirs.poll()) {
        (Poll::Pending, Poll::Pending) => None,
        (Poll::Ready(ours), Poll::Ready(theirs)) => {
            drop(pairs.remove(at));
            Some((ours.unwrap(), theirs))
        }
        (ours, theirs) => panic!("{ours:?} here, {theirs:?} there"),
    }
}
