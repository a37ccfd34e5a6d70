//! Asynchrony versus threads, as a measured story.
//!
//! | file | chapter |
//! |---|---|
//! | `crowd.rs` | 10, 1,000, 100,000 wait for one event: as tasks, and as threads while the system grants them |
//! | `contest.rs` | 2, 16, 1,000 share a semaphore or an event: context switches and memory |
//! | `duel.rs` | where threads win, and how far |
//! | `part.rs` | each measurement in a process of its own: fresh memory, and an end that hurts nobody |
//!
//! Who takes part is entered by the primitives, like the cases: see [`Cast`].

pub mod contest;
pub mod crowd;
pub mod duel;
pub mod part;

use serde::{Deserialize, Serialize};

use crate::Sample;
use crate::facts::{Facts, Kind, Promise};
use contest::Contestant;
use crowd::Waiters;

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

/// What came out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Story {
    /// Many wait for one event.
    pub crowds: Vec<Told<crowd::Crowd>>,
    /// Many share one primitive.
    pub contests: Vec<Told<contest::Contest>>,
    /// Where threads may win.
    pub duels: Vec<duel::Duel>,
    /// Measurements that did not come to an end, and why.
    pub failures: Vec<String>,
}

/// What one of the cast did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told<T> {
    /// Who.
    pub who: String,
    /// The camp.
    pub kind: Kind,
    /// Serves waiters in order.
    pub fair: Promise,
    /// What it did.
    #[serde(flatten)]
    pub what: T,
}

impl<T> Told<T> {
    fn of(facts: &Facts, what: T) -> Self {
        Self {
            who: facts.name.to_owned(),
            kind: facts.kind,
            fair: facts.fair,
            what,
        }
    }
}

/// How long the story may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Length {
    /// A quarter of a minute.
    Short,
    /// A minute or two.
    Long,
}

impl Length {
    /// This much, or that.
    fn choose<T>(self, short: T, long: T) -> T {
        match self {
            Self::Short => short,
            Self::Long => long,
        }
    }
}

/// How many steps [`tell`] takes.
#[must_use]
pub fn steps(cast: &Cast, length: Length) -> u64 {
    let crowds: usize = crowd::SIZES
        .iter()
        .map(|size| crowd::present(cast, *size, length).count())
        .sum();
    (crowds + cast.contestants.len() + duel::ALL.len()) as u64
}

/// Measures all of it; calls `tick` after each step.
#[must_use]
pub fn tell(cast: &Cast, length: Length, tick: &mut dyn FnMut()) -> Story {
    let mut story = Story::default();
    for size in crowd::SIZES {
        for waiters in crowd::present(cast, *size, length) {
            match crowd::ask(waiters, *size, length) {
                Ok(crowd) => story.crowds.push(Told::of(&waiters.facts, crowd)),
                Err(why) => story
                    .failures
                    .push(format!("{} {} waiting: {why}", waiters.facts.name, size)),
            }
            tick();
        }
    }
    for contestant in &cast.contestants {
        match contest::ask(contestant, length) {
            Ok(contest) => story.contests.push(Told::of(&contestant.facts, contest)),
            Err(why) => story.failures.push(format!(
                "{}, {} × {}: {why}",
                contestant.facts.name, contestant.size, contestant.job
            )),
        }
        tick();
    }
    for job in duel::ALL {
        match duel::ask(job, length) {
            Ok(duels) => story.duels.extend(duels),
            Err(why) => story.failures.push(format!("{}: {why}", job.title)),
        }
        tick();
    }
    story
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_waits_and_everybody_runs() {
        let cast = crate::Book::full().cast;
        for waiters in &cast.waiters {
            let crowd = crowd::perform(&cast, waiters.facts.name, 10, Length::Short);
            let crowd = crowd.expect("one of the cast");
            assert_eq!((crowd.waited, crowd.refusal), (10, None));
            assert!(crowd.p50_ns <= crowd.p99_ns && crowd.p99_ns <= crowd.p999_ns);
            assert!(crowd.p50_ns <= crowd.all_ran_ns);
        }
        for contestant in cast.contestants.iter().filter(|one| one.size == 2) {
            let (who, job) = (contestant.facts.name, contestant.job);
            let contest = contest::perform(&cast, who, job, 2, Length::Short);
            assert!(contest.expect("one of the cast").ns > 0.0);
        }
        assert!(crowd::perform(&cast, "nobody", 10, Length::Short).is_err());
    }
}
