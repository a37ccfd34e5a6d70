//! What came out: as data (this module), as text, as a page.

pub mod baseline;
pub mod charts;
mod curves;
mod field;
mod figures;
mod goal;
pub mod guide;
pub mod html;
mod locks;
pub mod markdown;
mod promises;
mod standalone;
mod story;
mod style;
mod svg;
mod table;
pub mod text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Kind, Promise};
use crate::lock::Waits;
use crate::machine::{Machine, versions};
use crate::measure::{Outcome, Plan, quantile};
use crate::memory::Weight;
use crate::python::Python;
use crate::rows;
use crate::story::Story;

pub use figures::{bytes, figure, grouped, time};
pub use goal::{GoalReport, Verdict};

/// Above this spread (p90/p10) of the heartbeat the machine counts as noisy.
pub const NOISY: f64 = 1.25;
/// So it does when more than this share of the rows on one thread spread wider than [`WIDE`].
const MANY: f64 = 0.1;
/// A spread that a quiet machine does not show on one thread.
const WIDE: f64 = 1.5;

/// What the rows have in common, in words.
const HOW: &str = "All tasks run on one small executor with real reference-counted wakers; two \
    threads are two OS threads with one such executor each. The crowds of E3, S5, S6 and G1 are \
    polled by hand, each future with a waker of its own. The rows L1 run each on the loop they \
    measure; where a peer has tasks only, a detached task stands for a callback, and a task that \
    sleeps for a timer; the time between setting the timers and the first of them is not counted. \
    Where one measurement takes more than twenty times the slice, half the rounds must do. \
    Rows for threads run the same job on as many OS threads as the row has tasks; where the row has \
    one thread (E4, Q2), theirs is the job across two. Give-ups (S5) are waits with a \
    timeout of nothing; in S6 the clock runs while the permit goes round. Rows with more than 1,000 \
    waiters have no threads: what becomes of those is in the story. asyncio runs after the others, in its own \
    process.";

/// Everything a run found out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// The version of waystation.
    pub version: String,
    /// Where it ran.
    pub machine: Machine,
    /// How.
    pub method: Method,
    /// Who took part.
    pub peers: Vec<PeerReport>,
    /// Times.
    pub rows: Vec<RowReport>,
    /// Memory.
    pub weights: Vec<WeightReport>,
    /// Waits for a lock that another thread retakes at once.
    #[serde(default)]
    pub locks: Vec<Waits>,
    /// Tasks and threads.
    #[serde(default)]
    pub story: Option<Story>,
    /// What a reader must know: what was left out, and why.
    pub notes: Vec<String>,
}

/// How it was measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Method {
    /// Rounds per row.
    pub rounds: u32,
    /// Length of one measurement in milliseconds.
    pub slice_ms: u64,
    /// Median of the heartbeat: one atomic addition that nobody else sees.
    pub heartbeat_ns: f64,
    /// Its spread (p90/p10).
    pub heartbeat_spread: f64,
    /// The share of figures on one thread that spread wide.
    pub wide_share: f64,
    /// How long the whole run took, in seconds.
    pub seconds: f64,
}

impl Method {
    /// Whether the machine was doing something else too.
    #[must_use]
    pub fn noisy(&self) -> bool {
        self.heartbeat_spread > NOISY || self.wide_share > MANY
    }
}

/// One participant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PeerReport {
    /// Of which primitive.
    pub primitive: String,
    /// The name in the table.
    pub name: String,
    /// What of it is used, with its version.
    pub with: String,
    /// The camp.
    pub kind: Kind,
    /// Serves waiters in order.
    pub fair: Promise,
    /// Loses nothing when a wait is dropped.
    pub cancel_safe: Promise,
    /// Many consumers.
    pub mpmc: Promise,
    /// A pending `put` is not in the queue.
    pub pending_put_outside: Promise,
    /// Remarks.
    pub note: String,
}

