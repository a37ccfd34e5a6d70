//! No two files of a crate may need each other: which file names what of which other file?
//!
//! Text only. A path that begins with `crate`, `super`, `self` or a child module is followed to the
//! file that defines the name, through re-exports. To declare or to re-export what is further down
//! is no need; documentation, tests and macros are none either.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;

/// The source folders of the crates that are checked.
fn roots(all: &[Source]) -> BTreeSet<&str> {
    let in_src = |source: &Source| source.path.find("/src/").map(|at| at + "/src/".len());
    all.iter()
        .filter(|source| source.is_rust() && !source.path.starts_with("verification/seeded"))
        .filter_map(|source| Some(&source.path[..in_src(source)?]))
        .filter(|root| root.starts_with("crates/") || ["xtask/src/", "benches/src/"].contains(root))
        .collect()
}

/// One complaint for each set of files that need each other.
pub(super) fn circles(all: &[Source]) -> Vec<String> {
    roots(all)
        .into_iter()
        .flat_map(|root| Crate::read(root, all).circles())
        .collect()
}

/// The modules of a crate: their text without comments and tests, by path.
struct Crate<'a> {
    root: &'a str,
    modules: BTreeMap<Vec<String>, Module>,
}

struct Module {
    file: String,
    /// What its `use` items name: the whole path, and the name here.
    uses: Vec<Use>,
    /// The other paths in its code.
    paths: Vec<Vec<String>>,
}

struct Use {
    path: Vec<String>,
    name: String,
    is_public: bool,
}

impl<'a> Crate<'a> {
    fn read(root: &'a str, all: &[Source]) -> Self {
        let sources = all.iter().filter(|source| source.is_rust());
        let modules = sources.filter_map(|source| {
            let inside = source.path.strip_prefix(root)?.strip_suffix(".rs")?;
            let mut path: Vec<String> = inside.split('/').map(str::to_owned).collect();
            if path
                .last()
                .is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str()))
            {
                path.pop();
            }
            Some((path, Module::parse(&source.path, &source.text)))
        });
        Self {
            root,
            modules: modules.collect(),
        }
    }

    /// The module in which a path ends, seen from one of them, and whether it names that module
    /// itself.
    fn find(&self, from: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
        let mut at: Vec<String> = match path.first()?.as_str() {
            "crate" => Vec::new(),
            "self" => from.to_vec(),
            "super" => from[..from.len().checked_sub(1)?].to_vec(),
            child => {
                let mut at = from.to_vec();
                at.push(child.to_owned());
                self.modules.contains_key(&at).then_some(at)?
            }
        };
        let mut rest = &path[1..];
        while let Some(next) = rest.first() {
            if next == "super" {
                at.pop()?;
            } else {
                at.push(next.clone());
                if !self.modules.contains_key(&at) {
                    at.pop();
                    break;
                }
            }
            rest = &rest[1..];
        }
        let module = self.modules.get(&at)?;
        let exported = rest.first().and_then(|name| {
            let exports = |export: &&Use| export.is_public && (export.name == *name);
            module.uses.iter().find(exports)
        });
        match exported {
            Some(export) if depth < 8 => {
                self.find(&at, &export.path, depth + 1).or(Some(at.clone()))
            }
            _ => Some(at),
        }
    }

    /// Which modules a module needs.
    fn needs(&self, from: &Vec<String>, module: &Module) -> BTreeSet<Vec<String>> {
        let find = |path: &Vec<String>| self.find(from, path, 0);
        let uses = module.uses.iter().filter_map(|used| {
            let to = find(&used.path)?;
            (!used.is_public || !to.starts_with(from)).then_some(to)
        });
        let found = uses.chain(module.paths.iter().filter_map(find));
        found.filter(|to| to != from).collect()
    }

    fn circles(&self) -> Vec<String> {
        let needs: BTreeMap<_, _> = self
            .modules
            .iter()
            .map(|(path, module)| (path, self.needs(path, module)))
            .collect();
        let reach = |start: &Vec<String>| {
            let mut seen = BTreeSet::new();
            let mut next: Vec<_> = needs[start].iter().collect();
            while let Some(path) = next.pop() {
                if seen.insert(path) {
                    next.extend(needs.get(path).into_iter().flatten());
                }
            }
            seen
        };
        let reached: BTreeMap<_, _> = needs.keys().map(|path| (*path, reach(path))).collect();
        let mut told = BTreeSet::new();
        let mut complaints = Vec::new();
        for (path, from_here) in &reached {
            if !from_here.contains(*path) || !told.insert(*path) {
                continue;
            }
            let others = from_here
                .iter()
                .filter(|other| reached[**other].contains(*path));
            let circle: Vec<_> = others.copied().collect();
            told.extend(&circle);
            complaints.push(self.describe(&circle, &needs));
        }
        complaints
    }

    /// The files of a circle, and a shortest way round.
    fn describe(
        &self,
        circle: &[&Vec<String>],
        needs: &BTreeMap<&Vec<String>, BTreeSet<Vec<String>>>,
    ) -> String {
        let start = circle[0];
        let mut ways = vec![vec![start]];
        let mut seen = BTreeSet::new();
        let round = 'found: loop {
            let mut longer = Vec::new();
            for way in &ways {
                let last = way[way.len() - 1];
                for next in needs[last].iter().filter(|next| circle.contains(next)) {
                    let mut way = way.clone();
                    way.push(next);
                    if next == start {
                        break 'found way;
                    }
                    if seen.insert(next) {
                        longer.push(way);
                    }
                }
            }
            ways = longer;
        };
        let names: Vec<_> = round
            .iter()
            .map(|path| &*self.modules[*path].file)
            .collect();
        format!(
            "{}: {} files import each other in a circle, for example {}",
            self.root,
            circle.len(),
            names.join(" -> ")
        )
    }
}

