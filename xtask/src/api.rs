//! The public API of each published crate, as a list in docs/api.
//!
//! rustdoc writes it as JSON, which takes an unstable flag, and `xtask/api` makes a list of that.
//! Both depend on the compiler's version, so on another one nothing is compared, and a note says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::cargo::{cargo, published, root, step, with_flags};
use crate::compiler::{RECORDED, other_version};
use crate::suite::Suite;
use crate::tally::Tally;

/// What `cargo xtask api` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write the lists of this tree to docs/api.
    #[arg(long)]
    bless: bool,
}

/// Lists by the name of their crate.
type Lists = BTreeMap<String, String>;

/// `cargo xtask api`.
pub(crate) fn command(args: &Args) -> Result<bool> {
    if let Some(version) = other_version() {
        println!("{}", not_compared(&version));
        return Ok(!args.bless);
    }
    let lists = current()?;
    if args.bless {
        return write(&lists).map(|()| true);
    }
    let changed = compare(&lists)?;
    let all = lists.len();
    println!("{} of {all} crates as in docs/api", all - changed);
    Ok(changed == 0)
}

/// The rung.
pub(crate) fn rung(_: Suite) -> Result<Tally> {
    if let Some(version) = other_version() {
        return Ok(Tally::left_out(&not_compared(&version)));
    }
    let lists = current()?;
    let changed = compare(&lists)? as u64;
    Ok(Tally {
        passed: lists.len() as u64 - changed,
        failed: changed,
        ..Tally::default()
    })
}

fn not_compared(version: &str) -> String {
    let recorded = RECORDED.trim();
    format!("the public API was not compared: this is rustc {version}, the lists need {recorded}")
}

fn folder() -> PathBuf {
    root().join("docs/api")
}

/// The lists of this tree.
fn current() -> Result<Lists> {
    let target = root().join("target/api");
    let (json, texts) = (target.join("doc"), target.join("lists"));
    for old in [&json, &texts] {
        if old.exists() {
            fs::remove_dir_all(old)?;
        }
    }
    let names = published()?;
    let mut command = cargo(&["doc", "--no-deps", "--all-features"]);
    command.args(names.iter().flat_map(|name| ["--package", name]));
    command.env("CARGO_TARGET_DIR", &target);
    // JSON is an unstable output of a stable compiler; this is what allows it.
    command.env("RUSTC_BOOTSTRAP", "1");
    let flags = "-Z unstable-options --output-format json";
    with_flags(&mut command, "RUSTDOCFLAGS", flags);
    ensure!(step("public api", command)?.ok, "rustdoc failed");
    let mut command = cargo(&["run", "--quiet", "--package", "api-list", "--"]);
    command.args([&json, &texts]);
    ensure!(step("public api, lists", command)?.ok, "api-list failed");
    let read = |name: String| Ok((name.clone(), list(&texts, &name)?));
    names.into_iter().map(read).collect()
}

fn list(folder: &Path, name: &str) -> Result<String> {
    let path = folder.join(name).with_extension("txt");
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(lists: &Lists) -> Result<()> {
    let folder = folder();
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for (name, list) in lists {
        fs::write(folder.join(name).with_extension("txt"), list)?;
    }
    println!("wrote {} lists to docs/api", lists.len());
    Ok(())
}

/// Prints how each crate differs from its committed list; how many do.
fn compare(lists: &Lists) -> Result<usize> {
    let mut changed = 0;
    for (name, now) in lists {
        let before = list(&folder(), name).unwrap_or_default();
        let differences = differences(&before, now);
        if differences.is_empty() {
            continue;
        }
        changed += 1;
        println!("the public API of {name} is not that of docs/api/{name}.txt:");
        for line in differences {
            println!("  {line}");
        }
    }
    if changed > 0 {
        println!("if it is meant: cargo xtask api --bless, and a line in CHANGELOG.md");
    }
    Ok(changed)
}

/// `-` what is gone, which breaks its users, then `+` what is new.
fn differences(before: &str, now: &str) -> Vec<String> {
    let set = |text: &'_ str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (before, now) = (set(before), set(now));
    let gone = before.difference(&now).map(|line| format!("- {line}"));
    let new = now.difference(&before).map(|line| format!("+ {line}"));
    gone.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::differences;

    #[test]
    fn what_is_gone_comes_first() {
        let before = "pub fn a()\npub fn b()\n";
        let now = "pub fn b()\npub fn c()\n";
        assert_eq!(differences(before, now), ["- pub fn a()", "+ pub fn c()"]);
        assert!(differences(now, now).is_empty());
    }
}
