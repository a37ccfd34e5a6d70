//! `api-list FROM TO`: reads each `FROM/some_crate.json` of rustdoc and writes `TO/some-crate.txt`,
//! one line for each public item, with all features.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Traits of the compiler's own, which nobody can name.
const INTERNAL: &[&str] = &["core::marker::Freeze", "core::marker::UnsafeUnpin"];

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [from, to] = arguments.as_slice() else {
        bail!("usage: api-list FROM TO");
    };
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    let files = fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))?;
    for file in files {
        let json = file?.path();
        if json
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let name = json.file_stem().unwrap_or_default().to_string_lossy();
            let list = to.join(name.replace('_', "-")).with_extension("txt");
            fs::write(&list, list_of(&json)?)
                .with_context(|| format!("cannot write {}", list.display()))?;
        }
    }
    Ok(())
}

fn list_of(json: &Path) -> Result<String> {
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .build()
        .with_context(|| format!("cannot read {}", json.display()))?;
    let lines = api.items().map(|item| item.to_string() + "\n");
    let nameable = |line: &String| INTERNAL.iter().all(|name| !line.contains(name));
    Ok(lines.filter(nameable).collect())
}
