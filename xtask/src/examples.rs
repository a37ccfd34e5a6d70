//! Every example ends by itself, soon, and has something to say.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::cargo::{cargo, root, step};
use crate::suite::Suite;
use crate::tally::Tally;

/// README says "a few seconds"; this is an unoptimised build on a machine that may be busy.
const SOON: Duration = Duration::from_secs(20);

/// Runs each example that README lists.
pub(crate) fn rung(_: Suite) -> Result<Tally> {
    let readme = fs::read_to_string(root().join("README.md")).context("cannot read README.md")?;
    let mut tally = Tally::default();
    for package in ["waystation", "waystation-loop"] {
        for name in names(&root().join("crates").join(package).join("examples"))? {
            if passes(package, &name, &readme)? {
                tally.passed += 1;
            } else {
                tally.failed += 1;
            }
        }
    }
    Ok(tally)
}

fn passes(package: &str, name: &str, readme: &str) -> Result<bool> {
    let step_name = format!("example {name}");
    let build = cargo(&["build", "--package", package, "--example", name]);
    if !step(&step_name, build)?.ok {
        return Ok(false);
    }
    let mut run: Command = cargo(&["run", "--quiet", "--package", package, "--example", name]);
    run.env("RUST_BACKTRACE", "0");
    let begun = Instant::now();
    let output = step(&step_name, run)?;
    let took = begun.elapsed();
    let complaints = [
        (output.text.trim().is_empty(), "prints nothing"),
        (took > SOON, "takes too long"),
        (
            !readme.contains(&format!("`{name}`")),
            "is not in README's index",
        ),
    ];
    for (_, complaint) in complaints.iter().filter(|(holds, _)| *holds) {
        println!("example {name} {complaint}");
    }
    Ok(output.ok && complaints.iter().all(|(holds, _)| !holds))
}

/// The examples in a folder: files, and folders with a `main.rs`.
fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let is_file = path.extension().is_some_and(|extension| extension == "rs");
        if is_file || path.join("main.rs").exists() {
            let stem = path.file_stem().unwrap_or_default();
            names.push(stem.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
