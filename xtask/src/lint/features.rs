//! Each feature of each shipped crate, alone: what one feature needs, no other may bring.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::other_compiler;
use crate::cargo::{cargo, root, step};
use crate::suite::Suite;
use crate::tally::Tally;

/// A package and its features, none of them on the list being the first choice.
struct Package {
    name: String,
    choices: Vec<Option<String>>,
}

/// Checks every shipped crate without features, and with each alone.
pub(crate) fn features(_: Suite) -> Result<Tally> {
    let other = other_compiler();
    let mut tally = Tally::default();
    for package in shipped()? {
        for choice in &package.choices {
            if compiles(&package.name, choice.as_deref(), other.is_none())? {
                tally.passed += 1;
            } else {
                tally.failed += 1;
            }
        }
    }
    ensure!(tally.passed + tally.failed > 0, "no crate is shipped");
    Ok(other.into_iter().fold(tally, Tally::note))
}

fn compiles(package: &str, feature: Option<&str>, strict: bool) -> Result<bool> {
    let mut command = cargo(&["check", "--package", package, "--no-default-features"]);
    command.args(feature.map(|feature| format!("--features={feature}")));
    command.env("CARGO_TARGET_DIR", root().join("target/features"));
    let name = format!("{package} with {}", feature.unwrap_or("nothing"));
    let output = step(&name, command)?;
    // A warning stays one for cargo: other flags would build everything anew.
    let warned = strict && output.text.lines().any(|line| line.starts_with("warning"));
    if warned {
        println!("{name}: {}", output.text);
    }
    Ok(output.ok && !warned)
}

fn shipped() -> Result<Vec<Package>> {
    let output = cargo(&["metadata", "--no-deps", "--format-version=1"]).output()?;
    ensure!(output.status.success(), "cargo metadata failed");
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    packages
        .iter()
        // `publish = false` is an empty list of registries.
        .filter(|package| package["publish"].is_null())
        .map(|package| {
            let features = package["features"].as_object().context("no features")?;
            let alone = features.keys().cloned().map(Some);
            Ok(Package {
                name: package["name"].as_str().context("no name")?.to_owned(),
                choices: std::iter::once(None).chain(alone).collect(),
            })
        })
        .collect()
}
