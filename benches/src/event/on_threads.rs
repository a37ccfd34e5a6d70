//! E1 to E5, for threads.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::peer::ThreadEvent;
use crate::Sample;
use crate::threads::{Part, part, together};

/// E1: a wait on an event that is set.
#[must_use]
pub(super) fn wait_on_set<P: ThreadEvent>(ops: u64) -> Sample {
    let event = P::new();
    event.set();
    let start = Instant::now();
    for _ in 0..ops {
        black_box(&event).wait();
    }
    Sample {
        elapsed: start.elapsed(),
        ops,
    }
}

/// E2: set and clear while nobody waits.
#[must_use]
pub(super) fn set_and_clear<P: ThreadEvent>(ops: u64) -> Sample {
    let event = P::new();
    let start = Instant::now();
    for _ in 0..ops {
        black_box(&event).set();
        black_box(&event).clear();
    }
    Sample {
        elapsed: start.elapsed(),
        ops,
    }
}

/// What the threads of a crowd share: two gates that open in turn, and the count of those who
/// have passed the open one.
struct Gates<P> {
    gates: [P; 2],
    passed: AtomicUsize,
    all_passed: P,
}

/// E3: `N` threads wait, one `set` releases them; the last to pass reports, and the next round
/// begins on the other gate.
#[must_use]
pub(super) fn crowd<P: ThreadEvent, const N: usize>(ops: u64) -> Sample {
    let rounds = ops.div_ceil(N as u64) as usize;
    let gates = Arc::new(Gates {
        gates: [P::new(), P::new()],
        passed: AtomicUsize::new(0),
        all_passed: P::new(),
    });
    let mut parts: Vec<Part> = (0..N)
        .map(|_| {
            let gates = Arc::clone(&gates);
            part(move || {
                for round in 0..rounds {
                    gates.gates[round % 2].wait();
                    if gates.passed.fetch_add(1, Ordering::AcqRel) + 1 == N {
                        gates.all_passed.set();
                    }
                }
            })
        })
        .collect();
    parts.push(part(move || {
        for round in 0..rounds {
            gates.gates[round % 2].set();
            gates.all_passed.wait();
            gates.all_passed.clear();
            gates.passed.store(0, Ordering::Release);
            gates.gates[round % 2].clear();
        }
    }));
    Sample {
        elapsed: together(parts),
        ops: (rounds * N) as u64,
    }
}

/// E4, E5: two threads answer each other.
#[must_use]
pub(super) fn ping_pong<P: ThreadEvent>(ops: u64) -> Sample {
    let (there, back) = (Arc::new(P::new()), Arc::new(P::new()));
    let first = {
        let (there, back) = (Arc::clone(&there), Arc::clone(&back));
        part(move || {
            for _ in 0..ops {
                there.set();
                back.wait();
                back.clear();
            }
        })
    };
    let second = part(move || {
        for _ in 0..ops {
            there.wait();
            there.clear();
            back.set();
        }
    });
    Sample {
        elapsed: together(vec![first, second]),
        ops,
    }
}
