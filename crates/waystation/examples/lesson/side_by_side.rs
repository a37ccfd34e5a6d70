//! Times and peak memory. Each measurement is a process of its own: a peak cannot be taken back,
//! and threads that a pool keeps would help the next one.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;

use crate::files::{self, Totals};
use crate::ways::Way;

const RUNS: usize = 3;

/// What one process reports to the one that started it, in one line.
struct Measured {
    took: Duration,
    /// `None` where the system does not say.
    peak_kib: Option<u64>,
    words: usize,
}

/// Does the job once, in this process, and prints what [`Measured`] wants to know.
pub(crate) fn measure_here(way: Way, root: &Path) -> Result<()> {
    let files = files::find(root)?;
    let begin = Instant::now();
    let totals = way.run(&files)?;
    let took = begin.elapsed();
    let peak = peak_memory_kib().map_or("-".to_owned(), |kib| kib.to_string());
    println!("{} {peak} {}", took.as_nanos(), totals.sum().words);
    Ok(())
}

/// Prints the table.
pub(crate) fn compare(root: &Path, expected: &Totals) -> Result<()> {
    println!("the same job, each run in a process of its own, median of {RUNS}:");
    println!("{:<12} {:>9} {:>10}  means", "", "time", "peak");
    let mut other_words = false;
    let bar = ProgressBar::new((Way::ALL.len() * RUNS) as u64);
    for way in Way::ALL {
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            runs.push(measure(way, root)?);
            bar.inc(1);
        }
        other_words |= runs.iter().any(|run| run.words != expected.sum().words);
        bar.suspend(|| print_row(way, runs));
    }
    bar.finish_and_clear();
    print_notes(other_words);
    Ok(())
}

fn measure(way: Way, root: &Path) -> Result<Measured> {
    let output = Command::new(std::env::current_exe()?)
        .arg("--way")
        .arg(way.name())
        .arg(root)
        .output()?;
    let failed = || {
        format!(
            "{}: {}",
            way.name(),
            String::from_utf8_lossy(&output.stderr)
        )
    };
    ensure!(output.status.success(), failed());
    parse_line(&String::from_utf8_lossy(&output.stdout)).with_context(failed)
}

fn parse_line(line: &str) -> Option<Measured> {
    let mut numbers = line.split_whitespace();
    Some(Measured {
        took: Duration::from_nanos(numbers.next()?.parse().ok()?),
        peak_kib: numbers.next()?.parse().ok(),
        words: numbers.next()?.parse().ok()?,
    })
}

fn print_notes(other_words: bool) {
    println!("time: from nothing, the runtime included, to the last result.");
    println!("      Files that were read before come from memory: there is little to wait for,");
    println!("      and the plain loop does well. On a cold or remote disk it would not.");
    println!("peak: VmHWM of the whole process, with the program itself.");
    if other_words {
        println!("note: not all counted the same words. Do the files change while they are read?");
    }
}

fn print_row(way: Way, mut runs: Vec<Measured>) {
    runs.sort_by_key(|run| run.took);
    let median = &runs[RUNS / 2];
    let peak = median.peak_kib.map_or("not known".to_owned(), |kib| {
        format!("{:.1} MiB", kib as f64 / 1024.0)
    });
    println!(
        "{:<12} {:>6.1} ms {peak:>10}  {}",
        way.name(),
        median.took.as_secs_f64() * 1000.0,
        way.means(),
    );
}

/// Linux keeps it; other systems do not have this file.
fn peak_memory_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
