//! The run itself: row by row, then memory, then Python.

use std::time::Instant;

use anyhow::{Result, bail};
use indicatif::ProgressBar;
use waystation_benches::facts::{Facts, Kind};
use waystation_benches::measure::{Plan, Runner, heartbeat};
use waystation_benches::report::{PYTHON, PeerReport, Report, RowReport, WeightReport};
use waystation_benches::rows::{ROWS, Row};
use waystation_benches::story::{self, Cast, Length, Story};
use waystation_benches::{Book, Case, python};

use crate::args::Args;
use crate::progress;

/// What `--filter` calls the story of tasks and threads.
const STORY: &str = "story";

/// Measures what is asked for.
pub(crate) fn run(args: &Args) -> Result<Report> {
    let begun = Instant::now();
    let mut book = Book::full();
    book.cases.retain(|case| args.wants(case.row));
    book.weights
        .retain(|weigher| args.names("M1", weigher.primitive));
    if !args.names(STORY, STORY) {
        book.cast = Cast::default();
    }
    if book.cases.is_empty() && book.weights.is_empty() && book.cast.is_empty() {
        bail!(
            "no row is called {}; --list shows them",
            args.filter.join(" or ")
        );
    }
    if args.list {
        list(&book);
        std::process::exit(0);
    }
    let plan = args.plan();
    let participants: Vec<(&str, Facts)> = book
        .cases
        .iter()
        .map(|case| (case.row.primitive, case.facts))
        .collect();
    let mut report = Report::begin(&plan, &participants);
    let left_out = |row: &&Row| row.long() && !args.wants(row);
    for row in ROWS.iter().filter(left_out) {
        if args.names(row.key, row.primitive) {
            report
                .notes
                .push(format!("not in a quick run: {}, {}", row.key, row.title));
        }
    }
    let mut beats = Vec::new();
    measure(&book, &plan, &mut report, &mut beats);
    for weigher in &book.weights {
        match (weigher.run)() {
            Some(weight) => {
                report
                    .weights
                    .push(WeightReport::of(weigher.primitive, &weigher.facts, weight));
            }
            None => report
                .notes
                .push("no memory rows: nobody counts allocations".to_owned()),
        }
    }
    if !book.cast.is_empty() {
        report.story = Some(tell(&book.cast, args.length()));
    }
    add_python(&plan, &mut report);
    report.end(&beats, begun.elapsed().as_secs_f64());
    Ok(report)
}

/// Tasks and threads, one process for each measurement.
fn tell(cast: &Cast, length: Length) -> Story {
    let bar = progress::bar(story::steps(cast, length));
    bar.set_message("tasks or threads");
    let told = story::tell(cast, length, &mut || bar.inc(1));
    bar.finish_and_clear();
    told
}

fn list(book: &Book) {
    for row in ROWS {
        let names: Vec<&str> = cases_of(book, row)
            .iter()
            .map(|case| case.facts.name)
            .collect();
        if !names.is_empty() {
            println!(
                "{:13} {}\n              {}",
                row.key,
                row.title,
                names.join(" · ")
            );
        }
    }
    if !book.weights.is_empty() {
        println!("{:13} what a parked waiter weighs", "M1");
    }
    if !book.cast.is_empty() {
        println!("{STORY:13} tasks or threads: crowds, contests, and where threads win");
    }
}

fn cases_of(book: &Book, row: &Row) -> Vec<Case> {
    book.cases
        .iter()
        .filter(|case| case.row.key == row.key)
        .copied()
        .collect()
}

fn measure(book: &Book, plan: &Plan, report: &mut Report, beats: &mut Vec<f64>) {
    let steps = book
        .cases
        .iter()
        .map(|case| u64::from(plan.rounds_of(case)))
        .sum();
    let bar: ProgressBar = progress::bar(steps);
    let mut runner = Runner::default();
    for row in ROWS {
        let cases = cases_of(book, row);
        bar.set_message(row.title);
        beats.extend((0..3).map(|_| heartbeat()));
        let outcomes = runner.row(&cases, plan, &mut |_| bar.inc(1));
        beats.push(heartbeat());
        report.rows.extend(RowReport::of(&outcomes));
    }
    bar.finish_and_clear();
}

fn add_python(plan: &Plan, report: &mut Report) {
    let wanted: Vec<&str> = report.rows.iter().map(|row| row.key.as_str()).collect();
    if wanted.is_empty() {
        return;
    }
    match python::measure(plan.rounds, &wanted) {
        Ok(python) => {
            for primitive in report
                .primitives()
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>()
            {
                let facts = Facts::new(Kind::Python, PYTHON, "", "asyncio");
                let mut peer = PeerReport::of(&primitive, &facts, &Default::default());
                peer.with = format!("CPython {}", python.version);
                report.peers.push(peer);
            }
            for row in &mut report.rows {
                row.add_python(&python);
            }
        }
        Err(why) => report.notes.push(why),
    }
}
