//! Q1 to Q5, for threads: one thread for each producer and each consumer.

use std::hint::black_box;
use std::time::Instant;

use super::peer::{Item, ThreadQueue};
use crate::Sample;
use crate::threads::{Part, part, together};

/// Q1: an item in, an item out, without waiting.
///
/// # Panics
///
/// Panics if an item is refused or lost.
#[must_use]
pub(super) fn try_pair<P: ThreadQueue, const CAPACITY: usize>(ops: u64) -> Sample {
    let (tx, rx) = P::open::<u64>(CAPACITY);
    let start = Instant::now();
    for item in 0..ops {
        assert!(
            P::try_put(black_box(&tx), item),
            "an empty queue refused an item"
        );
        assert!(P::try_get(black_box(&rx)).is_some(), "an item was lost");
    }
    Sample {
        elapsed: start.elapsed(),
        ops,
    }
}

/// Q3, Q4, Q5.
///
/// # Panics
///
/// Panics if there are to be several consumers and the peer allows one.
#[must_use]
pub(super) fn across<
    P: ThreadQueue,
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
    let mut rxs: Vec<_> = (1..CONSUMERS)
        .map(|_| P::share(&rx).expect("several consumers"))
        .collect();
    rxs.push(rx);
    let mut parts: Vec<Part> = Vec::new();
    for _ in 0..PRODUCERS {
        let tx = tx.clone();
        parts.push(part(move || {
            for _ in 0..each_puts {
                P::put(&tx, T::default());
            }
        }));
    }
    for rx in rxs {
        parts.push(part(move || {
            for _ in 0..each_gets {
                assert!(black_box(P::get(&rx)).is_some(), "an item was lost");
            }
        }));
    }
    let elapsed = together(parts);
    drop(tx);
    Sample {
        elapsed,
        ops: share * (PRODUCERS * CONSUMERS) as u64,
    }
}
