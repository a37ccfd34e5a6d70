//! The rungs above loom: the package `verification`, which prints a line for each thing it did.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::cargo::{cargo, root, step, with_flags};
use crate::suite::Suite;
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

/// Real threads, every executor, CPython's asyncio side by side, and writers that use what they are
/// shown.
pub(crate) fn real(suite: Suite) -> Result<Tally> {
    let mut command = cargo(&["test", "-p", "verification", "--release", "--no-fail-fast"]);
    command.args([
        "--lib",
        "--test=stress",
        "--test=executors",
        "--test=asyncio",
        "--test=debug",
    ]);
    command.args(["--", "--nocapture", "--test-threads=1"]);
    command.env("WAYSTATION_ASYNCIO_SCRIPTS", amount(suite, SCRIPTS));
    let output = step("stress, executors, asyncio, debug", command)?;
    let mut tally = counted(libtest(&output.text), output.ok);
    for line in output.text.lines().filter(|line| line.contains(" skipped")) {
        tally = tally.note(line.trim());
    }
    Ok(tally)
}

/// Where the last run left the tables of hostile wakers.
fn tables() -> PathBuf {
    root().join("target/xtask/hostile.md")
}

/// What a waker may do, to every method that registers, wakes, cancels or closes.
pub(crate) fn hostile(_: Suite) -> Result<Tally> {
    let mut command = cargo(&["test", "-p", "verification", "--release"]);
    command.args(["--test=hostile", "--", "--nocapture", "--test-threads=1"]);
    command.env("RUST_BACKTRACE", "0");
    let output = step("hostile wakers", command)?;
    let page: Vec<&str> = output
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("hostile:"))
        .map(str::trim_start)
        .collect();
    let cells: u64 = page.iter().filter_map(|line| cells_of(line)).sum();
    let page: Vec<&str> = page
        .into_iter()
        .filter(|line| cells_of(line).is_none())
        .collect();
    fs::write(tables(), page.join("\n"))?;
    let tally = counted(libtest(&output.text), output.ok && cells > 0);
    Ok(tally.note(format!("{cells} cells of what a waker does × where")))
}

/// Reads `cells: 71 hold`.
fn cells_of(line: &str) -> Option<u64> {
    let (count, _) = line.strip_prefix("cells: ")?.split_once(' ')?;
    count.parse().ok()
}

/// The tables, for the report.
pub(crate) fn hostile_tables() -> Result<String> {
    fs::read_to_string(tables()).context("run `cargo xtask test` first: no table of hostile wakers")
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
