//! Instructions and read-modify-writes of each fast path: a regression that shows on a noisy machine.

mod callgrind;
mod list;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, root, step};
use crate::suite::Suite;
use crate::tally::{Tally, Total};
use callgrind::{Callgrind, Count};
use list::{List, Verdict};

/// What `cargo xtask count` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only paths whose name contains this.
    filter: Option<String>,
    /// Write the counts of this run to benches/count/COUNTS.txt.
    #[arg(long, conflicts_with = "filter")]
    bless: bool,
}

/// `cargo xtask count`.
pub(crate) fn command(args: &Args) -> Result<bool> {
    let begun = Instant::now();
    let Some(counts) = run(args.filter.as_deref())? else {
        bail!("{NO_VALGRIND}");
    };
    let listed = listed();
    println!("{:32} {:>12} {:>6}", "a turn of", "instructions", "RMWs");
    for (name, count) in &counts.paths {
        println!(
            "{name:32} {:>12.1} {:>6.2}",
            count.instructions, count.locked
        );
    }
    if args.bless {
        fs::write(list_path(), counts.to_text()).context("cannot write COUNTS.txt")?;
        println!("wrote benches/count/COUNTS.txt");
        return Ok(true);
    }
    let tally = check(&counts, &listed, args.filter.is_none());
    let mut total = Total::default();
    total.add(7, "instructions", &tally, begun.elapsed());
    Ok(total.close())
}

/// The rung of `.ci/run`.
pub(crate) fn rung(_: Suite) -> Result<Tally> {
    Ok(match run(None)? {
        Some(counts) => check(&counts, &listed(), true),
        None => Tally::left_out(NO_VALGRIND),
    })
}

/// The note for a machine that cannot count.
const NO_VALGRIND: &str =
    "valgrind or objdump is not installed: the instructions of the fast paths were not counted";

fn list_path() -> PathBuf {
    root().join("benches/count/COUNTS.txt")
}

fn listed() -> List {
    fs::read_to_string(list_path()).map_or_else(|_| List::default(), |text| List::from_text(&text))
}

/// Counts the paths; `None` if there is nothing to count with.
fn run(filter: Option<&str>) -> Result<Option<List>> {
    if !callgrind::is_there() {
        return Ok(None);
    }
    let build = cargo(&["build", "--release", "--package", "waystation-count"]);
    if !step("build of the fast paths", build)?.ok {
        bail!("the fast paths do not build");
    }
    let callgrind = Callgrind::of(program())?;
    let mut counts = List {
        made_with: compiler()?,
        ..List::default()
    };
    for name in callgrind.names()? {
        if filter.is_none_or(|filter| name.contains(filter)) {
            let count: Count = callgrind.count(&name)?;
            counts.paths.insert(name, count);
        }
    }
    if counts.paths.is_empty() {
        bail!("no path is called {}", filter.unwrap_or("anything"));
    }
    Ok(Some(counts))
}

fn program() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root().join(target).join("release/waystation-count")
}

/// The compiler and what it compiles for: with another one, counts are others.
fn compiler() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output();
    let output = output.context("cannot start rustc")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    Ok(format!(
        "rustc {}, {}",
        field("release: ").unwrap_or("unknown"),
        field("host: ").unwrap_or("unknown")
    ))
}

/// A regression fails, and so does a list that does not fit the paths. An improvement is a note.
fn check(counts: &List, listed: &List, all_ran: bool) -> Tally {
    let mut tally = Tally::default();
    if counts.made_with != listed.made_with && !listed.paths.is_empty() {
        tally.passed = counts.paths.len() as u64;
        return tally.note(format!(
            "{} paths counted with {}; the list was made with {} and binds only there",
            counts.paths.len(),
            counts.made_with,
            listed.made_with
        ));
    }
    let mut better = 0;
    for (name, verdict) in counts.against(listed, all_ran) {
        match verdict {
            Verdict::Same => tally.passed += 1,
            Verdict::Better => {
                tally.passed += 1;
                better += 1;
            }
            Verdict::Wrong(why) => {
                println!("instructions: {name}: {why}");
                tally.failed += 1;
            }
        }
    }
    if better > 0 {
        return tally.note(format!(
            "{better} paths take clearly fewer instructions: cargo xtask count --bless"
        ));
    }
    tally
}
