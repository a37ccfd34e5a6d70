//! T1/S, T2/S: tasks on tokio that share permits.

use std::sync::Arc;

use tokio::task::yield_now;

use super::peer::SemaphorePeer;
use crate::Sample;
use crate::on_tokio::together;

/// `TASKS` tasks share `PERMITS` permits.
#[must_use]
pub(super) fn share<
    P: SemaphorePeer,
    const WORKERS: usize,
    const PERMITS: usize,
    const TASKS: u64,
    const YIELD: bool,
>(
    ops: u64,
) -> Sample {
    let turns = ops.div_ceil(TASKS);
    let semaphore = Arc::new(P::new(PERMITS));
    let elapsed = together(WORKERS, || {
        let tasks = (0..TASKS).map(|_| {
            let semaphore = Arc::clone(&semaphore);
            tokio::spawn(async move {
                for _ in 0..turns {
                    let permit = semaphore.acquire().await;
                    if YIELD {
                        yield_now().await;
                    }
                    drop(permit);
                }
            })
        });
        tasks.collect()
    });
    Sample {
        elapsed,
        ops: turns * TASKS,
    }
}
