//! Running the fast paths under callgrind, and reading what it counted.
//!
//! Callgrind tells how often each instruction ran; `objdump` tells which of them are locked, or are
//! an `xchg` with memory, which locks by itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, ensure};

use crate::cargo::root;

/// Turns of the two runs. What the second took more is the price of their difference.
const TURNS: [u32; 2] = [2_000, 4_000];

/// Per turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Count {
    pub(super) instructions: f64,
    /// Read-modify-writes.
    pub(super) locked: f64,
}

/// The program with the fast paths.
pub(super) struct Callgrind {
    program: PathBuf,
    /// Addresses of its read-modify-writes.
    locked: BTreeSet<u64>,
}

/// Whether all the tools are installed.
pub(super) fn is_there() -> bool {
    let runs = |tool: &str| {
        let mut command = Command::new(tool);
        command
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    runs("valgrind") && runs("objdump")
}

fn run(command: &mut Command) -> Result<Output> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("cannot start {program}"))?;
    ensure!(
        output.status.success(),
        "{program} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output)
}

impl Callgrind {
    pub(super) fn of(program: PathBuf) -> Result<Self> {
        let mut objdump = Command::new("objdump");
        objdump.args(["-d", "--no-show-raw-insn"]).arg(&program);
        let code = run(&mut objdump)?;
        let locked = locked(&String::from_utf8_lossy(&code.stdout));
        Ok(Self { program, locked })
    }

    pub(super) fn names(&self) -> Result<Vec<String>> {
        let output = run(&mut Command::new(&self.program))?;
        let names = String::from_utf8_lossy(&output.stdout);
        Ok(names.lines().map(str::to_owned).collect())
    }

    pub(super) fn count(&self, path: &str) -> Result<Count> {
        let [few, many] = TURNS;
        let (before, after) = (self.profile(path, few)?, self.profile(path, many)?);
        let per_turn =
            |after: u64, before: u64| (after as f64 - before as f64) / f64::from(many - few);
        Ok(Count {
            instructions: per_turn(after.0, before.0),
            locked: per_turn(after.1, before.1),
        })
    }

    /// All instructions of a run, and the locked ones among them.
    fn profile(&self, path: &str, turns: u32) -> Result<(u64, u64)> {
        let folder = root().join("target/xtask");
        fs::create_dir_all(&folder)?;
        let file = folder.join("callgrind.out");
        let mut valgrind = Command::new("valgrind");
        valgrind
            .arg("--tool=callgrind")
            .arg(format!("--callgrind-out-file={}", file.display()))
            .args([
                "--dump-instr=yes",
                "--compress-pos=no",
                "--compress-strings=no",
            ])
            .arg(&self.program)
            .args([path, &turns.to_string()]);
        run(&mut valgrind)?;
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let total = text.lines().find_map(|line| line.strip_prefix("summary: "));
        let total = total.and_then(|number| number.trim().parse().ok());
        let total = total.context("callgrind wrote no summary")?;
        Ok((total, times_run(&text, &self.program, &self.locked)))
    }
}

/// The addresses of read-modify-writes in a disassembly.
fn locked(disassembly: &str) -> BTreeSet<u64> {
    disassembly
        .lines()
        .filter_map(|line| {
            let (address, instruction) = line.split_once(":\t")?;
            let instruction = instruction.trim();
            let exchange = instruction.starts_with("xchg") && instruction.contains('(');
            let locks = exchange || instruction.starts_with("lock ");
            locks.then(|| u64::from_str_radix(address.trim(), 16).ok())?
        })
        .collect()
}

/// How often the instructions at these addresses of `program` ran.
fn times_run(profile: &str, program: &Path, addresses: &BTreeSet<u64>) -> u64 {
    let (mut ours, mut is_call, mut sum) = (false, false, 0);
    for line in profile.lines() {
        if let Some(object) = line.strip_prefix("ob=") {
            ours = Path::new(object) == program;
        } else if line.starts_with("calls=") {
            // The next line is what the callee took.
            is_call = true;
        } else if let Some(place) = line.strip_prefix("0x") {
            let is_own = ours && !std::mem::take(&mut is_call);
            let mut words = place.split_whitespace();
            let address = words
                .next()
                .and_then(|word| u64::from_str_radix(word, 16).ok());
            let count = words.nth(1).and_then(|word| word.parse::<u64>().ok());
            if is_own && address.is_some_and(|address| addresses.contains(&address)) {
                sum += count.unwrap_or(0);
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locked_instructions_are_found() {
        let code = "  12a0:\tlock cmpxchg %rcx,(%rdi)\n  12a5:\txchg   %ax,%ax\n\
                    \x20 12a7:\txchg   %rax,0x8(%rdi)\n  12b0:\tmov    %rax,(%rdi)\n";
        assert_eq!(locked(code), BTreeSet::from([0x12a0, 0x12a7]));
    }

    #[test]
    fn only_own_instructions_of_the_program_count() {
        let profile = "ob=/lib/c\n0x10 0 5\nob=/bin/p\nfn=f\n0x10 0 3\n0x14 0 9\n\
                       cfn=g\ncalls=2 0x90 0\n0x10 0 70\n0x10 7 4\n";
        let counted = times_run(profile, Path::new("/bin/p"), &BTreeSet::from([0x10]));
        assert_eq!(counted, 7);
    }
}
