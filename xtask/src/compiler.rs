//! Which compiler is recorded, and is it the one at hand?

use std::process::Command;

/// The compiler whose lints are binding.
pub(crate) const RECORDED: &str = include_str!("../rust-version-recorded");

/// The version of the compiler here, if it is not the recorded one.
pub(crate) fn other_version() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&output.stdout);
    let version = version.split_whitespace().nth(1).unwrap_or("unknown");
    (version != RECORDED.trim()).then(|| version.to_owned())
}

/// The note for another compiler, if it is another: with what differs.
pub(crate) fn another_compiler(what: &str) -> Option<String> {
    let recorded = RECORDED.trim();
    other_version()
        .map(|version| format!("this is rustc {version}, and {recorded} is recorded: {what}"))
}
