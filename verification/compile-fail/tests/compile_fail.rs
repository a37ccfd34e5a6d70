//! What must not compile does not; on the recorded compiler for the reasons beside it.
//!
//! `cases` are compared with their texts. Those of `refused` name files of std and our insides, and
//! would differ with what else is installed: there it suffices that they do not compile, as
//! everywhere on another compiler.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use trybuild::TestCases;

/// The compiler whose words are beside the cases.
const RECORDED: &str = include_str!("../../../xtask/rust-version-recorded");

/// Set for a run that looks at copies.
const COPIES: &str = "WAYSTATION_COMPILE_FAIL_COPIES";

/// As many as there were when this was written; fewer means that some are not looked at.
const AT_LEAST: usize = 25;

fn files(folder: &str, kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let files = fs::read_dir(folder).expect("the folder is there");
    let files = files.map(|file| file.expect("a file").path());
    files
        .filter(|file| file.extension().is_some_and(|extension| extension == kind))
        .collect()
}

fn is_recorded() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output();
    let version = version.expect("rustc tells its version").stdout;
    let version = String::from_utf8_lossy(&version);
    version.split_whitespace().nth(1) == Some(RECORDED.trim())
}

/// Checks that none compiles, whatever the compiler says: trybuild writes what it says beside
/// copies, and so fails only if one compiles.
fn assert_refused(cases: Vec<PathBuf>) {
    let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile-fail");
    let _none_before = fs::remove_dir_all(&copies);
    fs::create_dir_all(&copies).expect("a folder can be made");
    for case in cases {
        let name = case.file_name().expect("a file has a name");
        fs::copy(&case, copies.join(name)).expect("a file can be copied");
    }
    let here = std::env::current_exe().expect("a test knows where it is");
    let mut again = Command::new(here);
    again
        .arg("copies_are_refused")
        .env(COPIES, copies)
        .env("TRYBUILD", "overwrite");
    assert!(again.status().expect("a test can be run again").success());
}

#[test]
fn no_misuse_compiles() {
    if is_recorded() {
        TestCases::new().compile_fail("tests/cases/*.rs");
        assert_refused(files("refused", "rs"));
    } else {
        assert_refused([files("cases", "rs"), files("refused", "rs")].concat());
    }
}

/// Run by [`assert_refused`] in a process of its own; alone, there is nothing to look at.
#[test]
fn copies_are_refused() {
    if let Some(copies) = std::env::var_os(COPIES) {
        TestCases::new().compile_fail(Path::new(&copies).join("*.rs"));
    }
}

#[test]
fn no_case_is_forgotten() {
    let (cases, refused) = (files("cases", "rs"), files("refused", "rs"));
    assert!(
        cases.len() + refused.len() >= AT_LEAST,
        "{cases:?} {refused:?}"
    );
    let mut texts = files("cases", "stderr")
        .into_iter()
        .map(|text| text.with_extension("rs"));
    assert_eq!(texts.len(), cases.len(), "each has its text");
    assert!(texts.all(|case| cases.contains(&case)));
}
