//! A table that is written once and shown three ways.

use std::fmt::Write as _;

use super::svg::{class, escape};
use crate::facts::Kind;

/// A table with what is said about it.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) title: String,
    /// Before the table: what it shows, and how it was measured.
    pub(super) lead: String,
    /// After it: what a reader must know besides.
    pub(super) remarks: Vec<String>,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Line>,
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) head: &'static str,
    /// Numbers stand at the right.
    pub(super) number: bool,
    /// Left out where there is little room.
    pub(super) optional: bool,
    /// Long words go over several lines.
    pub(super) wrapped: bool,
}

/// One row.
#[derive(Debug)]
pub(super) struct Line {
    /// Gives it its colour.
    pub(super) kind: Option<Kind>,
    pub(super) cells: Vec<String>,
}

/// A column of words.
pub(super) const fn words(head: &'static str) -> Column {
    Column {
        head,
        number: false,
        optional: false,
        wrapped: false,
    }
}

/// A column of numbers.
pub(super) const fn number(head: &'static str) -> Column {
    Column {
        head,
        number: true,
        optional: false,
        wrapped: false,
    }
}

impl Column {
    /// Long words go over several lines.
    pub(super) const fn wrapped(mut self) -> Self {
        self.wrapped = true;
        self
    }

    /// Left out where there is little room.
    pub(super) const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

impl Table {
    /// For a terminal.
    pub(super) fn text(&self) -> String {
        let width = |index: usize| {
            let cells = self.rows.iter().filter_map(|row| row.cells.get(index));
            let widths = cells.map(|cell| cell.chars().count());
            widths
                .chain([self.columns[index].head.chars().count()])
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let mut text = String::new();
            for ((cell, column), width) in cells.zip(&self.columns).zip(&widths) {
                let pad = " ".repeat(width - cell.chars().count());
                let (before, after) = if column.number {
                    (pad.as_str(), "")
                } else {
                    ("", pad.as_str())
                };
                let _ = write!(text, "{before}{cell}{after}  ");
            }
            text.trim_end().to_owned() + "\n"
        };
        let mut out = format!("\n{}\n", self.title);
        out += &line(&mut self.columns.iter().map(|column| column.head));
        for row in &self.rows {
            out += &line(&mut row.cells.iter().map(String::as_str));
        }
        for remark in &self.remarks {
            let _ = writeln!(out, "  {remark}");
        }
        out
    }

    /// For a page of Markdown.
    pub(super) fn markdown(&self) -> String {
        let mut out = format!("\n### {}\n\n{}\n\n|", self.title, self.lead);
        for column in &self.columns {
            let _ = write!(out, " {} |", column.head);
        }
        out.push_str("\n|");
        for column in &self.columns {
            out.push_str(if column.number { "--:|" } else { "---|" });
        }
        out.push('\n');
        for row in &self.rows {
            let _ = writeln!(out, "| {} |", row.cells.join(" | "));
        }
        for remark in &self.remarks {
            let _ = write!(out, "\n- {remark}");
        }
        if !self.remarks.is_empty() {
            out.push('\n');
        }
        out
    }

    /// For the report.
    pub(super) fn html(&self) -> String {
        let classes = |column: &Column| {
            let mut classes = Vec::new();
            classes.extend(column.number.then_some("n"));
            classes.extend(column.optional.then_some("opt"));
            classes.extend(column.wrapped.then_some("wrap dim"));
            classes.join(" ")
        };
        let mut out = format!(
            "<h3>{}</h3><p>{}</p><div class=\"wide\"><table><tr>",
            escape(&self.title),
            escape(&self.lead)
        );
        for column in &self.columns {
            let _ = write!(
                out,
                "<th class=\"{}\">{}</th>",
                classes(column),
                column.head
            );
        }
        out.push_str("</tr>");
        for row in &self.rows {
            let _ = write!(out, "<tr class=\"{}\">", row.kind.map_or("", class));
            for (cell, column) in row.cells.iter().zip(&self.columns) {
                let _ = write!(
                    out,
                    "<td class=\"{}\">{}</td>",
                    classes(column),
                    escape(cell)
                );
            }
            out.push_str("</tr>");
        }
        out.push_str("</table></div>");
        for remark in &self.remarks {
            let _ = write!(out, "<p class=\"dim\">{}</p>", escape(remark));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_ways_say_the_same() {
        let table = Table {
            title: "Of tea".to_owned(),
            columns: vec![words("who"), number("cups")],
            rows: vec![Line {
                kind: Some(Kind::Ours),
                cells: vec!["<us>".to_owned(), "7".to_owned()],
            }],
            ..Table::default()
        };
        assert_eq!(table.text(), "\nOf tea\nwho   cups\n<us>     7\n");
        assert!(
            table
                .markdown()
                .contains("| who | cups |\n|---|--:|\n| <us> | 7 |")
        );
        assert!(
            table
                .html()
                .contains("<td class=\"\">&lt;us&gt;</td><td class=\"n\">7</td>")
        );
    }
}
