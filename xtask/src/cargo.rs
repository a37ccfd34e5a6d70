//! Calling cargo: output goes to a log, and is shown only when something failed.

use std::fs;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use anyhow::{Context, Result};

/// How much of a log is shown when a step fails.
const SHOWN: usize = 80;

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or_else(|| here.clone(), PathBuf::from)
}

/// The names of the crates that are published.
pub(crate) fn published() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("crates"))? {
        let entry = entry?;
        let manifest = fs::read_to_string(entry.path().join("Cargo.toml"))?;
        if !manifest.contains("shipped = false") {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// A cargo command at the root of the workspace.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(args).current_dir(root());
    command
}

/// Whether `cargo <tool>` is installed.
pub(crate) fn has(tool: &str) -> bool {
    let mut command = cargo(&[tool, "--version"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Adds to the flags in an environment variable.
pub(crate) fn with_flags(command: &mut Command, variable: &str, flags: &str) {
    let old = std::env::var(variable).unwrap_or_default();
    command.env(variable, format!("{old} {flags}").trim());
}

/// What a step said.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) ok: bool,
    pub(crate) text: String,
}

/// Runs a step and keeps what it says in `target/xtask/<name>.log`; shows the end of it if the
/// step fails, and the latest line meanwhile where somebody watches.
pub(crate) fn step(name: &str, mut command: Command) -> Result<Output> {
    let logs = root().join("target/xtask");
    fs::create_dir_all(&logs).with_context(|| format!("cannot make {}", logs.display()))?;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.env("CARGO_TERM_COLOR", "never");
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    let (sender, lines) = mpsc::channel();
    let out = child.stdout.take().map(|pipe| listen(pipe, sender.clone()));
    let err = child.stderr.take().map(|pipe| listen(pipe, sender));
    let mut text = String::new();
    let watched = std::io::stderr().is_terminal();
    for line in lines {
        if watched {
            let shown: String = line.trim().chars().take(90).collect();
            eprint!("\r\x1b[2K{name}: {shown}");
        }
        text.push_str(&line);
        text.push('\n');
    }
    if watched {
        eprint!("\r\x1b[2K");
        std::io::stderr().flush()?;
    }
    for reader in [out, err].into_iter().flatten() {
        // It ends when its pipe does, and cannot panic.
        let _ended = reader.join();
    }
    let ok = child.wait()?.success();
    let log = logs.join(format!("{}.log", name.replace([' ', ','], "-")));
    fs::write(&log, &text).with_context(|| format!("cannot write {}", log.display()))?;
    if !ok {
        show(name, &text);
    }
    Ok(Output { ok, text })
}

fn listen(pipe: impl Read + Send + 'static, lines: mpsc::Sender<String>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            if lines.send(text).is_err() {
                break;
            }
            line.clear();
        }
    })
}

fn show(name: &str, text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(SHOWN);
    println!(
        "---- {name} failed; the last {} lines of its log:",
        lines.len() - from
    );
    for line in &lines[from..] {
        println!("     {line}");
    }
    println!("----");
}
