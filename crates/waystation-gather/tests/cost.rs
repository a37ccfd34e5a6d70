//! What a wake-up costs, counted in polls and allocations, not in time.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod support;

use std::future::{Future, poll_fn};
use std::sync::Mutex;
use std::task::{Poll, Waker};

use support::turns;
use waystation_gather::{Group, as_completed, gather};
use waystation_testkit::{CountingAllocator, Driver, assert_pending, assert_ready, growth};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

struct Stand {
    polls: Vec<usize>,
    wakers: Vec<Option<Waker>>,
    open: Vec<bool>,
}

impl Stand {
    fn new(children: usize) -> Mutex<Self> {
        Mutex::new(Self {
            polls: vec![0; children],
            wakers: vec![None; children],
            open: vec![false; children],
        })
    }
}

fn child(stand: &Mutex<Stand>, id: usize) -> impl Future<Output = usize> + '_ {
    poll_fn(move |cx| {
        let mut stand = stand.lock().unwrap();
        stand.polls[id] += 1;
        if stand.open[id] {
            return Poll::Ready(id);
        }
        match &mut stand.wakers[id] {
            Some(waker) if waker.will_wake(cx.waker()) => {}
            waker => *waker = Some(cx.waker().clone()),
        }
        Poll::Pending
    })
}

fn wake(stand: &Mutex<Stand>, id: usize) {
    let waker = stand.lock().unwrap().wakers[id].clone().unwrap();
    waker.wake();
}

fn total(stand: &Mutex<Stand>) -> usize {
    stand.lock().unwrap().polls.iter().sum()
}

#[test]
fn a_wake_up_polls_one_child_of_ten_and_of_a_hundred_thousand() {
    for n in [10, 1_000, 10_000, 100_000] {
        let stand = Stand::new(n);
        let mut driver = Driver::new(gather((0..n).map(|id| child(&stand, id))));
        assert_pending(turns(&mut driver));
        assert_eq!(total(&stand), n);
        for id in [0, n / 2, n - 1] {
            let before = total(&stand);
            wake(&stand, id);
            assert_pending(driver.poll());
            assert_eq!(total(&stand), before + 1, "{n} children");
        }
    }
}

#[test]
fn a_poll_allocates_nothing() {
    let stand = Stand::new(1_000);
    let mut driver = Driver::new(gather((0..1_000).map(|id| child(&stand, id))));
    assert_pending(turns(&mut driver));
    let counts = CountingAllocator::measure(|| {
        for round in 0..100 {
            (0..1_000)
                .step_by(round + 1)
                .for_each(|id| wake(&stand, id));
            assert_pending(turns(&mut driver));
        }
    });
    assert_eq!(counts.1.allocations, 0);
}

#[test]
fn the_wakers_of_one_gather_serve_the_next_on_the_thread() {
    let run = |n: usize| {
        let stand = Stand::new(n);
        let (outputs, counts) = CountingAllocator::measure(|| {
            let mut driver = Driver::new(gather((0..n).map(|id| child(&stand, id))));
            assert_pending(turns(&mut driver));
            (0..n).for_each(|id| stand.lock().unwrap().open[id] = true);
            (0..n).for_each(|id| wake(&stand, id));
            stand.lock().unwrap().wakers.fill(None);
            assert_ready(turns(&mut driver))
        });
        assert_eq!(outputs.len(), n);
        counts.allocations
    };
    let driver = CountingAllocator::measure(|| Driver::new(())).1.allocations;
    run(10);
    // The outputs, and memory for the children: four to a chunk, and a list of the chunks.
    assert_eq!(run(10), driver + 1 + 3 + 1);
    assert_eq!(run(4), driver + 1 + 1 + 1);
    run(1_000);
    assert_eq!(run(1_000), driver + 1 + 250 + 1);
}

#[test]
fn under_a_limit_children_are_free_but_for_their_output() {
    let children = |n: usize| (0..n).map(|id| futures_lite::future::yield_now().map_to(id));
    let cost = |n| {
        let run = || futures_lite::future::block_on(gather(children(n)).limit(4));
        CountingAllocator::measure(run).1.allocations
    };
    cost(1_000);
    assert_eq!(cost(1_000), cost(10_000));
    let drain = |n| {
        let all = async || {
            let mut outputs = as_completed(children(n)).limit(4);
            while outputs.next().await.is_some() {}
        };
        CountingAllocator::measure(|| futures_lite::future::block_on(all()))
            .1
            .peak
    };
    assert!(drain(1_000) < 2_000);
}

