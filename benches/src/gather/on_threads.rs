//! G1, for threads: one for each child, parked until it is woken.

use std::thread;
use std::time::Instant;

use crate::Sample;
use crate::facts::{Facts, Kind};

pub(super) const FACTS: Facts = Facts::new(Kind::Threads, "std threads", "", "scope, park, join");

/// G1: `N` threads are started, unparked and joined.
///
/// # Panics
///
/// Panics if a thread does.
#[must_use]
pub(super) fn crowd<const N: usize>(ops: u64) -> Sample {
    let rounds = ops.div_ceil(N as u64);
    let start = Instant::now();
    for _ in 0..rounds {
        let outputs: Vec<usize> = thread::scope(|scope| {
            let children: Vec<_> = (0..N)
                .map(|number| {
                    scope.spawn(move || {
                        thread::park();
                        number
                    })
                })
                .collect();
            for child in &children {
                child.thread().unpark();
            }
            children
                .into_iter()
                .filter_map(|child| child.join().ok())
                .collect()
        });
        assert!(outputs.into_iter().eq(0..N), "every child has an output");
    }
    Sample {
        elapsed: start.elapsed(),
        ops: rounds * N as u64,
    }
}
