//! The line's memory: when it is kept, when it comes back, and that nobody is lost with it.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::task::Waker;
use std::time::Instant;

use waystation_core::wait::{Batch, Line, Ticket};
use waystation_testkit::{CountingAllocator, Probe, growth};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// What an entry of a line takes that asks for nothing: a ticket and a waker.
const ENTRY: i64 = (size_of::<u64>() + size_of::<Waker>()) as i64;

fn join(line: &mut Line<()>, n: usize) -> Vec<Ticket> {
    (0..n)
        .map(|_| line.join(Waker::noop().clone(), ()))
        .collect()
}

/// For how many there is room in a line of `n` from which `leave` took some.
fn room_after(n: usize, leave: impl FnOnce(&mut Line<()>)) -> i64 {
    let (line, counts) = CountingAllocator::measure(|| {
        let mut line = Line::new();
        for _ in 0..n {
            line.join(Waker::noop().clone(), ());
        }
        leave(&mut line);
        line
    });
    drop(line);
    counts.live / ENTRY
}

fn pop(times: usize) -> impl FnOnce(&mut Line<()>) {
    move |line| (0..times).for_each(|_| assert!(line.pop().is_some()))
}

#[test]
fn the_first_is_at_the_front_and_no_other() {
    let mut line = Line::new();
    let tickets = join(&mut line, 2);
    assert!(line.is_front(tickets[0]) && !line.is_front(tickets[1]));
    line.pop();
    assert!(!line.is_front(tickets[0]) && line.is_front(tickets[1]));
    line.pop();
    assert!(!line.is_front(tickets[1]));
}

#[test]
fn memory_comes_back_after_a_peak_and_not_before() {
    const PEAK: usize = 4_096;
    assert_eq!(room_after(PEAK, pop(0)), 4_096);
    // An eighth of the room is still in use: nothing comes back.
    assert_eq!(room_after(PEAK, pop(PEAK - 512)), 4_096);
    // One less: three quarters of it come back.
    assert_eq!(room_after(PEAK, pop(PEAK - 511)), 1_024);
    assert_eq!(room_after(PEAK, pop(PEAK)), 1_024);
}

#[test]
fn a_small_line_keeps_its_memory() {
    assert_eq!(room_after(1_024, pop(1_024)), 1_024);
    // The next size above it comes back.
    assert_eq!(room_after(1_025, pop(1_025)), 512);
}

/// A line whose `n` were all taken out as a cohort and rung; then `give_back`.
fn after_a_broadcast(n: usize, meanwhile: impl FnOnce(&mut Line<()>)) -> (Line<()>, bool) {
    let mut line = Line::new();
    join(&mut line, n);
    let mut batch = Batch::new();
    let mut cohort = line.take();
    batch.ring_cohort(&mut cohort);
    batch.finish();
    meanwhile(&mut line);
    let back = line.give_back(cohort);
    (line, back.is_none())
}

#[test]
fn the_memory_of_a_cohort_is_kept_if_it_is_small_and_nobody_has_joined() {
    // Nothing comes back: the line had no memory of its own, and has the cohort's now.
    assert!(after_a_broadcast(100, |_| ()).1);
    assert!(after_a_broadcast(1_024, |_| ()).1);
    assert!(!after_a_broadcast(1_025, |_| ()).1);
    let join_one = |line: &mut Line<()>| drop(join(line, 1));
    let (line, is_kept) = after_a_broadcast(100, join_one);
    assert!(!is_kept);
    assert_eq!(line.len(), 1, "who has joined since is still there");
}

#[test]
fn a_line_with_more_memory_than_the_cohort_keeps_its_own() {
    let grow = |line: &mut Line<()>| {
        join(line, 200);
        pop(200)(line);
    };
    assert!(!after_a_broadcast(100, grow).1);
}

#[test]
fn a_cohort_that_was_not_rung_is_not_taken_back() {
    let mut line = Line::new();
    let probe = Probe::new();
    line.join(probe.waker(), ());
    let cohort = line.take();
    let mut back = line.give_back(cohort).unwrap();
    assert!(line.is_empty());
    back.next_waker().unwrap().wake();
    assert_eq!(probe.wakes(), 1);
}

#[test]
fn as_many_as_fit_into_a_batch_are_put_there() {
    for (n, fits) in [(Batch::CAPACITY, true), (Batch::CAPACITY + 1, false)] {
        let mut line = Line::new();
        join(&mut line, n);
        let mut batch = Batch::new();
        let cohort = line.release_all(&mut batch);
        assert_eq!(batch.room(), if fits { 0 } else { Batch::CAPACITY });
        assert!(line.is_empty());
        batch.finish();
        drop(cohort);
    }
}

/// One who stays in front, `n` who leave in any order, one who stays behind.
fn leave_between(line: &mut Line<()>, n: usize) {
    join(line, 1);
    let tickets = join(line, n);
    join(line, 1);
    for k in 0..n {
        assert!(line.leave(tickets[k * 7_919 % n]).is_some());
    }
    assert_eq!(line.len(), 2);
}

#[test]
fn marks_in_the_middle_are_swept_out() {
    assert!(room_after(0, |line| leave_between(line, 10_000)) <= 2_048);
}

#[test]
fn marks_in_the_middle_are_not_swept_out_one_by_one() {
    let measure = |n: usize| {
        let mut line = Line::new();
        let start = Instant::now();
        leave_between(&mut line, n);
        start.elapsed()
    };
    // A busy machine spoils a comparison now and then; what is quadratic fails each. So many that
    // once and twice as many are both large blocks for the system's allocator: those cost more.
    assert!((0..8).any(|_| growth(measure, 8_000) < 2.8));
}
