//! The rows on the executors of the benches, and on threads.

use super::shape::{Against, Goal, OURS, OURS_BYPASS, Row};

pub(super) const fn goal(against: Against, reach: f64, stretch: Option<f64>) -> Goal {
    Goal {
        ours: OURS,
        against,
        reach,
        stretch,
    }
}

pub(super) const fn bypass(against: Against, reach: f64, stretch: Option<f64>) -> Goal {
    Goal {
        ours: OURS_BYPASS,
        against,
        reach,
        stretch,
    }
}

const fn event(
    key: &'static str,
    title: &'static str,
    unit: &'static str,
    goals: &'static [Goal],
) -> Row {
    Row {
        key,
        primitive: "event",
        title,
        unit,
        goals,
    }
}

const fn semaphore(
    key: &'static str,
    title: &'static str,
    unit: &'static str,
    goals: &'static [Goal],
) -> Row {
    Row {
        key,
        primitive: "semaphore",
        title,
        unit,
        goals,
    }
}

const fn queue(key: &'static str, title: &'static str, goals: &'static [Goal]) -> Row {
    Row {
        key,
        primitive: "queue",
        title,
        unit: "item",
        goals,
    }
}

const fn gather(key: &'static str, title: &'static str, goals: &'static [Goal]) -> Row {
    Row {
        key,
        primitive: "gather",
        title,
        unit: "child",
        goals,
    }
}

const fn event_loop(key: &'static str, title: &'static str, unit: &'static str) -> Row {
    Row {
        key,
        primitive: "event-loop",
        title,
        unit,
        goals: LOOP,
    }
}

const CROWD: &[Goal] = &[goal(Against::Any, 0.75, Some(0.55))];
const UNCONTENDED: &[Goal] = &[goal(Against::Any, 0.55, Some(0.48))];
const CHAIN: &[Goal] = &[goal(Against::Any, 0.75, Some(0.65))];
const TRY_PAIR: &[Goal] = &[goal(Against::Any, 1.0, Some(0.9))];
const PIPE: &[Goal] = &[goal(Against::Mpmc, 1.0, Some(0.95))];
const ONE_SLOT: &[Goal] = &[goal(Against::PendingPutOutside, 0.8, Some(0.6))];
const ACROSS: &[Goal] = &[goal(Against::Mpmc, 1.1, Some(0.9))];
const GATHER: &[Goal] = &[goal(Against::Any, 1.0, Some(0.8))];
const LOOP: &[Goal] = &[goal(Against::Any, 1.1, Some(0.8))];

