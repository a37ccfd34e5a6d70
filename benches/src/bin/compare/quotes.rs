//! Where the tree quotes figures: written together with docs/FIGURES.md, and with no other page.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use waystation_benches::report::{Report, guide};

/// The files that go with `page`, and their contents.
pub(crate) fn files(report: &Report, page: &Path) -> Result<Vec<(PathBuf, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let same = |a: &Path, b: &Path| Some(a.canonicalize().ok()? == b.canonicalize().ok()?);
    if same(page, &root.join("docs/FIGURES.md")) != Some(true) {
        return Ok(Vec::new());
    }
    let whole = (
        guide::fairness(report),
        guide::tasks_and_threads(report),
        guide::yardstick(report),
    );
    let (Some(fairness), Some(tasks_and_threads), Some(yardstick)) = whole else {
        println!("not all rows were measured: guide and README keep the figures they had");
        return Ok(Vec::new());
    };
    let (guide, readme) = (
        root.join("crates/waystation/src/guide"),
        root.join("README.md"),
    );
    let text = fs::read_to_string(&readme).context("cannot read README.md")?;
    let quoted = guide::quote(&text, "yardstick", &yardstick)
        .and_then(|text| guide::quote(&text, "compare", &guide::excerpt(report)))
        .context("README.md has no marks")?;
    Ok(vec![
        (guide.join("fairness.md"), fairness),
        (guide.join("tasks_and_threads.md"), tasks_and_threads),
        (readme, quoted),
    ])
}
