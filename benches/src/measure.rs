//! How long, how often, in what order, with what spread.
//!
//! Each case runs on a worker thread. A case that panics is reported as such; one that does not
//! come back is left behind, reported, and not asked again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Case, Sample};

/// So many slices are a long measurement.
pub const LONG: u32 = 20;

/// How thorough a run is.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Rounds per row; twice as many across threads.
    pub rounds: u32,
    /// How long one measurement is meant to take; three times as long across threads.
    pub slice: Duration,
    /// How long a measurement may take before it counts as hung.
    pub patience: Duration,
}

impl Plan {
    /// All rows in one to two minutes.
    #[must_use]
    pub const fn quick() -> Self {
        Self::of(7, 3)
    }

    /// All rows in a few minutes.
    #[must_use]
    pub const fn thorough() -> Self {
        Self::of(15, 12)
    }

    const fn of(rounds: u32, slice_ms: u64) -> Self {
        Self {
            rounds,
            slice: Duration::from_millis(slice_ms),
            patience: Duration::from_secs(20),
        }
    }

    /// Rounds for this case.
    #[must_use]
    pub fn rounds_of(&self, case: &Case) -> u32 {
        if case.row.across() {
            self.rounds * 2
        } else {
            self.rounds
        }
    }

    /// Whether a measurement is so long that half the rounds must do.
    fn is_long(&self, case: &Case, took: Duration) -> bool {
        took > self.slice_of(case) * LONG
    }

    /// The length of a measurement of this case.
    #[must_use]
    pub fn slice_of(&self, case: &Case) -> Duration {
        if case.row.across() {
            self.slice * 3
        } else {
            self.slice
        }
    }
}

/// What came out for one case.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The case.
    pub case: Case,
    /// Nanoseconds per operation, one for each round.
    pub samples: Vec<f64>,
    /// Why there are no more of them.
    pub failure: Option<String>,
}

/// Runs cases, and survives those that do not come back.
#[derive(Debug, Default)]
pub struct Runner {
    worker: Option<Worker>,
}

#[derive(Debug)]
struct Worker {
    orders: Sender<Order>,
    results: Receiver<Result<Sample, String>>,
}

/// A workload and how many operations of it.
type Order = (fn(u64) -> Sample, u64);

impl Worker {
    fn start() -> Self {
        let (orders, inbox) = channel::<Order>();
        let (outbox, results) = channel();
        thread::spawn(move || {
            for (run, ops) in inbox {
                let result = catch_unwind(AssertUnwindSafe(|| run(ops)));
                let result = result.map_err(|panic| message(panic.as_ref()));
                if outbox.send(result).is_err() {
                    break;
                }
            }
        });
        Self { orders, results }
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.as_deref().unwrap_or("no message"))
}

