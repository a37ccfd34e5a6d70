//! What it costs, against the number of those who wait: allocations, memory, growth.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, where a panic is a finding"
)]

use std::fs;
use std::task::Waker;
use std::thread;
use std::time::{Duration, Instant};

use waystation_semaphore::{Acquire, Fairness, Semaphore};
use waystation_testkit::{CountingAllocator, Probe, Rng, assert_pending, poll_once};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const KINDS: [Fairness; 2] = [Fairness::Fifo, Fairness::Bypass { limit: 3 }];

/// What eight times as many cost: linear is 8, quadratic is 64.
const LINEAR: f64 = 22.0;

/// `measure(8 * n) / measure(n)`, the median of several.
fn growth(mut measure: impl FnMut(usize) -> Duration, n: usize) -> f64 {
    let mut ratios = [(); 5].map(|()| {
        let few = measure(n).as_secs_f64();
        measure(8 * n).as_secs_f64() / few
    });
    ratios.sort_by(f64::total_cmp);
    ratios[2]
}

fn park(semaphore: &Semaphore, n: usize) -> Vec<Option<Acquire<&Semaphore>>> {
    (0..n)
        .map(|_| {
            let mut waiter = semaphore.acquire();
            assert_pending(poll_once(&mut waiter, Waker::noop()));
            Some(waiter)
        })
        .collect()
}

fn shuffled(n: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    Rng::new(seed).shuffle(&mut order);
    order
}

/// How long this thread has run: other processes do not count, where the system tells.
fn worked(since: Instant) -> Duration {
    // A yield brings the system's count up to date.
    thread::yield_now();
    fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .map_or_else(|| since.elapsed(), Duration::from_nanos)
}

fn timed(f: impl FnOnce()) -> Duration {
    let since = Instant::now();
    let before = worked(since);
    f();
    worked(since) - before
}

/// Leaves in this order, and nobody is left.
fn cancel(semaphore: &Semaphore, order: impl IntoIterator<Item = usize>, n: usize) -> Duration {
    let mut waiters = park(semaphore, n);
    let took = timed(|| {
        for at in order {
            waiters[at] = None;
        }
    });
    assert_eq!(semaphore.waiters(), 0);
    took
}

#[test]
fn cancelling_100_000_in_random_order_is_linear() {
    for (fairness, n) in KINDS.into_iter().zip([12_500, 2_000]) {
        let semaphore = Semaphore::with_fairness(0, fairness);
        let ratio = growth(|n| cancel(&semaphore, shuffled(n, 7), n), n);
        assert!(ratio < LINEAR, "{ratio}");
    }
}

#[test]
fn cancelling_from_either_end_is_linear() {
    let semaphore = Semaphore::new(0);
    let ratio = growth(|n| cancel(&semaphore, 0..n, n), 2_000);
    assert!(ratio < LINEAR, "from the front: {ratio}");
    let ratio = growth(|n| cancel(&semaphore, (0..n).rev(), n), 2_000);
    assert!(ratio < LINEAR, "from the back: {ratio}");
}

#[test]
fn cancelling_behind_one_who_stays_is_linear() {
    let semaphore = Semaphore::new(0);
    let _stays = park(&semaphore, 1);
    let ratio = growth(
        |n| {
            let mut waiters = park(&semaphore, n);
            timed(|| {
                for at in shuffled(n, 3) {
                    waiters[at] = None;
                }
            })
        },
        2_000,
    );
    assert!(ratio < LINEAR, "{ratio}");
    assert_eq!(semaphore.waiters(), 1);
}

#[test]
fn a_chain_of_releases_is_linear() {
    for fairness in KINDS {
        let ratio = growth(
            |n| {
                let semaphore = Semaphore::with_fairness(0, fairness);
                let mut waiters = park(&semaphore, n);
                timed(|| {
                    semaphore.add_permits(1);
                    for waiter in &mut waiters {
                        let mut waiter = waiter.take().unwrap();
                        assert!(poll_once(&mut waiter, Waker::noop()).is_ready());
                    }
                    assert_eq!(semaphore.available_permits(), 1);
                })
            },
            2_000,
        );
        assert!(ratio < LINEAR, "{ratio}");
    }
}

#[test]
fn a_chain_of_cancelled_grants_is_linear() {
    for fairness in KINDS {
        let ratio = growth(
            |n| {
                let semaphore = Semaphore::with_fairness(0, fairness);
                let waiters = park(&semaphore, n);
                semaphore.add_permits(1);
                timed(|| drop(waiters))
            },
            2_000,
        );
        assert!(ratio < LINEAR, "{ratio}");
    }
}

