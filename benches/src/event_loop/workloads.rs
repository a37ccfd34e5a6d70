//! L1.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::peer::LoopPeer;
use super::tally::{ArriveOnDrop, arrive, arrived, reset};
use crate::Sample;

const TASKS: u64 = 10_000;
pub(super) const TIMERS: u64 = 100_000;
/// Long enough to set all timers before the first is due.
pub(super) const AHEAD: Duration = Duration::from_millis(150);
/// The timers fire within this time: less than the work takes, so that no loop is idle.
pub(super) const WINDOW: Duration = Duration::from_millis(4);
pub(super) const FAR: Duration = Duration::from_secs(3600);

/// Times so many calls of `round`, each of `each` operations, on one loop.
fn rounds<P: LoopPeer>(ops: u64, each: u64, mut round: impl AsyncFnMut(&P) -> Duration) -> Sample {
    let rounds = ops.div_ceil(each);
    let peer = P::new();
    let elapsed = peer.run(async {
        let mut elapsed = Duration::ZERO;
        for _ in 0..rounds {
            reset();
            elapsed += round(&peer).await;
        }
        elapsed
    });
    Sample {
        elapsed,
        ops: rounds * each,
    }
}

/// L1: 10,000 tasks are spawned, and joined in that order.
///
/// # Panics
///
/// Panics if a task's output is not its own.
#[must_use]
pub fn spawn_and_join<P: LoopPeer>(ops: u64) -> Sample {
    let mut tasks = Vec::with_capacity(TASKS as usize);
    rounds(ops, TASKS, async |peer: &P| {
        let start = Instant::now();
        tasks.extend((0..TASKS).map(|number| peer.spawn(async move { black_box(number) })));
        for (number, task) in (0..TASKS).zip(tasks.drain(..)) {
            assert_eq!(P::join(task).await, number, "a task has its own output");
        }
        start.elapsed()
    })
}

/// L1: `N` callbacks stand in line, and run.
#[must_use]
pub fn call_soon<P: LoopPeer, const N: u64>(ops: u64) -> Sample {
    rounds(ops, N, async |peer: &P| {
        let start = Instant::now();
        for number in 0..N {
            peer.call_soon(move || {
                black_box(number);
                arrive();
            });
        }
        arrived(N).await;
        start.elapsed()
    })
}

/// Random times within `window` after `first`, the same for everybody.
pub(super) fn times(first: Instant, window: Duration) -> impl Iterator<Item = Instant> {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    std::iter::repeat_with(move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        first + Duration::from_nanos(random % window.as_nanos() as u64)
    })
}

/// Sets all timers, at random times within `window` after `first`, and waits until all are set.
async fn set<P: LoopPeer>(peer: &P, first: Instant, window: Duration, timers: &mut Vec<P::Timer>) {
    timers.extend((0..TIMERS).zip(times(first, window)).map(|(number, at)| {
        let end = ArriveOnDrop;
        peer.call_at(at, arrive, move || {
            black_box(number);
            drop(end);
        })
    }));
    arrived(TIMERS).await;
}

/// L1: 100,000 timers are set in random order, and fire. The time between is not counted.
#[must_use]
pub fn timers_fire<P: LoopPeer>(ops: u64) -> Sample {
    let mut timers = Vec::with_capacity(TIMERS as usize);
    rounds(ops, TIMERS, async |peer: &P| {
        let start = Instant::now();
        let first = start + AHEAD;
        set(peer, first, WINDOW, &mut timers).await;
        timers.drain(..).for_each(P::detach);
        let all_set = Instant::now();
        arrived(2 * TIMERS).await;
        (all_set - start) + first.max(all_set).elapsed()
    })
}

/// L1: 100,000 timers are set in random order, and cancelled.
#[must_use]
pub fn timers_cancelled<P: LoopPeer>(ops: u64) -> Sample {
    let mut timers = Vec::with_capacity(TIMERS as usize);
    rounds(ops, TIMERS, async |peer: &P| {
        let start = Instant::now();
        set(peer, start + FAR, FAR, &mut timers).await;
        timers.drain(..).for_each(P::cancel);
        arrived(2 * TIMERS).await;
        start.elapsed()
    })
}
