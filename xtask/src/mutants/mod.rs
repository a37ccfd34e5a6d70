//! Mutation testing: cargo-mutants changes one small thing at a time, and the tests must notice.
//!
//! | file | question |
//! |---|---|
//! | `mod.rs` | how is it run? |
//! | `subjects.rs` | which crates, by which tests? |
//! | `score.rs` | what came out, over all that was run? |
//! | `survivors.rs` | who may survive, and why? |

mod score;
mod subjects;
mod survivors;

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail, ensure};

use crate::cargo::{cargo, has};
use crate::tally::{Tally, Total};

use subjects::{AGAIN, SUBJECTS, Subject, folder};

pub(crate) use score::{markdown, summary};

/// The version that wrote the figures in the tree.
const VERSION: &str = "27.1.0";

/// What `cargo xtask mutants` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only this package.
    package: Option<String>,
    /// Only the k-th of n parts, counted from 0: several add up.
    #[arg(long, value_name = "K/N", requires = "package")]
    shard: Option<String>,
    /// Run nothing: score what earlier runs left behind.
    #[arg(long, conflicts_with = "shard")]
    score: bool,
    /// Only those that survived earlier runs.
    #[arg(long, conflicts_with_all = ["shard", "score"])]
    again: bool,
    /// Install cargo-mutants first.
    #[arg(long)]
    install: bool,
}

/// `cargo xtask mutants`.
pub(crate) fn command(args: &Args) -> Result<bool> {
    let begun = Instant::now();
    if args.install {
        let version = ["install", "cargo-mutants", "--locked", "--version", VERSION];
        ensure!(
            cargo(&version).status()?.success(),
            "cargo-mutants was not installed"
        );
    }
    ensure!(
        has("mutants"),
        "cargo-mutants is not installed: `cargo xtask mutants --install` installs it and goes on"
    );
    if let Some(package) = &args.package {
        let known = SUBJECTS.iter().any(|subject| subject.package == package);
        ensure!(
            known,
            "{package} is not among the packages that are mutated"
        );
    }
    let wanted = |subject: &&Subject| {
        let only = args.package.as_ref();
        only.is_none_or(|package| package == subject.package)
    };
    if !args.score {
        for subject in SUBJECTS.iter().filter(wanted) {
            if args.again {
                let score = score::Score::of(subject.package, &all_of(subject.package)?)?;
                again(subject, &score)?;
            } else {
                let part = args
                    .shard
                    .as_ref()
                    .map_or("all".into(), |part| part.replace('/', "-of-"));
                let shard = args.shard.as_ref().map(|shard| format!("--shard={shard}"));
                run(subject, &part, shard)?;
            }
        }
    }
    let mut tally = Tally::default();
    for subject in SUBJECTS.iter().filter(wanted) {
        let score = score::Score::of(subject.package, &all_of(subject.package)?)?;
        score.write()?;
        score.judge(&mut tally)?;
    }
    let mut total = Total::default();
    total.add(8, "mutants", &tally, begun.elapsed());
    Ok(total.close())
}

fn mutants(package: &str, args: &[&str]) -> Command {
    let mut command = cargo(&["mutants", "--package", package, "--all-features"]);
    command.args(args);
    // The copy has a target folder of its own.
    command.env_remove("CARGO_TARGET_DIR");
    command
}

/// Tries once more what survived.
fn again(subject: &Subject, score: &score::Score) -> Result<()> {
    let escaped = |mutant: &String| {
        let special = |c: char| r"\.+*?()|[]{}^$&-~# ".contains(c);
        let escape = |c: char| {
            if special(c) {
                format!("\\{c}")
            } else {
                c.to_string()
            }
        };
        let exactly: String = mutant.chars().map(escape).collect();
        format!("--re=^{exactly}$")
    };
    let only: Vec<String> = score.survivors().map(escaped).collect();
    if only.is_empty() {
        return Ok(());
    }
    let before = std::fs::read_dir(folder(subject.package))?.count();
    run(subject, &format!("{AGAIN}-{before:03}"), only)
}

/// Changes a package, one thing after the other: all of it, or what `only` says.
fn run(subject: &Subject, part: &str, only: impl IntoIterator<Item = String>) -> Result<()> {
    // A run of all of it begins anew; parts add up.
    if part == "all" && folder(subject.package).exists() {
        std::fs::remove_dir_all(folder(subject.package))?;
    }
    let output = folder(subject.package).join(part);
    std::fs::create_dir_all(&output)?;
    let mut command = mutants(subject.package, &["--no-shuffle", "--jobs", "1"]);
    command.arg("--output").arg(&output);
    let nextest = has("nextest");
    command.args(["--timeout", "120", "--test-tool"]);
    command.arg(if nextest { "nextest" } else { "cargo" });
    for tester in subject.testers {
        command.args(["--test-package", tester]);
    }
    command.args(only);
    command.args(["--", "--tests"]);
    if nextest {
        command.args([
            "--config-file",
            "xtask/nextest.toml",
            "--profile",
            "mutants",
        ]);
    }
    // Many small builds and short runs: nothing in them that is not needed to notice.
    command.env("CARGO_PROFILE_DEV_DEBUG", "none");
    command.env("PROPTEST_CASES", "64");
    command.env("RUST_BACKTRACE", "0");
    // It also fails if something survived or was too slow, which is judged below.
    match command.status()?.code() {
        Some(0 | 2 | 3) => Ok(()),
        _ => bail!("cargo mutants could not do it for {}", subject.package),
    }
}

/// Every change that could be made to a package, as cargo-mutants writes it.
fn all_of(package: &str) -> Result<String> {
    let listed = mutants(package, &["--list"]).output()?;
    ensure!(
        listed.status.success(),
        "cargo mutants does not list what it would change in {package}:\n{}",
        String::from_utf8_lossy(&listed.stderr)
    );
    Ok(String::from_utf8(listed.stdout)?)
}
