//! `docs/VERIFICATION.md`: what was checked, from what the last `cargo xtask ci` left behind.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::cargo::root;
use crate::models::{Models, from_list};
use crate::seeded;

/// Where a run leaves a line per rung.
pub(crate) fn results() -> PathBuf {
    root().join("target/xtask/rungs.txt")
}

/// What each rung looks at, and what it cannot see.
const CLAIMS: &str = "\
| claim | by what |
|---|---|
| strict order of arrival; a bounded number of passers-by where allowed | sequential tests, property tests, shuttle histories, loom |
| no wake-up is lost | loom, property tests (at rest nobody sleeps who could go on), stress |
| no item, permit or signal is lost or duplicated | loom, property tests, shuttle histories, stress |
| a future that is dropped before it was ready did not happen | the cancellation matrix, a test per cell; loom |
| a panic of a waker, a `Drop`, an `Ord` or a discipline costs nobody else anything | the hostile-waker tables, panic tests |
| nothing foreign runs under the lock | wakers that re-enter on clone, wake and drop, each under a watchdog |
| what was done before is visible after | loom: a relaxed value behind every path |
| no allocation per wait, memory comes back, cost is linear | counting allocator, growth tests |
";

const NOT_PROMISED: &str = "\
- A leaked or abandoned future that was granted something keeps it. `Debug` and the counts show it.
- A process that forks while a lock is held.
- Reorderings that loom does not model (it treats `SeqCst` accesses as `AcqRel`; none is used here).
- What libraries do inside: `async-task`, `blocking`, std's `Arc`.
- 32-bit targets: the fallback without 64-bit atomics is compiled, not run.
- Miri is not part of the ladder.
";

/// `cargo xtask verify-report`.
pub(crate) fn write() -> Result<()> {
    let rungs = fs::read_to_string(results()).context("run `cargo xtask ci` first")?;
    let models = from_list(&fs::read_to_string(root().join("loom-tests/MODELS.txt"))?);
    let mut page = String::from("# What is verified\n\n");
    page += "Written by `cargo xtask verify-report` from what the runs left behind. ";
    writeln!(page, "State of {}.\n", commit_date()?)?;
    writeln!(page, "{}\n", summary(&models)?)?;
    writeln!(page, "## The rungs of the last run\n")?;
    writeln!(page, "| rung | check | passed | failed | seconds | notes |")?;
    writeln!(page, "|---|---|---|---|---|---|")?;
    for line in rungs.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        writeln!(page, "| {} |", cells.join(" | "))?;
    }
    writeln!(page, "\n## What is claimed, and what checks it\n\n{CLAIMS}")?;
    writeln!(page, "## Models that are bounded\n")?;
    writeln!(
        page,
        "With three threads the number of executions explodes; these are cut at a number of preemptions.\n"
    )?;
    for (name, model) in models
        .iter()
        .filter(|(_, model)| model.bound != "exhaustive")
    {
        writeln!(
            page,
            "- `{name}`: {}, {} executions",
            model.bound, model.executions
        )?;
    }
    writeln!(page, "\n## What is not promised\n\n{NOT_PROMISED}")?;
    let path = root().join("docs/VERIFICATION.md");
    fs::create_dir_all(root().join("docs"))?;
    fs::write(path, page)?;
    println!("wrote docs/VERIFICATION.md");
    Ok(())
}

fn summary(models: &Models) -> Result<String> {
    let exhaustive = models
        .values()
        .filter(|model| model.bound == "exhaustive")
        .count();
    let executions: u64 = models.values().map(|model| model.executions).sum();
    Ok(format!(
        "{} loom models, {exhaustive} of them exhaustive, {executions} executions; {} seeded bugs.",
        models.len(),
        seeded::count()?,
    ))
}

fn commit_date() -> Result<String> {
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%cs"]).current_dir(root());
    let output = git.output().context("cannot start git")?;
    ensure!(
        output.status.success(),
        "git has no commit to date the report by"
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
