//! Who takes part.

use super::contest::{self, Contestant};
use super::crowd::Waiters;
use crate::Sample;
use crate::facts::Facts;

/// Who takes part.
#[derive(Clone, Debug, Default)]
pub struct Cast {
    /// In the crowds.
    pub waiters: Vec<Waiters>,
    /// In the contests.
    pub contestants: Vec<Contestant>,
}

impl Cast {
    /// Whether nobody takes part.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiters.is_empty() && self.contestants.is_empty()
    }

    /// Enters somebody into the contests: the same job for each of [`contest::SIZES`].
    pub fn contest(&mut self, job: &'static str, facts: Facts, runs: [fn(u64) -> Sample; 3]) {
        let sized = contest::SIZES.into_iter().zip(runs);
        self.contestants.extend(sized.map(|(size, run)| Contestant {
            facts,
            job,
            size,
            run,
        }));
    }
}
