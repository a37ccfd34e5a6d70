//! A cell of the table, and what a run of it took.

use std::time::Duration;

use crate::facts::Facts;
use crate::rows::Row;

/// What one run of a workload took.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// The time of the measured part; setting up and tearing down are not in it.
    pub elapsed: Duration,
    /// How many operations that were: what was asked for, rounded up to what the workload can do.
    pub ops: u64,
}

impl Sample {
    /// Nanoseconds per operation.
    #[must_use]
    pub fn ns_per_op(self) -> f64 {
        self.elapsed.as_secs_f64() * 1e9 / self.ops.max(1) as f64
    }
}

/// One workload on one peer: a cell of the table.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The row of the table.
    pub row: &'static Row,
    /// Who does the job.
    pub facts: Facts,
    /// Does at least this many operations and says how long they took.
    pub run: fn(u64) -> Sample,
}
