//! The story of tasks and threads: its sentences, its tables, its charts.

use super::curves::{Curve, Unit, curves};
use super::figures::{bytes, grouped, time};
use super::table::{Line, Table, number, words};
use crate::facts::{Kind, Promise};
use crate::story::contest::{Contest, EVENT, SEMAPHORE};
use crate::story::crowd::{Crowd, STACK};
use crate::story::{Story, Told};

/// Its heading, in all reports.
pub(super) const TITLE: &str = "Tasks or threads";

fn dash<T>(value: Option<T>, words: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), words)
}

/// What the figures say, in sentences.
pub(super) fn sentences(story: &Story) -> Vec<String> {
    let mut said = Vec::new();
    let at = |kinds: &[Kind], asked: usize| {
        story
            .crowds
            .iter()
            .filter(|crowd| kinds.contains(&crowd.kind) && crowd.what.asked == asked)
            .min_by(|a, b| a.what.all_ran_ns.total_cmp(&b.what.all_ran_ns))
    };
    let (tasks, threads) = (&[Kind::Ours][..], &[Kind::Threads, Kind::OursOnThreads][..]);
    if let (Some(few), Some(many)) = (at(tasks, 1_000), at(threads, 1_000)) {
        said.push(format!(
            "1,000 waiters, one set: the last of 1,000 tasks ran after {}, the last of 1,000 \
             threads ({}) after {}: {} times as long. A waiting task weighs {}, a waiting thread \
             {}.",
            time(few.what.all_ran_ns),
            many.who,
            time(many.what.all_ran_ns),
            grouped(many.what.all_ran_ns / few.what.all_ran_ns),
            weight(&few.what),
            weight(&many.what),
        ));
    }
    if let Some(all) = at(tasks, 100_000) {
        let refused = at(threads, 100_000).and_then(|crowd| {
            let refusal = crowd.what.refusal.as_deref()?;
            Some(format!(
                " The system refused as many threads: {refusal}. {} of them did wait, and the \
                 last ran after {}.",
                grouped(crowd.what.waited as f64),
                time(crowd.what.all_ran_ns)
            ))
        });
        said.push(format!(
            "100,000 tasks waited on one thread, and all had run {} after the set.{}",
            time(all.what.all_ran_ns),
            refused.unwrap_or_default()
        ));
    }
    let lost: Vec<&str> = titles(story)
        .into_iter()
        .filter(|title| winner(story, title).is_some_and(|kind| kind != Kind::Ours))
        .collect();
    if !lost.is_empty() {
        said.push(format!("Threads win here: {}.", lost.join("; ")));
    }
    said
}

/// What a waiter weighs: tasks by the allocator, threads by what the process and the kernel grew.
fn weight(crowd: &Crowd) -> String {
    let memory = crowd.memory;
    let of_thread = || Some(memory.resident? + memory.kernel.unwrap_or(0.0));
    dash(memory.allocated.or_else(of_thread), bytes)
}

/// All tables.
pub(super) fn tables(story: &Story) -> Vec<Table> {
    let mut tables = Vec::new();
    if !story.crowds.is_empty() {
        tables.push(crowds(story));
    }
    for job in [SEMAPHORE, EVENT] {
        let of_job = story
            .contests
            .iter()
            .filter(|contest| contest.what.job == job);
        let of_job: Vec<_> = of_job.collect();
        if !of_job.is_empty() {
            tables.push(contest(job, &of_job));
        }
    }
    if !story.duels.is_empty() {
        tables.push(duels(story));
    }
    if let Some(last) = tables.last_mut() {
        last.remarks.extend(story.failures.iter().cloned());
    }
    tables
}

