//! Measures waystation against threads and against every peer, and says what came out.

mod args;
mod progress;
mod quotes;
mod run;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use waystation_benches::alloc::Counting;
use waystation_benches::report::{Report, baseline, html, markdown, text};

use args::Args;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> Result<()> {
    let args = Args::parse();
    // Read before measuring: a mistake here is not worth a minute.
    let before = args.baseline.as_deref().map(read).transpose()?;
    let mut report = match &args.from {
        Some(earlier) => read(earlier)?,
        None => run::run(&args)?,
    };
    if let Some(before) = before {
        baseline::mark(&mut report, &before);
    }
    print!("{}", text::render(&report));
    write_files(&report, &args)
}

fn read(path: &Path) -> Result<Report> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{} is no report of this program", path.display()))
}

fn write_files(report: &Report, args: &Args) -> Result<()> {
    let folder = &args.out;
    let charts = folder.join("charts");
    fs::create_dir_all(&charts).with_context(|| format!("cannot make {}", charts.display()))?;
    let json = serde_json::to_string_pretty(report)?;
    let mut files = vec![
        (folder.join("report.json"), json.clone()),
        (folder.join("report.html"), html::render(report)),
    ];
    files.extend(args.json.clone().map(|path| (path, json)));
    if let Some(page) = args.markdown.clone() {
        files.extend(quotes::files(report, &page)?);
        files.push((page, markdown::render(report)));
    }
    for (name, chart) in html::charts(report) {
        files.push((charts.join(name), chart));
    }
    for (path, content) in files {
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    println!("\nreport: {}", folder.join("report.html").display());
    Ok(())
}
