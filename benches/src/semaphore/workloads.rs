//! S1 to S6, for tasks.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::peer::{ManyPermits, SemaphorePeer};
use crate::Sample;
use crate::by_hand::{Crowd, poll_once, ready, waker};
use crate::exec::{Local, in_task, once, yield_now};
use crate::threads::{Part, together};

/// How many tasks want permits in S4.
const TASKS: u64 = 64;
const PER_THREAD: u64 = 8;
const THREADS: u64 = 2;

/// S1: acquire and drop while nobody else is there.
#[must_use]
pub fn uncontended<P: SemaphorePeer>(ops: u64) -> Sample {
    let semaphore = P::new(1);
    let waker = waker();
    let mut cx = Context::from_waker(&waker);
    let start = Instant::now();
    for _ in 0..ops {
        drop(ready(|| black_box(&semaphore).acquire(), &mut cx));
    }
    Sample {
        elapsed: start.elapsed(),
        ops,
    }
}

/// S1, awaited: the same in a task.
#[must_use]
pub fn uncontended_awaited<P: SemaphorePeer>(ops: u64) -> Sample {
    let semaphore = Rc::new(P::new(1));
    let elapsed = in_task(async move {
        for _ in 0..ops {
            drop(black_box(&semaphore).acquire().await);
        }
    });
    Sample { elapsed, ops }
}

/// S1b: the same without a future.
///
/// # Panics
///
/// Panics if a free permit is refused.
#[must_use]
pub fn try_uncontended<P: SemaphorePeer>(ops: u64) -> Sample {
    let semaphore = P::new(1);
    let start = Instant::now();
    for _ in 0..ops {
        let permit = black_box(&semaphore).try_acquire();
        assert!(permit.is_some(), "a free permit was refused");
        drop(permit);
    }
    Sample {
        elapsed: start.elapsed(),
        ops,
    }
}

async fn take_turns<P: SemaphorePeer>(semaphore: Arc<P>, turns: u64, yield_while_holding: bool) {
    for _ in 0..turns {
        let permit = semaphore.acquire().await;
        if yield_while_holding {
            yield_now().await;
        }
        drop(permit);
    }
}

/// S2: `N` tasks share one permit and yield while they hold it.
#[must_use]
pub fn one_permit<P: SemaphorePeer, const N: u64>(ops: u64) -> Sample {
    let turns = ops.div_ceil(N);
    let semaphore = Arc::new(P::new(1));
    let local = Local::new();
    for _ in 0..N {
        local.spawn(take_turns(Arc::clone(&semaphore), turns, true));
    }
    let start = Instant::now();
    local.run();
    Sample {
        elapsed: start.elapsed(),
        ops: turns * N,
    }
}

/// S3, S3b: eight tasks on each of two threads share one permit.
#[must_use]
pub fn two_threads<P: SemaphorePeer, const YIELD: bool>(ops: u64) -> Sample {
    let turns = ops.div_ceil(THREADS * PER_THREAD);
    let semaphore = Arc::new(P::new(1));
    let parts = (0..THREADS)
        .map(|_| -> Part {
            let semaphore = Arc::clone(&semaphore);
            Box::new(move || {
                let local = Local::new();
                for _ in 0..PER_THREAD {
                    local.spawn(take_turns(Arc::clone(&semaphore), turns, YIELD));
                }
                Box::new(move || local.run())
            })
        })
        .collect();
    Sample {
        elapsed: together(parts),
        ops: turns * THREADS * PER_THREAD,
    }
}

/// S4: 64 tasks take one to four of eight permits and yield while they hold them.
#[must_use]
pub fn many_permits<P: ManyPermits>(ops: u64) -> Sample {
    let turns = ops.div_ceil(TASKS);
    let semaphore = Arc::new(P::new(8));
    let local = Local::new();
    for task in 0..TASKS {
        let semaphore = Arc::clone(&semaphore);
        local.spawn(async move {
            for turn in 0..turns {
                let permits = semaphore
                    .acquire_many(1 + ((task + turn) % 4) as usize)
                    .await;
                yield_now().await;
                drop(permits);
            }
        });
    }
    let start = Instant::now();
    local.run();
    Sample {
        elapsed: start.elapsed(),
        ops: turns * TASKS,
    }
}

