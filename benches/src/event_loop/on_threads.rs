//! L1, for threads.

use std::hint::black_box;
use std::sync::mpsc::{channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::timer_thread::TimerThread;
use super::workloads::{AHEAD, FAR, TIMERS as COUNT, WINDOW, times};
use crate::Sample;
use crate::facts::{Facts, Kind};

/// How many live at once: 10,000 do not on every machine.
const AT_ONCE: u64 = 100;

pub(super) const FACTS: Facts = Facts::new(Kind::Threads, "std threads", "", "scope, spawn, join")
    .note("100 threads at a time");

pub(super) const WORKER: Facts = Facts::new(Kind::Threads, "a worker thread", "", "mpsc channel")
    .note("callbacks must be Send, and run on another thread");

pub(super) const TIMERS: Facts = Facts::new(
    Kind::Threads,
    "a timer thread",
    "parking_lot",
    "Mutex, Condvar, BTreeMap",
)
.note("callbacks must be Send, and run on another thread");

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

/// L1: `N` callbacks are sent to a worker thread, which runs them.
///
/// # Panics
///
/// Panics if the worker does.
#[must_use]
pub(super) fn call_soon<const N: u64>(ops: u64) -> Sample {
    let rounds = ops.div_ceil(N);
    let (sender, callbacks) = channel::<Box<dyn FnOnce() + Send>>();
    let (done, all_done) = sync_channel(1);
    let worker = thread::spawn(move || callbacks.iter().for_each(|callback| callback()));
    let start = Instant::now();
    for _ in 0..rounds {
        for number in 0..N {
            let callback = move || {
                black_box(number);
            };
            sender.send(Box::new(callback)).expect("a worker");
        }
        let done = done.clone();
        let last = move || done.send(()).expect("somebody who waits");
        sender.send(Box::new(last)).expect("a worker");
        all_done.recv().expect("a worker");
    }
    let elapsed = start.elapsed();
    drop(sender);
    worker.join().expect("no callback panics");
    Sample {
        elapsed,
        ops: rounds * N,
    }
}

/// L1: timers are set in random order on a timer thread, and fire. The time between is not counted.
///
/// # Panics
///
/// Panics if the timer thread does.
#[must_use]
pub(super) fn timers_fire(ops: u64) -> Sample {
    let rounds = ops.div_ceil(COUNT);
    let timers = TimerThread::start();
    let (done, all_done) = channel();
    let mut elapsed = Duration::ZERO;
    for _ in 0..rounds {
        let start = Instant::now();
        let first = start + AHEAD;
        for (number, at) in (0..COUNT).zip(times(first, WINDOW)) {
            timers.call_at(at, move || {
                black_box(number);
            });
        }
        let done = done.clone();
        timers.call_at(first + WINDOW, move || {
            done.send(()).expect("somebody who waits");
        });
        let all_set = Instant::now();
        all_done.recv().expect("a timer thread");
        elapsed += (all_set - start) + first.max(all_set).elapsed();
    }
    Sample {
        elapsed,
        ops: rounds * COUNT,
    }
}

/// L1: timers are set in random order on a timer thread, and cancelled.
#[must_use]
pub(super) fn timers_cancelled(ops: u64) -> Sample {
    let rounds = ops.div_ceil(COUNT);
    let timers = TimerThread::start();
    let mut keys = Vec::with_capacity(COUNT as usize);
    let start = Instant::now();
    for _ in 0..rounds {
        let far = times(Instant::now() + FAR, FAR);
        keys.extend((0..COUNT).zip(far).map(|(number, at)| {
            timers.call_at(at, move || {
                black_box(number);
            })
        }));
        keys.drain(..).for_each(|key| timers.cancel(key));
    }
    Sample {
        elapsed: start.elapsed(),
        ops: rounds * COUNT,
    }
}