const WOKEN: &[Goal] = &[goal(Against::Any, 0.65, None)];
/// The rows on the executors of the benches, in the order of the report.
pub(super) const ROWS: &[Row] = &[
    event(
        "E1",
        "wait on a set event",
        "wait",
        &[goal(Against::Any, 0.55, Some(0.45))],
    ),
    event(
        "E2",
        "set + clear, nobody waiting",
        "pair",
        &[goal(Against::Any, 0.60, Some(0.55))],
    ),
    event("E3/1", "1 waiter, one set", "waiter", CROWD),
    event("E3/64", "64 waiters, one set", "waiter", CROWD),
    event("E3/1000", "1,000 waiters, one set", "waiter", CROWD),
    event("E3/100000", "100,000 waiters, one set", "waiter", CROWD),
    event(
        "E4",
        "ping-pong on two events, one thread",
        "round trip",
        &[goal(Against::Any, 0.90, Some(0.80))],
    ),
    event(
        "E5",
        "ping-pong on two events, two threads",
        "round trip",
        &[goal(Against::Any, 1.10, Some(1.0))],
    ),
    event(
        "E1/await",
        "wait on a set event, awaited in a task",
        "wait",
        &[goal(Against::Any, 0.5, None)],
    ),
    event(
        "E2/await",
        "set + clear in a task, nobody waiting",
        "pair",
        &[goal(Against::Any, 0.6, None)],
    ),
    event("E3/1/await", "1 task waits, one set", "waiter", WOKEN),
    event("E3/64/await", "64 tasks wait, one set", "waiter", WOKEN),
    event(
        "E3/1000/await",
        "1,000 tasks wait, one set",
        "waiter",
        WOKEN,
    ),
    semaphore("S1", "acquire + drop, uncontended", "pair", UNCONTENDED),
    semaphore(
        "S1b",
        "try_acquire + drop, uncontended",
        "pair",
        UNCONTENDED,
    ),
    semaphore(
        "S2",
        "64 tasks, 1 permit, yield while holding",
        "acquire",
        &[goal(Against::Any, 0.97, Some(0.90))],
    ),
    semaphore(
        "S3",
        "two threads × 8 tasks, 1 permit, no yield",
        "acquire",
        &[
            goal(Against::Fair, 1.1, None),
            bypass(Against::Unfair, 0.70, Some(0.5)),
        ],
    ),
    semaphore(
        "S3b",
        "two threads × 8 tasks, 1 permit, yield while holding",
        "acquire",
        &[
            goal(Against::Fair, 1.1, None),
            bypass(Against::Unfair, 1.0, Some(0.85)),
        ],
    ),
    semaphore(
        "S4",
        "64 tasks, 8 permits, acquire_many(1..=4)",
        "acquire",
        &[goal(Against::Fair, 1.0, Some(0.85))],
    ),
    semaphore(
        "S5",
        "cancel storm: polled once, dropped, 64 others queued",
        "cancel",
        &[goal(Against::Any, 0.90, Some(0.70))],
    ),
    semaphore(
        "S6/100",
        "100 waiters, then a chain of releases",
        "waiter",
        CHAIN,
    ),
    semaphore(
        "S6/1000",
        "1,000 waiters, then a chain of releases",
        "waiter",
        CHAIN,
    ),
    semaphore(
        "S6/10000",
        "10,000 waiters, then a chain of releases",
        "waiter",
        CHAIN,
    ),
    semaphore(
        "S6/100000",
        "100,000 waiters, then a chain of releases",
        "waiter",
        CHAIN,
    ),
    semaphore(
        "S1/await",
        "acquire + drop, awaited in a task, uncontended",
        "pair",
        &[goal(Against::Any, 0.65, None)],
    ),
    semaphore(
        "S5/await",
        "cancel storm in a task, 64 other tasks queued",
        "cancel",
        &[goal(Against::Any, 0.85, None)],
    ),
    semaphore(
        "S6/100/await",
        "100 tasks wait, then a chain of releases",
        "waiter",
        CHAIN,
    ),
    semaphore(
        "S6/1000/await",
        "1,000 tasks wait, then a chain of releases",
        "waiter",
        CHAIN,
    ),
    semaphore(
        "S6/10000/await",
        "10,000 tasks wait, then a chain of releases",
        "waiter",
        CHAIN,
    ),
    queue("Q1/16", "try_put + try_get, capacity 16", TRY_PAIR),
    queue("Q1/unbounded", "try_put + try_get, unbounded", TRY_PAIR),
    queue(
        "Q2/1",
        "1 producer, 1 consumer, one thread, capacity 1",
        ONE_SLOT,
    ),
    queue(
        "Q2/16",
        "1 producer, 1 consumer, one thread, capacity 16",
        PIPE,
    ),
    queue(
        "Q2/1024",
        "1 producer, 1 consumer, one thread, capacity 1,024",
        PIPE,
    ),
    queue(
        "Q2/unbounded",
        "1 producer, 1 consumer, one thread, unbounded",
        PIPE,
    ),
    queue(
        "Q3/1",
        "1 producer, 1 consumer, two threads, capacity 1",
        ONE_SLOT,
    ),
    queue(
        "Q3/16",
        "1 producer, 1 consumer, two threads, capacity 16",
        ACROSS,
    ),
    queue(
        "Q3/1024",
        "1 producer, 1 consumer, two threads, capacity 1,024",
        ACROSS,
    ),
    queue(
        "Q3/unbounded",
        "1 producer, 1 consumer, two threads, unbounded",
        ACROSS,
    ),
    queue(
        "Q3/1024/64B",
        "1 producer, 1 consumer, two threads, items of 64 bytes, capacity 1,024",
        ACROSS,
    ),
    queue(
        "Q4/16",
        "4 producers, 4 consumers, two threads, capacity 16",
        ACROSS,
    ),
    queue(
        "Q4/128",
        "4 producers, 4 consumers, two threads, capacity 128",
        ACROSS,
    ),
    queue(
        "Q4/unbounded",
        "4 producers, 4 consumers, two threads, unbounded",
        ACROSS,
    ),
    queue(
        "Q5/16",
        "4 producers, 1 consumer, two threads, capacity 16",
        ACROSS,
    ),
    queue(
        "Q5/128",
        "4 producers, 1 consumer, two threads, capacity 128",
        ACROSS,
    ),
    queue(
        "Q5/unbounded",
        "4 producers, 1 consumer, two threads, unbounded",
        ACROSS,
    ),
    queue(
        "Q1/16/await",
        "put + get, awaited in a task, capacity 16",
        PIPE,
    ),
    queue(
        "Q1/unbounded/await",
        "put + get, awaited in a task, unbounded",
        PIPE,
    ),
    gather(
        "G1/10",
        "10 children, each woken once",
        &[goal(Against::Any, 1.5, None)],
    ),
    gather("G1/1000", "1,000 children, each woken once", GATHER),
    gather("G1/10000", "10,000 children, each woken once", GATHER),
    event_loop("L1/tasks", "10,000 tasks, spawned and joined", "task"),
    event_loop("L1/soon/100000", "100,000 call_soon", "call"),
    event_loop("L1/soon/1000000", "1,000,000 call_soon", "call"),
    event_loop(
        "L1/fire",
        "100,000 timers in random order, all fire",
        "timer",
    ),
    event_loop(
        "L1/cancel",
        "100,000 timers in random order, all cancelled",
        "timer",
    ),
];
