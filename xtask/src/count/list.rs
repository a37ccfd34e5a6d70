//! The list of counts that is committed, and what differs from it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::callgrind::Count;

/// More than this much more is a regression: another version of the C library moves a few.
const TOLERANCE: f64 = 0.05;
/// Read-modify-writes are counted whole; this is for rounding, and for a lock that is taken once in
/// a while.
const ROUNDING: f64 = 0.02;
const MADE_WITH: &str = "# Made with ";

/// Counts by path.
#[derive(Debug, Default)]
pub(super) struct List {
    /// The compiler.
    pub(super) made_with: String,
    pub(super) paths: BTreeMap<String, Count>,
}

/// How a path stands.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// As listed.
    Same,
    /// Clearly fewer instructions.
    Better,
    /// More, or not in the list, or not run.
    Wrong(String),
}

impl List {
    pub(super) fn from_text(text: &str) -> Self {
        let mut list = Self::default();
        for line in text.lines() {
            if let Some(compiler) = line.strip_prefix(MADE_WITH) {
                list.made_with = compiler.trim_end_matches('.').to_owned();
            } else if !line.starts_with('#') {
                list.paths.extend(parse(line));
            }
        }
        list
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = format!(
            "# Each fast path: instructions, and read-modify-writes of memory (locked or xchg), per turn.\n\
             # Written by `cargo xtask count --bless`; `cargo xtask count` fails if a path takes more\n\
             # than {:.0} % more instructions, or a read-modify-write more, with the same compiler.\n\
             {MADE_WITH}{}.\n",
            TOLERANCE * 100.0,
            self.made_with
        );
        for (name, count) in &self.paths {
            let _ = writeln!(
                text,
                "{name:32} {:>10.1} {:>6.2}",
                count.instructions, count.locked
            );
        }
        text
    }

    /// How each path stands; a listed one that is missing counts only if all were to run.
    pub(super) fn against(&self, listed: &Self, all_ran: bool) -> Vec<(String, Verdict)> {
        let mut verdicts: Vec<(String, Verdict)> = self
            .paths
            .iter()
            .map(|(name, count)| (name.clone(), verdict(*count, listed.paths.get(name))))
            .collect();
        let gone = |name: &&String| all_ran && !self.paths.contains_key(*name);
        verdicts.extend(listed.paths.keys().filter(gone).map(|name| {
            let why = "is in the list and did not run".to_owned();
            (name.clone(), Verdict::Wrong(why))
        }));
        verdicts
    }
}

fn parse(line: &str) -> Option<(String, Count)> {
    let mut words = line.split_whitespace();
    let name = words.next()?.to_owned();
    let instructions = words.next()?.parse().ok()?;
    let locked = words.next()?.parse().ok()?;
    Some((
        name,
        Count {
            instructions,
            locked,
        },
    ))
}

fn verdict(now: Count, listed: Option<&Count>) -> Verdict {
    let Some(before) = listed else {
        return Verdict::Wrong("is not in the list: cargo xtask count --bless".to_owned());
    };
    let factor = now.instructions / before.instructions;
    if factor > 1.0 + TOLERANCE {
        return Verdict::Wrong(format!(
            "{:.1} instructions, listed with {:.1}: {:+.0} %",
            now.instructions,
            before.instructions,
            (factor - 1.0) * 100.0
        ));
    }
    if now.locked > before.locked + ROUNDING {
        return Verdict::Wrong(format!(
            "{:.2} read-modify-writes, listed with {:.2}",
            now.locked, before.locked
        ));
    }
    if factor < 1.0 - TOLERANCE {
        return Verdict::Better;
    }
    Verdict::Same
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(instructions: f64, locked: f64) -> List {
        let count = Count {
            instructions,
            locked,
        };
        List {
            made_with: "rustc 1".to_owned(),
            paths: [("a".to_owned(), count)].into(),
        }
    }

    fn only(verdicts: Vec<(String, Verdict)>) -> Verdict {
        assert_eq!(verdicts.len(), 1);
        verdicts.into_iter().next().expect("one").1
    }

    #[test]
    fn a_list_survives_the_way_through_its_text() {
        let before = list(46.0, 2.0);
        let after = List::from_text(&before.to_text());
        assert_eq!(after.made_with, "rustc 1");
        assert_eq!(only(before.against(&after, true)), Verdict::Same);
    }

    #[test]
    fn more_is_a_regression_and_less_is_not() {
        let listed = list(100.0, 2.0);
        assert_eq!(only(list(104.9, 2.0).against(&listed, true)), Verdict::Same);
        assert_eq!(
            only(list(94.0, 2.0).against(&listed, true)),
            Verdict::Better
        );
        for worse in [list(105.1, 2.0), list(100.0, 3.0), list(80.0, 2.1)] {
            let verdict = only(worse.against(&listed, true));
            assert!(matches!(verdict, Verdict::Wrong(_)), "{verdict:?}");
        }
    }

    #[test]
    fn gaps_in_either_list_are_wrong() {
        let (empty, full) = (List::default(), list(1.0, 0.0));
        assert!(matches!(
            only(full.against(&empty, true)),
            Verdict::Wrong(_)
        ));
        assert!(matches!(
            only(empty.against(&full, true)),
            Verdict::Wrong(_)
        ));
        assert!(empty.against(&full, false).is_empty());
    }
}
