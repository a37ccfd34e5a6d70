//! AddressSanitizer with LeakSanitizer, ThreadSanitizer, and a slice under valgrind.
//!
//! The sanitizers need a nightly compiler, but not std built by it; what that hides from
//! ThreadSanitizer, and which tests leak on purpose, stands in `verification/sanitizers`.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::cargo::{Output, cargo, root, step, with_flags};
use crate::suite::Suite;
use crate::tally::{Tally, Total};
use crate::tests::{counted, libtest};

const PACKAGES: [&str; 5] = [
    "waystation-core",
    "waystation-event",
    "waystation-semaphore",
    "waystation-queue",
    "waystation-gather",
];

/// Test files in which memory has the hardest time.
const SLICE: &[&str] = &[
    "batch",
    "line",
    "place",
    "ring",
    "watch",
    "cancel",
    "hostile_wakers",
    "panics",
];

/// All others but those that are only large.
const REST: &[&str] = &[
    "asyncio_promises",
    "behaviour",
    "block",
    "blocking",
    "fairness",
    "inbox",
    "lock",
    "one_step",
    "outcomes",
    "ownership",
    "panic_hook",
    "property",
    "signal",
];

/// Parts of the stress tests: real threads on real primitives.
const CREWS: &[&str] = &["event::", "semaphore::", "queue::"];

/// `cargo xtask sanitize`.
pub(crate) fn command() -> Result<bool> {
    let begun = Instant::now();
    let tally = run(&[SLICE, REST].concat())?;
    let mut total = Total::default();
    total.add(6, "sanitizers", &tally, begun.elapsed());
    Ok(total.close())
}

/// The rung of `.ci/run`.
pub(crate) fn rung(_: Suite) -> Result<Tally> {
    Ok(run(SLICE)?.note("a slice: cargo xtask sanitize runs all"))
}

fn run(files: &[&str]) -> Result<Tally> {
    let host = host()?;
    let mut tally = Tally::default();
    if !host.ends_with("linux-gnu") {
        tally = tally.note(format!("no sanitizers on {host}"));
    } else if !answers("rustup", &["run", "nightly", "rustc", "--version"]) {
        tally =
            tally.note("no nightly toolchain: address, leak and thread sanitizers were not run");
    } else {
        add(&mut tally, address(&host, files)?);
        add(&mut tally, thread(&host)?);
    }
    if answers("valgrind", &["--version"]) {
        add(&mut tally, valgrind(&host)?);
    } else {
        tally = tally.note("valgrind is not installed: its slice was not run");
    }
    Ok(tally)
}

fn add(sum: &mut Tally, part: Tally) {
    sum.passed += part.passed;
    sum.failed += part.failed;
    sum.ignored += part.ignored;
    sum.notes.extend(part.notes);
}

/// The platform, as cargo names it.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output();
    let output = output.context("cannot start rustc")?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say where it runs")?.to_owned())
}

fn answers(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// `cargo test` of a nightly. With a target named, build scripts are not sanitized.
fn nightly(name: &str, host: &str, flags: &str) -> Command {
    let mut command = Command::new("rustup");
    command.current_dir(root());
    command.args(["run", "nightly", "cargo", "test", "--no-fail-fast"]);
    command.args(["--target", host]);
    command.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    with_flags(&mut command, "RUSTFLAGS", flags);
    command.env("CARGO_TARGET_DIR", root().join("target").join(name));
    command.env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    command
}

fn suppressions(kind: &str) -> String {
    let file = root().join("verification/sanitizers").join(kind);
    format!("suppressions={}.supp", file.display())
}

fn address(host: &str, files: &[&str]) -> Result<Tally> {
    let mut command = nightly("address", host, "-Zsanitizer=address");
    command.arg("--all-features");
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    for file in files {
        command.args(["--test", file]);
    }
    let leaks = suppressions("leak") + ":print_suppressions=0";
    command.env("LSAN_OPTIONS", leaks);
    command.env("PROPTEST_CASES", "16");
    let output = step("address sanitizer", command)?;
    Ok(judged(&output))
}

fn thread(host: &str) -> Result<Tally> {
    let flags = "-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer";
    let mut command = nightly("thread", host, flags);
    command.args(["--package", "verification", "--test", "stress", "--"]);
    command.args(CREWS).arg("--test-threads=1");
    command.env("TSAN_OPTIONS", suppressions("thread"));
    let output = step("thread sanitizer", command)?;
    Ok(judged(&output))
}

/// A slice on the compiler that everything else uses.
fn valgrind(host: &str) -> Result<Tally> {
    let mut command = cargo(&["test", "--package", "waystation-queue"]);
    command.args([
        "--test",
        "cancel",
        "--test",
        "panics",
        "--",
        "--test-threads=1",
    ]);
    command.env("CARGO_TARGET_DIR", root().join("target/valgrind"));
    let runner = format!(
        "CARGO_TARGET_{}_RUNNER",
        host.to_uppercase().replace('-', "_")
    );
    // Leaks are LeakSanitizer's matter.
    command.env(
        runner,
        "valgrind --quiet --error-exitcode=99 --leak-check=no",
    );
    let output = step("valgrind", command)?;
    Ok(judged(&output))
}

/// A report ends a test's process with an error; none must have been read as a pass.
fn judged(output: &Output) -> Tally {
    let reports = output.text.lines().filter(|line| {
        line.contains("ERROR: AddressSanitizer")
            || line.contains("ERROR: LeakSanitizer")
            || line.contains("WARNING: ThreadSanitizer")
    });
    let mut tally = counted(libtest(&output.text), output.ok);
    tally.failed = tally.failed.max(reports.count() as u64);
    if tally.passed == 0 {
        tally.failed = tally.failed.max(1);
    }
    tally
}
