//! Seeded bugs: one line made wrong in a copy, and the suite that must notice.
//!
//! A seed is a file in `verification/seeded`: the shape of the bug, the file it goes into, what
//! must kill it, the lines as they are, and the lines with the bug. The shipped source has no
//! switch for any of this.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};

use crate::cargo::{cargo, root, with_flags};
use crate::killers::{Record, models_of, needs_two_threads};
use crate::suite::Suite;
use crate::tally::{Tally, Total};

/// A suite that does not end in this time has noticed: it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A whole file of loom models may take longer, and has not noticed because of that.
const LONG_PATIENCE: Duration = Duration::from_secs(600);

/// What `cargo xtask seeded` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only seeds whose name contains this; only their lines of the record are renewed.
    filter: Option<String>,
}

struct Seed {
    name: String,
    shape: String,
    file: String,
    kill: Vec<Suspect>,
    as_it_is: String,
    with_the_bug: String,
}

/// A suite that is expected to notice.
enum Suspect {
    /// A test file of `loom-tests`, and which models of it.
    Loom(String, String),
    /// A test file of a package, or `lib`.
    Test(String, String),
}

/// `cargo xtask seeded`.
pub(crate) fn command(args: &Args) -> Result<bool> {
    let begun = Instant::now();
    let filter = args.filter.as_deref().unwrap_or_default();
    let chosen = seeds()?.into_iter();
    let chosen = chosen.filter(|seed| seed.name.contains(filter));
    let mut record = if filter.is_empty() {
        Record::default()
    } else {
        Record::read()
    };
    let tally = run(chosen, Some(&mut record))?;
    record.write()?;
    let mut total = Total::default();
    total.add(4, "seeded bugs", &tally, begun.elapsed());
    Ok(total.close())
}

/// The rung of `.ci/run`: a third of them, another one each day.
pub(crate) fn rung(_: Suite) -> Result<Tally> {
    let all = seeds()?;
    let day = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / 86_400;
    let count = all.len();
    let third = all
        .into_iter()
        .zip(0u64..)
        .filter(|(_, nth)| nth % 3 == day % 3)
        .map(|(seed, _)| seed);
    let tally = run(third, None)?;
    Ok(tally.note(format!(
        "a third of {count}, another one each day: cargo xtask seeded runs all"
    )))
}

/// How many there are.
pub(crate) fn count() -> Result<usize> {
    Ok(seeds()?.len())
}

/// Plants them. With a record, loom is asked too about each that needs two threads.
fn run(seeds: impl Iterator<Item = Seed>, mut record: Option<&mut Record>) -> Result<Tally> {
    let copy = copy_of_the_tree()?;
    let mut tally = Tally::default();
    for seed in seeds {
        let begun = Instant::now();
        let Verdict { killer, by_loom } = plant(&seed, &copy, record.is_some())?;
        if let Some(record) = &mut record {
            record.add(&seed.name, killer.as_deref(), by_loom);
        }
        let took = begun.elapsed().as_secs();
        match killer {
            Some(by) => {
                println!("seed {}  killed by {by}  {took} s", seed.name);
                tally.passed += 1;
            }
            None => {
                println!("seed {}  SURVIVED ({})  {took} s", seed.name, seed.shape);
                tally.failed += 1;
            }
        }
    }
    ensure!(tally.passed + tally.failed > 0, "no seed was planted");
    Ok(tally)
}

/// What became of a seed.
struct Verdict {
    killer: Option<String>,
    /// Whether loom notices, if it was asked.
    by_loom: Option<bool>,
}

/// Plants a bug, and says what killed it.
fn plant(seed: &Seed, copy: &Path, ask_loom: bool) -> Result<Verdict> {
    let path = copy.join(&seed.file);
    let source =
        fs::read_to_string(&path).with_context(|| format!("{}: no such file", seed.file))?;
    let found = source.matches(&seed.as_it_is).count();
    ensure!(
        found == 1,
        "seed {}: its lines stand {found} times in {}, not once; bring it up to date",
        seed.name,
        seed.file
    );
    fs::write(&path, source.replace(&seed.as_it_is, &seed.with_the_bug))?;
    let verdict = judge(seed, copy, ask_loom);
    fs::write(&path, source)?;
    verdict
}

fn judge(seed: &Seed, copy: &Path, ask_loom: bool) -> Result<Verdict> {
    let ask = |suspect: &Suspect| notices(suspect, copy, &seed.name);
    let killers: Vec<Option<String>> = seed.kill.iter().map(ask).collect::<Result<_>>()?;
    let killer = killers.iter().flatten().next().cloned();
    let mut by_loom = None;
    if ask_loom && needs_two_threads(&seed.shape) {
        let mut noticed = killers.iter().flatten().any(|by| by.starts_with("loom"));
        for file in models_of(&seed.file) {
            noticed = noticed || ask(&Suspect::Loom((*file).to_owned(), String::new()))?.is_some();
        }
        by_loom = Some(noticed);
    }
    Ok(Verdict { killer, by_loom })
}

