//! The same job, five ways. Each uses what its own world has for the start, the seats and the
//! results; the files are read by `std::fs::read` on a thread that may block.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;

use anyhow::{Context, Result};
use waystation::event_loop::{self, current};
use waystation::{Event, Queue, Semaphore, gather};

use crate::files::{Parsed, Totals, parse};

/// How many parsers read at a time.
pub(crate) const SEATS: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Waystation,
    Tokio,
    Smol,
    Threads,
    PlainLoop,
}

impl Way {
    pub(crate) const ALL: [Self; 5] = [
        Self::Waystation,
        Self::Tokio,
        Self::Smol,
        Self::Threads,
        Self::PlainLoop,
    ];

    pub(crate) fn named(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|way| way.name() == name)
            .with_context(|| format!("there is no way {name}"))
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Waystation => "waystation",
            Self::Tokio => "tokio",
            Self::Smol => "smol",
            Self::Threads => "threads",
            Self::PlainLoop => "plain-loop",
        }
    }

    /// With what: start, seats, results, and where the reading blocks.
    pub(crate) const fn means(self) -> &'static str {
        match self {
            Self::Waystation => "Event, Semaphore, Queue, gather; run_in_executor",
            Self::Tokio => "watch, Semaphore, mpsc, JoinSet; spawn_blocking",
            Self::Smol => "a closed channel, Semaphore, channel, tasks; unblock",
            Self::Threads => "Barrier, as many threads as seats, sync_channel",
            Self::PlainLoop => "one file after the other, no concurrency",
        }
    }

    pub(crate) fn run(self, files: &[PathBuf]) -> Result<Totals> {
        match self {
            Self::Waystation => on_waystation(files, || ()),
            Self::Tokio => on_tokio(files),
            Self::Smol => on_smol(files),
            Self::Threads => on_threads(files),
            Self::PlainLoop => Ok(in_a_plain_loop(files)),
        }
    }
}

// -- waystation: children of one gather, which borrow what they share --

pub(crate) fn on_waystation(files: &[PathBuf], on_file: impl Fn()) -> Result<Totals> {
    event_loop::run(async {
        let start = Event::new();
        let seats = Semaphore::new(SEATS);
        let results = Queue::bounded(SEATS);

        let parsers = async {
            let parsers = files
                .iter()
                .map(|file| parser(file, &start, &seats, &results));
            let outcomes = gather(parsers).await;
            results.close();
            outcomes.into_iter().collect::<Result<()>>()
        };
        let summary = async {
            let mut totals = Totals::default();
            while let Ok(parsed) = results.get().await {
                totals.add(parsed);
                on_file();
            }
            totals
        };
        // Children start in order: when this one does, all parsers wait.
        let gun = async { start.set() };

        let (outcome, totals, _) = gather((parsers, summary, gun)).await;
        outcome.map(|()| totals)
    })
}

async fn parser(
    file: &Path,
    start: &Event,
    seats: &Semaphore,
    results: &Queue<Parsed>,
) -> Result<()> {
    start.wait().await;
    let seat = seats.acquire().await?;
    let file = file.to_owned();
    let parsed = current().run_in_executor(move || parse(&file)).await?;
    drop(seat);
    results.put(parsed).await?;
    Ok(())
}

// -- tokio: spawned tasks, which own what they share --

fn on_tokio(files: &[PathBuf]) -> Result<Totals> {
    use tokio::sync::{Semaphore, mpsc, watch};
    use tokio::task::{JoinSet, spawn_blocking};

    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let (gun, start) = watch::channel(false);
        let seats = Arc::new(Semaphore::new(SEATS));
        let (sender, mut results) = mpsc::channel(SEATS);
        let mut parsers = JoinSet::new();
        for file in files {
            let (mut start, seats, sender) = (start.clone(), seats.clone(), sender.clone());
            let file = file.to_path_buf();
            parsers.spawn(async move {
                start.wait_for(|started| *started).await?;
                let seat = seats.acquire().await?;
                let parsed = spawn_blocking(move || parse(&file)).await?;
                drop(seat);
                sender.send(parsed).await?;
                anyhow::Ok(())
            });
        }
        drop(sender);

        gun.send(true)?;
        let mut totals = Totals::default();
        while let Some(parsed) = results.recv().await {
            totals.add(parsed);
        }
        while let Some(outcome) = parsers.join_next().await {
            outcome??;
        }
        Ok(totals)
    })
}

// -- smol: tasks of a local executor, which borrow what lives longer --

fn on_smol(files: &[PathBuf]) -> Result<Totals> {
    use smol::{LocalExecutor, block_on, channel, lock::Semaphore, unblock};

    let (gun, start) = channel::bounded::<()>(1);
    let seats = Semaphore::new(SEATS);
    let (sender, results) = channel::bounded(SEATS);
    let executor = LocalExecutor::new();
    for file in files {
        let (start, seats, sender) = (&start, &seats, sender.clone());
        let parser = async move {
            // Fails when the gun goes off, which is what it waits for.
            start.recv().await.ok();
            let seat = seats.acquire().await;
            let file = file.clone();
            let parsed = unblock(move || parse(&file)).await;
            drop(seat);
            sender.send(parsed).await.ok();
        };
        executor.spawn(parser).detach();
    }
    drop(sender);

    block_on(executor.run(async {
        gun.close();
        let mut totals = Totals::default();
        while let Ok(parsed) = results.recv().await {
            totals.add(parsed);
        }
        Ok(totals)
    }))
}

// -- threads: as many as there are seats, each with its share of the files --

fn on_threads(files: &[PathBuf]) -> Result<Totals> {
    let gun = Barrier::new(SEATS + 1);
    let (sender, results) = mpsc::sync_channel(SEATS);
    let totals = thread::scope(|scope| {
        for seat in 0..SEATS {
            let (gun, sender) = (&gun, sender.clone());
            scope.spawn(move || {
                gun.wait();
                for file in files.iter().skip(seat).step_by(SEATS) {
                    sender.send(parse(file)).ok();
                }
            });
        }
        drop(sender);

        gun.wait();
        let mut totals = Totals::default();
        for parsed in results {
            totals.add(parsed);
        }
        totals
    });
    Ok(totals)
}

// -- what it costs without any of it --

fn in_a_plain_loop(files: &[PathBuf]) -> Totals {
    let mut totals = Totals::default();
    for file in files {
        totals.add(parse(file));
    }
    totals
}
