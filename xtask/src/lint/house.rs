//! The rules of the house: text only, line by line.

mod code;
mod words;

use anyhow::Result;

use super::circles::circles;
use super::source::{Source, collect};
use crate::cargo::root;
use crate::report::between_marks;
use crate::suite::Suite;
use crate::tally::Tally;
use words::{LEAVES, complain, has_word};

/// The one place where a build may differ under a model checker.
const SWITCH: &str = "crates/waystation-core/src/sync/";
/// The list of files that may contain the keyword stands between these.
const LIST_BEGINS: &str = concat!("<!-- un", "safe: begin -->");
const LIST_ENDS: &str = concat!("<!-- un", "safe: end -->");
/// In two pieces, as above, so that this file does not contain it.
const KEYWORD: &str = concat!("un", "safe");

/// One rule: what it asks of a file, as a list of complaints.
type Rule = fn(&Source, &[Source]) -> Vec<String>;

const RULES: &[(&str, Rule)] = &[
    ("model switches only in core's sync", switches),
    ("the keyword only where it is listed", listed_keyword),
    ("leaves know no other leaf", lone_leaves),
    ("leaves forbid the keyword", forbidding_leaves),
    ("atomics only in state.rs and core", atomics),
    ("no shipped file is long", code::short_files),
    ("threads wait by `Blocking`", code::one_way_to_block),
    (
        "`is_terminated` is the traits'",
        code::no_inherent_is_terminated,
    ),
    ("`Debug` writes without a guard", code::no_guard_while_shown),
    ("no path of one machine", machine_paths),
];

/// A rule about the tree as a whole.
type Whole = fn(&[Source]) -> Vec<String>;

const WHOLES: &[(&str, Whole)] = &[
    ("import circles", circles),
    ("marker traits are asserted", marker_traits),
    ("README says what VERIFICATION.md says", same_summary),
];

/// So many assertions about `Send`, `Sync`, `Unpin` and `UnwindSafe` there are at least.
const MARKERS: usize = 60;

/// Checks every rule on every file.
pub(crate) fn house(_: Suite) -> Result<Tally> {
    let root = root();
    let mut sources = Vec::new();
    collect(&root, &root, &mut sources)?;
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    let mut tally = Tally::default();
    let by_file = RULES.iter().map(|(name, rule)| {
        let found = sources.iter().flat_map(|source| rule(source, &sources));
        (name, found.collect())
    });
    let as_a_whole = WHOLES.iter().map(|(name, rule)| (name, rule(&sources)));
    let found: Vec<(_, Vec<String>)> = by_file.chain(as_a_whole).collect();
    for (name, complaints) in found {
        for complaint in &complaints {
            println!("house: {complaint} ({name})");
        }
        if complaints.is_empty() {
            tally.passed += 1;
        } else {
            tally.failed += 1;
        }
    }
    Ok(tally)
}

fn switches(source: &Source, _: &[Source]) -> Vec<String> {
    if !source.is_rust() || !source.path.starts_with("crates/") || source.path.starts_with(SWITCH) {
        return Vec::new();
    }
    let switch = |line: &str| {
        let model = has_word(line, "loom") || has_word(line, "shuttle");
        // Unit tests that cannot run under a model checker are not shipped.
        model && !has_word(line, "test") && (line.contains("cfg(") || line.contains("cfg_attr("))
    };
    complain(source, switch, "switches on a model checker")
}

fn listed_keyword(source: &Source, all: &[Source]) -> Vec<String> {
    if !source.is_rust() || is_listed(&source.path, all) {
        return Vec::new();
    }
    let mut found = complain(
        source,
        |line| has_word(line, KEYWORD),
        "has it and is not listed",
    );
    found.truncate(1);
    found
}

/// Whether ARCHITECTURE.md lists the file, or the README of its own unpublished package does.
fn is_listed(path: &str, all: &[Source]) -> bool {
    let lists = |page: &str| {
        let page = all.iter().find(|source| source.path == page);
        let list = page
            .and_then(|page| page.text.split_once(LIST_BEGINS))
            .map(|parts| parts.1);
        let list = list
            .and_then(|list| list.split_once(LIST_ENDS))
            .map_or("", |parts| parts.0);
        list.split(['`', ' ', '\n', '(', ')', '|'])
            .any(|word| word == path)
    };
    let unpublished = all.iter().find_map(|source| {
        let package = source.path.strip_suffix("Cargo.toml")?;
        let inside = !package.is_empty() && path.starts_with(package);
        (inside
            && (source.text.contains("publish = false") || source.text.contains("shipped = false")))
        .then(|| format!("{package}README.md"))
    });
    lists("ARCHITECTURE.md") || unpublished.is_some_and(|page| lists(&page))
}

fn lone_leaves(source: &Source, _: &[Source]) -> Vec<String> {
    let Some(leaf) = LEAVES
        .iter()
        .find(|leaf| source.path == format!("crates/{leaf}/Cargo.toml"))
    else {
        return Vec::new();
    };
    let names_other = |line: &str| {
        let line = line.trim_start();
        let others = LEAVES.iter().filter(|other| *other != leaf);
        let mut keys = others.filter_map(|other| line.strip_prefix(other));
        keys.any(|rest| rest.starts_with(['.', ' ', '=']))
    };
    complain(source, names_other, "names another leaf")
}

