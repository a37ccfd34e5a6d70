//! Packages outside the workspace, as a user has them, and what a single crate brings along.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, ensure};

use crate::cargo::{cargo, root, step, with_flags};
use crate::suite::Suite;
use crate::tally::Tally;

/// What one leaf crate may bring: the core, and what the lock is made of.
const BROUGHT: &[&str] = &[
    "cfg-if",
    "libc",
    "lock_api",
    "parking_lot_core",
    "scopeguard",
    "smallvec",
    "waystation-core",
    "waystation-semaphore",
];

/// The one warning of `cargo package` that is right: there is no address to give.
const NO_ADDRESS: &str = "manifest has no documentation, homepage or repository";

/// A program on two runtimes, a user's own model, and the tree of one leaf.
pub(crate) fn rung(_: Suite) -> Result<Tally> {
    let checks = [
        runs_on_two_runtimes()?,
        users_model_passes()?,
        brings_little()?,
    ];
    let passed = checks.iter().filter(|passed| **passed).count() as u64;
    Ok(Tally {
        passed,
        failed: checks.len() as u64 - passed,
        ..Tally::default()
    })
}

/// Everything packed, and built from the packages.
pub(crate) fn packages(_: Suite) -> Result<Tally> {
    // A folder of its own each time: cargo keeps what it has unpacked under the folder's name, and would build
    // with yesterday's crates of the same version.
    let home = root().join("target/xtask/packages");
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let mut command = cargo(&["package", "--workspace", "--allow-dirty"]);
    command.env("CARGO_TARGET_DIR", home.join(now.as_millis().to_string()));
    let output = step("packages", command)?;
    fs::remove_dir_all(&home)?;
    let mut warnings = output
        .text
        .lines()
        .filter(|line| line.starts_with("warning:") && !line.contains(NO_ADDRESS))
        .peekable();
    let clean = output.ok && warnings.peek().is_none();
    for warning in warnings {
        println!("packages: {warning}");
    }
    let built = output.text.lines();
    let built = built.filter(|line| line.contains("Verifying ")).count() as u64;
    Ok(Tally {
        passed: if clean { built } else { 0 },
        failed: u64::from(!clean),
        ..Tally::default()
    })
}

fn runs_on_two_runtimes() -> Result<bool> {
    let mut command = cargo(&["run", "--quiet"]);
    command.current_dir(root().join("examples-outside/two-runtimes"));
    command.env("CARGO_TARGET_DIR", root().join("target/outside"));
    Ok(step("two runtimes", command)?.ok)
}

fn users_model_passes() -> Result<bool> {
    let mut command = cargo(&["test", "--release"]);
    command.current_dir(root().join("examples-outside/loom-for-users"));
    command.env("CARGO_TARGET_DIR", root().join("target/outside-loom"));
    with_flags(&mut command, "RUSTFLAGS", "--cfg loom");
    let output = step("a user's model", command)?;
    Ok(output.ok && output.text.contains("1 passed"))
}

fn brings_little() -> Result<bool> {
    let tree = [
        "tree",
        "-p",
        "waystation-semaphore",
        "-e",
        "normal",
        "--prefix",
        "none",
    ];
    let output = step("dependencies", cargo(&tree))?;
    ensure!(output.ok, "cargo tree failed");
    let names = output
        .text
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let mut strangers = names.filter(|name| !BROUGHT.contains(name)).peekable();
    if strangers.peek().is_some() {
        println!(
            "waystation-semaphore also brings {}",
            strangers.collect::<Vec<_>>().join(", ")
        );
        return Ok(false);
    }
    Ok(true)
}
