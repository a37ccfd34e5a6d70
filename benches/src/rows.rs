//! The rows of the tables, and the ratio each is to reach.
//!
//! A ratio is our median divided by the best median among the peers the goal names, in the same
//! run. The goals are the project's own; they are printed next to what was measured.

use crate::facts::{Facts, Kind, Promise};

/// Whom a goal is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// Every async peer.
    Any,
    /// Async peers that serve waiters in order.
    Fair,
    /// Async peers that let newcomers overtake.
    Unfair,
    /// Async peers with many consumers.
    Mpmc,
    /// Async peers that keep a pending `put` out of the queue.
    PendingPutOutside,
}

impl Against {
    /// Whether this peer is one of them.
    #[must_use]
    pub fn counts(self, facts: &Facts) -> bool {
        facts.kind == Kind::Peer
            && match self {
                Self::Any => true,
                Self::Fair => facts.fair == Promise::Kept,
                Self::Unfair => facts.fair == Promise::Lacking,
                Self::Mpmc => facts.mpmc == Promise::Kept,
                Self::PendingPutOutside => facts.pending_put_outside == Promise::Kept,
            }
    }

    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Any => "best async peer",
            Self::Fair => "best fair async peer",
            Self::Unfair => "best unfair async peer",
            Self::Mpmc => "best MPMC async peer",
            Self::PendingPutOutside => "best peer that keeps a pending put out of the queue",
        }
    }
}

/// A ratio to reach.
#[derive(Clone, Copy, Debug)]
pub struct Goal {
    /// Which of our variants it is for.
    pub ours: &'static str,
    /// Whom it is measured against.
    pub against: Against,
    /// The ratio to reach.
    pub reach: f64,
    /// The ratio to hope for.
    pub stretch: Option<f64>,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What `--filter` sees: `E3/64`.
    pub key: &'static str,
    /// `event`, `semaphore`, `queue`, `gather` or `event-loop`.
    pub primitive: &'static str,
    /// What is done.
    pub title: &'static str,
    /// What one operation is.
    pub unit: &'static str,
    /// What is to be reached.
    pub goals: &'static [Goal],
}

impl Row {
    /// Whether it takes seconds in itself: left out of a quick run that does not ask for it.
    #[must_use]
    pub fn long(&self) -> bool {
        self.key == "L1/soon/1000000"
    }

    /// Whether tasks on two threads meet in it.
    #[must_use]
    pub fn across(&self) -> bool {
        self.title.contains("two threads")
    }
}

/// The name of our default variant, in every table.
pub const OURS: &str = "waystation";
/// The name of our semaphore with bounded overtaking.
pub const OURS_BYPASS: &str = "waystation bypass";

const fn goal(against: Against, reach: f64, stretch: Option<f64>) -> Goal {
    Goal {
        ours: OURS,
        against,
        reach,
        stretch,
    }
}

const fn bypass(against: Against, reach: f64, stretch: Option<f64>) -> Goal {
    Goal {
        ours: OURS_BYPASS,
        against,
        reach,
        stretch,
    }
}

const fn event(
    key: &'static str,
    title: &'static str,
    unit: &'static str,
    goals: &'static [Goal],
) -> Row {
    Row {
        key,
        primitive: "event",
        title,
        unit,
        goals,
    }
}

const fn semaphore(
    key: &'static str,
    title: &'static str,
    unit: &'static str,
    goals: &'static [Goal],
) -> Row {
    Row {
        key,
        primitive: "semaphore",
        title,
        unit,
        goals,
    }
}

const fn queue(key: &'static str, title: &'static str, goals: &'static [Goal]) -> Row {
    Row {
        key,
        primitive: "queue",
        title,
        unit: "item",
        goals,
    }
}

const fn gather(key: &'static str, title: &'static str, goals: &'static [Goal]) -> Row {
    Row {
        key,
        primitive: "gather",
        title,
        unit: "child",
        goals,
    }
}

const fn event_loop(key: &'static str, title: &'static str, unit: &'static str) -> Row {
    Row {
        key,
        primitive: "event-loop",
        title,
        unit,
        goals: LOOP,
    }
}

const CROWD: &[Goal] = &[goal(Against::Any, 0.75, Some(0.55))];
const UNCONTENDED: &[Goal] = &[goal(Against::Any, 0.55, Some(0.48))];
const CHAIN: &[Goal] = &[goal(Against::Any, 0.75, Some(0.65))];
const TRY_PAIR: &[Goal] = &[goal(Against::Any, 1.0, Some(0.9))];
const PIPE: &[Goal] = &[goal(Against::Mpmc, 1.0, Some(0.95))];
const ONE_SLOT: &[Goal] = &[goal(Against::PendingPutOutside, 0.8, Some(0.6))];
const ACROSS: &[Goal] = &[goal(Against::Mpmc, 1.1, Some(0.9))];
const GATHER: &[Goal] = &[goal(Against::Any, 1.0, Some(0.8))];
const LOOP: &[Goal] = &[goal(Against::Any, 1.1, Some(0.8))];

