//! Threads and tasks on one queue: both put, both get, and all wait in the same lines.
//!
//! The queue is behind handles, so nobody has to know who is last: it closes when the last sender
//! is dropped.
//!
//! ```text
//! cargo run --release -p waystation --example threads_and_tasks
//! ```

use std::collections::BTreeMap;
use std::ops::Range;
use std::thread;

use anyhow::{Result, ensure};
use waystation::channel::{self, Receiver, Sender};
use waystation::event_loop;
use waystation::{Blocking as _, gather, try_gather};

/// The primes below it are counted, piece by piece.
const LIMIT: u32 = 200_000;
const PIECE: usize = 2_000;

type Piece = Range<u32>;

/// Who counted, and how many primes there were.
type Count = (&'static str, usize);

fn main() -> Result<()> {
    // A small queue: the producers wait for room most of the time.
    let (put, get) = channel::bounded(2);
    let (report, reports) = channel::unbounded();

    thread::scope(|scope| {
        let sender = put.clone();
        scope.spawn(move || put_from_thread(0..LIMIT / 2, &sender));
        for name in ["thread 1", "thread 2"] {
            let (get, report) = (get.clone(), report.clone());
            scope.spawn(move || count_on_thread(name, &get, &report));
        }
        event_loop::run(tasks(put, get, report))
    })?;

    print_shares(&reports)
}

/// One producer and two consumers, on one thread, beside the others.
async fn tasks(put: Sender<Piece>, get: Receiver<Piece>, report: Sender<Count>) -> Result<()> {
    let producer = put_from_task(LIMIT / 2..LIMIT, put);
    let consumers = try_gather([
        count_in_task("task 1", &get, &report),
        count_in_task("task 2", &get, &report),
    ]);
    let (put, counted) = gather((producer, consumers)).await;
    put.and(counted.map(drop))
}

// The same twice. What differs is how they wait.

fn put_from_thread(numbers: Piece, put: &Sender<Piece>) {
    for piece in split(numbers) {
        if put.send(piece).block().is_err() {
            return; // all receivers are gone
        }
    }
}

async fn put_from_task(numbers: Piece, put: Sender<Piece>) -> Result<()> {
    for piece in split(numbers) {
        put.send(piece).await?;
    }
    Ok(())
}

fn count_on_thread(name: &'static str, get: &Receiver<Piece>, report: &Sender<Count>) {
    while let Ok(piece) = get.recv().block() {
        if report.send((name, primes(piece))).block().is_err() {
            return; // nobody is interested any more
        }
    }
}

async fn count_in_task(
    name: &'static str,
    get: &Receiver<Piece>,
    report: &Sender<Count>,
) -> Result<()> {
    while let Ok(piece) = get.recv().await {
        report.send((name, primes(piece))).await?;
    }
    Ok(())
}

fn split(numbers: Piece) -> impl Iterator<Item = Piece> {
    let end = numbers.end;
    numbers
        .step_by(PIECE)
        .map(move |from| from..end.min(from + PIECE as u32))
}

fn primes(piece: Piece) -> usize {
    piece.filter(|&number| is_prime(number)).count()
}

fn is_prime(number: u32) -> bool {
    let divisors = (2..).take_while(|divisor| divisor * divisor <= number);
    number > 1 && !divisors.into_iter().any(|divisor| number % divisor == 0)
}

fn print_shares(reports: &Receiver<Count>) -> Result<()> {
    let mut shares: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    while let Ok((name, count)) = reports.try_recv() {
        let (pieces, primes) = shares.entry(name).or_default();
        *pieces += 1;
        *primes += count;
    }
    for (name, (pieces, primes)) in &shares {
        println!("{name}: {pieces:>3} pieces, {primes:>6} primes");
    }
    let pieces: usize = shares.values().map(|(pieces, _)| pieces).sum();
    let found: usize = shares.values().map(|(_, primes)| primes).sum();
    println!("together: {pieces} pieces, {found} primes below {LIMIT}");
    ensure!(
        found == primes(0..LIMIT),
        "a piece was lost or counted twice"
    );
    println!("a single loop finds the same number");
    Ok(())
}
