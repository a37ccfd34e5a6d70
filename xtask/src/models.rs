//! The list of loom models: what a run printed, and what is committed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// One model as it ran.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Model {
    /// `exhaustive`, or `bounded` with the number of preemptions.
    pub(crate) bound: String,
    pub(crate) executions: u64,
    /// Not in the committed list.
    pub(crate) seconds: f64,
}

impl Model {
    pub(crate) fn is_exhaustive(&self) -> bool {
        self.bound == "exhaustive"
    }
}

/// Models by name.
pub(crate) type Models = BTreeMap<String, Model>;

/// Reads lines like `model queue_close_vs_get exhaustive 2766 executions 0.3 s` from a run.
pub(crate) fn from_run(text: &str) -> Models {
    text.lines()
        .filter_map(|line| parse(line.trim().strip_prefix("model ")?))
        .collect()
}

/// Reads the committed list: `<name> <bound> <executions>`.
pub(crate) fn from_list(text: &str) -> Models {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(parse)
        .collect()
}

fn parse(line: &str) -> Option<(String, Model)> {
    let mut words = line.split_whitespace();
    let name = words.next()?.to_owned();
    let mut bound = words.next()?.to_owned();
    if bound == "bounded" {
        let _ = write!(bound, " {}", words.next()?);
    } else if bound != "exhaustive" {
        return None;
    }
    let executions = words.next()?.parse().ok()?;
    let seconds = words
        .nth(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or(0.0);
    Some((
        name,
        Model {
            bound,
            executions,
            seconds,
        },
    ))
}

/// The list to commit.
pub(crate) fn to_list(models: &Models) -> String {
    let mut text = String::from(
        "# Every loom model: name, bound, executions. Written by `cargo xtask loom --bless`;\n\
         # `cargo xtask loom` fails if a model is missing or a count has changed.\n",
    );
    let width = models.keys().map(String::len).max().unwrap_or(0);
    for (name, model) in models {
        let _ = writeln!(
            text,
            "{name:width$}  {:<11} {:>9}",
            model.bound, model.executions
        );
    }
    text
}

/// What differs from the committed list; models that are missing count only if all were run.
pub(crate) fn differences(ran: &Models, listed: &Models, all_ran: bool) -> Vec<String> {
    let mut found = Vec::new();
    for (name, model) in ran {
        match listed.get(name) {
            None => found.push(format!("{name} is not in the list")),
            Some(old) if (&old.bound, old.executions) != (&model.bound, model.executions) => {
                found.push(format!(
                    "{name}: {} {}, listed as {} {}",
                    model.bound, model.executions, old.bound, old.executions
                ));
            }
            Some(_) => {}
        }
    }
    for name in listed
        .keys()
        .filter(|name| all_ran && !ran.contains_key(*name))
    {
        found.push(format!("{name} is in the list and did not run"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "noise\n    model a exhaustive 12 executions 0.1 s\n\
                       model b bounded 2 345 executions 1.5 s\nmodel c odd 1 executions 1 s";

    #[test]
    fn a_run_survives_the_way_through_the_list() {
        let ran = from_run(RUN);
        assert_eq!(ran.len(), 2);
        assert_eq!(ran["b"].bound, "bounded 2");
        assert_eq!(ran["b"].seconds, 1.5);
        let listed = from_list(&to_list(&ran));
        assert!(differences(&ran, &listed, true).is_empty());
    }

    #[test]
    fn changes_and_gaps_are_told() {
        let ran = from_run(RUN);
        let mut listed = ran.clone();
        listed.remove("a");
        listed
            .entry("b".to_owned())
            .and_modify(|model| model.executions = 1);
        listed.insert("d".to_owned(), ran["a"].clone());
        assert_eq!(differences(&ran, &listed, true).len(), 3);
        assert_eq!(differences(&ran, &listed, false).len(), 2);
    }
}
