//! Everything there is to measure, as the primitives enter it.

use crate::facts::Facts;
use crate::memory::Weigher;
use crate::story::Cast;
use crate::{Case, Sample, rows};

/// Everything there is to measure.
#[derive(Debug, Default)]
pub struct Book {
    /// Times.
    pub cases: Vec<Case>,
    /// Memory.
    pub weights: Vec<Weigher>,
    /// Who takes part in the story of tasks and threads.
    pub cast: Cast,
}

impl Book {
    /// Adds a case.
    ///
    /// # Panics
    ///
    /// Panics if there is no row called `key`.
    #[track_caller]
    pub fn case(&mut self, key: &str, facts: Facts, run: fn(u64) -> Sample) {
        self.cases.push(Case {
            row: rows::row(key),
            facts,
            run,
        });
    }
}