/// S5: 64 wait; a newcomer joins the line, is polled once, and gives up.
///
/// # Panics
///
/// Panics if the newcomer gets the permit that another holds.
#[must_use]
pub fn cancel_storm<P: SemaphorePeer>(ops: u64) -> Sample {
    let semaphore = P::new(1);
    let waker = waker();
    let mut cx = Context::from_waker(&waker);
    let held = ready(|| semaphore.acquire(), &mut cx);
    let mut queued = Crowd::new(64, || semaphore.acquire());
    queued.park();
    let start = Instant::now();
    for _ in 0..ops {
        assert!(poll_once(|| semaphore.acquire(), &mut cx).is_pending());
    }
    let elapsed = start.elapsed();
    drop(queued);
    drop(held);
    Sample { elapsed, ops }
}

/// S5, awaited: 64 tasks wait; another one joins the line, is polled once, and gives up.
///
/// # Panics
///
/// Panics if it gets the permit that it holds already.
#[must_use]
pub fn cancel_storm_awaited<P: SemaphorePeer>(ops: u64) -> Sample {
    let semaphore = Rc::new(P::new(1));
    let elapsed = Rc::new(Cell::new(Duration::ZERO));
    let local = Local::new();
    let (shared, took) = (Rc::clone(&semaphore), Rc::clone(&elapsed));
    local.spawn(async move {
        let held = shared.acquire().await;
        // Here the others get in line.
        yield_now().await;
        let start = Instant::now();
        for _ in 0..ops {
            assert!(once(shared.acquire()).await.is_none());
        }
        took.set(start.elapsed());
        drop(held);
    });
    for _ in 0..64 {
        let semaphore = Rc::clone(&semaphore);
        local.spawn(async move { drop(semaphore.acquire().await) });
    }
    local.run();
    Sample {
        elapsed: elapsed.get(),
        ops,
    }
}

/// Where the tasks of a chain wait for the next round: the same few steps for every peer.
#[derive(Default)]
struct Rounds {
    begun: Cell<u64>,
    passed: Cell<u64>,
    parked: RefCell<Vec<Waker>>,
}

impl Rounds {
    async fn until(&self, holds: impl Fn() -> bool) {
        poll_fn(|cx| {
            if holds() {
                return Poll::Ready(());
            }
            self.parked.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn wake(&self) {
        self.parked.borrow_mut().drain(..).for_each(Waker::wake);
    }
}

/// S6, awaited: `N` tasks queue behind one permit, which then goes from each to the next.
#[must_use]
pub fn chain_awaited<P: SemaphorePeer, const N: u64>(ops: u64) -> Sample {
    let rounds = ops.div_ceil(N);
    let semaphore = Rc::new(P::new(1));
    let shared = Rc::<Rounds>::default();
    let local = Local::new();
    for _ in 0..N {
        let (semaphore, shared) = (Rc::clone(&semaphore), Rc::clone(&shared));
        local.spawn(async move {
            for round in 1..=rounds {
                shared.until(|| shared.begun.get() >= round).await;
                drop(semaphore.acquire().await);
                shared.passed.set(shared.passed.get() + 1);
                if shared.passed.get() == round * N {
                    shared.wake();
                }
            }
        });
    }
    local.spawn(async move {
        for round in 1..=rounds {
            let held = semaphore.acquire().await;
            shared.begun.set(round);
            shared.wake();
            // Here they queue.
            yield_now().await;
            drop(held);
            shared.until(|| shared.passed.get() == round * N).await;
        }
    });
    let start = Instant::now();
    local.run();
    Sample {
        elapsed: start.elapsed(),
        ops: rounds * N,
    }
}

/// S6: `N` futures queue behind one permit, which then goes from each to the next.
#[must_use]
pub fn chain<P: SemaphorePeer, const N: usize>(ops: u64) -> Sample {
    let rounds = ops.div_ceil(N as u64);
    let semaphore = P::new(1);
    let waker = waker();
    let mut cx = Context::from_waker(&waker);
    let mut crowd = Crowd::new(N, || semaphore.acquire());
    let start = Instant::now();
    for _ in 0..rounds {
        let held = ready(|| semaphore.acquire(), &mut cx);
        crowd.seat(|| semaphore.acquire());
        crowd.park();
        drop(held);
        crowd.finish(drop);
    }
    Sample {
        elapsed: start.elapsed(),
        ops: rounds * N as u64,
    }
}