impl Module {
    fn parse(file: &str, text: &str) -> Self {
        let code = without_tests(&without_comments(text));
        let mut uses = Vec::new();
        let mut rest = String::new();
        let mut lines = code.lines();
        let mut is_left_out = false;
        while let Some(line) = lines.next() {
            let item = line.trim_start();
            let used = item.find("use ").filter(|at| {
                let before = item[..*at].trim();
                before.is_empty() || before == "pub" || before.starts_with("pub(")
            });
            let Some(at) = used else {
                is_left_out = item.starts_with("#[cfg(doc)]") || item.starts_with("#[cfg(test)]");
                rest.push_str(line);
                rest.push('\n');
                continue;
            };
            let is_public = item[..at].trim().starts_with("pub");
            let mut tree = item[at + 4..].to_owned();
            while !tree.contains(';') {
                let Some(line) = lines.next() else { break };
                tree.push_str(line);
            }
            if !is_left_out {
                let tree = tree.split(';').next().unwrap_or_default();
                let tree: String = tree.split_whitespace().collect::<Vec<_>>().join(" ");
                flatten(&[], &tree, is_public, &mut uses);
            }
            is_left_out = false;
        }
        Self {
            file: file.rsplit("/src/").next().unwrap_or(file).to_owned(),
            uses,
            paths: paths(&rest),
        }
    }
}

/// The paths of a `use` tree, one by one.
fn flatten(prefix: &[String], tree: &str, is_public: bool, uses: &mut Vec<Use>) {
    let tree = tree.trim();
    if let Some(at) = tree.find('{') {
        let mut inside = prefix.to_vec();
        inside.extend(segments(&tree[..at]));
        let end = tree.rfind('}').unwrap_or(tree.len());
        let mut depth = 0;
        let mut from = at + 1;
        for (index, c) in tree[..end].char_indices().skip(at + 1) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    flatten(&inside, &tree[from..index], is_public, uses);
                    from = index + 1;
                }
                _ => {}
            }
        }
        flatten(&inside, &tree[from..end], is_public, uses);
    } else if !tree.is_empty() {
        let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
        let mut whole = prefix.to_vec();
        whole.extend(segments(path));
        if whole
            .last()
            .is_some_and(|last| last == "self" && whole.len() > 1)
        {
            whole.pop();
        }
        let last = whole.last().cloned().unwrap_or_default();
        let name = if alias.is_empty() {
            last
        } else {
            alias.trim().to_owned()
        };
        uses.push(Use {
            path: whole,
            name,
            is_public,
        });
    }
}

