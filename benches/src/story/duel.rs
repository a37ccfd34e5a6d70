//! Where threads may win, and how far.
//!
//! Work that fills a core, calls that block, and a wake-up while others compute: an executor on one
//! thread has no answer to these by itself. The last duel, one wake-up on an idle machine, is the
//! one where both have to wake a sleeping thread.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use waystation::event_loop::EventLoop;
use waystation::{Blocking as _, Event};

use super::Length;
use super::part::{self, Part};
use crate::exec::{Local, yield_now};
use crate::facts::Kind;
use crate::measure::quantile;

/// One job, done both ways.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// What is done.
    pub title: &'static str,
    run: fn(Length) -> Vec<Side>,
}

/// One way to do it, and how long each round took.
type Side = (String, Kind, Vec<Duration>);

/// What came out for one way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Duel {
    /// What was done.
    pub title: String,
    /// How.
    pub who: String,
    /// The camp.
    pub kind: Kind,
    /// The median.
    pub p50_ns: f64,
    /// The slowest of a hundred.
    pub p99_ns: f64,
}

/// Pieces of work, and calls that block.
const PIECES: u64 = 8;
/// The size of a piece: about a millisecond.
const PIECE: u32 = 500_000;
/// How long a blocking call blocks.
const CALL: Duration = Duration::from_millis(5);
/// How long a task computes before it lets others run.
const STRETCH: Duration = Duration::from_millis(2);

/// All of them.
pub const ALL: &[Job] = &[
    Job {
        title: "8 pieces of work that fill a core",
        run: work,
    },
    Job {
        title: "8 calls that block for 5 ms each",
        run: calls,
    },
    Job {
        title: "one wake-up while 4 others compute, 2 ms at a time",
        run: busy_wake,
    },
    Job {
        title: "one wake-up by another thread, nothing else to do",
        run: idle_wake,
    },
];

pub(super) fn ask(job: &Job, length: Length) -> Result<Vec<Duel>, String> {
    let part = Part::Duel {
        title: job.title.to_owned(),
        length,
    };
    part::ask(&part).map_err(|lost| lost.why)
}

pub(super) fn perform(title: &str, length: Length) -> Result<Vec<Duel>, String> {
    let job = ALL
        .iter()
        .find(|job| job.title == title)
        .ok_or_else(|| format!("no job is called {title}"))?;
    let duel = |(who, kind, times): Side| {
        let times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e9).collect();
        Some(Duel {
            title: title.to_owned(),
            who,
            kind,
            p50_ns: quantile(&times, 0.5)?,
            p99_ns: quantile(&times, 0.99)?,
        })
    };
    Ok((job.run)(length).into_iter().filter_map(duel).collect())
}

