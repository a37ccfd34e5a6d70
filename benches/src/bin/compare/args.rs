//! What a caller may ask for.

use std::path::PathBuf;

use clap::Parser;
use clap::builder::RangedU64ValueParser;
use waystation_benches::measure::Plan;
use waystation_benches::rows::Row;
use waystation_benches::story::Length;
use waystation_benches::{Book, Case};

/// What `--filter` calls the story of tasks and threads.
pub(crate) const STORY: &str = "story";
/// What `--filter` calls the waits for a lock.
pub(crate) const LOCK: &str = "lock";
/// Their key.
pub(crate) const LOCK_ROW: &str = "L0";
/// What is no row and can be named: key, and name of all.
const SECTIONS: [(&str, &str); 2] = [(STORY, STORY), (LOCK_ROW, LOCK)];

/// Measure waystation against threads and against every peer.
#[derive(Debug, Parser)]
#[command(name = "compare")]
pub(crate) struct Args {
    /// All rows in one to two minutes instead of several.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only rows whose key begins with this ("E3", "Q2/16"), all of a primitive ("queue"), of a
    /// family ("A": awaited in tasks, "T": on tokio, "H": threads, "X": two executors), the waits
    /// for a lock ("lock"), or the story of tasks and threads ("story"). Several: "A,T,H".
    #[arg(long, value_delimiter = ',')]
    pub(crate) filter: Vec<String>,
    /// Rounds per row.
    #[arg(long, value_parser = RangedU64ValueParser::<u32>::new().range(1..=10_000))]
    pub(crate) rounds: Option<u32>,
    /// Write the figures here too.
    #[arg(long, value_name = "PATH")]
    pub(crate) json: Option<PathBuf>,
    /// Write one page of Markdown here: machine, method, noise, one table per primitive; and a
    /// few charts into the folder `charts` beside it. If it is docs/FIGURES.md, the figures that
    /// the guide and README quote are written too.
    #[arg(long, value_name = "PATH")]
    pub(crate) markdown: Option<PathBuf>,
    /// Mark what changed beyond the noise since this earlier report.json.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Show this earlier report.json, and measure nothing.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["quick", "filter", "rounds", "list"])]
    pub(crate) from: Option<PathBuf>,
    /// The folder for report.html, report.json and the charts.
    #[arg(long, value_name = "FOLDER", default_value = "target/compare")]
    pub(crate) out: PathBuf,
    /// List the rows and who takes part in each, and measure nothing.
    #[arg(long)]
    pub(crate) list: bool,
}

impl Args {
    /// How thorough to be.
    pub(crate) fn plan(&self) -> Plan {
        let plan = if self.quick {
            Plan::quick()
        } else {
            Plan::thorough()
        };
        Plan {
            rounds: self.rounds.unwrap_or(plan.rounds),
            ..plan
        }
    }

    /// How long the story of tasks and threads may be.
    pub(crate) fn length(&self) -> Length {
        if self.quick {
            Length::Short
        } else {
            Length::Long
        }
    }

    /// Whether a case is to be measured.
    pub(crate) fn wants(&self, case: &Case) -> bool {
        let family = case.row.family(case.facts.kind).unwrap_or_default();
        let of_family = self
            .filter
            .iter()
            .any(|filter| filter.eq_ignore_ascii_case(family));
        (of_family || self.names(case.row.key, case.row.primitive)) && !self.leaves_out(case.row)
    }

    /// Whether a row takes too long for this run.
    pub(crate) fn leaves_out(&self, row: &Row) -> bool {
        self.quick && row.long() && !self.filter.iter().any(|filter| filter == row.key)
    }

    /// The filters that name nothing.
    pub(crate) fn unknown(&self, book: &Book) -> Vec<&str> {
        let is_known = |filter: &str| {
            let only = Self {
                filter: vec![filter.to_owned()],
                ..Self::parse_from(["compare"])
            };
            book.cases.iter().any(|case| only.wants(case))
                || book.weights.iter().any(|of| only.names("M1", of.primitive))
                || SECTIONS.iter().any(|(key, name)| only.names(key, name))
        };
        let filters = self.filter.iter().map(String::as_str);
        filters.filter(|filter| !is_known(filter)).collect()
    }

    /// Whether no filter, or one of them, names it.
    pub(crate) fn names(&self, key: &str, primitive: &str) -> bool {
        let matches = |filter: &String| {
            filter.eq_ignore_ascii_case(primitive)
                || key
                    .get(..filter.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(filter))
        };
        self.filter.is_empty() || self.filter.iter().any(matches)
    }
}
