//! Starting the comparison.

use anyhow::Result;

use crate::cargo::cargo;

/// Builds the comparison and runs it with the caller's arguments, in the caller's terminal.
pub(crate) fn run(args: &[String]) -> Result<bool> {
    let mut command = cargo(&[
        "run",
        "--release",
        "--package",
        "waystation-benches",
        "--bin",
        "compare",
        "--",
    ]);
    command.args(args);
    Ok(command.status()?.success())
}
