//! The same jobs on CPython's asyncio, where a `python3` is there.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

const SCRIPT: &str = include_str!("../python/asyncio_rows.py");

/// What the script measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Python {
    /// The interpreter's version.
    pub version: String,
    /// Nanoseconds per operation, one for each round, by the key of the row.
    pub rows: BTreeMap<String, Vec<f64>>,
}

/// Runs the script on the rows `wanted` of them asks for.
///
/// # Errors
///
/// Says in words why there are no figures.
pub fn measure(rounds: u32, wanted: &[&str]) -> Result<Python, String> {
    let mut child = Command::new("python3")
        .args(["-", &rounds.to_string()])
        .args(wanted)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("no asyncio rows: python3 does not start ({error})"))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin
            .write_all(SCRIPT.as_bytes())
            .map_err(|error| format!("no asyncio rows: python3 does not listen ({error})"))?;
    }
    let output = child
        .wait_with_output()
        .map_err(|error| format!("no asyncio rows: python3 does not answer ({error})"))?;
    if !output.status.success() {
        return Err(format!(
            "no asyncio rows: python3 ended with {}",
            output.status
        ));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("no asyncio rows: python3 answered nonsense ({error})"))
}
