//! 10, 1,000, 100,000 wait for one event, and one `set` lets them go.
//!
//! As tasks they share one thread and the benches' executor. As threads each has a stack of
//! [`STACK`] bytes; they are asked for until all are there, the system refuses one, or asking on
//! would take the last thread from other processes. Whatever came of it is said.
//!
//! The clock of a waiter runs from the `set` until its own code runs again.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Builder, JoinHandle};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::Length;
use super::part::{self, Part};
use crate::alloc::Meter;
use crate::event::{EventPeer, ThreadEvent};
use crate::exec::Local;
use crate::facts::{Facts, Kind};
use crate::measure::quantile;
use crate::process;
use crate::report::grouped;

/// How many wait.
pub const SIZES: &[usize] = &[10, 1_000, 100_000];
/// The stack of each thread: small, so that memory is not what ends the row.
pub const STACK: usize = 64 * 1024;
/// From here on the row is about what the system grants.
const MANY: usize = 10_000;
/// How often a spawning thread says how far it is.
const REPORT_EVERY: usize = 64;

/// One of the cast.
#[derive(Clone, Copy, Debug)]
pub struct Waiters {
    /// Who.
    pub facts: Facts,
    /// Lets so many wait once; with the limit on how many may be asked for.
    run: fn(usize) -> Round,
}

impl Waiters {
    /// Tasks on one thread.
    #[must_use]
    pub fn tasks<P: EventPeer>() -> Self {
        Self {
            facts: P::FACTS,
            run: tasks::<P>,
        }
    }

    /// Threads.
    #[must_use]
    pub fn threads<P: ThreadEvent>() -> Self {
        Self {
            facts: P::FACTS,
            run: threads::<P>,
        }
    }
}

/// What came out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Crowd {
    /// How many were asked for.
    pub asked: usize,
    /// How many waited.
    pub waited: usize,
    /// Why there were no more.
    pub refusal: Option<String>,
    /// From nothing until all wait, nanoseconds per waiter.
    pub start_ns: f64,
    /// From the `set` until the last has run, in nanoseconds.
    pub all_ran_ns: f64,
    /// From the `set` until one runs: half of them are faster.
    pub p50_ns: f64,
    /// 99 of 100 are faster.
    pub p99_ns: f64,
    /// 999 of 1,000 are faster.
    pub p999_ns: f64,
    /// Bytes per waiter, while all wait.
    pub memory: Memory,
}

/// Bytes per waiter.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    /// Allocated: counted by the allocator. Tasks only; threads have theirs from the system.
    pub allocated: Option<f64>,
    /// Resident: what the process has grown by.
    pub resident: Option<f64>,
    /// Kernel stacks: what the kernel has grown by.
    pub kernel: Option<f64>,
}

/// One crowd, once.
struct Round {
    start: Duration,
    latencies: Vec<Duration>,
    refusal: Option<String>,
    memory: Memory,
}

/// Who is there at this size: in a short story the largest crowd of threads is only ours.
pub(super) fn present(
    cast: &[Waiters],
    size: usize,
    length: Length,
) -> impl Iterator<Item = &Waiters> {
    let all = size < MANY || length == Length::Long;
    cast.iter()
        .filter(move |waiters| all || waiters.facts.kind != Kind::Threads)
}

/// Lets them wait in a process of their own; if that dies of too many, with fewer.
pub(super) fn ask(waiters: &Waiters, size: usize, length: Length) -> Result<Crowd, String> {
    let part = |size| Part::Crowd {
        who: waiters.facts.name.to_owned(),
        size,
        length,
    };
    let lost = match part::ask::<Crowd>(&part(size)) {
        Ok(crowd) => return Ok(crowd),
        Err(lost) => lost,
    };
    let Some(reached) = lost.reached else {
        return Err(lost.why);
    };
    let mut crowd = part::ask::<Crowd>(&part(reached * 15 / 16)).map_err(|lost| lost.why)?;
    crowd.asked = size;
    crowd.refusal = Some(format!("after {}: {}", grouped(reached as f64), lost.why));
    Ok(crowd)
}

/// Lets them wait, several times.
pub(super) fn perform(
    cast: &[Waiters],
    who: &str,
    size: usize,
    length: Length,
) -> Result<Crowd, String> {
    let waiters = cast
        .iter()
        .find(|waiters| waiters.facts.name == who)
        .ok_or_else(|| format!("nobody is called {who}"))?;
    let enough = length.choose(3_000, 20_000);
    let rounds = if size < MANY {
        enough / size
    } else {
        length.choose(1, 3)
    };
    let mut rounds: Vec<Round> = (0..rounds.max(1)).map(|_| (waiters.run)(size)).collect();
    let nanoseconds = |time: Duration| time.as_secs_f64() * 1e9;
    let all: Vec<f64> = rounds
        .iter()
        .flat_map(|round| &round.latencies)
        .copied()
        .map(nanoseconds)
        .collect();
    let each = |value: fn(&Round) -> f64| {
        let values: Vec<f64> = rounds.iter().map(value).collect();
        quantile(&values, 0.5).unwrap_or(0.0)
    };
    let at = |q| quantile(&all, q).unwrap_or(0.0);
    let last = |round: &Round| round.latencies.iter().max().copied().unwrap_or_default();
    let all_ran: Vec<f64> = rounds.iter().map(last).map(nanoseconds).collect();
    let start_ns =
        each(|round| round.start.as_secs_f64() * 1e9 / round.latencies.len().max(1) as f64);
    // The first round found nothing left over from an earlier one.
    let first = rounds.swap_remove(0);
    Ok(Crowd {
        asked: size,
        waited: first.latencies.len(),
        refusal: first.refusal,
        start_ns,
        all_ran_ns: quantile(&all_ran, 0.5).unwrap_or(0.0),
        p50_ns: at(0.5),
        p99_ns: at(0.99),
        p999_ns: at(0.999),
        memory: first.memory,
    })
}

