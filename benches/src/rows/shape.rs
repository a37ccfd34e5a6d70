//! What a row is, and what a goal.

use crate::facts::{Facts, Kind, Promise};

/// The name of our default variant, in every table.
pub const OURS: &str = "waystation";
/// The name of our semaphore with bounded overtaking.
pub const OURS_BYPASS: &str = "waystation bypass";
/// Rows that always were `.await`s in tasks on one thread.
const AWAITED: &[&str] = &["E4", "S2", "S4", "Q2"];
/// The rows whose threads are family H.
const BLOCKING: &[&str] = &["E3", "E5", "S1", "S3", "S3b", "Q1", "Q2", "Q3", "Q4", "Q5"];

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
        self.title.contains("two threads") || self.title.contains("two workers")
    }

    /// The family to which the case of a participant of this kind belongs, if it belongs to one:
    /// see [`FAMILIES`](super::FAMILIES).
    #[must_use]
    pub fn family(&self, kind: Kind) -> Option<&'static str> {
        let head = self.key.split('/').next().unwrap_or(self.key);
        if head.starts_with('T') {
            Some("T")
        } else if kind.is_threads() {
            BLOCKING.contains(&head).then_some("H")
        } else if self.key.ends_with("/await") || AWAITED.contains(&head) {
            Some("A")
        } else {
            self.across().then_some("X")
        }
    }
}
