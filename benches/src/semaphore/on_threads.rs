//! S1 to S6, for threads: as many threads as the rows for tasks have tasks.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use super::peer::ThreadSemaphore;
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

/// Sleeps until so many have arrived, and a little longer: they announce themselves before they
/// fall asleep.
fn await_arrival(arrived: &AtomicUsize, count: usize) {
    while arrived.load(Ordering::Acquire) < count {
        thread::sleep(Duration::from_micros(100));
    }
    thread::sleep(Duration::from_micros(200));
}

/// S5: 64 threads wait; a newcomer joins the line and gives up at once.
#[must_use]
pub(super) fn cancel_storm<P: ThreadSemaphore>(ops: u64) -> Sample {
    const N: usize = 64;
    let semaphore = P::new(1);
    let arrived = AtomicUsize::new(0);
    let mut elapsed = Duration::ZERO;
    thread::scope(|scope| {
        semaphore.with(1, || {
            for _ in 0..N {
                scope.spawn(|| {
                    arrived.fetch_add(1, Ordering::AcqRel);
                    semaphore.with(1, || {});
                });
            }
            await_arrival(&arrived, N);
            let start = Instant::now();
            for _ in 0..ops {
                black_box(&semaphore).give_up();
            }
            elapsed = start.elapsed();
        });
    });
    Sample { elapsed, ops }
}

/// S6: `N` threads queue behind one permit, which then goes through all of them. The clock runs
/// from its release until the last has had it.
///
/// # Panics
///
/// Panics if a thread does.
#[must_use]
pub(super) fn chain<P: ThreadSemaphore, const N: usize>(ops: u64) -> Sample {
    let rounds = ops.div_ceil(N as u64) as usize;
    let semaphore = P::new(1);
    let begin = Barrier::new(N + 1);
    let (arrived, passed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let (last, ended) = channel();
    let mut elapsed = Duration::ZERO;
    thread::scope(|scope| {
        for _ in 0..N {
            let last = last.clone();
            let (semaphore, begin, arrived, passed) = (&semaphore, &begin, &arrived, &passed);
            scope.spawn(move || {
                for round in 1..=rounds {
                    begin.wait();
                    arrived.fetch_add(1, Ordering::AcqRel);
                    semaphore.with(1, || {});
                    if passed.fetch_add(1, Ordering::AcqRel) + 1 == round * N {
                        last.send(Instant::now()).expect("somebody who waits");
                    }
                }
            });
        }
        for round in 1..=rounds {
            let mut start = Instant::now();
            semaphore.with(1, || {
                begin.wait();
                await_arrival(&arrived, round * N);
                start = Instant::now();
            });
            elapsed += ended.recv().expect("a last one") - start;
        }
    });
    Sample {
        elapsed,
        ops: (rounds * N) as u64,
    }
}
