//! L1, for threads.

use std::hint::black_box;
use std::thread;
use std::time::Instant;

use crate::Sample;
use crate::facts::{Facts, Kind};

/// How many live at once: 10,000 do not on every machine.
const AT_ONCE: u64 = 100;

pub(super) const FACTS: Facts = Facts::new(Kind::Threads, "std threads", "", "scope, spawn, join")
    .note("100 threads at a time");

/// L1: threads are spawned and joined.
#[must_use]
pub(super) fn spawn_and_join(ops: u64) -> Sample {
    let rounds = ops.div_ceil(AT_ONCE);
    let start = Instant::now();
    for _ in 0..rounds {
        thread::scope(|scope| {
            for number in 0..AT_ONCE {
                scope.spawn(move || black_box(number));
            }
        });
    }
    Sample {
        elapsed: start.elapsed(),
        ops: rounds * AT_ONCE,
    }
}
