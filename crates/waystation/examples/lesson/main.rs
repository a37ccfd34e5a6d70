//! The asyncio lesson: many parsers over a directory of files.
//!
//! A parser per file waits for an `Event`, takes a seat of a `Semaphore`, reads its file and puts
//! what it counted into a `Queue`. All of them live in one `gather`. Then the same job is done on
//! tokio, on smol, on plain threads and by a plain loop, each with what it brings itself, and times
//! and peak memory stand side by side.
//!
//! ```text
//! cargo run --release -p waystation --example lesson            # this repository's own sources
//! cargo run --release -p waystation --example lesson -- PATH    # another directory
//! ```

mod files;
mod side_by_side;
mod ways;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};

use files::Totals;
use ways::{SEATS, Way};

fn main() -> Result<()> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [] => lesson(&own_sources(), "this repository's own sources"),
        [path] => lesson(Path::new(path), &path.to_string_lossy()),
        // How the side by side calls itself, once for each measurement.
        [flag, way, path] if flag == "--way" => {
            side_by_side::measure_here(Way::named(&way.to_string_lossy())?, Path::new(path))
        }
        _ => anyhow::bail!("usage: lesson [PATH]"),
    }
}

fn own_sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn lesson(root: &Path, name: &str) -> Result<()> {
    let files = files::find(root).with_context(|| format!("cannot look into {name}"))?;
    ensure!(!files.is_empty(), "there are no files in {name}");
    println!("{} files in {name}, {SEATS} parsers at a time", files.len());
    println!("reading: `std::fs::read`, on the pool of `run_in_executor`\n");

    let bar = progress_bar(files.len());
    let begin = Instant::now();
    let totals = ways::on_waystation(&files, || bar.inc(1))?;
    bar.finish_and_clear();

    print_summary(&totals);
    println!("\nin {:.1} ms\n", begin.elapsed().as_secs_f64() * 1000.0);
    side_by_side::compare(root, &totals)
}

/// Shown on a terminal only: elsewhere indicatif draws nothing.
fn progress_bar(files: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(files as u64).with_style(style)
}

fn print_summary(totals: &Totals) {
    println!(
        "{:<12} {:>7} {:>9} {:>9} {:>11}",
        "extension", "files", "lines", "words", "bytes"
    );
    for (extension, counts) in totals.by_extension() {
        println!("{extension:<12} {counts}");
    }
    println!("{:<12} {}", "all", totals.sum());
    if totals.unreadable() > 0 {
        println!("{} files could not be read", totals.unreadable());
    }
}
