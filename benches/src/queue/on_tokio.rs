//! T1/Q, T2/Q: producers and consumers on tokio.

use super::peer::QueuePeer;
use super::workloads::{consume, produce};
use crate::Sample;
use crate::on_tokio::together;

/// `PRODUCERS` and `CONSUMERS` tasks on one queue.
///
/// # Panics
///
/// Panics if there are to be several consumers and the peer allows one.
#[must_use]
pub(super) fn pass<
    P: QueuePeer,
    const WORKERS: usize,
    const CAPACITY: usize,
    const PRODUCERS: usize,
    const CONSUMERS: usize,
>(
    ops: u64,
) -> Sample {
    let share = ops.div_ceil((PRODUCERS * CONSUMERS) as u64);
    let (each_puts, each_gets) = (share * CONSUMERS as u64, share * PRODUCERS as u64);
    let (tx, rx) = P::open::<u64>(CAPACITY);
    let mut rxs: Vec<_> = (1..CONSUMERS)
        .map(|_| P::share(&rx).expect("several consumers"))
        .collect();
    rxs.push(rx);
    let elapsed = together(WORKERS, || {
        let producers = (0..PRODUCERS).map(|_| produce::<P, u64>(tx.clone(), each_puts));
        let producers: Vec<_> = producers.map(tokio::spawn).collect();
        let consumers = rxs.into_iter().map(|rx| consume::<P, u64>(rx, each_gets));
        producers
            .into_iter()
            .chain(consumers.map(tokio::spawn))
            .collect()
    });
    drop(tx);
    Sample {
        elapsed,
        ops: share * (PRODUCERS * CONSUMERS) as u64,
    }
}
