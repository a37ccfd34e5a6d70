//! What the system says of this process: memory, context switches, and how many threads it grants.
//!
//! Read from Linux's `/proc` and from `getrusage`. Where a figure is not to be had it is `None`,
//! and the table has a dash.

use std::fs;

/// Bytes of this process's memory that are resident now.
#[must_use]
pub fn resident() -> Option<u64> {
    status("VmRSS")
}

/// The most it ever was.
#[must_use]
pub fn peak() -> Option<u64> {
    status("VmHWM")
}

/// Bytes of all kernel stacks of this machine: a thread has one, and no process pays for it.
#[must_use]
pub fn kernel_stacks() -> Option<u64> {
    kilobytes(&fs::read_to_string("/proc/meminfo").ok()?, "KernelStack")
}

fn status(name: &str) -> Option<u64> {
    kilobytes(&fs::read_to_string("/proc/self/status").ok()?, name)
}

/// The value of a line like `VmRSS:  1234 kB`, in bytes.
fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let rest = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let number: u64 = rest.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    Some(number * 1024)
}

/// How often threads of this process gave the core away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// To wait.
    pub voluntary: u64,
    /// Because the system took it.
    pub involuntary: u64,
}

/// The switches of all threads of this process so far, also of those that have ended.
#[cfg(unix)]
#[must_use]
pub fn switches() -> Option<Switches> {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
    Some(Switches {
        voluntary: u64::try_from(usage.voluntary_context_switches()).ok()?,
        involuntary: u64::try_from(usage.involuntary_context_switches()).ok()?,
    })
}

/// There is no such count here.
#[cfg(not(unix))]
#[must_use]
pub fn switches() -> Option<Switches> {
    None
}

/// Left for everybody else when threads are spawned until the system refuses.
const ROOM: u64 = 2_000;
/// What a thread is taken to need when memory is shared out: a kernel stack, two pages of its own
/// stack, one for signals, and page tables.
const PER_THREAD: u64 = 48 * 1024;

/// The most threads that may be asked for without taking the last from other processes, and which
/// limit says so.
///
/// Limits that are this process's own (its memory maps, say) are not among them: to run into those
/// harms nobody else.
#[must_use]
pub fn room_for_threads() -> Option<(u64, String)> {
    let number = |path: &str| -> Option<u64> { fs::read_to_string(path).ok()?.trim().parse().ok() };
    let all: u64 = {
        let load = fs::read_to_string("/proc/loadavg").ok()?;
        load.split(['/', ' ']).nth(4)?.parse().ok()?
    };
    let own = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let own = own
        .lines()
        .find_map(|line| line.strip_prefix("Max processes"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    let memory = fs::read_to_string("/proc/meminfo").ok()?;
    let memory = kilobytes(&memory, "MemAvailable").map(|free| free / 2 / PER_THREAD + all + ROOM);
    [
        (number("/proc/sys/kernel/pid_max"), "kernel.pid_max"),
        (number("/proc/sys/kernel/threads-max"), "kernel.threads-max"),
        (number("/sys/fs/cgroup/pids.max"), "pids.max of its cgroup"),
        (own, "the user's limit of processes"),
        (memory, "half of the free memory"),
    ]
    .into_iter()
    .filter_map(|(limit, name)| Some((limit?.saturating_sub(all + ROOM), name.to_owned())))
    .min()
}

#[cfg(test)]
mod tests {
    use super::kilobytes;

    #[test]
    fn sizes_are_read_by_their_whole_name() {
        let text = "VmRSSx:\t 1 kB\nVmRSS:\t    12 kB\nVmHWM:\t 7 kB\n";
        assert_eq!(kilobytes(text, "VmRSS"), Some(12 * 1024));
        assert_eq!(kilobytes(text, "VmHWM"), Some(7 * 1024));
        assert_eq!(kilobytes(text, "Vm"), None);
    }
}