/// Whether a suite fails, and if so how it is called.
fn notices(suspect: &Suspect, copy: &Path, seed: &str) -> Result<Option<String>> {
    let (mut build, mut test, name) = suspect.commands(copy);
    let built = build.output().context("cannot start cargo")?;
    ensure!(
        built.status.success(),
        "seed {seed} does not compile:\n{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let mut child = test.spawn().context("cannot start cargo")?;
    let patience = match suspect {
        Suspect::Loom(_, models) if models.is_empty() => LONG_PATIENCE,
        _ => PATIENCE,
    };
    Ok(match wait(&mut child, patience)? {
        Some(true) => None,
        Some(false) => Some(name),
        None => Some(format!("{name} (it hangs)")),
    })
}

impl Suspect {
    /// How to build it, how to run it, and what it is called.
    fn commands(&self, copy: &Path) -> (Command, Command, String) {
        let target = root().join("target/seeded");
        let (args, filter, name) = match self {
            Self::Loom(file, models) => (
                vec!["-p", "loom-tests", "--release", "--test", file],
                models.as_str(),
                format!("loom {file} {models}"),
            ),
            Self::Test(package, file) if file == "lib" => (
                vec!["-p", package, "--lib"],
                "",
                format!("{package}, unit tests"),
            ),
            Self::Test(package, file) => (
                vec!["-p", package, "--all-features", "--test", file],
                "",
                format!("{package}, {file}"),
            ),
        };
        let prepare = |last: &str| {
            let mut command = cargo(&["test", "--quiet"]);
            command.args(&args).arg(last).current_dir(copy);
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            #[cfg(unix)]
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
            command
                .env("PROPTEST_CASES", "500")
                .env("RUST_BACKTRACE", "0");
            match self {
                Self::Loom(..) => {
                    with_flags(&mut command, "RUSTFLAGS", "--cfg loom");
                    command.env("CARGO_TARGET_DIR", target.join("loom"));
                }
                Self::Test(..) => {
                    command.env("CARGO_TARGET_DIR", target.join("tests"));
                }
            }
            command
        };
        let mut build = prepare("--no-run");
        build.stderr(Stdio::piped());
        (build, prepare(filter), name)
    }
}

/// Waits for a process: whether it succeeded, or nothing if it had to be ended.
fn wait(child: &mut Child, patience: Duration) -> Result<Option<bool>> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if Instant::now() > deadline {
            end_all_of(child)?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Ends cargo and the test that it has started: they are a process group of their own.
fn end_all_of(child: &mut Child) -> Result<()> {
    if cfg!(unix) {
        let group = format!("-{}", child.id());
        Command::new("kill")
            .args(["-KILL", "--", &group])
            .status()?;
    } else {
        child.kill()?;
    }
    child.wait()?;
    Ok(())
}

/// A copy of all that git knows, as it is in the working tree.
fn copy_of_the_tree() -> Result<PathBuf> {
    let copy = root().join("target/seeded/tree");
    let mut git = Command::new("git");
    git.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let listed = git
        .current_dir(root())
        .output()
        .context("cannot start git")?;
    ensure!(
        listed.status.success(),
        "git does not list the files of the tree"
    );
    for file in String::from_utf8(listed.stdout)?.split_terminator('\0') {
        let (from, to) = (root().join(file), copy.join(file));
        if !from.is_file() {
            continue;
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        // Only what differs is written, so that cargo builds only that again.
        let contents = fs::read(&from)?;
        if fs::read(&to).ok().as_ref() != Some(&contents) {
            fs::write(&to, contents)?;
        }
    }
    Ok(copy)
}

fn seeds() -> Result<Vec<Seed>> {
    let folder = root().join("verification/seeded");
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.sort();
    paths
        .iter()
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "seed")
        })
        .map(|path| read(path).with_context(|| format!("cannot read {}", path.display())))
        .collect()
}

fn read(path: &Path) -> Result<Seed> {
    let text = fs::read_to_string(path)?;
    let (head, body) = text
        .split_once("--- as it is\n")
        .context("no `--- as it is`")?;
    let (as_it_is, with_the_bug) = body
        .split_once("\n--- with the bug\n")
        .context("no `--- with the bug`")?;
    let field = |name: &str| {
        let line = head
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.map(str::to_owned)
            .with_context(|| format!("no `{name}: `"))
    };
    Ok(Seed {
        name: path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        shape: field("shape")?,
        file: field("file")?,
        kill: field("kill")?
            .split('|')
            .map(suspect)
            .collect::<Result<_>>()?,
        as_it_is: as_it_is.to_owned(),
        with_the_bug: with_the_bug
            .strip_suffix('\n')
            .unwrap_or(with_the_bug)
            .to_owned(),
    })
}

fn suspect(text: &str) -> Result<Suspect> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        ["loom", file, models] => Ok(Suspect::Loom(file.to_owned(), models.to_owned())),
        ["test", package, file] => Ok(Suspect::Test(package.to_owned(), file.to_owned())),
        _ => bail!("`{text}` is neither `loom FILE MODELS` nor `test PACKAGE FILE`"),
    }
}
