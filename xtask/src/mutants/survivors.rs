//! Who may survive, and why: `verification/mutants.md`.
//!
//! A heading names a file; each item below it is a change in backquotes, a colon, and the reason.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::cargo::root;

/// The list.
pub(super) struct Excused(Vec<(String, String)>);

impl Excused {
    pub(super) fn read() -> Result<Self> {
        let path = root().join("verification/mutants.md");
        let text = fs::read_to_string(path).context("cannot read verification/mutants.md")?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let mut file = "";
        let mut list: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("## ") {
                file = name.trim_matches('`');
            } else if let Some(item) = line.strip_prefix("- `") {
                let (change, reason) = item
                    .split_once("`: ")
                    .with_context(|| format!("no reason: {line}"))?;
                ensure!(!file.is_empty(), "of which file? {line}");
                list.push((format!("{file}: {change}"), reason.to_owned()));
            } else if let (Some(more), Some((_, reason))) =
                (line.strip_prefix("  "), list.last_mut())
            {
                reason.push(' ');
                reason.push_str(more.trim());
            }
        }
        Ok(Self(list))
    }

    pub(super) fn reason(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, reason)| reason.as_str())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "# Survivors\n\nwords\n\n## `crates/a/src/b.rs`\n\n\
        - `replace || with && in f`: both sides\n  are the same\n- `replace g with ()`: no effect\n";

    #[test]
    fn a_reason_may_go_on() {
        let excused = Excused::parse(LIST).expect("a list");
        let reason = excused.reason("crates/a/src/b.rs: replace || with && in f");
        assert_eq!(reason, Some("both sides are the same"));
        assert_eq!(excused.names().count(), 2);
    }

    #[test]
    fn a_survivor_needs_a_file_and_a_reason() {
        assert!(Excused::parse("- `replace f with ()`: why").is_err());
        assert!(Excused::parse("## a.rs\n- `replace f with ()`").is_err());
    }
}
