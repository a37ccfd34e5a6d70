//! Asynchrony versus threads, as a measured story.
//!
//! | file | chapter |
//! |---|---|
//! | `crowd.rs` | 10, 1,000, 100,000 wait for one event: as tasks, and as threads while the system grants them |
//! | `contest.rs` | 2, 16, 1,000 share a semaphore or an event: context switches and memory |
//! | `duel.rs` | where threads win, and how far |
//! | `part.rs` | each measurement in a process of its own: fresh memory, and an end that hurts nobody |
//! | `cast.rs`, `length.rs` | who takes part, and how thorough it is |
//!
//! Who takes part is entered by the primitives, like the cases: see [`Cast`].

mod cast;
pub mod contest;
pub mod crowd;
pub mod duel;
mod length;
pub mod part;

use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Kind, Promise};
use part::Part;

pub use cast::Cast;
pub use length::Length;

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

/// How many steps [`tell`] takes.
#[must_use]
pub fn steps(cast: &Cast, length: Length) -> u64 {
    let crowds: usize = crowd::SIZES
        .iter()
        .map(|size| crowd::present(&cast.waiters, *size, length).count())
        .sum();
    (crowds + cast.contestants.len() + duel::ALL.len()) as u64
}

/// Measures all of it; calls `tick` after each step.
#[must_use]
pub fn tell(cast: &Cast, length: Length, tick: &mut dyn FnMut()) -> Story {
    let mut story = Story::default();
    for size in crowd::SIZES {
        for waiters in crowd::present(&cast.waiters, *size, length) {
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

/// Measures one part and prints the result: what the child process does.
///
/// # Errors
///
/// Says what is wrong with the order.
pub fn perform(order: &str, cast: &Cast) -> Result<(), String> {
    let part: Part = serde_json::from_str(order).map_err(|error| error.to_string())?;
    let result = match part {
        Part::Crowd { who, size, length } => {
            serde_json::to_string(&crowd::perform(&cast.waiters, &who, size, length)?)
        }
        Part::Contest {
            who,
            job,
            size,
            length,
        } => serde_json::to_string(&contest::perform(
            &cast.contestants,
            &who,
            &job,
            size,
            length,
        )?),
        Part::Duel { title, length } => serde_json::to_string(&duel::perform(&title, length)?),
    };
    println!("{}", result.map_err(|error| error.to_string())?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_waits_and_everybody_runs() {
        let cast = crate::Book::full().cast;
        for waiters in &cast.waiters {
            let crowd = crowd::perform(&cast.waiters, waiters.facts.name, 10, Length::Short);
            let crowd = crowd.expect("one of the cast");
            assert_eq!((crowd.waited, crowd.refusal), (10, None));
            assert!(crowd.p50_ns <= crowd.p99_ns && crowd.p99_ns <= crowd.p999_ns);
            assert!(crowd.p50_ns <= crowd.all_ran_ns);
        }
        for contestant in cast.contestants.iter().filter(|one| one.size == 2) {
            let (who, job) = (contestant.facts.name, contestant.job);
            let contest = contest::perform(&cast.contestants, who, job, 2, Length::Short);
            assert!(contest.expect("one of the cast").ns > 0.0);
        }
        assert!(crowd::perform(&cast.waiters, "nobody", 10, Length::Short).is_err());
    }
}