/// One row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RowReport {
    /// Its key.
    pub key: String,
    /// Its primitive.
    pub primitive: String,
    /// What was done.
    pub title: String,
    /// What one operation is.
    pub unit: String,
    /// What came out for each participant.
    pub entries: Vec<Entry>,
    /// What was to be reached.
    pub goals: Vec<GoalReport>,
}

/// One cell.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Who.
    pub peer: String,
    /// The camp.
    pub kind: Kind,
    /// Nanoseconds per operation.
    pub median_ns: Option<f64>,
    /// A tenth of the rounds was faster.
    pub p10_ns: Option<f64>,
    /// A tenth of the rounds was slower.
    pub p90_ns: Option<f64>,
    /// Why there is no figure.
    pub failure: Option<String>,
    /// Against the baseline, if there is one.
    pub change: Option<Change>,
}

/// How a figure moved.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// This median divided by the earlier one.
    pub factor: f64,
    /// Whether that is more than the noise.
    pub beyond_noise: bool,
}

/// What a parked waiter of one participant weighs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WeightReport {
    /// Of which primitive.
    pub primitive: String,
    /// Who.
    pub peer: String,
    /// The camp.
    pub kind: Kind,
    /// The size of the future.
    pub future: usize,
    /// Heap bytes per waiter.
    pub heap: f64,
    /// The same just after a ring has doubled.
    pub heap_just_doubled: f64,
    /// Allocations per wait.
    pub allocations: f64,
}

impl Entry {
    fn of(outcome: &Outcome) -> Self {
        Self::from_samples(
            outcome.case.facts.name,
            outcome.case.facts.kind,
            &outcome.samples,
            outcome.failure.clone(),
        )
    }

    pub(super) fn from_samples(
        peer: &str,
        kind: Kind,
        samples: &[f64],
        failure: Option<String>,
    ) -> Self {
        let at = |q| quantile(samples, q).filter(|_| failure.is_none());
        Self {
            peer: peer.to_owned(),
            kind,
            median_ns: at(0.5),
            p10_ns: at(0.1),
            p90_ns: at(0.9),
            failure,
            change: None,
        }
    }

    /// p90 / p10.
    #[must_use]
    pub fn spread(&self) -> Option<f64> {
        Some(self.p90_ns? / self.p10_ns?)
    }
}

impl RowReport {
    /// The row of these outcomes, which all belong to it.
    #[must_use]
    pub fn of(outcomes: &[Outcome]) -> Option<Self> {
        let row = outcomes.first()?.case.row;
        Some(Self {
            key: row.key.to_owned(),
            primitive: row.primitive.to_owned(),
            title: row.title.to_owned(),
            unit: row.unit.to_owned(),
            entries: outcomes.iter().map(Entry::of).collect(),
            goals: row
                .goals
                .iter()
                .map(|goal| GoalReport::of(goal, outcomes))
                .collect(),
        })
    }

    /// The best entry of a camp.
    #[must_use]
    pub fn best(&self, kinds: &[Kind]) -> Option<&Entry> {
        self.entries
            .iter()
            .filter(|entry| kinds.contains(&entry.kind) && entry.median_ns.is_some())
            .min_by(|a, b| {
                a.median_ns
                    .partial_cmp(&b.median_ns)
                    .unwrap_or(std::cmp::Ordering::Equal)
            })
    }

    /// The entry of a participant.
    #[must_use]
    pub fn entry(&self, peer: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.peer == peer)
    }

    /// Adds asyncio's figure.
    pub fn add_python(&mut self, python: &Python) {
        if let Some(samples) = python.rows.get(&self.key) {
            self.entries
                .push(Entry::from_samples(PYTHON, Kind::Python, samples, None));
        }
    }
}

/// The name of the asyncio row.
pub const PYTHON: &str = "Python asyncio";