/// Every row, in the order of the report.
pub static ROWS: &[Row] = &[
    event(
        "E1",
        "wait on a set event",
        "wait",
        &[goal(Against::Any, 0.55, Some(0.45))],
    ),
    event(
        "E2",
        "set + clear, nobody waiting",
        "pair",
        &[goal(Against::Any, 0.60, Some(0.55))],
    ),
    event("E3/1", "1 waiter, one set", "waiter", CROWD),
    event("E3/64", "64 waiters, one set", "waiter", CROWD),
    event("E3/1000", "1,000 waiters, one set", "waiter", CROWD),
    event("E3/100000", "100,000 waiters, one set", "waiter", CROWD),
    event(
        "E4",
        "ping-pong on two events, one thread",
        "round trip",
        &[goal(Against::Any, 0.90, Some(0.80))],
    ),
    event(
        "E5",
        "ping-pong on two events, two threads",
        "round trip",
        &[goal(Against::Any, 1.10, Some(1.0))],
    ),
    semaphore("S1", "acquire + drop, uncontended", "pair", UNCONTENDED),
    semaphore(
        "S1b",
        "try_acquire + drop, uncontended",
        "pair",
        UNCONTENDED,
    ),
    semaphore(
        "S2",
        "64 tasks, 1 permit, yield while holding",
        "acquire",
        &[goal(Against::Any, 0.97, Some(0.90))],
    ),
    semaphore(
        "S3",
        "two threads × 8 tasks, 1 permit, no yield",
        "acquire",
        &[
            goal(Against::Fair, 1.1, None),
            bypass(Against::Unfair, 0.70, Some(0.5)),
        ],
    ),
    semaphore(
        "S3b",
        "two threads × 8 tasks, 1 permit, yield while holding",
        "acquire",
        &[
            goal(Against::Fair, 1.1, None),
            bypass(Against::Unfair, 1.0, Some(0.85)),
        ],
    ),
    semaphore(
        "S4",
        "64 tasks, 8 permits, acquire_many(1..=4)",
        "acquire",
        &[goal(Against::Fair, 1.0, Some(0.85))],
    ),
    semaphore(
        "S5",
        "cancel storm: polled once, dropped, 64 others queued",
        "cancel",
        &[goal(Against::Any, 0.90, Some(0.70))],
    ),
    semaphore(
        "S6/100",
        "100 waiters, then a chain of releases",
        "waiter",
        CHAIN,
    ),
    semaphore(
        "S6/1000",
        "1,000 waiters, then a chain of releases",
        "waiter",
        CHAIN,
    ),
    semaphore(
        "S6/10000",
        "10,000 waiters, then a chain of releases",
        "waiter",
        CHAIN,
    ),
    semaphore(
        "S6/100000",
        "100,000 waiters, then a chain of releases",
        "waiter",
        CHAIN,
    ),
    queue("Q1/16", "try_put + try_get, capacity 16", TRY_PAIR),
    queue("Q1/unbounded", "try_put + try_get, unbounded", TRY_PAIR),
    queue(
        "Q2/1",
        "1 producer, 1 consumer, one thread, capacity 1",
        ONE_SLOT,
    ),
    queue(
        "Q2/16",
        "1 producer, 1 consumer, one thread, capacity 16",
        PIPE,
    ),
    queue(
        "Q2/1024",
        "1 producer, 1 consumer, one thread, capacity 1,024",
        PIPE,
    ),
    queue(
        "Q2/unbounded",
        "1 producer, 1 consumer, one thread, unbounded",
        PIPE,
    ),
    queue(
        "Q3/1",
        "1 producer, 1 consumer, two threads, capacity 1",
        ONE_SLOT,
    ),
    queue(
        "Q3/16",
        "1 producer, 1 consumer, two threads, capacity 16",
        ACROSS,
    ),
    queue(
        "Q3/1024",
        "1 producer, 1 consumer, two threads, capacity 1,024",
        ACROSS,
    ),
    queue(
        "Q3/unbounded",
        "1 producer, 1 consumer, two threads, unbounded",
        ACROSS,
    ),
    queue(
        "Q3/1024/64B",
        "1 producer, 1 consumer, two threads, items of 64 bytes, capacity 1,024",
        ACROSS,
    ),
    queue(
        "Q4/16",
        "4 producers, 4 consumers, two threads, capacity 16",
        ACROSS,
    ),
    queue(
        "Q4/128",
        "4 producers, 4 consumers, two threads, capacity 128",
        ACROSS,
    ),
    queue(
        "Q4/unbounded",
        "4 producers, 4 consumers, two threads, unbounded",
        ACROSS,
    ),
    queue(
        "Q5/16",
        "4 producers, 1 consumer, two threads, capacity 16",
        ACROSS,
    ),
    queue(
        "Q5/128",
        "4 producers, 1 consumer, two threads, capacity 128",
        ACROSS,
    ),
    queue(
        "Q5/unbounded",
        "4 producers, 1 consumer, two threads, unbounded",
        ACROSS,
    ),
    gather(
        "G1/10",
        "10 children, each woken once",
        &[goal(Against::Any, 1.5, None)],
    ),
    gather("G1/1000", "1,000 children, each woken once", GATHER),
    gather("G1/10000", "10,000 children, each woken once", GATHER),
    event_loop("L1/tasks", "10,000 tasks, spawned and joined", "task"),
    event_loop("L1/soon/100000", "100,000 call_soon", "call"),
    event_loop("L1/soon/1000000", "1,000,000 call_soon", "call"),
    event_loop(
        "L1/fire",
        "100,000 timers in random order, all fire",
        "timer",
    ),
    event_loop(
        "L1/cancel",
        "100,000 timers in random order, all cancelled",
        "timer",
    ),
];

/// The row called `key`.
///
/// # Panics
///
/// Panics if there is none.
#[must_use]
#[track_caller]
pub fn row(key: &str) -> &'static Row {
    ROWS.iter()
        .find(|row| row.key == key)
        .unwrap_or_else(|| panic!("no row is called {key}"))
}
