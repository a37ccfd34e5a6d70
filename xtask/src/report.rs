//! `docs/VERIFICATION.md`, `docs/MODELS.md` and README's summary: what was checked, from what the
//! last `cargo xtask ci` left behind.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::cargo::root;
use crate::killers::Killed;
use crate::matrix::{Matrix, matrix};
use crate::models::{Models, from_list};
use crate::{mutants, seeded, verification};

/// Where a run leaves a line per rung.
pub(crate) fn results() -> PathBuf {
    root().join("target/xtask/rungs.txt")
}

const MODELS: &str = "\
# Which models run which operations at the same time

Written by `cargo xtask verify-report` from `loom-tests/MATRIX.txt`; how many executions each takes is in
`loom-tests/MODELS.txt`. Models that are about one operation, or about what is inside, are not here.

";

/// What each rung looks at, and what it cannot see.
const CLAIMS: &str = "\
| claim | by what |
|---|---|
| strict order of arrival; a bounded number of passers-by where allowed | sequential tests, property tests, shuttle histories, loom |
| no wake-up is lost | loom, property tests (at rest nobody sleeps who could go on), stress |
| no item, permit or signal is lost or duplicated | loom, property tests, shuttle histories, stress |
| a future that is dropped before it was ready did not happen | the cancellation matrix, a test per cell; loom |
| a panic of a waker, a `Drop`, an `Ord` or a discipline costs nobody else anything | the hostile-waker table, panic tests |
| nothing foreign runs under the lock | wakers that re-enter on clone, wake and drop, each under a watchdog |
| what was done before is visible after | loom: a relaxed value behind every path |
| no allocation per wait, memory comes back, cost is linear | counting allocator, growth tests |
";

const NOT_PROMISED: &str = "\
- A leaked or abandoned future that was granted something keeps it. `Debug` and the counts show it.
- A process that forks while a lock is held.
- Reorderings that loom does not model (it treats `SeqCst` accesses as `AcqRel`; none is used here).
- What libraries do inside: `async-task`, `blocking`, std's `Arc`.
- Compilers older than the recorded one: the oldest declared, 1.85, is known to clippy (`incompatible_msrv`) and was not run.
- 32-bit targets: the fallback without 64-bit atomics is compiled, not run.
- Miri is not part of the ladder.
";

/// README carries the summary between these.
pub(crate) const MARKS: [&str; 2] = ["<!-- verified: begin -->\n", "<!-- verified: end -->"];

/// `cargo xtask verify-report`.
pub(crate) fn write() -> Result<()> {
    let rungs = fs::read_to_string(results()).context("run `cargo xtask ci` first")?;
    let list = |name: &str| fs::read_to_string(root().join("loom-tests").join(name));
    let models = from_list(&list("MODELS.txt")?);
    let matrix = matrix(&list("MATRIX.txt")?, &models)?;
    let summary = summary(&models)?;
    let page = page(&rungs, &models, &matrix, &summary)?;
    put("docs/VERIFICATION.md", &page)?;
    put("docs/MODELS.md", &format!("{MODELS}{}", matrix.page))?;
    let readme = fs::read_to_string(root().join("README.md"))?;
    let old = between_marks(&readme).context("README.md has no marks for the summary")?;
    let old = [MARKS[0], old, MARKS[1]].concat();
    let new = [MARKS[0], &summary, "\n", MARKS[1]].concat();
    put("README.md", &readme.replace(&old, &new))
}

fn put(name: &str, text: &str) -> Result<()> {
    let text = text.trim_end().to_owned() + "\n";
    fs::write(root().join(name), text).with_context(|| format!("cannot write {name}"))?;
    println!("wrote {name}");
    Ok(())
}

/// The summary in README, or wherever the marks are.
pub(crate) fn between_marks(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(MARKS[0])?;
    Some(rest.split_once(MARKS[1])?.0)
}

fn page(rungs: &str, models: &Models, matrix: &Matrix, summary: &str) -> Result<String> {
    let mut page = String::from("# What is verified\n\n");
    page += "Written by `cargo xtask verify-report` from what the runs left behind. ";
    writeln!(page, "State of {}.\n\n{summary}\n", commit_date()?)?;
    writeln!(page, "## The rungs of the last run\n")?;
    writeln!(page, "| rung | check | passed | failed | seconds | notes |")?;
    writeln!(page, "|---|---|---|---|---|---|")?;
    for line in rungs.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        writeln!(page, "| {} |", cells.join(" | "))?;
    }
    writeln!(page, "\n## What is claimed, and what checks it\n\n{CLAIMS}")?;
    writeln!(page, "## Seeded bugs\n")?;
    match Killed::read() {
        Some(killed) => writeln!(page, "The last full run: {}.\n", killed.text())?,
        None => writeln!(
            page,
            "No full run is on record: `cargo xtask seeded` makes one.\n"
        )?,
    }
    writeln!(page, "## Mutants\n")?;
    writeln!(
        page,
        "`cargo xtask mutants` changes the source one small thing at a time. A hang counts as noticed. \
         Survivors and their reasons: [verification/mutants.md](../verification/mutants.md).\n"
    )?;
    writeln!(page, "{}", mutants::markdown()?)?;
    writeln!(page, "## Hostile wakers\n")?;
    writeln!(page, "{}\n", verification::hostile_tables()?)?;
    writeln!(page, "## Which models race which operations\n")?;
    writeln!(
        page,
        "{} of {} cells of the matrix operation × operation have a model; which, and which have none, \
         is in [MODELS.md](MODELS.md).\n",
        matrix.filled, matrix.cells
    )?;
    writeln!(page, "## Models that are bounded\n")?;
    writeln!(
        page,
        "With three threads the number of executions explodes; these are cut at a number of preemptions.\n"
    )?;
    for (name, model) in models.iter().filter(|(_, model)| !model.is_exhaustive()) {
        writeln!(
            page,
            "- `{name}`: {}, {} executions",
            model.bound, model.executions
        )?;
    }
    writeln!(page, "\n## What is not promised\n\n{NOT_PROMISED}")?;
    Ok(page)
}

fn summary(models: &Models) -> Result<String> {
    let exhaustive = models
        .values()
        .filter(|model| model.is_exhaustive())
        .count();
    let executions: u64 = models.values().map(|model| model.executions).sum();
    let seeds = match Killed::read() {
        Some(killed) => killed.text(),
        None => format!("{} seeded bugs", seeded::count()?),
    };
    Ok(format!(
        "{} loom models, {exhaustive} of them exhaustive, {executions} executions; {seeds}; {}.",
        models.len(),
        mutants::summary()?,
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