fn segments(path: &str) -> impl Iterator<Item = String> + '_ {
    path.split("::")
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
}

/// The paths in code that are no `use`: words with `::` between them.
fn paths(code: &str) -> Vec<Vec<String>> {
    let part = |c: char| c.is_alphanumeric() || "_:$!".contains(c);
    code.split(|c: char| !part(c))
        .filter(|word| word.contains("::") && !word.contains(['$', '!']))
        .map(|word| segments(word).collect())
        .filter(|path: &Vec<String>| !path.is_empty())
        .collect()
}

fn without_comments(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.split_once("//").map_or(line, |parts| parts.0));
    lines.collect::<Vec<_>>().join("\n")
}

/// Without what begins with `#[cfg(test)] mod`, or another cfg with `test` in it.
fn without_tests(code: &str) -> String {
    let mut kept = Vec::new();
    let mut lines = code.lines().peekable();
    while let Some(line) = lines.next() {
        let is_test = line.trim_start().starts_with("#[cfg(") && line.contains("test");
        let opens = |next: &&str| next.contains("mod ") && next.contains('{');
        if !is_test || lines.peek().filter(|next| opens(next)).is_none() {
            kept.push(line);
            continue;
        }
        let mut depth = 0_isize;
        for line in lines.by_ref() {
            let braces = |brace| isize::try_from(line.matches(brace).count()).unwrap_or(0);
            depth += braces('{') - braces('}');
            if depth <= 0 {
                break;
            }
        }
    }
    kept.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let source = |(path, text): &(&str, &str)| Source {
            path: format!("crates/a/src/{path}"),
            text: (*text).to_owned(),
        };
        circles(&files.iter().map(source).collect::<Vec<_>>())
    }

    #[test]
    fn two_files_that_need_each_other_are_named() {
        let complaints = found(&[
            ("lib.rs", "mod one;\nmod two;\n"),
            ("one.rs", "use crate::two::Two;\npub struct One;"),
            ("two.rs", "pub struct Two(crate::one::One);"),
        ]);
        assert_eq!(complaints.len(), 1);
        assert!(complaints[0].contains("2 files"), "{}", complaints[0]);
        assert!(complaints[0].ends_with("one.rs -> two.rs -> one.rs"));
    }

    #[test]
    fn a_name_is_followed_through_re_exports() {
        let lib = "pub use one::One;\npub use two::{self as deux, Two};";
        let down = [
            ("lib.rs", lib),
            ("one.rs", "use crate::Two;"),
            ("two.rs", ""),
        ];
        assert!(found(&down).is_empty());
        let round = [
            ("lib.rs", lib),
            ("one.rs", "use crate::Two;"),
            ("two.rs", "use super::One;"),
        ];
        assert_eq!(found(&round).len(), 1);
    }

    #[test]
    fn a_module_and_its_children_may_not_need_each_other() {
        let child = "use super::Shared;";
        let parent = "mod child;\npub struct Shared;";
        let files = |parent| [("lib.rs", ""), ("a/mod.rs", parent), ("a/child.rs", child)];
        assert!(found(&files(parent)).is_empty());
        let both = "mod child;\npub struct Shared;\nfn f() { child::g() }";
        assert_eq!(found(&files(both)).len(), 1);
    }

    #[test]
    fn comments_tests_and_links_are_no_need() {
        let two = "// crate::one::One\n#[cfg(doc)]\nuse crate::one::One;\n\
                   #[cfg(test)]\nmod tests {\n    use crate::one::One;\n}\n";
        assert!(
            found(&[
                ("lib.rs", ""),
                ("one.rs", "use crate::two::T;"),
                ("two.rs", two)
            ])
            .is_empty()
        );
    }
}