/// Work for the processor, and nothing else.
fn arithmetic(seed: u64, turns: u32) -> u64 {
    (0..turns).fold(seed | 1, |x: u64, _| {
        black_box(x ^ (x << 13)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    })
}

fn timed(job: impl FnOnce()) -> Duration {
    let start = Instant::now();
    job();
    start.elapsed()
}

fn as_tasks(count: u64, job: impl Fn(u64) + Copy + 'static) -> Duration {
    let local = Local::new();
    for number in 0..count {
        local.spawn(async move { job(number) });
    }
    timed(|| local.run())
}

/// The pieces are dealt to `hands` threads.
fn as_threads(count: u64, hands: u64, job: impl Fn(u64) + Copy + Send + Sync) -> Duration {
    timed(|| {
        thread::scope(|scope| {
            for hand in 0..hands {
                scope.spawn(move || (hand..count).step_by(hands as usize).for_each(job));
            }
        });
    })
}

/// Tasks on the event loop, each of which hands its job to the loop's pool of threads.
fn in_executor(count: u64, job: impl Fn(u64) + Copy + Send + 'static) -> Duration {
    let event_loop = EventLoop::new();
    timed(|| {
        let all = waystation::gather(
            (0..count).map(|number| event_loop.run_in_executor(move || job(number))),
        );
        event_loop.run_until_complete(all);
    })
}

fn both_ways(
    length: Length,
    hands: u64,
    threads: &str,
    job: impl Fn(u64) + Copy + Send + Sync + 'static,
) -> Vec<Side> {
    let rounds = 0..length.choose(5, 20);
    let (mut tasks, mut by_threads, mut mixed) = (Vec::new(), Vec::new(), Vec::new());
    // In turns, so that a disturbance meets all three.
    for _ in rounds {
        tasks.push(as_tasks(PIECES, job));
        by_threads.push(as_threads(PIECES, hands, job));
        mixed.push(in_executor(PIECES, job));
    }
    vec![
        ("tasks on one thread".to_owned(), Kind::Ours, tasks),
        (threads.to_owned(), Kind::Threads, by_threads),
        (
            "tasks that use run_in_executor".to_owned(),
            Kind::OursOnThreads,
            mixed,
        ),
    ]
}

fn work(length: Length) -> Vec<Side> {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    both_ways(length, cores, &format!("{cores} threads"), |seed| {
        black_box(arithmetic(seed, PIECE));
    })
}

fn calls(length: Length) -> Vec<Side> {
    both_ways(length, PIECES, "8 threads", |_| thread::sleep(CALL))
}

/// Wakes somebody now and then, who answers with the time between.
fn wake(event: &Event, rounds: u32, answers: &std::sync::mpsc::Receiver<Instant>) -> Vec<Duration> {
    (0..rounds)
        .map_while(|round| {
            // Not in step with those who compute; long enough to fall asleep in.
            thread::sleep(Duration::from_micros(
                1_500 + u64::from(round) * 137 % 1_000,
            ));
            let set = Instant::now();
            event.set();
            Some(answers.recv().ok()? - set)
        })
        .collect()
}

async fn answer(event: Arc<Event>, rounds: u32, answers: Sender<Instant>) {
    for _ in 0..rounds {
        event.wait().await;
        event.clear();
        if answers.send(Instant::now()).is_err() {
            return;
        }
    }
}

/// Computes for [`STRETCH`].
fn compute() {
    let end = Instant::now() + STRETCH;
    while Instant::now() < end {
        black_box(arithmetic(1, PIECE / 20));
    }
}

/// One waiter on its own thread, as a task among `others` tasks that compute.
fn wake_a_task(rounds: u32, others: u32) -> Vec<Duration> {
    let event = Arc::new(Event::new());
    let over = Arc::new(AtomicBool::new(false));
    let (sender, answers) = channel();
    thread::scope(|scope| {
        let (waiting, ending) = (Arc::clone(&event), Arc::clone(&over));
        scope.spawn(move || {
            let event_loop = EventLoop::new();
            for _ in 0..others {
                let ending = Arc::clone(&ending);
                // Dropping the handle lets the task run on.
                drop(event_loop.spawn(async move {
                    while !ending.load(Ordering::Acquire) {
                        compute();
                        yield_now().await;
                    }
                }));
            }
            event_loop.run_until_complete(answer(waiting, rounds, sender));
        });
        let times = wake(&event, rounds, &answers);
        over.store(true, Ordering::Release);
        times
    })
}

/// One waiter that is a thread, among `others` threads that compute.
fn wake_a_thread(rounds: u32, others: u32) -> Vec<Duration> {
    let event = Arc::new(Event::new());
    let over = AtomicBool::new(false);
    let (sender, answers) = channel();
    thread::scope(|scope| {
        let waiting = Arc::clone(&event);
        scope.spawn(move || {
            for _ in 0..rounds {
                waiting.wait().block();
                waiting.clear();
                if sender.send(Instant::now()).is_err() {
                    return;
                }
            }
        });
        for _ in 0..others {
            scope.spawn(|| {
                while !over.load(Ordering::Acquire) {
                    compute();
                }
            });
        }
        let times = wake(&event, rounds, &answers);
        over.store(true, Ordering::Release);
        times
    })
}

fn wakes(rounds: u32, others: u32) -> Vec<Side> {
    vec![
        (
            "a task among tasks, on one event loop".to_owned(),
            Kind::Ours,
            wake_a_task(rounds, others),
        ),
        (
            "a thread among threads".to_owned(),
            Kind::OursOnThreads,
            wake_a_thread(rounds, others),
        ),
    ]
}

fn busy_wake(length: Length) -> Vec<Side> {
    wakes(length.choose(60, 400), 4)
}

fn idle_wake(length: Length) -> Vec<Side> {
    wakes(length.choose(150, 1_000), 0)
}
