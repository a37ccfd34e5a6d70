//! Which loom models run which two operations at the same time: `loom-tests/MATRIX.txt`.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};

use crate::models::Models;

/// A primitive, what can be done to it, and the models of each two.
struct Table {
    primitive: String,
    operations: Vec<String>,
    beginnings: Vec<String>,
    also: Vec<(Pair, Vec<String>)>,
    never: Vec<(Pair, String)>,
}

type Pair = (String, String);

enum Cell {
    Models(Vec<String>),
    /// The two never happen at the same time.
    Never(String),
}

/// The page, and how many cells of how many are filled.
pub(crate) struct Matrix {
    pub(crate) page: String,
    pub(crate) filled: usize,
    pub(crate) cells: usize,
}

/// Reads the list and looks for its models.
pub(crate) fn matrix(list: &str, models: &Models) -> Result<Matrix> {
    let mut matrix = Matrix {
        page: String::new(),
        filled: 0,
        cells: 0,
    };
    for table in tables(list)? {
        table.check(models)?;
        table.write(models, &mut matrix)?;
    }
    ensure!(matrix.cells > 0, "no primitive is in the list");
    Ok(matrix)
}

fn tables(list: &str) -> Result<Vec<Table>> {
    let mut tables: Vec<Table> = Vec::new();
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    for line in lines.filter(|line| !line.is_empty()) {
        let (key, rest) = line.split_once(' ').unwrap_or((line, ""));
        if key == "primitive" {
            tables.push(Table {
                primitive: rest.to_owned(),
                operations: Vec::new(),
                beginnings: Vec::new(),
                also: Vec::new(),
                never: Vec::new(),
            });
            continue;
        }
        let table = tables.last_mut().context("no primitive yet")?;
        match key {
            "operations" => table.operations = words(rest),
            "models" => table.beginnings = words(rest),
            "also" => {
                let (pair, models) = cell(rest)?;
                table.also.push((pair, words(models)));
            }
            "never" => {
                let (pair, why) = cell(rest)?;
                table.never.push((pair, why.to_owned()));
            }
            _ => anyhow::bail!("what is `{line}`?"),
        }
    }
    Ok(tables)
}

/// Reads `set × clear: …`.
fn cell(text: &str) -> Result<(Pair, &str)> {
    let read = || {
        let (pair, rest) = text.split_once(": ")?;
        let (one, other) = pair.split_once(" × ")?;
        Some(((one.to_owned(), other.to_owned()), rest))
    };
    read().with_context(|| format!("`{text}` is not `one × other: …`"))
}

impl Table {
    /// Nothing is named that does not exist.
    fn check(&self, models: &Models) -> Result<()> {
        let primitive = &self.primitive;
        let pairs = self.also.iter().map(|(pair, _)| pair);
        for (one, other) in pairs.chain(self.never.iter().map(|(pair, _)| pair)) {
            for operation in [one, other] {
                ensure!(
                    self.operations.contains(operation),
                    "{primitive} has no operation {operation}"
                );
            }
        }
        for name in self.also.iter().flat_map(|(_, names)| names) {
            ensure!(
                models.contains_key(name),
                "{primitive}: there is no model {name}"
            );
        }
        Ok(())
    }

    fn cell(&self, one: &str, other: &str, models: &Models) -> Cell {
        let is_it = |(a, b): &Pair| (a == one && b == other) || (a == other && b == one);
        if let Some((_, why)) = self.never.iter().find(|(pair, _)| is_it(pair)) {
            return Cell::Never(why.clone());
        }
        let mut found = Vec::new();
        for beginning in &self.beginnings {
            for name in [
                format!("{beginning}_{one}_{other}"),
                format!("{beginning}_{other}_{one}"),
            ] {
                if models.contains_key(&name) && !found.contains(&name) {
                    found.push(name);
                }
            }
        }
        let also = self.also.iter().filter(|(pair, _)| is_it(pair));
        found.extend(also.flat_map(|(_, names)| names.iter().cloned()));
        Cell::Models(found)
    }

    fn write(&self, models: &Models, matrix: &mut Matrix) -> Result<()> {
        let (page, mut empty) = (&mut matrix.page, Vec::new());
        writeln!(
            page,
            "## {}\n\n| two operations | models |\n|---|---|",
            self.primitive
        )?;
        for (index, one) in self.operations.iter().enumerate() {
            for other in &self.operations[index..] {
                match self.cell(one, other, models) {
                    Cell::Never(why) => writeln!(page, "| {one} × {other} | never: {why} |")?,
                    Cell::Models(names) if names.is_empty() => {
                        matrix.cells += 1;
                        empty.push(format!("{one} × {other}"));
                        writeln!(page, "| {one} × {other} | **none** |")?;
                    }
                    Cell::Models(names) => {
                        matrix.cells += 1;
                        matrix.filled += 1;
                        writeln!(page, "| {one} × {other} | `{}` |", names.join("` `"))?;
                    }
                }
            }
        }
        match empty.len() {
            0 => writeln!(page, "\nNo cell is empty.\n")?,
            count => writeln!(page, "\n{count} empty: {}.\n", empty.join(", "))?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::from_list;

    const LIST: &str = "primitive Door\noperations open close\nmodels d\n\
                        also open × close: extra\nnever close × close: it is shut";

    #[test]
    fn cells_are_found_and_empty_ones_told() {
        let models = from_list("d_close_open exhaustive 3\nextra exhaustive 4");
        let found = matrix(LIST, &models).expect("a matrix");
        assert_eq!((found.filled, found.cells), (1, 2));
        for part in [
            "| open × close | `d_close_open` `extra` |",
            "| open × open | **none** |",
            "| close × close | never: it is shut |",
            "1 empty: open × open.",
        ] {
            assert!(found.page.contains(part), "{}", found.page);
        }
    }

    #[test]
    fn what_does_not_exist_is_told() {
        assert!(matrix(LIST, &Models::new()).is_err(), "no model `extra`");
        assert!(matrix("primitive Door\nalso open × shut: d", &Models::new()).is_err());
    }

    #[test]
    fn the_list_in_the_tree_names_models_that_exist() {
        let read = |name: &str| {
            let path = crate::cargo::root().join("loom-tests").join(name);
            std::fs::read_to_string(path).expect("it is there")
        };
        let found = matrix(&read("MATRIX.txt"), &from_list(&read("MODELS.txt")));
        assert!(found.expect("a matrix").filled > 100);
    }
}
