//! Which crates are mutated, by which tests, and where their runs leave what they found.

use std::path::PathBuf;

use crate::cargo::root;

/// What is changed, and whose tests are to notice.
pub(super) struct Subject {
    pub(super) package: &'static str,
    /// Another crate's tests run only where the own ones cannot see it.
    pub(super) testers: &'static [&'static str],
}

pub(super) const SUBJECTS: &[Subject] = &[
    Subject {
        package: "waystation-core",
        testers: &["waystation-core", "waystation-event"],
    },
    Subject {
        package: "waystation-event",
        testers: &["waystation-event"],
    },
    Subject {
        package: "waystation-semaphore",
        testers: &["waystation-semaphore"],
    },
    Subject {
        package: "waystation-queue",
        testers: &["waystation-queue"],
    },
];

/// The beginning of the names of parts that look at survivors once more.
pub(super) const AGAIN: &str = "again";

/// Where the runs of a package leave what they found: one folder for each part.
pub(super) fn folder(package: &str) -> PathBuf {
    root().join("target/mutants").join(package)
}
