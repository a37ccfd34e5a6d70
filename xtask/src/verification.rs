//! The rungs above loom: the package `verification`, which prints a line for each thing it did.

use std::process::Command;

use anyhow::Result;

use crate::cargo::{cargo, root, step, with_flags};
use crate::rungs::Suite;
use crate::tally::Tally;
use crate::tests::{counted, libtest};

/// Schedules of each kind for each shuttle scenario: a slice, and in full.
const SCHEDULES: [&str; 2] = ["4000", "10000"];

/// Scripts played against asyncio: a slice, and in full.
const SCRIPTS: [&str; 2] = ["1000", "10000"];

fn amount(suite: Suite, amounts: [&'static str; 2]) -> &'static str {
    amounts[usize::from(suite == Suite::Ci)]
}

/// Many threads under random and priority-based schedules, histories compared with the models.
pub(crate) fn shuttle(suite: Suite) -> Result<Tally> {
    let mut command = cargo(&[
        "test",
        "-p",
        "verification",
        "--release",
        "--test",
        "shuttle",
    ]);
    command.args(["--", "--nocapture", "--test-threads=2"]);
    with_flags(&mut command, "RUSTFLAGS", "--cfg shuttle");
    command.env("CARGO_TARGET_DIR", root().join("target/shuttle"));
    command.env("WAYSTATION_SHUTTLE_SCHEDULES", amount(suite, SCHEDULES));
    let output = step("shuttle", command)?;
    let scenarios = lines(&output.text, "shuttle ").count();
    let tally = counted(libtest(&output.text), output.ok && scenarios > 0);
    Ok(tally.note(format!(
        "{scenarios} explorations of {} schedules",
        amount(suite, SCHEDULES)
    )))
}

/// Real threads, every executor, and CPython's asyncio side by side.
pub(crate) fn real(suite: Suite) -> Result<Tally> {
    let mut command = cargo(&["test", "-p", "verification", "--release", "--no-fail-fast"]);
    command.args(["--tests", "--", "--nocapture", "--test-threads=1"]);
    command.env("WAYSTATION_ASYNCIO_SCRIPTS", amount(suite, SCRIPTS));
    let output = step("stress, executors, asyncio", command)?;
    let mut tally = counted(libtest(&output.text), output.ok);
    for line in output.text.lines().filter(|line| line.contains(" skipped")) {
        tally = tally.note(line.trim());
    }
    Ok(tally)
}

/// The ticket line's protocol as a Promela model, where `spin` is installed.
pub(crate) fn promela(_: Suite) -> Result<Tally> {
    let mut command = Command::new("bash");
    command
        .arg("verification/promela/run.sh")
        .current_dir(root());
    let output = step("promela", command)?;
    match lines(&output.text, "promela ").next() {
        Some(line) if line.starts_with("promela skipped") => Ok(Tally::left_out(line)),
        Some(line) => Ok(Tally::one(output.ok).note(line)),
        None => Ok(Tally::one(false)),
    }
}

fn lines<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines()
        .map(str::trim)
        .filter(move |line| line.starts_with(start))
}
