//! Q1 to Q5, for tasks.

use std::hint::black_box;
use std::time::Instant;

use super::peer::{Item, QueuePeer};
use crate::Sample;
use crate::exec::{Local, in_task};
use crate::threads::{Part, together};

/// Q1: an item in, an item out, without waiting.
///
/// # Panics
///
/// Panics if an item is refused or lost.
#[must_use]
pub fn try_pair<P: QueuePeer, const CAPACITY: usize>(ops: u64) -> Sample {
    let (tx, mut rx) = P::open::<u64>(CAPACITY);
    let start = Instant::now();
    for item in 0..ops {
        assert!(
            P::try_put(black_box(&tx), item),
            "an empty queue refused an item"
        );
        assert!(P::try_get(black_box(&mut rx)).is_some(), "an item was lost");
    }
    Sample {
        elapsed: start.elapsed(),
        ops,
    }
}

pub(super) async fn produce<P: QueuePeer, T: Item>(tx: P::Tx<T>, items: u64) {
    for _ in 0..items {
        black_box(P::put(&tx, T::default()).await);
    }
}

pub(super) async fn consume<P: QueuePeer, T: Item>(mut rx: P::Rx<T>, items: u64) {
    for _ in 0..items {
        assert!(
            black_box(P::get(&mut rx).await).is_some(),
            "an item was lost"
        );
    }
}

/// Q1, awaited: a put and a get that need not wait, in a task.
///
/// # Panics
///
/// Panics if an item is lost.
#[must_use]
pub fn pair_awaited<P: QueuePeer, const CAPACITY: usize>(ops: u64) -> Sample {
    let (tx, mut rx) = P::open::<u64>(CAPACITY);
    let elapsed = in_task(async move {
        for item in 0..ops {
            black_box(P::put(black_box(&tx), item).await);
            let item = P::get(black_box(&mut rx)).await;
            assert!(item.is_some(), "an item was lost");
        }
    });
    Sample { elapsed, ops }
}

/// Q2: one producer and one consumer on one thread.
#[must_use]
pub fn pipe<P: QueuePeer, const CAPACITY: usize>(ops: u64) -> Sample {
    let (tx, rx) = P::open::<u64>(CAPACITY);
    let local = Local::new();
    // Both ends outlive the run, so that closing is in nobody's figure.
    let keep = tx.clone();
    local.spawn(produce::<P, u64>(tx, ops));
    local.spawn(consume::<P, u64>(rx, ops));
    let start = Instant::now();
    local.run();
    let elapsed = start.elapsed();
    drop(keep);
    Sample { elapsed, ops }
}

/// Q3, Q4, Q5: `PRODUCERS` tasks on one thread, `CONSUMERS` tasks on the other.
///
/// # Panics
///
/// Panics if there are to be several consumers and the peer allows one.
#[must_use]
pub fn across<
    P: QueuePeer,
    T: Item,
    const CAPACITY: usize,
    const PRODUCERS: usize,
    const CONSUMERS: usize,
>(
    ops: u64,
) -> Sample {
    let share = ops.div_ceil((PRODUCERS * CONSUMERS) as u64);
    let (each_puts, each_gets) = (share * CONSUMERS as u64, share * PRODUCERS as u64);
    let (tx, rx) = P::open::<T>(CAPACITY);
    let txs: Vec<_> = (0..PRODUCERS).map(|_| tx.clone()).collect();
    let mut rxs: Vec<_> = (1..CONSUMERS)
        .map(|_| P::share(&rx).expect("several consumers"))
        .collect();
    rxs.push(rx);
    let producers: Part = Box::new(move || {
        let local = Local::new();
        for tx in txs {
            local.spawn(produce::<P, T>(tx, each_puts));
        }
        Box::new(move || local.run())
    });
    let consumers: Part = Box::new(move || {
        let local = Local::new();
        for rx in rxs {
            local.spawn(consume::<P, T>(rx, each_gets));
        }
        Box::new(move || local.run())
    });
    let elapsed = together(vec![producers, consumers]);
    drop(tx);
    Sample {
        elapsed,
        ops: share * (PRODUCERS * CONSUMERS) as u64,
    }
}
