//! 2, 16, 1,000 threads share a semaphore or an event: what each turn costs in time and in context
//! switches, and what each thread costs in memory. The same with tasks on one thread.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Length;
use super::part::{self, Part};
use crate::Sample;
use crate::facts::Facts;
use crate::measure::quantile;
use crate::process::{self, Switches};

/// How many share it.
pub const SIZES: [usize; 3] = [2, 16, 1_000];
/// The semaphore: one permit, kept over a yield.
pub const SEMAPHORE: &str = "semaphore";
/// The event: all wait, one `set`, again and again.
pub const EVENT: &str = "event";

/// One of the cast, at one size.
#[derive(Clone, Copy, Debug)]
pub struct Contestant {
    /// Who.
    pub facts: Facts,
    /// What they share.
    pub job: &'static str,
    /// How many share it.
    pub size: usize,
    /// Does at least this many turns.
    pub run: fn(u64) -> Sample,
}

/// What came out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contest {
    /// What they shared.
    pub job: String,
    /// How many shared it.
    pub size: usize,
    /// Nanoseconds per turn of one.
    pub ns: f64,
    /// Context switches per turn, to wait.
    pub voluntary: Option<f64>,
    /// Context switches per turn, because the system took the core.
    pub involuntary: Option<f64>,
    /// Bytes that the process grew by, at its peak.
    pub resident: Option<f64>,
}

pub(super) fn ask(contestant: &Contestant, length: Length) -> Result<Contest, String> {
    let part = Part::Contest {
        who: contestant.facts.name.to_owned(),
        job: contestant.job.to_owned(),
        size: contestant.size,
        length,
    };
    part::ask(&part).map_err(|lost| lost.why)
}

/// Measures one of the cast.
pub(super) fn perform(
    cast: &[Contestant],
    who: &str,
    job: &str,
    size: usize,
    length: Length,
) -> Result<Contest, String> {
    let contestant = cast
        .iter()
        .find(|found| found.facts.name == who && found.job == job && found.size == size)
        .ok_or_else(|| format!("nobody is called {who} in {job} × {size}"))?;
    let before = process::resident();
    let turn_each = size as u64;
    let (first, coming_and_going) = counted(contestant.run, turn_each);
    let slice = Duration::from_millis(length.choose(40, 300));
    let per_turn = first.ns_per_op().max(1.0);
    let turns = (slice.as_secs_f64() * 1e9 / per_turn) as u64;
    let turns = turns.clamp(turn_each * 4, turn_each.max(1_000) * 1_000);
    let runs: Vec<(Sample, Option<Switches>)> = (0..length.choose(3, 7))
        .map(|_| counted(contestant.run, turns))
        .collect();
    let times: Vec<f64> = runs.iter().map(|(sample, _)| sample.ns_per_op()).collect();
    // Threads that come and go switch too: that is taken off.
    let switched = |which: fn(Switches) -> u64| {
        let counts: Option<Vec<f64>> = runs
            .iter()
            .map(|(sample, switches)| {
                let extra = which((*switches)?).saturating_sub(which(coming_and_going?));
                Some(extra as f64 / sample.ops.saturating_sub(first.ops).max(1) as f64)
            })
            .collect();
        quantile(&counts?, 0.5)
    };
    Ok(Contest {
        job: job.to_owned(),
        size,
        ns: quantile(&times, 0.5).unwrap_or(0.0),
        voluntary: switched(|switches| switches.voluntary),
        involuntary: switched(|switches| switches.involuntary),
        resident: process::peak()
            .zip(before)
            .map(|(peak, before)| peak.saturating_sub(before) as f64),
    })
}

/// One run, and the switches during it.
fn counted(run: fn(u64) -> Sample, turns: u64) -> (Sample, Option<Switches>) {
    let before = process::switches();
    let sample = run(turns);
    let switches = process::switches()
        .zip(before)
        .map(|(after, before)| Switches {
            voluntary: after.voluntary - before.voluntary,
            involuntary: after.involuntary - before.involuntary,
        });
    (sample, switches)
}