/// Bytes of the process and of the kernel.
struct Footprint {
    resident: Option<u64>,
    kernel: Option<u64>,
}

impl Footprint {
    fn now() -> Self {
        Self {
            resident: process::resident(),
            kernel: process::kernel_stacks(),
        }
    }

    /// What it has grown by since, for each of `count`.
    fn growth(&self, count: usize) -> Memory {
        let now = Self::now();
        let per_head = |now: Option<u64>, before: Option<u64>| {
            Some(now?.saturating_sub(before?) as f64 / count.max(1) as f64)
        };
        Memory {
            allocated: None,
            resident: per_head(now.resident, self.resident),
            kernel: per_head(now.kernel, self.kernel),
        }
    }
}

/// `size` tasks on this thread; one more, spawned last, sets the event when all wait.
fn tasks<P: EventPeer>(size: usize) -> Round {
    let event = Rc::new(P::new());
    let ran = Rc::new(RefCell::new(Vec::with_capacity(size)));
    let set = Rc::new(Cell::new(None));
    let (meter, footprint) = (Meter::start().map(Rc::new), Footprint::now());
    let begun = Instant::now();
    let local = Local::new();
    for _ in 0..size {
        let (event, ran) = (Rc::clone(&event), Rc::clone(&ran));
        local.spawn(async move {
            event.wait().await;
            ran.borrow_mut().push(Instant::now());
        });
    }
    {
        let set = Rc::clone(&set);
        local.spawn(async move {
            let start = begun.elapsed();
            let allocated = meter.map(|meter| meter.read().bytes as f64 / size as f64);
            let memory = Memory {
                allocated,
                kernel: None,
                ..footprint.growth(size)
            };
            set.set(Some((start, memory, Instant::now())));
            event.set();
        });
    }
    local.run();
    let (start, memory, set) = set.take().expect("the last task has run");
    let latencies = ran.borrow().iter().map(|ran| *ran - set).collect();
    Round {
        start,
        latencies,
        refusal: None,
        memory,
    }
}

/// What the threads share.
struct Gate<P> {
    event: P,
    arrived: AtomicUsize,
}

/// `size` threads, or as many as there may be.
fn threads<P: ThreadEvent>(size: usize) -> Round {
    let gate = Arc::new(Gate {
        event: P::new(),
        arrived: AtomicUsize::new(0),
    });
    let mut waiting: Vec<JoinHandle<Instant>> = Vec::with_capacity(size);
    let (room, mut refusal) = room(size);
    let footprint = Footprint::now();
    let begun = Instant::now();
    while waiting.len() < room {
        let gate = Arc::clone(&gate);
        let spawned = Builder::new().stack_size(STACK).spawn(move || {
            gate.arrived.fetch_add(1, Ordering::AcqRel);
            gate.event.wait();
            Instant::now()
        });
        match spawned {
            Ok(thread) => waiting.push(thread),
            Err(error) => {
                refusal = Some(format!("after {}: {error}", grouped(waiting.len() as f64)));
                break;
            }
        }
        if waiting.len() % REPORT_EVERY == 0 {
            part::reached(waiting.len());
        }
    }
    while gate.arrived.load(Ordering::Acquire) < waiting.len() {
        thread::sleep(Duration::from_millis(1));
    }
    let start = begun.elapsed();
    // They have announced themselves; now they fall asleep.
    thread::sleep(Duration::from_millis(2) + Duration::from_micros(5) * waiting.len() as u32);
    let memory = footprint.growth(waiting.len());
    let set = Instant::now();
    gate.event.set();
    let latencies = waiting
        .into_iter()
        .map(|thread| thread.join().map(|ran| ran - set))
        .collect::<Result<_, _>>()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    Round {
        start,
        latencies,
        refusal,
        memory,
    }
}

/// How many threads to ask for, and why not for all.
fn room(size: usize) -> (usize, Option<String>) {
    match process::room_for_threads() {
        Some((room, limit)) if (room as usize) < size => (
            room as usize,
            Some(format!(
                "after {}, before asking: {limit} must leave room for others",
                grouped(room as f64)
            )),
        ),
        _ => (size, None),
    }
}