fn crowds(story: &Story) -> Table {
    let line = |told: &Told<Crowd>| Line {
        kind: Some(told.kind),
        cells: vec![
            grouped(told.what.asked as f64),
            told.who.clone(),
            if told.what.waited < told.what.asked {
                format!("✕ {}", grouped(told.what.waited as f64))
            } else {
                "all".to_owned()
            },
            time(told.what.start_ns),
            time(told.what.all_ran_ns),
            time(told.what.p50_ns),
            time(told.what.p99_ns),
            time(told.what.p999_ns),
            dash(told.what.memory.allocated, bytes),
            dash(told.what.memory.resident, bytes),
            dash(told.what.memory.kernel, bytes),
        ],
    };
    let refusals = story.crowds.iter().filter_map(|told| {
        let refusal = told.what.refusal.as_ref()?;
        Some(format!(
            "✕ {}, {} asked for, refused {refusal}.",
            told.who,
            grouped(told.what.asked as f64)
        ))
    });
    Table {
        title: "N wait for one event, one set".to_owned(),
        lead: format!(
            "As tasks on one thread, and as threads with a stack of {} each, as many as the system \
             grants (✕: it refused more; below stands how). Start: from nothing until all wait, per waiter. Then the time from the set \
             until the last has run, and until one has (the middle one, the slowest of a hundred, \
             of a thousand). Memory per waiter while all wait: what the allocator counted (tasks), \
             what the process grew by (RSS; in pages, so that ten waiters say little), and what the \
             kernel's stacks grew by. Each line was measured in a process of its own.",
            bytes(STACK as f64)
        ),
        remarks: refusals.collect(),
        columns: vec![
            number("N"),
            words("who"),
            number("waited"),
            number("start each").optional(),
            number("all ran"),
            number("p50"),
            number("p99"),
            number("p99.9"),
            number("allocated"),
            number("resident"),
            number("kernel stack").optional(),
        ],
        rows: story.crowds.iter().map(line).collect(),
    }
}

/// The column of a contest that only some have.
const IN_ORDER: usize = 2;

fn contest(job: &str, told: &[&Told<Contest>]) -> Table {
    let mut sorted = told.to_vec();
    sorted.sort_by_key(|told| told.what.size);
    let per_turn = |count: f64| format!("{count:.3}");
    let line = |told: &Told<Contest>| Line {
        kind: Some(told.kind),
        cells: vec![
            grouped(told.what.size as f64),
            if told.kind == Kind::Ours {
                format!("{}, tasks", told.who)
            } else {
                told.who.clone()
            },
            match told.fair {
                Promise::Open => "–",
                Promise::Kept => "yes",
                Promise::Lacking => "no",
            }
            .to_owned(),
            time(told.what.ns),
            dash(told.what.voluntary, per_turn),
            dash(told.what.involuntary, per_turn),
            dash(told.what.resident, bytes),
        ],
    };
    let (title, lead) = if job == SEMAPHORE {
        (
            "2, 16, 1,000 share a semaphore",
            "One permit, kept over a yield, in a loop. Time and context switches per turn \
             (getrusage; what starting and ending the threads costs is taken off); what the \
             process's resident memory grew by, all in all. In order: whoever came first is served \
             first; where that is not promised, a thread may come again before another's turn.",
        )
    } else {
        (
            "2, 16, 1,000 share an event",
            "All wait, one set lets them go, the last to pass opens the next round. Per waiter and \
             round, measured as above.",
        )
    };
    let mut table = Table {
        title: title.to_owned(),
        lead: lead.to_owned(),
        remarks: Vec::new(),
        columns: vec![
            number("how many"),
            words("who"),
            words("in order").optional(),
            number("time"),
            number("voluntary switches"),
            number("involuntary"),
            number("process grew by"),
        ],
        rows: sorted.into_iter().map(line).collect(),
    };
    if job == EVENT {
        // All are let go at once: there is no order to keep.
        table.columns.remove(IN_ORDER);
        for row in &mut table.rows {
            row.cells.remove(IN_ORDER);
        }
    }
    table
}

fn titles(story: &Story) -> Vec<&str> {
    let mut titles: Vec<&str> = story.duels.iter().map(|duel| duel.title.as_str()).collect();
    titles.dedup();
    titles
}

/// Below this share of the next one a duel is won; else nobody has won it.
const CLEARLY: f64 = 0.8;

