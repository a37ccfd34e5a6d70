//! Format, clippy, documentation, features, and the rules of the house.

mod circles;
mod features;
mod house;
mod source;

use std::process::Command;

use anyhow::Result;

use crate::cargo::{cargo, has, step, with_flags};
use crate::compiler::another_compiler;
use crate::loom;
use crate::suite::Suite;
use crate::tally::Tally;

pub(crate) use features::features;
pub(crate) use house::house;

/// The note for another compiler, if it is another.
fn other_compiler() -> Option<String> {
    another_compiler("lints are binding there, here they warn")
}

/// rustfmt.
pub(crate) fn format(_: Suite) -> Result<Tally> {
    if !has("fmt") {
        return Ok(Tally::left_out(
            "rustfmt is not installed: the format was not checked",
        ));
    }
    Ok(Tally::one(
        step("format", cargo(&["fmt", "--all", "--check"]))?.ok,
    ))
}

/// clippy on everything.
pub(crate) fn clippy(_: Suite) -> Result<Tally> {
    strict_clippy(
        "clippy",
        cargo(&["clippy", "--workspace", "--all-targets", "--all-features"]),
    )
}

/// clippy on what only loom sees.
pub(crate) fn clippy_loom(_: Suite) -> Result<Tally> {
    let mut command = cargo(&[
        "clippy",
        "--package",
        "loom-tests",
        "--all-targets",
        "--release",
    ]);
    with_flags(&mut command, "RUSTFLAGS", "--cfg loom");
    command.env("CARGO_TARGET_DIR", loom::target());
    strict_clippy("clippy, loom", command)
}

fn strict_clippy(name: &str, mut command: Command) -> Result<Tally> {
    if !has("clippy") {
        return Ok(Tally::left_out(
            "clippy is not installed: its lints were not checked",
        ));
    }
    let other = other_compiler();
    if other.is_none() {
        command.args(["--", "-D", "warnings"]);
    }
    let tally = Tally::one(step(name, command)?.ok);
    Ok(other.into_iter().fold(tally, Tally::note))
}

/// rustdoc on the shipped crates and all others.
pub(crate) fn documentation(_: Suite) -> Result<Tally> {
    let other = other_compiler();
    let mut command = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
    if other.is_none() {
        with_flags(&mut command, "RUSTDOCFLAGS", "-D warnings");
    }
    let tally = Tally::one(step("documentation", command)?.ok);
    Ok(other.into_iter().fold(tally, Tally::note))
}
