//! The machine, the compiler and the versions: what a figure is worth nothing without.

use std::collections::BTreeMap;
use std::fs;

use serde::{Deserialize, Serialize};

const LOCK: &str = include_str!(env!("LOCK_FILE"));

/// Where and with what the figures were made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's name.
    pub cpu: String,
    /// How many threads the system gives this process.
    pub cores: usize,
    /// The operating system.
    pub os: String,
    /// `rustc --version`.
    pub rustc: String,
    /// The load average before the first measurement, where the system tells.
    pub load: Option<String>,
}

impl Machine {
    /// This one, now.
    #[must_use]
    pub fn here() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let cpu = field(&read("/proc/cpuinfo"), "model name", ':');
        let release = field(&read("/etc/os-release"), "PRETTY_NAME", '=');
        let kernel = read("/proc/sys/kernel/osrelease");
        let load = read("/proc/loadavg");
        let os = [
            release.as_deref().unwrap_or_default(),
            std::env::consts::OS,
            kernel.trim(),
        ];
        let load: Vec<&str> = load.split_whitespace().take(3).collect();
        Self {
            cpu: cpu.unwrap_or_else(|| format!("an {} processor", std::env::consts::ARCH)),
            cores: std::thread::available_parallelism().map_or(1, Into::into),
            os: os
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", "),
            rustc: env!("COMPARE_RUSTC").to_owned(),
            load: (!load.is_empty()).then(|| load.join(" ")),
        }
    }
}

/// The value of the first line that begins with `name`.
fn field(text: &str, name: &str, separator: char) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    let value = line.split_once(separator)?.1.trim().trim_matches('"');
    Some(value.to_owned())
}

/// The version of each package in the lock file this program was built with.
#[must_use]
pub fn versions() -> BTreeMap<String, String> {
    let value = |line: &str, key: &str| {
        line.strip_prefix(key)
            .map(|rest| rest.trim_matches([' ', '=', '"']).to_owned())
    };
    let mut versions = BTreeMap::new();
    let mut name = None;
    for line in LOCK.lines() {
        if let Some(found) = value(line, "name") {
            name = Some(found);
        } else if let Some(version) = value(line, "version")
            && let Some(name) = name.take()
        {
            versions.insert(name, version);
        }
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_names_the_peers() {
        let versions = versions();
        for peer in ["tokio", "async-lock", "kanal", "event-listener"] {
            assert!(versions.contains_key(peer), "{peer} is in the lock file");
        }
    }

    #[test]
    fn fields_lose_their_quotes() {
        assert_eq!(
            field("A=1\nNAME=\"x y\"\n", "NAME", '=').as_deref(),
            Some("x y")
        );
    }
}