/// The camp that is clearly the fastest at a job; pools of threads count as threads.
fn winner(story: &Story, title: &str) -> Option<Kind> {
    let of_title = story.duels.iter().filter(|duel| duel.title == title);
    let (tasks, threads): (Vec<_>, Vec<_>) = of_title.partition(|duel| duel.kind == Kind::Ours);
    let best = |duels: &[&crate::story::duel::Duel]| {
        duels.iter().map(|duel| duel.p50_ns).min_by(f64::total_cmp)
    };
    let (tasks, threads) = (best(&tasks)?, best(&threads)?);
    if threads < tasks * CLEARLY {
        Some(Kind::Threads)
    } else if tasks < threads * CLEARLY {
        Some(Kind::Ours)
    } else {
        None
    }
}

fn duels(story: &Story) -> Table {
    let mut rows = Vec::new();
    for title in titles(story) {
        let verdict = match winner(story, title) {
            Some(Kind::Ours) => "tasks win",
            Some(_) => "threads win",
            None => "neither",
        };
        for (index, duel) in story
            .duels
            .iter()
            .filter(|duel| duel.title == title)
            .enumerate()
        {
            let first = index == 0;
            rows.push(Line {
                kind: Some(duel.kind),
                cells: vec![
                    if first {
                        title.to_owned()
                    } else {
                        String::new()
                    },
                    duel.who.clone(),
                    time(duel.p50_ns),
                    time(duel.p99_ns),
                    if first {
                        verdict.to_owned()
                    } else {
                        String::new()
                    },
                ],
            });
        }
    }
    Table {
        title: "Where threads win".to_owned(),
        lead:
            "An executor on one thread has one core, stands still while a task blocks, and cannot \
               take the core from a task that computes. The system's scheduler can do all three. \
               What helps is to hand such work to threads: run_in_executor does. The median and \
               the slowest of a hundred; a difference of less than a fifth between medians is no win."
                .to_owned(),
        remarks: Vec::new(),
        columns: vec![
            words("job"),
            words("how"),
            number("median"),
            number("p99"),
            words("verdict"),
        ],
        rows,
    }
}

/// The charts: heading, chart, caption.
pub(super) fn charts(story: &Story) -> Vec<(&'static str, String, &'static str)> {
    type Value = fn(&Crowd) -> Option<f64>;
    let memory: Value = |crowd| {
        let memory = crowd.memory;
        let of_thread = || Some(memory.resident? + memory.kernel.unwrap_or(0.0));
        memory.allocated.or_else(of_thread)
    };
    let of = |value: Value| -> Vec<Curve<'_>> {
        let mut lines: Vec<Curve<'_>> = Vec::new();
        for told in &story.crowds {
            let Some(value) = value(&told.what) else {
                continue;
            };
            let index = lines.iter().position(|line| line.name == told.who);
            let index = index.unwrap_or_else(|| {
                lines.push(Curve::new(&told.who, told.kind));
                lines.len() - 1
            });
            lines[index].points.push((told.what.waited as f64, value));
            lines[index].refused |= told.what.waited < told.what.asked;
        }
        lines
    };
    let sizes = [10.0, 1e3, 1e5];
    [
        (
            "From the set until the last of N has run",
            of(|crowd| Some(crowd.all_ran_ns)),
            Unit::Time,
            "both axes logarithmic; ✕: the system refused more threads",
        ),
        (
            "From the set until one runs, the slowest of a hundred",
            of(|crowd| Some(crowd.p99_ns)),
            Unit::Time,
            "p99; both axes logarithmic; ✕: the system refused more threads",
        ),
        (
            "Memory per waiter, by N",
            of(memory),
            Unit::Memory,
            "tasks: allocated; threads: resident, and the kernel's stack; both axes logarithmic",
        ),
    ]
    .into_iter()
    .filter_map(|(title, lines, unit, caption)| {
        Some((title, curves(title, &sizes, &lines, unit)?, caption))
    })
    .collect()
}
