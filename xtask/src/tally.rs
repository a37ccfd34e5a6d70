//! What came out of a check, and how it is said.

use std::time::Duration;

/// What one check counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
    /// How many of those that passed were loom models.
    pub(crate) models: u64,
    /// What was not done, or not as it should be, and why.
    pub(crate) notes: Vec<String>,
}

impl Tally {
    /// A check that is one question with one answer.
    pub(crate) fn one(passed: bool) -> Self {
        Self {
            passed: passed.into(),
            failed: (!passed).into(),
            ..Self::default()
        }
    }

    /// A check that was left out.
    pub(crate) fn left_out(why: &str) -> Self {
        Self::default().note(why)
    }

    /// A check that could not be run.
    pub(crate) fn broken(why: &str) -> Self {
        println!("{why}");
        Self {
            failed: 1,
            ..Self::default()
        }
    }

    /// Adds a note.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// The sum of several checks.
#[derive(Debug, Default)]
pub(crate) struct Total {
    sum: Tally,
}

impl Total {
    /// Prints the line of one check and adds it.
    pub(crate) fn add(&mut self, number: u8, name: &str, tally: &Tally, took: Duration) {
        let mut line = format!(
            "rung {number}  {name:<14} {:>5} passed {:>3} failed",
            tally.passed, tally.failed
        );
        if tally.ignored > 0 {
            line += &format!(" {:>3} ignored", tally.ignored);
        }
        println!("{line}  {:>4} s", took.as_secs());
        for note in &tally.notes {
            println!("        note: {note}");
        }
        self.sum.passed += tally.passed;
        self.sum.failed += tally.failed;
        self.sum.ignored += tally.ignored;
        self.sum.models += tally.models;
        self.sum.notes.extend(tally.notes.iter().cloned());
    }

    /// Prints the closing lines and says whether all passed.
    pub(crate) fn close(self) -> bool {
        let Tally {
            passed,
            failed,
            ignored,
            models,
            notes,
        } = self.sum;
        if models > 0 {
            println!("{} tests and checks, {models} loom models", passed - models);
        }
        if ignored > 0 || !notes.is_empty() {
            println!("{ignored} ignored, {} notes", notes.len());
        }
        println!("{passed} passed, {failed} failed");
        failed == 0
    }
}