trait MapTo: Future + Sized {
    fn map_to<T>(self, output: T) -> impl Future<Output = T> {
        async {
            self.await;
            output
        }
    }
}

impl<F: Future> MapTo for F {}

#[test]
fn a_waker_that_is_kept_keeps_little() {
    let n = 100_000;
    let stand = Stand::new(n);
    let ((), counts) = CountingAllocator::measure(|| {
        let mut driver = Driver::new(gather((0..n).map(|id| child(&stand, id))));
        assert_pending(turns(&mut driver));
        stand.lock().unwrap().wakers.truncate(1);
    });
    assert!(stand.lock().unwrap().wakers[0].is_some());
    assert!(counts.live < 300, "{counts:?}");
}

#[test]
fn what_a_thread_keeps_is_bounded() {
    let keeps = |n: usize| {
        std::thread::spawn(move || {
            let start = CountingAllocator::thread().live;
            for _ in 0..3 {
                futures_lite::future::block_on(gather((0..n).map(|_| async {})));
            }
            CountingAllocator::thread().live - start
        })
        .join()
        .unwrap()
    };
    assert!(
        (40_000..110_000).contains(&keeps(1_000)),
        "{}",
        keeps(1_000)
    );
    // The allocator of `block_on` keeps a parker of its own.
    assert!(keeps(100_000) < 1_000, "{}", keeps(100_000));
}

#[test]
fn a_whole_life_costs_in_proportion_to_the_children() {
    let life = |n: usize| {
        let stand = Stand::new(n);
        let mut driver = Driver::new(gather((0..n).map(|id| child(&stand, id))).limit(n / 2));
        let mut next = (0..n).map(|k| k * 7_919 % n);
        let mut polls = 0;
        while driver.poll().is_pending() {
            polls += 1;
            if !driver.woken() {
                let id = next.next().unwrap();
                stand.lock().unwrap().open[id] = true;
                if stand.lock().unwrap().wakers[id].is_some() {
                    wake(&stand, id);
                }
            }
        }
        polls + total(&stand)
    };
    assert!(growth(life, 1_000) < 2.5);
}

#[test]
fn the_end_of_a_limited_as_completed_costs_in_proportion_to_the_limit() {
    let all = async || {
        let mut outputs = as_completed((0..1_000_000u32).map(|n| async move { n })).limit(8);
        let mut sum = 0;
        while let Some((_, n)) = outputs.next().await {
            sum += u64::from(n);
        }
        sum
    };
    let (sum, counts) = CountingAllocator::measure(|| futures_lite::future::block_on(all()));
    assert_eq!(sum, 499_999_500_000);
    assert!(counts.peak < 64 << 10, "{counts:?}");
}

#[test]
fn the_memory_of_a_group_is_flat_over_a_million_pushes() {
    let all = async |limit: usize| {
        let mut group = Group::new().limit(limit);
        let mut given = 0;
        for n in 0..1_000_000u32 {
            group.push(async move { n });
            if group.len() == 8 {
                given += usize::from(group.next().await.is_some());
            }
        }
        given + group.len()
    };
    for limit in [2, 100] {
        let run = || futures_lite::future::block_on(all(limit));
        let (given, counts) = CountingAllocator::measure(run);
        assert_eq!(given, 1_000_000);
        assert!(counts.peak < 8 << 10, "{counts:?}");
        assert!(counts.allocations < 100, "{counts:?}");
    }
}

#[test]
fn one_old_child_does_not_make_a_group_grow() {
    let all = async || {
        let mut group = Group::new();
        let stays = group.push(Box::pin(std::future::pending()) as Boxed);
        for n in 0..100_000u32 {
            group.push(Box::pin(async move { n }) as Boxed);
            assert!(group.next().await.is_some());
        }
        assert!(group.cancel(stays));
    };
    let counts = CountingAllocator::measure(|| futures_lite::future::block_on(all())).1;
    assert!(counts.peak < 8 << 10, "{counts:?}");
}

#[test]
fn a_burst_gives_its_memory_back_when_the_group_is_empty() {
    let n = 20_000;
    let ((), counts) = CountingAllocator::measure(|| {
        let group = std::mem::ManuallyDrop::new(futures_lite::future::block_on(async {
            let mut group = Group::new();
            for _ in 0..n {
                group.push(futures_lite::future::yield_now());
            }
            while group.next().await.is_some() {}
            group
        }));
        assert!(group.is_empty());
    });
    assert!(counts.peak > 2 << 20, "{counts:?}");
    assert!(counts.live < 128 << 10, "{counts:?}");
}

type Boxed = std::pin::Pin<Box<dyn Future<Output = u32>>>;
