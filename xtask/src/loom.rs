//! The loom models.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::cargo::{Output, cargo, has, root, step, with_flags};
use crate::models::{Models, differences, from_list, from_run, to_list};
use crate::suite::Suite;
use crate::tally::{Tally, Total};
use crate::tests::NO_NEXTEST;

/// `cargo xtask test` leaves out models with more executions than this: about three minutes for
/// what remains. `cargo xtask loom` and `.ci/run` run all.
const SLICE: u64 = 100_000;

/// What `cargo xtask loom` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only models whose name contains this.
    filter: Option<String>,
    /// Write the counts of this run to loom-tests/MODELS.txt.
    #[arg(long, conflicts_with = "filter")]
    bless: bool,
}

/// Which models to run.
#[derive(Debug, Default)]
struct Selection {
    only: Option<String>,
    left_out: Vec<String>,
}

impl Selection {
    fn is_all(&self) -> bool {
        self.only.is_none() && self.left_out.is_empty()
    }
}

/// `cargo xtask loom`.
pub(crate) fn command(args: &Args) -> Result<bool> {
    let begun = Instant::now();
    let selection = Selection {
        only: args.filter.clone(),
        left_out: Vec::new(),
    };
    let (mut tally, models) = run(&selection)?;
    print_table(&models);
    if args.bless {
        fs::write(list_path(), to_list(&models)).context("cannot write MODELS.txt")?;
        println!("wrote loom-tests/MODELS.txt");
    } else {
        check(&mut tally, &models, &selection);
    }
    let mut total = Total::default();
    total.add(3, "loom models", &tally, begun.elapsed());
    Ok(total.close())
}

/// The rung of `cargo xtask test` and of `.ci/run`.
pub(crate) fn rung(suite: Suite) -> Result<Tally> {
    let left_out = if suite == Suite::Ci {
        Vec::new()
    } else {
        too_long(&listed())
    };
    let selection = Selection {
        only: None,
        left_out,
    };
    let (mut tally, models) = run(&selection)?;
    check(&mut tally, &models, &selection);
    if !selection.is_all() {
        let count = selection.left_out.len();
        tally = tally.note(format!(
            "{count} long models left out: cargo xtask loom runs all"
        ));
    }
    Ok(tally)
}

fn too_long(listed: &Models) -> Vec<String> {
    let long = listed.iter().filter(|(_, model)| model.executions > SLICE);
    long.map(|(name, _)| name.clone()).collect()
}

fn list_path() -> PathBuf {
    root().join("loom-tests/MODELS.txt")
}

fn listed() -> Models {
    fs::read_to_string(list_path()).map_or_else(|_| Models::new(), |text| from_list(&text))
}

/// Runs the selected models.
fn run(selection: &Selection) -> Result<(Tally, Models)> {
    let nextest = has("nextest");
    let output = if nextest {
        with_nextest(selection)?
    } else {
        with_cargo_test(selection)?
    };
    let models = from_run(&output.text);
    let mut tally = if nextest {
        crate::tests::nextest(&output.text)
    } else {
        crate::tests::libtest(&output.text).note(NO_NEXTEST)
    };
    // Tests that are no models, such as those of the counting itself, are not counted as models.
    tally.models = models.len() as u64;
    // Skipped here are the models left out, which have a note, and what a filter excludes.
    tally.ignored = 0;
    if models.is_empty() {
        println!("no loom model ran");
    }
    if !output.ok || models.is_empty() {
        tally.failed = tally.failed.max(1);
    }
    Ok((tally, models))
}

fn prepare(command: &mut Command) {
    with_flags(command, "RUSTFLAGS", "--cfg loom");
    command.env("CARGO_TARGET_DIR", target());
    command.env("LOOM_MAX_BRANCHES", "10000");
}

/// The target folder of builds under `--cfg loom`, so that they do not throw out the others.
pub(crate) fn target() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root().join(target).join("loom")
}

/// One process per model: a deadlock that loom finds ends the process.
fn with_nextest(selection: &Selection) -> Result<Output> {
    let mut command = cargo(&[
        "nextest",
        "run",
        "--release",
        "--package",
        "loom-tests",
        "--config-file",
        "xtask/nextest.toml",
        "--profile",
        "loom",
    ]);
    let exclude: Vec<String> = selection
        .left_out
        .iter()
        .map(|name| format!("test(/(^|::){name}$/)"))
        .collect();
    if !exclude.is_empty() {
        command.args(["-E", &format!("not ({})", exclude.join(" | "))]);
    }
    command.args(&selection.only);
    prepare(&mut command);
    step("loom models", command)
}

fn with_cargo_test(selection: &Selection) -> Result<Output> {
    let mut command = cargo(&[
        "test",
        "--release",
        "--package",
        "loom-tests",
        "--tests",
        "--no-fail-fast",
        "--",
    ]);
    command.arg("--nocapture").args(&selection.only);
    for name in &selection.left_out {
        command.args(["--skip", name]);
    }
    prepare(&mut command);
    step("loom models", command)
}

fn check(tally: &mut Tally, models: &Models, selection: &Selection) {
    let listed = listed();
    if listed.is_empty() {
        let note = "there is no loom-tests/MODELS.txt: cargo xtask loom --bless writes it";
        tally.notes.push(note.to_owned());
        return;
    }
    for difference in differences(models, &listed, selection.is_all()) {
        println!("loom models: {difference}");
        tally.failed += 1;
    }
}

fn print_table(models: &Models) {
    let width = models.keys().map(String::len).max().unwrap_or(0);
    for (name, model) in models {
        println!(
            "{name:width$}  {:<11} {:>9} executions {:>8.2} s",
            model.bound, model.executions, model.seconds
        );
    }
    let executions: u64 = models.values().map(|model| model.executions).sum();
    let exhaustive = models
        .values()
        .filter(|model| model.bound == "exhaustive")
        .count();
    println!(
        "{} models, {exhaustive} exhaustive, {executions} executions",
        models.len()
    );
}
