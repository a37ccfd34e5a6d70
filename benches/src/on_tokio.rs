//! Jobs on tokio, where most tasks of users run.

use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::task::JoinHandle;

/// Runs the tasks that `spawn` spawns, on the current thread for one worker, else on that many
/// worker threads. The clock runs from the first spawn until the last has ended.
///
/// # Panics
///
/// Panics if a task does.
#[must_use]
pub fn together(workers: usize, spawn: impl FnOnce() -> Vec<JoinHandle<()>>) -> Duration {
    let mut builder = match workers {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    if workers > 1 {
        builder.worker_threads(workers);
    }
    let runtime = builder.build().expect("a runtime");
    runtime.block_on(async {
        let start = Instant::now();
        for task in spawn() {
            task.await.expect("a task that ends");
        }
        start.elapsed()
    })
}
