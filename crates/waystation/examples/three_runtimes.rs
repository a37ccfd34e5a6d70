//! One program, three runtimes: tokio, smol and waystation's own loop.
//!
//! The primitives know no runtime. All that the program asks for is a way to start a task.
//!
//! ```text
//! cargo run --release -p waystation --example three_runtimes
//! ```

use std::collections::HashSet;
use std::future::Future;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::sync::Arc;
use std::thread::{self, ThreadId};
use std::time::Instant;

use anyhow::{Result, ensure};
use waystation::event_loop::{self, current};
use waystation::{Event, GetError, Queue, Semaphore};

/// Each worker looks for the longest Collatz chain in a piece of its own.
const WORKERS: u64 = 16;
const PIECE: u64 = 10_000;

/// So many work at a time.
const SEATS: usize = 4;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let on_tokio = timed("tokio", || {
        runtime.block_on(program(|worker| drop(runtime.spawn(worker))))
    })?;
    let on_smol = timed("smol", || {
        smol::block_on(program(|worker| smol::spawn(worker).detach()))
    })?;
    let on_the_loop = timed("waystation", || {
        event_loop::run(program(|worker| drop(current().spawn(worker))))
    })?;

    ensure!(
        on_tokio == on_smol && on_smol == on_the_loop,
        "the runtimes disagree"
    );
    println!("all three found the same");
    Ok(())
}

type Worker = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The program. Nothing in it says where it runs.
async fn program(spawn: impl Fn(Worker)) -> Result<Found, GetError> {
    let start = Arc::new(Event::new());
    let seats = Arc::new(Semaphore::new(SEATS));
    let results = Arc::new(Queue::bounded(SEATS));
    for number in 0..WORKERS {
        let piece = number * PIECE + 1..=(number + 1) * PIECE;
        let worker = work(piece, start.clone(), seats.clone(), results.clone());
        spawn(Box::pin(worker));
    }

    start.set();
    let mut found = Found::default();
    for _ in 0..WORKERS {
        found.add(results.get().await?);
    }
    Ok(found)
}

/// A chain's length and where it begins, and who has found it.
type Finding = ((u32, u64), ThreadId);

async fn work(
    piece: RangeInclusive<u64>,
    start: Arc<Event>,
    seats: Arc<Semaphore>,
    results: Arc<Queue<Finding>>,
) {
    start.wait().await;
    let seat = seats.acquire().await.expect("the semaphore stays open");
    let longest = piece
        .map(|number| (chain_length(number), number))
        .max()
        .expect("the piece is not empty");
    drop(seat);
    let finding = (longest, thread::current().id());
    results.put(finding).await.expect("the queue stays open");
}

/// Halve what is even, else triple it and add one, until it is one.
fn chain_length(mut number: u64) -> u32 {
    let mut steps = 0;
    while number != 1 {
        number = match number % 2 {
            0 => number / 2,
            _ => 3 * number + 1,
        };
        steps += 1;
    }
    steps
}

#[derive(Debug, Default)]
struct Found {
    longest: (u32, u64),
    threads: HashSet<ThreadId>,
}

impl Found {
    fn add(&mut self, (longest, thread): Finding) {
        self.longest = self.longest.max(longest);
        self.threads.insert(thread);
    }
}

/// The same was found; on which threads does not matter.
impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.longest == other.longest
    }
}

fn timed(name: &str, run: impl FnOnce() -> Result<Found, GetError>) -> Result<Found> {
    let begin = Instant::now();
    let found = run()?;
    let (steps, number) = found.longest;
    println!(
        "{name:<11} {number} takes {steps} steps; {WORKERS} tasks, threads: {}, {:.1} ms",
        found.threads.len(),
        begin.elapsed().as_secs_f64() * 1000.0
    );
    Ok(found)
}