impl Runner {
    /// Runs a case once.
    ///
    /// # Errors
    ///
    /// Says in words why there is no sample: a panic, or no answer within `patience`.
    pub fn run(&mut self, case: &Case, ops: u64, patience: Duration) -> Result<Sample, String> {
        let worker = self.worker.get_or_insert_with(Worker::start);
        let gone = || "its thread is gone".to_owned();
        worker.orders.send((case.run, ops)).map_err(|_| gone())?;
        match worker.results.recv_timeout(patience) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => {
                // The thread cannot be stopped: it is left where it hangs.
                self.worker = None;
                Err(format!("hung: no end after {} s", patience.as_secs()))
            }
            Err(RecvTimeoutError::Disconnected) => {
                self.worker = None;
                Err(gone())
            }
        }
    }

    /// Finds how many operations fill a slice, and how many rounds of that there can be.
    fn calibrate(&mut self, case: &Case, plan: &Plan) -> Result<(u64, u32), String> {
        let mut ops = 1;
        loop {
            let begun = Instant::now();
            let sample = self.run(case, ops, plan.patience)?;
            let (took, slice) = (
                sample.elapsed.as_secs_f64(),
                plan.slice_of(case).as_secs_f64(),
            );
            if took >= slice / 4.0 {
                // Once more: what took so long may have been another process.
                let again = self.run(case, ops, plan.patience)?.elapsed.as_secs_f64();
                let took = took.min(again);
                if took < slice / 4.0 {
                    ops = (sample.ops * 2).max(ops + 1);
                    continue;
                }
                let rounds = plan.rounds_of(case);
                let is_long = plan.is_long(case, begun.elapsed());
                let rounds = if is_long { rounds.div_ceil(2) } else { rounds };
                return Ok((((sample.ops as f64 * slice / took) as u64).max(1), rounds));
            }
            let growth = (slice / 2.0 / took.max(1e-9)).clamp(2.0, 50.0);
            ops = (sample.ops as f64 * growth) as u64;
        }
    }

    /// Measures the cases of one row: first all tasks, then all threads. A crowd of threads leaves
    /// the machine in a state that shows in what comes directly after it.
    pub fn row(
        &mut self,
        cases: &[Case],
        plan: &Plan,
        tick: &mut dyn FnMut(&Case),
    ) -> Vec<Outcome> {
        let (threads, tasks): (Vec<Case>, Vec<Case>) =
            cases.iter().partition(|case| case.facts.kind.is_threads());
        let mut outcomes = self.rounds(&tasks, plan, tick);
        outcomes.append(&mut self.rounds(&threads, plan, tick));
        outcomes
    }

    /// Round by round: A, B, C, then B, C, A, …, so that nobody always comes after the same other.
    fn rounds(&mut self, cases: &[Case], plan: &Plan, tick: &mut dyn FnMut(&Case)) -> Vec<Outcome> {
        let mut running: Vec<(u64, u32, Outcome)> = cases
            .iter()
            .map(|case| {
                let ((ops, rounds), failure) = match self.calibrate(case, plan) {
                    Ok(found) => (found, None),
                    Err(failure) => ((0, 0), Some(failure)),
                };
                let outcome = Outcome {
                    case: *case,
                    samples: Vec::new(),
                    failure,
                };
                (ops, rounds, outcome)
            })
            .collect();
        let most = cases
            .iter()
            .map(|case| plan.rounds_of(case))
            .max()
            .unwrap_or(0);
        for round in 0..most {
            let first = round as usize % running.len().max(1);
            let (before, from) = running.split_at_mut(first);
            for (ops, rounds, outcome) in from.iter_mut().chain(before) {
                if outcome.failure.is_none() && round < *rounds {
                    match self.run(&outcome.case, *ops, plan.patience) {
                        Ok(sample) => outcome.samples.push(sample.ns_per_op()),
                        Err(failure) => outcome.failure = Some(failure),
                    }
                }
                tick(&outcome.case);
            }
        }
        running.into_iter().map(|(_, _, outcome)| outcome).collect()
    }
}

/// The value below which the fraction `q` of the samples lies, interpolated.
#[must_use]
pub fn quantile(samples: &[f64], q: f64) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = q.clamp(0.0, 1.0) * (sorted.len().checked_sub(1)?) as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    Some(low + (high - low) * at.fract())
}

/// Nanoseconds of one atomic addition that nobody else sees: if this varies, the machine does.
#[must_use]
pub fn heartbeat() -> f64 {
    const TURNS: u32 = 50_000;
    let beat = AtomicU64::new(0);
    let start = Instant::now();
    for _ in 0..TURNS {
        std::hint::black_box(&beat).fetch_add(1, Ordering::AcqRel);
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(TURNS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Facts, Kind};

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0, 1.0], 0.5), Some(2.0));
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.75), Some(4.0));
    }

    fn case(run: fn(u64) -> Sample) -> Case {
        Case {
            row: crate::rows::row("E1"),
            facts: Facts::new(Kind::Peer, "it", "", ""),
            run,
        }
    }

    #[test]
    fn a_case_that_panics_or_hangs_is_reported_and_the_next_one_runs() {
        let mut runner = Runner::default();
        let (patience, impatience) = (Duration::from_secs(60), Duration::from_millis(200));
        let panics = runner.run(&case(|_| panic!("no")), 1, patience);
        assert_eq!(panics.err().as_deref(), Some("panicked: no"));
        let hangs = runner.run(
            &case(|_| {
                loop {
                    thread::park()
                }
            }),
            1,
            impatience,
        );
        assert!(hangs.is_err_and(|why| why.starts_with("hung")));
        let fine = runner.run(
            &case(|ops| Sample {
                elapsed: Duration::from_nanos(10 * ops),
                ops,
            }),
            3,
            patience,
        );
        assert!(fine.is_ok_and(|sample| (sample.ns_per_op() - 10.0).abs() < 1e-6));
    }
}
