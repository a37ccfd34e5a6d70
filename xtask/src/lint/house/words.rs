//! What the rules are written with.

use crate::lint::source::Source;

/// The crates that know core and nothing of each other.
pub(super) const LEAVES: &[&str] = &[
    "waystation-event",
    "waystation-semaphore",
    "waystation-queue",
    "waystation-gather",
    "waystation-loop",
];

/// Whether `line` contains `word` as a word of its own.
pub(super) fn has_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(part) && !line[at + word.len()..].starts_with(part))
}

/// One complaint for each line of code that is at fault.
pub(super) fn complain(
    source: &Source,
    at_fault: impl Fn(&str) -> bool,
    what: &str,
) -> Vec<String> {
    source
        .code()
        .filter(|(_, line)| at_fault(line))
        .map(|(number, _)| format!("{}:{number} {what}", source.path))
        .collect()
}