impl PeerReport {
    /// A participant with its version.
    #[must_use]
    pub fn of(primitive: &str, facts: &Facts, versions: &BTreeMap<String, String>) -> Self {
        let version = versions.get(facts.package).map_or_else(
            || facts.package.to_owned(),
            |version| format!("{} {version}", facts.package),
        );
        let with = [version.as_str(), facts.with];
        let with: Vec<&str> = with.into_iter().filter(|part| !part.is_empty()).collect();
        Self {
            primitive: primitive.to_owned(),
            name: facts.name.to_owned(),
            with: with.join(": "),
            kind: facts.kind,
            fair: facts.fair,
            cancel_safe: facts.cancel_safe,
            mpmc: facts.mpmc,
            pending_put_outside: facts.pending_put_outside,
            note: facts.note.to_owned(),
        }
    }
}

impl WeightReport {
    /// The weight of a participant.
    #[must_use]
    pub fn of(primitive: &str, facts: &Facts, weight: Weight) -> Self {
        Self {
            primitive: primitive.to_owned(),
            peer: facts.name.to_owned(),
            kind: facts.kind,
            future: weight.future,
            heap: weight.heap,
            heap_just_doubled: weight.heap_just_doubled,
            allocations: weight.allocations,
        }
    }

    /// Future and heap together.
    #[must_use]
    pub fn bytes(&self) -> f64 {
        self.future as f64 + self.heap
    }
}

impl Report {
    /// An empty report of this machine, this build and these participants.
    #[must_use]
    pub fn begin(plan: &Plan, participants: &[(&str, Facts)]) -> Self {
        let versions = versions();
        let mut peers: Vec<PeerReport> = Vec::new();
        for (primitive, facts) in participants {
            let known = |peer: &PeerReport| peer.primitive == *primitive && peer.name == facts.name;
            if !peers.iter().any(known) {
                peers.push(PeerReport::of(primitive, facts, &versions));
            }
        }
        Self {
            version: versions.get("waystation").cloned().unwrap_or_default(),
            machine: Machine::here(),
            method: Method {
                rounds: plan.rounds,
                slice_ms: plan.slice.as_millis() as u64,
                heartbeat_ns: 0.0,
                heartbeat_spread: 1.0,
                wide_share: 0.0,
                seconds: 0.0,
            },
            peers,
            rows: Vec::new(),
            weights: Vec::new(),
            locks: Vec::new(),
            story: None,
            notes: Vec::new(),
        }
    }

    /// Notes how steady the machine was and how long it took.
    pub fn end(&mut self, beats: &[f64], seconds: f64) {
        let at = |q| quantile(beats, q).unwrap_or(1.0);
        let tasks = [Kind::Ours, Kind::Peer, Kind::Reference];
        let spreads: Vec<f64> = self
            .rows
            .iter()
            .filter(|row| !rows::row(&row.key).across())
            .flat_map(|row| &row.entries)
            .filter(|entry| tasks.contains(&entry.kind))
            .filter_map(Entry::spread)
            .collect();
        let wide = spreads.iter().filter(|spread| **spread > WIDE).count();
        self.method.heartbeat_ns = at(0.5);
        self.method.heartbeat_spread = at(0.9) / at(0.1);
        self.method.wide_share = wide as f64 / spreads.len().max(1) as f64;
        self.method.seconds = seconds;
    }

    /// The primitives of this report, in its order.
    #[must_use]
    pub fn primitives(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for row in &self.rows {
            if !found.contains(&row.primitive.as_str()) {
                found.push(&row.primitive);
            }
        }
        found
    }

    /// The rows of a primitive.
    pub fn rows_of<'a>(&'a self, primitive: &'a str) -> impl Iterator<Item = &'a RowReport> {
        self.rows
            .iter()
            .filter(move |row| row.primitive == primitive)
    }

    /// How many goals stand how.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.rows
            .iter()
            .flat_map(|row| &row.goals)
            .filter(|goal| goal.verdict == verdict)
            .count()
    }
}
