//! What came out, over all parts of a package that were run.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use super::subjects::{AGAIN, SUBJECTS, folder};
use super::survivors::Excused;
use crate::cargo::root;
use crate::tally::Tally;

/// At least so many of a hundred must be noticed.
const AIM: f64 = 95.0;

/// The head of the file with the figures of the last runs.
const HEAD: &str = "\
# Mutants per package: all there are, tried, noticed, of these by a hang, not compiling, survived.
# Written by `cargo xtask mutants`.
";

/// What became of one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Caught,
    Hung,
    Unviable,
    Survived,
}

/// cargo-mutants' own lists.
const FATES: [(&str, Fate); 4] = [
    ("caught.txt", Fate::Caught),
    ("timeout.txt", Fate::Hung),
    ("unviable.txt", Fate::Unviable),
    ("missed.txt", Fate::Survived),
];

/// What became of the mutants of a package.
pub(super) struct Score {
    package: String,
    /// All there are, without their lines.
    names: Vec<String>,
    /// Those that were tried, as cargo-mutants writes them.
    fates: BTreeMap<String, Fate>,
}

impl Score {
    /// Of what earlier runs left behind.
    pub(super) fn of(package: &str, listed: &str) -> Result<Self> {
        let parts = fs::read_dir(folder(package))
            .with_context(|| format!("no mutant of {package} was tried yet"))?;
        let mut parts: Vec<PathBuf> = parts.map(|part| Ok(part?.path())).collect::<Result<_>>()?;
        // A later look at survivors has the last word.
        parts.sort_by_key(|part| {
            let name = part.file_name().unwrap_or_default().to_string_lossy();
            (name.starts_with(AGAIN), name.into_owned())
        });
        let mut fates = BTreeMap::new();
        for part in parts {
            for (list, fate) in FATES {
                let text = fs::read_to_string(part.join("mutants.out").join(list));
                let text = text.unwrap_or_default();
                fates.extend(text.lines().map(|line| (line.to_owned(), fate)));
            }
        }
        let names: Vec<String> = listed.lines().map(name_of).collect();
        ensure!(!names.is_empty(), "{package} has nothing to change");
        // What is left out by now does not count any more.
        let known: HashSet<&String> = names.iter().collect();
        fates.retain(|mutant, _| known.contains(&name_of(mutant)));
        Ok(Self {
            package: package.to_owned(),
            names,
            fates,
        })
    }

    fn with(&self, fate: Fate) -> impl Iterator<Item = &String> {
        let mutants = self.fates.iter();
        mutants.filter_map(move |(mutant, its)| (*its == fate).then_some(mutant))
    }

    /// Those to look at again, as cargo-mutants writes them.
    pub(super) fn survivors(&self) -> impl Iterator<Item = &String> {
        self.with(Fate::Survived)
    }

    fn row(&self) -> Row {
        let count = |fate| self.with(fate).count();
        Row {
            package: self.package.clone(),
            all: self.names.len(),
            tried: self.fates.len(),
            killed: count(Fate::Caught) + count(Fate::Hung),
            hung: count(Fate::Hung),
            unviable: count(Fate::Unviable),
            survived: count(Fate::Survived),
        }
    }

    /// Says who survived, and what of it is not in order.
    pub(super) fn judge(&self, tally: &mut Tally) -> Result<()> {
        let excused = Excused::read()?;
        let row = self.row();
        println!("{}", row.text());
        let survived: Vec<String> = self.survivors().map(|line| name_of(line)).collect();
        for name in &survived {
            match excused.reason(name) {
                Some(reason) => println!("  survived  {name}\n            ({reason})"),
                None => {
                    println!("  SURVIVED  {name}");
                    tally.failed += 1;
                }
            }
        }
        let home = format!("crates/{}/", self.package);
        for name in excused.names().filter(|name| name.starts_with(&home)) {
            if !self.names.iter().any(|known| known == name) {
                tally.notes.push(format!("excused and gone: {name}"));
            } else if row.tried == row.all && !survived.contains(name) {
                tally.notes.push(format!("excused and noticed: {name}"));
            }
        }
        if row.tried < row.all {
            let (tried, all) = (row.tried, row.all);
            tally
                .notes
                .push(format!("{}: {tried} of {all} tried", self.package));
        }
        if row.percent() >= AIM {
            tally.passed += 1;
        } else {
            println!("  fewer than {AIM} % were noticed");
            tally.failed += 1;
        }
        Ok(())
    }

