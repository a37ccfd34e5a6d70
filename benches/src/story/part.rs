//! One measurement in a process of its own.
//!
//! Memory is fresh there, context switches are its own, and where the system refuses a thread in a
//! way that ends the process, it is not the whole comparison that ends.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Length;

/// The flag after which `compare` finds what to measure.
pub const FLAG: &str = "--story-part";
/// No measurement takes this long.
const PATIENCE: Duration = Duration::from_secs(120);

/// What to measure.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Part {
    /// See [`crowd`](super::crowd).
    Crowd {
        /// One of the cast.
        who: String,
        /// How many wait.
        size: usize,
        /// How thorough.
        length: Length,
    },
    /// See [`contest`](super::contest).
    Contest {
        /// One of the cast.
        who: String,
        /// What they share.
        job: String,
        /// How many share it.
        size: usize,
        /// How thorough.
        length: Length,
    },
    /// See [`duel`](super::duel).
    Duel {
        /// Which.
        title: String,
        /// How thorough.
        length: Length,
    },
}

/// Why there is no result.
#[derive(Debug, Default)]
pub struct Lost {
    /// How far it said it had come.
    pub reached: Option<usize>,
    /// In words.
    pub why: String,
}

/// Says how far this part has come, in case it does not come further.
pub(super) fn reached(count: usize) {
    println!("reached {count}");
}

/// Starts this program once more, for one part.
pub(super) fn ask<T: DeserializeOwned>(part: &Part) -> Result<T, Lost> {
    let lost = |why: String| Lost { reached: None, why };
    let order = serde_json::to_string(part).map_err(|error| lost(error.to_string()))?;
    let program = std::env::current_exe().map_err(|error| lost(error.to_string()))?;
    let mut child = Command::new(program)
        .args([FLAG, &order])
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| lost(error.to_string()))?;
    let (last, count) = listen(&mut child);
    let complaint = end(child);
    let result = last.ok_or_else(|| "it ended without a result".to_owned());
    let result = result.and_then(|line| {
        serde_json::from_str(&line).map_err(|error| format!("it answered nonsense ({error})"))
    });
    result.map_err(|why| Lost {
        reached: count,
        why: complaint.unwrap_or(why),
    })
}

/// The last line the child said, and the last count it reached, until it is silent.
fn listen(child: &mut Child) -> (Option<String>, Option<usize>) {
    let (sender, lines) = channel();
    if let Some(pipe) = child.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
    }
    let deadline = Instant::now() + PATIENCE;
    let (mut last, mut count) = (None, None);
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => match line.strip_prefix("reached ") {
                Some(number) => count = number.parse().ok().or(count),
                None => last = Some(line),
            },
            Err(RecvTimeoutError::Disconnected) => return (last, count),
            Err(RecvTimeoutError::Timeout) => {
                // Refused only if it has just ended.
                let _killed = child.kill();
                return (None, count);
            }
        }
    }
}

/// Waits for the end of a child that is silent, and says what it complained of.
fn end(mut child: Child) -> Option<String> {
    let mut text = String::new();
    if let Some(mut pipe) = child.stderr.take() {
        // Whatever can be read of it is good enough.
        let _read = pipe.read_to_string(&mut text);
    }
    let status = child.wait().ok()?;
    if status.success() {
        return None;
    }
    // A panic's message stands in the line after its place.
    let mut lines = text.lines();
    let message = lines
        .find(|line| line.contains("panicked at"))
        .and_then(|_| lines.next())
        .or_else(|| text.lines().next());
    Some(match message {
        Some(message) => format!("{}, and the process ended with {status}", message.trim()),
        None => format!("the process ended with {status}"),
    })
}
