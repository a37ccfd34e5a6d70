//! What was to be reached, and how it stands.

use serde::{Deserialize, Serialize};

use crate::measure::{Outcome, quantile};
use crate::rows::Goal;

/// A goal and how near we came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GoalReport {
    /// Our variant.
    pub ours: String,
    /// Whom it was measured against, in words.
    pub against: String,
    /// The best of those.
    pub best: Option<String>,
    /// Our median divided by its median.
    pub ratio: Option<f64>,
    /// The ratio to reach.
    pub reach: f64,
    /// The ratio to hope for.
    pub stretch: Option<f64>,
    /// How it stands.
    pub verdict: Verdict,
}

/// How a goal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Even the ratio to hope for.
    Stretch,
    /// The ratio to reach.
    Reached,
    /// Not yet.
    Missed,
    /// A figure is lacking.
    Open,
}

impl Verdict {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Stretch => "stretch",
            Self::Reached => "reached",
            Self::Missed => "not yet",
            Self::Open => "–",
        }
    }
}

impl GoalReport {
    pub(super) fn of(goal: &Goal, outcomes: &[Outcome]) -> Self {
        let median = |outcome: &Outcome| {
            quantile(&outcome.samples, 0.5).filter(|_| outcome.failure.is_none())
        };
        let ours = outcomes
            .iter()
            .find(|outcome| outcome.case.facts.name == goal.ours)
            .and_then(median);
        let best = outcomes
            .iter()
            .filter(|outcome| goal.against.counts(&outcome.case.facts))
            .filter_map(|outcome| Some((outcome.case.facts.name, median(outcome)?)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        let ratio = ours.zip(best).map(|(ours, (_, best))| ours / best);
        let verdict = match ratio {
            None => Verdict::Open,
            Some(ratio) if goal.stretch.is_some_and(|stretch| ratio <= stretch) => Verdict::Stretch,
            Some(ratio) if ratio <= goal.reach => Verdict::Reached,
            Some(_) => Verdict::Missed,
        };
        Self {
            ours: goal.ours.to_owned(),
            against: goal.against.words().to_owned(),
            best: best.map(|(name, _)| name.to_owned()),
            ratio,
            reach: goal.reach,
            stretch: goal.stretch,
            verdict,
        }
    }
}
