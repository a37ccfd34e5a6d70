//! E1 to E5, for tasks.

use std::cell::Cell;
use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Context;
use std::time::Instant;

use super::peer::EventPeer;
use crate::Sample;
use crate::by_hand::{Crowd, ready, waker};
use crate::exec::{Local, in_task};
use crate::threads::{Part, together};

/// E1: a wait on an event that is set.
#[must_use]
pub fn wait_on_set<P: EventPeer>(ops: u64) -> Sample {
    let event = P::new();
    event.set();
    let waker = waker();
    let mut cx = Context::from_waker(&waker);
    let start = Instant::now();
    for _ in 0..ops {
        ready(|| black_box(&event).wait(), &mut cx);
    }
    Sample {
        elapsed: start.elapsed(),
        ops,
    }
}

/// E1, awaited: the same in a task.
#[must_use]
pub fn wait_on_set_awaited<P: EventPeer>(ops: u64) -> Sample {
    let event = Rc::new(P::new());
    event.set();
    let elapsed = in_task(async move {
        for _ in 0..ops {
            black_box(&event).wait().await;
        }
    });
    Sample { elapsed, ops }
}

/// E2: set and clear while nobody waits.
#[must_use]
pub fn set_and_clear<P: EventPeer>(ops: u64) -> Sample {
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

/// E2 in a task.
#[must_use]
pub fn set_and_clear_in_task<P: EventPeer>(ops: u64) -> Sample {
    let event = Rc::new(P::new());
    let elapsed = in_task(async move {
        for _ in 0..ops {
            black_box(&event).set();
            black_box(&event).clear();
        }
    });
    Sample { elapsed, ops }
}

/// E3: `N` futures are made, polled, released by one `set`, and polled to the end.
#[must_use]
pub fn crowd<P: EventPeer, const N: usize>(ops: u64) -> Sample {
    let rounds = ops.div_ceil(N as u64);
    let event = P::new();
    let mut crowd = Crowd::new(N, || event.wait());
    let start = Instant::now();
    for _ in 0..rounds {
        crowd.seat(|| event.wait());
        crowd.park();
        event.set();
        crowd.finish(drop);
        event.clear();
    }
    Sample {
        elapsed: start.elapsed(),
        ops: rounds * N as u64,
    }
}

/// What the tasks of a crowd share: two gates that open in turn, and the count of those who have
/// passed the open one.
struct Gates<P> {
    gates: [P; 2],
    passed: Cell<usize>,
    all_passed: P,
}

/// E3, awaited: `N` tasks on the executor, with the same two gates as the crowd of threads.
#[must_use]
pub fn crowd_of_tasks<P: EventPeer, const N: usize>(ops: u64) -> Sample {
    let rounds = ops.div_ceil(N as u64) as usize;
    let shared = Rc::new(Gates {
        gates: [P::new(), P::new()],
        passed: Cell::new(0),
        all_passed: P::new(),
    });
    let local = Local::new();
    for _ in 0..N {
        let shared = Rc::clone(&shared);
        local.spawn(async move {
            for round in 0..rounds {
                shared.gates[round % 2].wait().await;
                shared.passed.set(shared.passed.get() + 1);
                if shared.passed.get() == N {
                    shared.all_passed.set();
                }
            }
        });
    }
    local.spawn(async move {
        for round in 0..rounds {
            shared.gates[round % 2].set();
            shared.all_passed.wait().await;
            shared.all_passed.clear();
            shared.passed.set(0);
            shared.gates[round % 2].clear();
        }
    });
    let start = Instant::now();
    local.run();
    Sample {
        elapsed: start.elapsed(),
        ops: (rounds * N) as u64,
    }
}

async fn ping<P: EventPeer>(there: Arc<P>, back: Arc<P>, rounds: u64) {
    for _ in 0..rounds {
        there.set();
        back.wait().await;
        back.clear();
    }
}

async fn pong<P: EventPeer>(there: Arc<P>, back: Arc<P>, rounds: u64) {
    for _ in 0..rounds {
        there.wait().await;
        there.clear();
        back.set();
    }
}

/// E4: two tasks on one thread answer each other.
#[must_use]
pub fn ping_pong<P: EventPeer>(ops: u64) -> Sample {
    let (there, back) = (Arc::new(P::new()), Arc::new(P::new()));
    let local = Local::new();
    local.spawn(ping(Arc::clone(&there), Arc::clone(&back), ops));
    local.spawn(pong(there, back, ops));
    let start = Instant::now();
    local.run();
    Sample {
        elapsed: start.elapsed(),
        ops,
    }
}

/// E5: the same two tasks, each on a thread of its own.
#[must_use]
pub fn ping_pong_across<P: EventPeer>(ops: u64) -> Sample {
    let (there, back) = (Arc::new(P::new()), Arc::new(P::new()));
    let first: Part = {
        let (there, back) = (Arc::clone(&there), Arc::clone(&back));
        Box::new(move || {
            let local = Local::new();
            local.spawn(ping(there, back, ops));
            Box::new(move || local.run())
        })
    };
    let second: Part = Box::new(move || {
        let local = Local::new();
        local.spawn(pong(there, back, ops));
        Box::new(move || local.run())
    });
    Sample {
        elapsed: together(vec![first, second]),
        ops,
    }
}
