//! Their side: one Python process for all scripts.

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;

use serde_json::Value;

use super::script::Script;

const DRIVER: &str = include_str!("../../asyncio/driver.py");

/// An interpreter that plays scripts.
#[derive(Debug)]
pub struct Python {
    /// Its version.
    pub version: String,
    /// Whether its queues can be shut down: from 3.13 on.
    pub can_shut_down: bool,
    child: Child,
    answers: BufReader<ChildStdout>,
}

/// There is no interpreter whose asyncio can be compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent(String);

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Python {
    /// Starts `python3`, or what `WAYSTATION_PYTHON` names.
    ///
    /// # Errors
    ///
    /// If it does not start, or is older than 3.11: earlier semaphores are neither fair nor safe to
    /// cancel.
    ///
    /// # Panics
    ///
    /// If it starts and does not say what it is.
    pub fn start() -> Result<Self, Absent> {
        let program = std::env::var("WAYSTATION_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut child = Command::new(&program)
            .args(["-c", DRIVER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Absent(format!("{program} does not start: {error}")))?;
        let stdout = child.stdout.take().expect("stdout is a pipe");
        let mut python = Self {
            version: String::new(),
            can_shut_down: false,
            child,
            answers: BufReader::new(stdout),
        };
        let hello = python.answer();
        let (version, can_shut_down) = serde_json::from_value::<(String, bool)>(hello)
            .expect("a version, and whether there is shutdown");
        let minor = |version: &str| version.split('.').nth(1)?.parse::<u32>().ok();
        if !version.starts_with("3.") || minor(&version) < Some(11) {
            return Err(Absent(format!(
                "Python {version} is too old: 3.11 is needed"
            )));
        }
        python.version = version;
        python.can_shut_down = can_shut_down;
        Ok(python)
    }

    /// Plays scripts, all that there will be, and hands on what could be seen in each.
    ///
    /// # Panics
    ///
    /// If Python fails.
    pub fn play(mut self, scripts: &[Script], mut seen: impl FnMut(&Script, Value)) {
        let mut stdin = self.child.stdin.take().expect("stdin is a pipe");
        let lines: Vec<_> = scripts.iter().map(Script::to_json).collect();
        // Of its own: should anything panic here, Python ends, and so does the writer.
        let writer = thread::spawn(move || {
            for line in lines {
                writeln!(stdin, "{line}")?;
            }
            stdin.flush()
        });
        for script in scripts {
            seen(script, self.answer());
        }
        let written = writer.join().expect("the writer does not panic");
        written.expect("Python listens to the end");
        let status = self.child.wait().expect("Python ends");
        assert!(status.success(), "Python ended with {status}");
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .expect("Python answers in UTF-8");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("Python says {line:?}: {error}"))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _killed = self.child.kill();
        let _status = self.child.wait();
    }
}
