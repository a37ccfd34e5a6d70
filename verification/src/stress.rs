//! Many threads, and what they cost.

use std::pin::Pin;
use std::sync::Barrier;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{AcqRel, Acquire};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use waystation_testkit::{Rng, within};

use crate::env::number;

/// Many more than there are cores.
pub const THREADS: usize = 64;

/// `WAYSTATION_STRESS` times as much is done; 1 is a second or so for each test.
#[must_use]
pub fn factor() -> usize {
    number("WAYSTATION_STRESS", 1)
}

/// Runs a case under a watchdog and prints a line: `stress <name> <operations> operations <seconds> s`.
/// The case says how many operations there were.
pub fn stress(name: &'static str, case: impl FnOnce() -> usize + Send + 'static) {
    let limit = Duration::from_secs(120) * u32::try_from(factor()).unwrap_or(u32::MAX);
    let start = Instant::now();
    let operations = within(limit, name, case);
    let seconds = start.elapsed().as_secs_f64();
    println!("stress {name} {operations} operations {seconds:.2} s");
}

/// Runs a job on each of many threads, which begin together, each with its own chance, and waits for
/// all.
///
/// # Panics
///
/// If a job does.
pub fn crew<J: Fn(usize, Rng) + Sync>(number_of_threads: usize, job: J) {
    let start = Barrier::new(number_of_threads);
    let done = AtomicUsize::new(0);
    thread::scope(|threads| {
        let (start, job, done) = (&start, &job, &done);
        for number in 0..number_of_threads {
            threads.spawn(move || {
                start.wait();
                job(number, Rng::new(number as u64));
                done.fetch_add(1, AcqRel);
            });
        }
    });
    // The scope has waited for all; this says so to a sanitizer that does not see into std.
    assert_eq!(done.load(Acquire), number_of_threads);
}

/// A moment: none, or too short for most waits.
pub fn moment(rng: &mut Rng) -> Duration {
    Duration::from_micros(rng.below(100) as u64)
}

/// Polls once, gives others a moment, and drops what is not ready: unlike a timeout, which looks once
/// more, it may have been granted by then.
pub fn poll_and_drop<F: Future + Unpin>(mut future: F, rng: &mut Rng) -> Option<F::Output> {
    let first = Pin::new(&mut future).poll(&mut Context::from_waker(Waker::noop()));
    if let Poll::Ready(output) = first {
        return Some(output);
    }
    for _ in 0..rng.below(4) {
        thread::yield_now();
    }
    None
}

/// Below this, twice as many cost about twice as much.
pub const LINEAR: f64 = 2.5;

/// Checks that twice as many cost less than 2.5 times as much, for `n`, for half of it or for twice
/// of it, and prints `growth <name> <ratio>`.
///
/// A busy machine makes a run slower, never faster: the best of several runs is compared, and a
/// spoilt comparison repeated. What is quadratic fails all of them.
///
/// # Panics
///
/// If it is more, each time.
#[track_caller]
pub fn assert_linear(name: &str, n: usize, mut measure: impl FnMut(usize) -> Duration) {
    // The system's allocator maps large blocks anew each time, page by page, until it has seen a
    // larger one come back. From then on memory costs the same for once and for twice as many.
    drop(std::hint::black_box(vec![1_u8; 30 << 20]));
    // Where a cache ends, twice as many cost more than that; but it ends in one doubling, and what
    // is quadratic is so in each.
    let mut least = f64::INFINITY;
    for n in [n, n / 2, 2 * n].repeat(3) {
        let (mut once, mut twice) = (Duration::MAX, Duration::MAX);
        for _ in 0..7 {
            once = once.min(measure(n));
            twice = twice.min(measure(2 * n));
        }
        least = least.min(twice.as_secs_f64() / once.as_secs_f64());
        if least < LINEAR {
            println!("growth {name} {least:.2}");
            return;
        }
    }
    panic!("{name}: twice as many cost {least:.2} times as much");
}

/// How long `f` takes.
pub fn time<R>(f: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    let result = f();
    let took = start.elapsed();
    drop(result);
    took
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "moves: twice as many cost")]
    fn what_is_quadratic_is_found() {
        assert_linear("moves", 4_000, |n| {
            let mut items: Vec<u64> = (0..n as u64).collect();
            time(|| {
                while !items.is_empty() {
                    std::hint::black_box(items.remove(0));
                }
            })
        });
    }

    #[test]
    #[should_panic(expected = "`sleeps` did not end")]
    fn a_hang_is_found() {
        within(Duration::from_millis(20), "sleeps", || {
            crew(1, |_, _| thread::sleep(Duration::from_secs(2)));
        });
    }
}
