//! Running tests and counting them.

use anyhow::Result;

use crate::cargo::{cargo, has, step};
use crate::compiler::another_compiler;
use crate::suite::Suite;
use crate::tally::Tally;

/// The note for a machine without nextest.
pub(crate) const NO_NEXTEST: &str = "cargo-nextest is not installed: cargo test is used instead";

/// Unit and integration tests of the whole workspace.
pub(crate) fn workspace(_: Suite) -> Result<Tally> {
    if has("nextest") {
        let command = cargo(&[
            "nextest",
            "run",
            "--workspace",
            "--exclude",
            "verification",
            "--all-features",
            "--no-fail-fast",
            "--config-file",
            "xtask/nextest.toml",
        ]);
        let output = step("tests", command)?;
        return Ok(noted(counted(nextest(&output.text), output.ok)));
    }
    let command = cargo(&[
        "test",
        "--workspace",
        "--exclude",
        "verification",
        "--all-features",
        "--no-fail-fast",
        "--lib",
        "--bins",
        "--tests",
    ]);
    let output = step("tests", command)?;
    Ok(noted(counted(libtest(&output.text), output.ok)).note(NO_NEXTEST))
}

/// What another compiler says of the programs that must not compile is not compared.
fn noted(tally: Tally) -> Tally {
    let note = another_compiler("what it says of programs that must not compile is not compared");
    note.into_iter().fold(tally, Tally::note)
}

/// The examples in the documentation.
pub(crate) fn docs(_: Suite) -> Result<Tally> {
    let command = cargo(&[
        "test",
        "--workspace",
        "--all-features",
        "--doc",
        "--no-fail-fast",
    ]);
    let output = step("doc tests", command)?;
    Ok(counted(libtest(&output.text), output.ok))
}

/// A step that failed without a failed test (it did not build, say) counts as one failure.
pub(crate) fn counted(tally: Tally, ok: bool) -> Tally {
    let failed = if ok {
        tally.failed
    } else {
        tally.failed.max(1)
    };
    Tally { failed, ..tally }
}

/// The number before `word` in a line like `3 passed, 1 failed`.
fn number(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line
        .split([' ', ',', ';', '.', '(', ')'])
        .filter(|w| !w.is_empty())
        .collect();
    words
        .windows(2)
        .find(|pair| pair[1] == word)
        .and_then(|pair| pair[0].parse().ok())
        .unwrap_or(0)
}

/// Counts from nextest's summary: `Summary [ 1.2s] 5 tests run: 4 passed (1 slow), 1 failed`.
pub(crate) fn nextest(text: &str) -> Tally {
    let summary = text
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with("Summary ["));
    let counts = summary
        .and_then(|line| line.split_once("run:"))
        .map_or("", |parts| parts.1);
    let lost = |line: &str| number(line, "failed") + timed_out(line);
    Tally {
        passed: number(counts, "passed"),
        failed: lost(counts),
        ignored: number(counts, "skipped"),
        ..Tally::default()
    }
}

fn timed_out(line: &str) -> u64 {
    let before = line.split_once(" timed out").map_or("", |parts| parts.0);
    before
        .rsplit(' ')
        .next()
        .and_then(|count| count.parse().ok())
        .unwrap_or(0)
}

/// Counts from each `test result: ok. 5 passed; 0 failed; 1 ignored; …`.
pub(crate) fn libtest(text: &str) -> Tally {
    let mut tally = Tally::default();
    for line in text.lines().filter(|line| line.starts_with("test result:")) {
        tally.passed += number(line, "passed");
        tally.failed += number(line, "failed");
        tally.ignored += number(line, "ignored");
    }
    tally
}

#[cfg(test)]
mod counting {
    use super::{libtest, nextest};

    #[test]
    fn nextest_summaries_are_read() {
        let text =
            "   Summary [   0.2s] 9 tests run: 5 passed (1 slow), 3 failed, 1 timed out, 2 skipped";
        let tally = nextest(text);
        assert_eq!((tally.passed, tally.failed, tally.ignored), (5, 4, 2));
    }

    #[test]
    fn libtest_results_are_summed() {
        let text = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured\n\
                    test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured";
        let tally = libtest(text);
        assert_eq!((tally.passed, tally.failed, tally.ignored), (7, 1, 1));
    }
}
