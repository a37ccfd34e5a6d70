//! Several OS threads that start together; the clock runs from the first start to the last end.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A thread's part of the job. It is built on its own thread, before the clock starts.
pub type Part = Box<dyn FnOnce() -> Box<dyn FnOnce()> + Send>;

/// A part with nothing to prepare.
pub fn part(work: impl FnOnce() + Send + 'static) -> Part {
    Box::new(move || Box::new(work))
}

/// Runs the parts on one thread each and returns the time from the first start to the last end.
///
/// # Panics
///
/// Panics if a part panics.
#[must_use]
pub fn together(parts: Vec<Part>) -> Duration {
    let all = parts.len();
    let barrier = Barrier::new(all);
    let ready = AtomicUsize::new(0);
    let spans: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let threads: Vec<_> = parts
            .into_iter()
            .map(|prepare| {
                let (barrier, ready) = (&barrier, &ready);
                scope.spawn(move || {
                    let work = prepare();
                    barrier.wait();
                    // A barrier wakes one sleeper after the other. Two threads can do better.
                    ready.fetch_add(1, Ordering::AcqRel);
                    while all == 2 && ready.load(Ordering::Acquire) < all {
                        thread::yield_now();
                    }
                    let start = Instant::now();
                    work();
                    (start, Instant::now())
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    let first = spans.iter().map(|span| span.0).min();
    let last = spans.iter().map(|span| span.1).max();
    first
        .zip(last)
        .map_or(Duration::ZERO, |(first, last)| last - first)
}
