//! What is read and counted. Nothing here knows of tasks or threads.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// All files below `root`, in a fixed order, without hidden directories and build output.
pub(crate) fn find(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_file() {
                found.push(entry.path());
            } else if kind.is_dir() && is_wanted(&entry.file_name().to_string_lossy()) {
                directories.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_wanted(directory: &str) -> bool {
    !directory.starts_with('.') && directory != "target"
}

/// What one parser found.
#[derive(Debug)]
pub(crate) struct Parsed {
    extension: String,
    /// `None`: it could not be read.
    counts: Option<Counts>,
}

/// Reads a file and counts. Blocks.
pub(crate) fn parse(file: &Path) -> Parsed {
    let extension = file.extension().map_or("none".into(), |extension| {
        extension.to_string_lossy().into_owned()
    });
    let counts = fs::read(file).ok().map(|text| Counts::of(&text));
    Parsed { extension, counts }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) files: usize,
    pub(crate) lines: usize,
    pub(crate) words: usize,
    pub(crate) bytes: usize,
}

impl Counts {
    fn of(text: &[u8]) -> Self {
        let words = text.split(u8::is_ascii_whitespace);
        Self {
            files: 1,
            lines: text.split_inclusive(|&byte| byte == b'\n').count(),
            words: words.filter(|word| !word.is_empty()).count(),
            bytes: text.len(),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            files: self.files + other.files,
            lines: self.lines + other.lines,
            words: self.words + other.words,
            bytes: self.bytes + other.bytes,
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            files,
            lines,
            words,
            bytes,
        } = self;
        write!(f, "{files:>7} {lines:>9} {words:>9} {bytes:>11}")
    }
}

/// What all parsers found together.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    by_extension: BTreeMap<String, Counts>,
    unreadable: usize,
}

impl Totals {
    pub(crate) fn add(&mut self, parsed: Parsed) {
        match parsed.counts {
            Some(counts) => {
                let total = self.by_extension.entry(parsed.extension).or_default();
                *total = total.plus(counts);
            }
            None => self.unreadable += 1,
        }
    }

    /// The extensions with the most lines first.
    pub(crate) fn by_extension(&self) -> Vec<(&str, Counts)> {
        let mut rows: Vec<_> = self
            .by_extension
            .iter()
            .map(|(extension, &counts)| (extension.as_str(), counts))
            .collect();
        rows.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.lines));
        rows
    }

    pub(crate) fn sum(&self) -> Counts {
        self.by_extension
            .values()
            .fold(Counts::default(), |sum, &counts| sum.plus(counts))
    }

    pub(crate) const fn unreadable(&self) -> usize {
        self.unreadable
    }
}
