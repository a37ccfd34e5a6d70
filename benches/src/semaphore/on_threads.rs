//! S1 to S4, for threads: as many threads as the rows for tasks have tasks.

use std::hint::black_box;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use super::ThreadSemaphore;
use crate::Sample;
use crate::threads::{part, together};

/// S1: acquire and release while nobody else is there.
#[must_use]
pub(super) fn uncontended<P: ThreadSemaphore>(ops: u64) -> Sample {
    let semaphore = P::new(1);
    let start = Instant::now();
    for _ in 0..ops {
        black_box(&semaphore).with(1, || {});
    }
    Sample {
        elapsed: start.elapsed(),
        ops,
    }
}

/// S1b: the same without waiting.
///
/// # Panics
///
/// Panics if a free permit is refused.
#[must_use]
pub(super) fn try_uncontended<P: ThreadSemaphore>(ops: u64) -> Sample {
    let semaphore = P::new(1);
    let start = Instant::now();
    for _ in 0..ops {
        assert!(
            black_box(&semaphore).try_with(|| {}),
            "a free permit was refused"
        );
    }
    Sample {
        elapsed: start.elapsed(),
        ops,
    }
}

/// S2, S3, S3b: `N` threads share one permit.
#[must_use]
pub(super) fn contended<P: ThreadSemaphore, const N: u64, const YIELD: bool>(ops: u64) -> Sample {
    let turns = ops.div_ceil(N);
    let semaphore = Arc::new(P::new(1));
    let parts = (0..N)
        .map(|_| {
            let semaphore = Arc::clone(&semaphore);
            part(move || {
                for _ in 0..turns {
                    semaphore.with(1, || {
                        if YIELD {
                            thread::yield_now();
                        }
                    });
                }
            })
        })
        .collect();
    Sample {
        elapsed: together(parts),
        ops: turns * N,
    }
}

/// S4: 64 threads take one to four of eight permits.
#[must_use]
pub(super) fn many_permits<P: ThreadSemaphore>(ops: u64) -> Sample {
    const N: u64 = 64;
    let turns = ops.div_ceil(N);
    let semaphore = Arc::new(P::new(8));
    let parts = (0..N)
        .map(|name| {
            let semaphore = Arc::clone(&semaphore);
            part(move || {
                for turn in 0..turns {
                    semaphore.with(1 + ((name + turn) % 4) as usize, thread::yield_now);
                }
            })
        })
        .collect();
    Sample {
        elapsed: together(parts),
        ops: turns * N,
    }
}
