//! The run itself: row by row, then memory, then Python.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use indicatif::ProgressBar;
use waystation_benches::facts::{Facts, Kind};
use waystation_benches::lock;
use waystation_benches::measure::{Plan, Runner, heartbeat};
use waystation_benches::report::{PYTHON, PeerReport, Report, RowReport, WeightReport};
use waystation_benches::rows::{FAMILIES, ROWS, Row};
use waystation_benches::story::{self, Cast, Length, Story};
use waystation_benches::{Book, Case, python};

use crate::args::{Args, LOCK, LOCK_ROW, STORY};
use crate::progress;

/// Measures what is asked for.
pub(crate) fn run(args: &Args) -> Result<Report> {
    let begun = Instant::now();
    let mut book = Book::full();
    let unknown = args.unknown(&book);
    if !unknown.is_empty() {
        bail!(
            "nothing is called {}. {}",
            unknown.join(" or "),
            what_there_is(&book)
        );
    }
    book.cases.retain(|case| args.wants(case));
    book.weights
        .retain(|weigher| args.names("M1", weigher.primitive));
    if !args.names(STORY, STORY) {
        book.cast = Cast::default();
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
    for row in ROWS.iter().filter(|row| args.leaves_out(row)) {
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
    if args.names(LOCK_ROW, LOCK) {
        report.locks = wait_for_locks(args.quick);
    }
    if !book.cast.is_empty() {
        report.story = Some(tell(&book.cast, args.length()));
    }
    add_python(&plan, &mut report);
    report.end(&beats, begun.elapsed().as_secs_f64());
    Ok(report)
}

/// The locks, in turns: three seconds for each and each time of holding, or a quarter of one.
fn wait_for_locks(quick: bool) -> Vec<lock::Waits> {
    let (rounds, slice) = if quick { (1, 250) } else { (3, 1_000) };
    let bar = progress::bar(lock::steps(rounds));
    bar.set_message("waiting for a lock that another thread retakes");
    let waits = lock::measure(rounds, Duration::from_millis(slice), &mut || bar.inc(1));
    bar.finish_and_clear();
    waits
}

/// Tasks and threads, one process for each measurement.
fn tell(cast: &Cast, length: Length) -> Story {
    let bar = progress::bar(story::steps(cast, length));
    bar.set_message("tasks or threads");
    let told = story::tell(cast, length, &mut || bar.inc(1));
    bar.finish_and_clear();
    told
}

/// What `--filter` may say.
fn what_there_is(book: &Book) -> String {
    let mut primitives: Vec<&str> = Vec::new();
    for case in &book.cases {
        if !primitives.contains(&case.row.primitive) {
            primitives.push(case.row.primitive);
        }
    }
    let families = FAMILIES
        .iter()
        .map(|(name, what)| format!("{name} ({what})"));
    let families: Vec<String> = families.collect();
    let rows: Vec<&str> = ROWS.iter().map(|row| row.key).collect();
    format!(
        "There are the families {}; the primitives {}; {LOCK} ({LOCK_ROW}), {STORY}, M1; and the rows {}",
        families.join(", "),
        primitives.join(", "),
        rows.join(", ")
    )
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
    println!("{LOCK_ROW:13} how long a thread waits for a lock that another retakes at once");
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
    let of_tasks = report
        .rows
        .iter()
        .filter(|row| row.best(&[Kind::Ours]).is_some());
    let wanted: Vec<&str> = of_tasks.map(|row| row.key.as_str()).collect();
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
