//! What noticed each seeded bug when it was last planted: `verification/seeded.txt`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::cargo::root;

const HEAD: &str = "\
# What noticed each seeded bug, and whether loom alone does (-: the bug needs no second thread).
# Written by `cargo xtask seeded`; with a filter it renews the lines of those that it plants.
";

/// Bugs of these shapes are wrong on one thread too, and in no other way.
const SEQUENTIAL: &[&str] = &["D:", "E:", "G:", "accounting", "an invariant alone"];

/// Whether the bug shows when two threads meet: those are loom's matter.
pub(crate) fn needs_two_threads(shape: &str) -> bool {
    !SEQUENTIAL.iter().any(|start| shape.starts_with(start))
}

/// The files of loom models that run what is in a file.
pub(crate) fn models_of(file: &str) -> &'static [&'static str] {
    const CRATES: [(&str, &[&str]); 4] = [
        ("auto_reset", &["auto_reset", "auto_reset_pairs"]),
        ("waystation-event", &["event", "event_pairs"]),
        (
            "waystation-semaphore",
            &[
                "semaphore",
                "bypass",
                "one_step",
                "semaphore_counts",
                "semaphore_races",
                "semaphore_pairs",
            ],
        ),
        (
            "waystation-queue",
            &[
                "queue",
                "one_step",
                "queue_races",
                "stream",
                "queue_pairs",
                "channel",
            ],
        ),
    ];
    let found = CRATES.iter().find(|(part, _)| file.contains(part));
    found.map_or(
        &["wait", "place", "lock", "event", "semaphore"],
        |(_, models)| *models,
    )
}

/// A line for each seed.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Record(BTreeMap<String, String>);

impl Record {
    pub(crate) fn add(&mut self, seed: &str, killer: Option<&str>, by_loom: Option<bool>) {
        let loom = match by_loom {
            None => "-",
            Some(true) => "loom",
            Some(false) => "no",
        };
        let killer = killer.unwrap_or("SURVIVED");
        self.0.insert(seed.to_owned(), format!("{loom}\t{killer}"));
    }

    /// What earlier runs have written, for a run of some of them to renew.
    pub(crate) fn read() -> Self {
        Self::of(&fs::read_to_string(path()).unwrap_or_default())
    }

    fn of(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let split = lines.filter_map(|line| line.split_once('\t'));
        Self(
            split
                .map(|(seed, rest)| (seed.to_owned(), rest.to_owned()))
                .collect(),
        )
    }

    fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        for (seed, rest) in &self.0 {
            let _ = writeln!(text, "{seed}\t{rest}");
        }
        text
    }

    pub(crate) fn write(&self) -> Result<()> {
        fs::write(path(), self.text()).context("cannot write the record of seeds")
    }
}

/// What the runs came to.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Killed {
    seeds: usize,
    killed: usize,
    /// Of those that need two threads.
    concurrent: usize,
    by_loom: usize,
}

impl Killed {
    /// Of the record, if there is one.
    pub(crate) fn read() -> Option<Self> {
        Some(Self::of(&fs::read_to_string(path()).ok()?))
    }

    fn of(text: &str) -> Self {
        let mut killed = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [_, loom, by] = cells[..] else { continue };
            killed.seeds += 1;
            killed.killed += usize::from(by != "SURVIVED");
            killed.concurrent += usize::from(loom != "-");
            killed.by_loom += usize::from(loom == "loom");
        }
        killed
    }

    /// In a sentence.
    pub(crate) fn text(&self) -> String {
        format!(
            "{} of {} seeded bugs noticed; of the {} that need two threads loom alone notices {}",
            self.killed, self.seeds, self.concurrent, self.by_loom
        )
    }
}

fn path() -> PathBuf {
    root().join("verification/seeded.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_summed() {
        let mut record = Record::default();
        record.add("one", Some("loom event e"), Some(true));
        record.add("two", Some("waystation-event, cancel"), Some(false));
        record.add("three", None, None);
        let written = record.text();
        let text = Killed::of(&written).text();
        let expected =
            "2 of 3 seeded bugs noticed; of the 2 that need two threads loom alone notices 1";
        assert_eq!(text, expected);
        assert_eq!(Record::of(&written), record);
    }

    #[test]
    fn shapes_are_told_apart() {
        assert!(needs_two_threads("A: granted, then cancelled"));
        assert!(!needs_two_threads("E: a panicking waker"));
    }
}
