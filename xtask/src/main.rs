//! The commands people run, so that nobody needs to know flags.
//!
//! | file | question |
//! |---|---|
//! | `rungs.rs` | which checks are there, and which command runs which? |
//! | `tally.rs` | what came out of one, and how is it said? |
//! | `cargo.rs` | how is cargo called, and where does its output go? |
//! | `tests.rs`, `loom.rs`, `seeded.rs`, `verification.rs`, `sanitize.rs`, `outside.rs`, `examples.rs`, `api.rs`, `lint/` | how does each check work? |
//! | `killers.rs` | which seeded bug was noticed by what, when all were planted? |
//! | `matrix.rs`, `models.rs` | which loom models are there, and what do they race? |
//! | `mutants/` | which small changes do the tests not notice? |
//! | `compare.rs` | how is the comparison started? |
//! | `count/` | how many instructions does a fast path take? |

mod api;
mod cargo;
mod compare;
mod compiler;
mod count;
mod examples;
mod killers;
mod lint;
mod loom;
mod matrix;
mod models;
mod mutants;
mod outside;
mod report;
mod rungs;
mod sanitize;
mod seeded;
mod suite;
mod tally;
mod tests;
mod verification;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use suite::Suite;

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about,
    disable_version_flag = true
)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tests, doc tests and loom models: what README tells a newcomer to run.
    Test,
    /// The loom models; fails if none ran, if one is missing, or if a count has changed.
    Loom(loom::Args),
    /// Plant one-line bugs in a copy; every one must be noticed.
    Seeded(seeded::Args),
    /// Change the shipped source one small thing at a time; the tests must notice (hours).
    Mutants(mutants::Args),
    /// Address, leak and thread sanitizers, and valgrind (a nightly compiler, and valgrind).
    Sanitize,
    /// Measure against threads and against every peer (try --quick, --help).
    #[command(disable_help_flag = true)]
    Compare {
        /// Handed to the comparison as they are.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Instructions and read-modify-writes per fast path; fails if one takes more than listed.
    Count(count::Args),
    /// Format, clippy, documentation, and the rules of the house.
    Lint,
    /// Compare the public API of each crate with docs/api (--bless writes it).
    Api(api::Args),
    /// Write docs/VERIFICATION.md from what the last run of `ci` left behind.
    VerifyReport,
    /// Everything, as `.ci/run` does.
    Ci,
}

fn main() -> Result<ExitCode> {
    let clean = match Args::parse().command {
        Command::Test => rungs::run(Suite::Test)?,
        Command::Lint => rungs::run(Suite::Lint)?,
        Command::Ci => rungs::run(Suite::Ci)?,
        Command::Loom(args) => loom::command(&args)?,
        Command::Api(args) => api::command(&args)?,
        Command::VerifyReport => report::write().map(|()| true)?,
        Command::Seeded(args) => seeded::command(&args)?,
        Command::Count(args) => count::command(&args)?,
        Command::Sanitize => sanitize::command()?,
        Command::Mutants(args) => mutants::command(&args)?,
        Command::Compare { args } => compare::run(&args)?,
    };
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
