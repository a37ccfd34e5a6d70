//! Rules about what shipped code may say.

use super::words::{LEAVES, complain, has_word};
use crate::lint::source::Source;

/// Above this, a file is two.
const LONGEST: usize = 450;

/// The ways in which a thread once waited: methods of `Blocking` now.
const WAYS_TO_BLOCK: [&str; 3] = ["_blocking", "_timeout", "_deadline"];

/// Whether the file is the source of a crate that is published.
fn is_shipped(source: &Source) -> bool {
    let mut homes = ["waystation", "waystation-core"].iter().chain(LEAVES);
    let is_home = |home: &&str| source.path.starts_with(&format!("crates/{home}/src/"));
    source.is_rust() && homes.any(is_home)
}

pub(super) fn short_files(source: &Source, _: &[Source]) -> Vec<String> {
    let lines = source.text.lines().count();
    let is_long = is_shipped(source) && lines > LONGEST;
    let complaint = || format!("{} has {lines} lines, more than {LONGEST}", source.path);
    is_long.then(complaint).into_iter().collect()
}

pub(super) fn one_way_to_block(source: &Source, _: &[Source]) -> Vec<String> {
    if !is_shipped(source) {
        return Vec::new();
    }
    let names_one = |line: &str| {
        let is_public = line.trim_start().starts_with("pub");
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        let function = words.by_ref().find(|word| *word == "fn");
        let name = function.and_then(|_| words.next()).unwrap_or_default();
        is_public && WAYS_TO_BLOCK.iter().any(|way| name.ends_with(way))
    };
    complain(source, names_one, "blocks by a method of its own")
}

/// `is_terminated` has two traits, behind a feature, and is no method of a future's own.
pub(super) fn no_inherent_is_terminated(source: &Source, _: &[Source]) -> Vec<String> {
    if !is_shipped(source) {
        return Vec::new();
    }
    let code: Vec<(usize, &str)> = source.code().collect();
    let is_inherent = |at: usize| {
        let begins = |line: &str| line.starts_with("impl") || line.starts_with("pub trait");
        let begin = code[..at].iter().rposition(|(_, line)| begins(line));
        let header = code[begin.unwrap_or_default()..at].iter();
        !header
            .map(|(_, line)| line)
            .take_while(|line| !line.trim_start().starts_with("type "))
            .any(|line| line.contains("FusedFuture") || line.contains("FusedStream"))
    };
    let found = code.iter().enumerate();
    found
        .filter(|(at, (_, line))| line.contains("fn is_terminated") && is_inherent(*at))
        .map(|(_, (number, _))| format!("{}:{number} is inherent", source.path))
        .collect()
}

/// A guard in the scrutinee lives as long as what is matched: while a writer, foreign code, writes.
pub(super) fn no_guard_while_shown(source: &Source, _: &[Source]) -> Vec<String> {
    if !source.is_rust() || !source.path.starts_with("crates/") {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    // How deep the body of the `fmt` lies that the line is in, and the scrutinee that is read.
    let (mut depth, mut body) = (0_usize, None);
    let mut scrutinee: Option<(usize, String)> = None;
    for (number, line) in source.code() {
        let line = line.trim();
        if has_word(line, "fn") && line.contains("fn fmt(") {
            body = Some(depth);
        }
        if body.is_some() && scrutinee.is_none() {
            let starts = ["match", "if let", "while let"].iter();
            let at = starts
                .filter(|word| has_word(line, word))
                .filter_map(|word| line.find(word));
            scrutinee = at.min().map(|at| (number, line[at..].to_owned()));
        } else if let Some((_, text)) = &mut scrutinee {
            text.push_str(line);
        }
        if let Some((begin, text)) = scrutinee.take_if(|(_, text)| block_begins(text).is_some()) {
            let end = block_begins(&text).unwrap_or(text.len());
            if ["try_lock", "try_borrow"]
                .iter()
                .any(|guard| text[..end].contains(guard))
            {
                complaints.push(format!(
                    "{}:{begin} holds a guard while it writes",
                    source.path
                ));
            }
        }
        let opened = line.matches('{').count();
        depth = (depth + opened).saturating_sub(line.matches('}').count());
        if body.is_some_and(|outside| depth <= outside && line.contains('}')) {
            (body, scrutinee) = (None, None);
        }
    }
    complaints
}

/// Where the block behind a scrutinee begins: at the first brace outside all parentheses.
fn block_begins(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (c == '{' && depth == 0).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(text: &str) -> Source {
        Source {
            path: "crates/waystation-queue/src/queue.rs".to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_guard_in_a_scrutinee_of_fmt_is_found() {
        let shows = |scrutinee: &str| {
            let text = format!(
                "impl fmt::Debug for A {{\n    fn fmt(&self, f: &mut Formatter<'_>) -> Result {{\n        \
                 let mut shown = f.debug_struct(\"A\");\n        {scrutinee} {{\n            \
                 Some(a) => drop(shown.field(\"a\", &a)),\n        }}\n        shown.finish()\n    }}\n}}\n"
            );
            no_guard_while_shown(&queue(&text), &[]).len()
        };
        assert_eq!(shows("match self.lock.try_lock()"), 1);
        assert_eq!(shows("if let Ok(inner) = self.inner.try_borrow()"), 1);
        assert_eq!(
            shows("match self\n            .lock\n            .try_lock()\n       "),
            1
        );
        assert_eq!(
            shows("match self.lock.try_lock().map(|inner| { inner.len })"),
            1
        );
        assert_eq!(
            shows("let len = self.lock.try_lock().map(|i| i.len);\n match len"),
            0
        );
    }

    #[test]
    fn a_guard_in_another_function_is_not_concerned() {
        let text = "fn fmt() -> A {\n}\nfn take() {\n    if let Some(a) = lock.try_lock() {}\n}\n";
        assert!(no_guard_while_shown(&queue(text), &[]).is_empty());
    }

    #[test]
    fn is_terminated_belongs_to_its_traits() {
        let body = " {\n    fn is_terminated(&self) -> bool {\n";
        let inherent = format!("impl<T> Get<T>{body}");
        assert_eq!(no_inherent_is_terminated(&queue(&inherent), &[]).len(), 1);
        let split = format!("impl<T> FusedStream for Get<T>\nwhere\n    T: Sized,\n{body}");
        for right in [format!("impl<T> FusedFuture for Get<T>{body}"), split] {
            assert!(no_inherent_is_terminated(&queue(&right), &[]).is_empty());
        }
    }

    #[test]
    fn a_second_way_to_block_is_found() {
        let found = |text| one_way_to_block(&queue(text), &[]).len();
        assert_eq!(found("    pub fn get_blocking(&self) -> T {"), 1);
        assert_eq!(found("    pub(crate) fn put_deadline<T>(self) {"), 1);
        assert_eq!(found("    pub fn block_timeout(&mut self) {"), 1);
        assert_eq!(
            found("    #[doc(alias = \"get_timeout\")]\n    fn timeout() {"),
            0
        );
        assert_eq!(found("    fn never_comes_last_and_is_no_deadline() {"), 0);
    }

    #[test]
    fn a_long_file_is_found_where_it_is_shipped() {
        assert_eq!(short_files(&queue(&"\n".repeat(451)), &[]).len(), 1);
        assert!(short_files(&queue(&"\n".repeat(450)), &[]).is_empty());
        let test = Source {
            path: "crates/waystation-queue/tests/cancel.rs".to_owned(),
            ..queue(&"\n".repeat(451))
        };
        assert!(short_files(&test, &[]).is_empty());
    }
}