    /// Writes the package's line of the figures.
    pub(super) fn write(&self) -> Result<()> {
        let mut rows = rows()?;
        rows.retain(|row| row.package != self.package);
        rows.push(self.row());
        let order = |row: &Row| {
            let subjects = SUBJECTS.iter();
            subjects
                .map(|subject| subject.package)
                .position(|package| package == row.package)
        };
        rows.sort_by_key(order);
        let mut text = HEAD.to_owned();
        for row in rows {
            writeln!(text, "{}", row.line())?;
        }
        fs::write(path(), text).context("cannot write the figures of the mutants")
    }
}

/// `crates/a/src/b.rs:12:3: replace + with - in f` without its line and column: those move.
fn name_of(line: &str) -> String {
    let Some((place, what)) = line.split_once(": ") else {
        return line.to_owned();
    };
    let file = place.split(':').next().unwrap_or(place);
    format!("{file}: {what}")
}

/// A line of the figures.
#[derive(Debug, Default, PartialEq)]
struct Row {
    package: String,
    all: usize,
    tried: usize,
    killed: usize,
    hung: usize,
    unviable: usize,
    survived: usize,
}

impl Row {
    fn percent(&self) -> f64 {
        let viable = self.killed + self.survived;
        if viable == 0 {
            return 0.0;
        }
        // A handful of mutants: no precision is lost.
        self.killed as f64 * 100.0 / viable as f64
    }

    fn line(&self) -> String {
        let Self {
            package,
            all,
            tried,
            killed,
            hung,
            unviable,
            survived,
        } = self;
        format!("{package} {all} {tried} {killed} {hung} {unviable} {survived}")
    }

    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let package = words.next()?.to_owned();
        let numbers: Vec<usize> = words.map_while(|word| word.parse().ok()).collect();
        let [all, tried, killed, hung, unviable, survived] = numbers[..] else {
            return None;
        };
        Some(Self {
            package,
            all,
            tried,
            killed,
            hung,
            unviable,
            survived,
        })
    }

    fn text(&self) -> String {
        format!(
            "{}: {} of {} mutants tried, {} do not compile, {} noticed ({} by a hang), {} survived: {:.1} %",
            self.package,
            self.tried,
            self.all,
            self.unviable,
            self.killed,
            self.hung,
            self.survived,
            self.percent(),
        )
    }
}

fn path() -> PathBuf {
    root().join("verification/mutants.txt")
}

fn rows() -> Result<Vec<Row>> {
    let Ok(text) = fs::read_to_string(path()) else {
        return Ok(Vec::new());
    };
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| Row::parse(line).with_context(|| format!("what is `{line}`?")))
        .collect()
}

/// The figures in half a line.
pub(crate) fn summary() -> Result<String> {
    let rows = rows()?;
    let sum = |of: fn(&Row) -> usize| rows.iter().map(of).sum::<usize>();
    let (all, killed, survived) = (
        sum(|row| row.all),
        sum(|row| row.killed),
        sum(|row| row.survived),
    );
    let tried = sum(|row| row.tried);
    if tried == 0 {
        return Ok("no run of the mutants is on record".to_owned());
    }
    Ok(format!(
        "{killed} of {} mutants noticed ({tried} of {all} tried)",
        killed + survived
    ))
}

/// The figures as a table.
pub(crate) fn markdown() -> Result<String> {
    let mut text = String::from(
        "| crate | mutants | tried | do not compile | noticed | survived | noticed of those that compile |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for row in rows()? {
        writeln!(
            text,
            "| `{}` | {} | {} | {} | {} | {} | {:.1} % |",
            row.package,
            row.all,
            row.tried,
            row.unviable,
            row.killed,
            row.survived,
            row.percent()
        )?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_line() {
        let line = "crates/a/src/b.rs:12:3: replace + with - in S::f";
        assert_eq!(name_of(line), "crates/a/src/b.rs: replace + with - in S::f");
        let generic = "crates/a/src/b.rs:1:2: replace <impl A for B>::f -> C with ()";
        assert!(name_of(generic).ends_with(": replace <impl A for B>::f -> C with ()"));
    }

    #[test]
    fn a_row_survives_the_way_through_the_file() {
        let row = Row::parse("waystation-core 9 8 4 1 3 1").expect("a row");
        assert_eq!(row.percent(), 80.0);
        assert_eq!(Row::parse(&row.line()), Some(row));
        assert_eq!(Row::parse("waystation-core 9 8"), None);
    }
}
