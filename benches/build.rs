//! Hands the compiler's version to the report, and the lock file, which knows the versions of the peers.

use std::path::Path;
use std::process::Command;

fn main() {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .ok()
        .and_then(|out| String::from_utf8(out.stdout).ok())
        .unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=COMPARE_RUSTC={}", version.trim());

    // That of the workspace, or the package's own when it was packed.
    let lock = ["../Cargo.lock", "Cargo.lock"]
        .into_iter()
        .find_map(|path| Path::new(path).canonicalize().ok())
        .expect("a lock file");
    println!("cargo::rustc-env=LOCK_FILE={}", lock.display());
    println!("cargo::rerun-if-changed={}", lock.display());
    println!("cargo::rerun-if-changed=build.rs");
}
