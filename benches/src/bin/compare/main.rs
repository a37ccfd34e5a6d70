//! Measures waystation against threads and against every peer, and says what came out.

mod args;
mod progress;
mod quotes;
mod run;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use waystation_benches::Book;
use waystation_benches::alloc::Counting;
use waystation_benches::report::{Report, baseline, charts, html, markdown, text};
use waystation_benches::story::{self, part};

use args::Args;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    if words.next().as_deref() == Some(part::FLAG) {
        let order = words.next().unwrap_or_default();
        return story::perform(&order, &Book::full().cast).map_err(anyhow::Error::msg);
    }
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

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

fn write_files(report: &Report, args: &Args) -> Result<()> {
    let folder = &args.out;
    let pictures = folder.join("charts");
    make(&pictures)?;
    let json = serde_json::to_string_pretty(report)?;
    let mut files = vec![
        (folder.join("report.json"), json.clone()),
        (folder.join("report.html"), html::render(report)),
    ];
    files.extend(args.json.clone().map(|path| (path, json)));
    if let Some(page) = &args.markdown {
        files.extend(quotes::files(report, page)?);
        let beside = page.with_file_name(markdown::CHARTS);
        make(&beside)?;
        files.push((page.clone(), markdown::render(report)));
        let chosen = charts::chosen(report).into_iter();
        files.extend(chosen.map(|(name, chart)| (beside.join(name), chart)));
    }
    for (name, chart) in charts::all(report) {
        files.push((pictures.join(name), chart));
    }
    for (path, content) in files {
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    println!("\nreport: {}", folder.join("report.html").display());
    Ok(())
}