fn forbidding_leaves(source: &Source, _: &[Source]) -> Vec<String> {
    let mut homes = LEAVES.iter().chain(&["waystation"]);
    let is_home = homes.any(|leaf| source.path == format!("crates/{leaf}/src/lib.rs"));
    let forbids = source.text.contains(&format!("#![forbid({KEYWORD}_code)]"));
    if is_home && !forbids {
        return vec![format!("{} does not forbid it", source.path)];
    }
    Vec::new()
}

fn atomics(source: &Source, _: &[Source]) -> Vec<String> {
    let in_leaf = LEAVES
        .iter()
        .any(|leaf| source.path.starts_with(&format!("crates/{leaf}/src/")));
    if !source.is_rust() || !in_leaf || source.name() == "state.rs" {
        return Vec::new();
    }
    complain(source, |line| line.contains("sync::atomic"), "uses atomics")
}

fn machine_paths(source: &Source, _: &[Source]) -> Vec<String> {
    let home = std::env::var("HOME").ok().filter(|home| home.len() > 1);
    let root = root().to_string_lossy().into_owned();
    let places: Vec<String> = home
        .map(|home| home + "/")
        .into_iter()
        .chain([root])
        .collect();
    let lines = source.text.lines().enumerate();
    lines
        .filter(|(_, line)| places.iter().any(|place| line.contains(place.as_str())))
        .map(|(index, _)| {
            format!(
                "{}:{} names a place of this machine",
                source.path,
                index + 1
            )
        })
        .collect()
}

fn marker_traits(all: &[Source]) -> Vec<String> {
    let asserts =
        |line: &str| line.contains("assert_impl_all!(") || line.contains("_not_impl_any!(");
    let files = all
        .iter()
        .filter(|source| source.name() == "auto_traits.rs");
    let lines = files.flat_map(|source| source.code().map(|(_, line)| line));
    let count = lines.filter(|line| asserts(line)).count();
    let few = count < MARKERS;
    let complaint = few.then(|| format!("{count} assertions of marker traits, not {MARKERS}"));
    complaint.into_iter().collect()
}

/// README's summary is the one that `cargo xtask verify-report` has written into both.
fn same_summary(all: &[Source]) -> Vec<String> {
    let text = |path: &str| {
        let page = all.iter().find(|source| source.path == path);
        page.map_or("", |page| page.text.as_str())
    };
    let said = between_marks(text("README.md")).unwrap_or_default().trim();
    let same = !said.is_empty()
        && text("docs/VERIFICATION.md")
            .lines()
            .any(|line| line == said);
    let complaint = "README.md carries another summary: cargo xtask verify-report writes it";
    (!same).then(|| complaint.to_owned()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn words_are_whole() {
        assert!(has_word("a loom)", "loom"));
        assert!(!has_word("bloom", "loom"));
        assert!(!has_word("loom_tests", "loom"));
    }

    #[test]
    fn a_switch_outside_core_is_found_and_a_constant_is_not() {
        let file = source(
            "crates/waystation-queue/src/get.rs",
            "#[cfg(loom)]\nlet n = if cfg!(loom) { 2 };\n// #[cfg(loom)]",
        );
        assert_eq!(switches(&file, &[]).len(), 1);
        let inside = source("crates/waystation-core/src/sync/real.rs", "#[cfg(loom)]");
        assert!(switches(&inside, &[]).is_empty());
    }

    #[test]
    fn the_keyword_needs_a_place_in_the_list() {
        let code = format!("{KEYWORD} {{}}");
        let file = source("crates/a/src/lock.rs", &code);
        assert_eq!(listed_keyword(&file, &[]).len(), 1);
        let page = format!("{LIST_BEGINS}\n- `crates/a/src/lock.rs`: the lock\n{LIST_ENDS}");
        assert!(listed_keyword(&file, &[source("ARCHITECTURE.md", &page)]).is_empty());
    }

    #[test]
    fn two_summaries_are_one_too_many() {
        let readme = |text: &str| source("README.md", &crate::report::MARKS.join(text));
        let page = source("docs/VERIFICATION.md", "# Page\n\n7 models.\n");
        assert!(same_summary(&[readme("7 models.\n"), page]).is_empty());
        let other = source("docs/VERIFICATION.md", "8 models.");
        assert_eq!(same_summary(&[readme("7 models.\n"), other]).len(), 1);
        assert_eq!(same_summary(&[]).len(), 1);
    }

    #[test]
    fn a_leaf_may_not_name_another() {
        let text = "[dependencies]\nwaystation-core.workspace = true\nwaystation-event = \"1\"";
        let file = source("crates/waystation-queue/Cargo.toml", text);
        assert_eq!(lone_leaves(&file, &[]).len(), 1);
    }
}