#[test]
fn one_large_release_is_linear() {
    let ratio = growth(
        |n| {
            let semaphore = Semaphore::new(0);
            let _waiters = park(&semaphore, n);
            timed(|| semaphore.add_permits(n))
        },
        2_000,
    );
    assert!(ratio < LINEAR, "{ratio}");
}

#[test]
fn enqueueing_is_linear() {
    let ratio = growth(
        |n| {
            let semaphore = Semaphore::new(0);
            let mut waiters = Vec::with_capacity(n);
            timed(|| waiters.extend(park(&semaphore, n)))
        },
        2_000,
    );
    assert!(ratio < LINEAR, "{ratio}");
}

#[test]
fn a_release_allocates_nothing_however_many_wait() {
    for n in [1, 1_000, 100_000] {
        let semaphore = Semaphore::new(0);
        let _waiters = park(&semaphore, n);
        let ((), counts) = CountingAllocator::measure(|| semaphore.add_permits(1));
        assert_eq!(counts.allocations, 0);
    }
}

#[test]
fn taking_and_giving_back_allocates_nothing() {
    let semaphore = Semaphore::new(1);
    let ((), counts) = CountingAllocator::measure(|| {
        for _ in 0..1_000 {
            drop(semaphore.try_acquire().unwrap());
            assert!(poll_once(&mut semaphore.acquire(), Waker::noop()).is_ready());
        }
    });
    assert_eq!(counts.allocations, 0);
}

#[test]
fn waiting_again_and_again_allocates_nothing() {
    for fairness in KINDS {
        let semaphore = Semaphore::with_fairness(0, fairness);
        drop(park(&semaphore, 64));
        let ((), counts) = CountingAllocator::measure(|| {
            for _ in 0..1_000 {
                let mut waiter = semaphore.acquire();
                assert_pending(poll_once(&mut waiter, Waker::noop()));
                semaphore.add_permits(1);
                assert!(poll_once(&mut waiter, Waker::noop()).is_ready());
                assert_eq!(semaphore.forget_permits(1), 1);
            }
        });
        assert_eq!(counts.allocations, 0);
    }
}

#[test]
fn a_million_spurious_polls_cost_no_memory_and_change_nothing() {
    let semaphore = Semaphore::new(0);
    let probe = Probe::new();
    let (one, other) = (probe.waker(), Probe::new().waker());
    let mut waiter = semaphore.acquire();
    let mut watcher = semaphore.closed();
    assert_pending(poll_once(&mut waiter, &one));
    assert_pending(poll_once(&mut watcher, &one));
    let ((), counts) = CountingAllocator::measure(|| {
        for round in 0..500_000 {
            // A new waker from time to time, the same one mostly.
            let waker = if round % 10 == 0 { &other } else { &one };
            assert_pending(poll_once(&mut waiter, waker));
            assert_pending(poll_once(&mut watcher, waker));
        }
    });
    assert_eq!((counts.allocations, counts.live), (0, 0));
    assert_eq!((semaphore.waiters(), probe.wakes()), (1, 0));
    assert_eq!(probe.live(), 3, "the test's own, and one for each future");
}

#[test]
fn memory_comes_back_after_a_crowd() {
    let semaphore = Semaphore::new(0);
    let ((), counts) = CountingAllocator::measure(|| drop(park(&semaphore, 100_000)));
    assert!(counts.peak > 1_000_000);
    assert!(counts.live < 100_000, "{} bytes stay", counts.live);
}

#[test]
fn memory_is_flat_while_many_come_and_go_behind_one_who_stays() {
    let semaphore = Semaphore::new(0);
    let _stays = park(&semaphore, 1);
    let ((), counts) = CountingAllocator::measure(|| {
        for _ in 0..200_000 {
            let mut waiter = semaphore.acquire();
            assert_pending(poll_once(&mut waiter, Waker::noop()));
        }
    });
    assert!(counts.peak < 10_000, "{} bytes", counts.peak);
}

#[test]
fn closing_on_a_crowd_is_linear() {
    let ratio = growth(
        |n| {
            let semaphore = Semaphore::new(0);
            let _waiters = park(&semaphore, n);
            timed(|| assert!(semaphore.close()))
        },
        2_000,
    );
    assert!(ratio < LINEAR, "{ratio}");
}
