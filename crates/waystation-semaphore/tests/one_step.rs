//! A release to many is one step: nobody sees its middle, neither an ender nor an observer.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, where a panic is a finding"
)]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::Waker;

use waystation_semaphore::{Acquire, AcquireError, Fairness, Semaphore};
use waystation_testkit::{HostileWaker, PATIENCE, assert_pending, poll_once, within};

use common::{FAIRNESS, parked};

const N: usize = 20;

type Line = Vec<Acquire<Arc<Semaphore>>>;

/// `N` who wait for one permit each. The waker of the first runs `inside`.
fn line(semaphore: &Arc<Semaphore>, inside: impl Fn(&Semaphore) + Send + Sync + 'static) -> Line {
    let of_first = semaphore.clone();
    let (first, _) = HostileWaker::builder()
        .on_wake(move || inside(&of_first))
        .build();
    (0..N)
        .map(|at| {
            let mut acquire = semaphore.acquire_owned();
            let waker = if at == 0 { &first } else { Waker::noop() };
            assert_pending(poll_once(&mut acquire, waker));
            acquire
        })
        .collect()
}

/// Every way to release `N` permits to a line that waits already.
fn releases(fairness: Fairness, inside: fn(&Semaphore), check: fn(&Semaphore, Line, usize)) {
    type Release = Box<dyn FnOnce(&Arc<Semaphore>)>;
    type Made = (Arc<Semaphore>, Release);
    let empty = || Arc::new(Semaphore::with_fairness(0, fairness));
    let makes: [fn(Arc<Semaphore>) -> Made; 4] = [
        |semaphore| (semaphore, Box::new(|semaphore| semaphore.add_permits(N))),
        |semaphore| (semaphore, Box::new(|semaphore| semaphore.resize(N))),
        |semaphore| {
            semaphore.add_permits(N);
            let held = semaphore.try_acquire_many_owned(N).unwrap();
            (semaphore, Box::new(move |_| drop(held)))
        },
        |semaphore| {
            semaphore.add_permits(N);
            let head = parked(semaphore.acquire_many_owned(N + 1));
            (semaphore, Box::new(move |_| drop(head)))
        },
    ];
    for make in makes {
        let (semaphore, release) = make(empty());
        let line = line(&semaphore, inside);
        release(&semaphore);
        let waiters = semaphore.waiters();
        check(&semaphore, line, waiters);
    }
}

/// How many of them have a permit now, and how many are refused.
fn ends(line: Line) -> (usize, usize) {
    let (mut served, mut closed) = (Vec::new(), 0);
    for mut acquire in line {
        match poll_once(&mut acquire, Waker::noop()) {
            std::task::Poll::Ready(Ok(permit)) => served.push(permit),
            std::task::Poll::Ready(Err(AcquireError::Closed)) => closed += 1,
            other => panic!("{other:?}"),
        }
    }
    (served.len(), closed)
}

#[test]
fn a_release_is_one_step_for_close() {
    releases(
        Fairness::Fifo,
        |semaphore| assert!(semaphore.close()),
        |_, line, _| assert_eq!(ends(line), (N, 0)),
    );
}

#[test]
fn a_release_is_one_step_for_forget() {
    releases(
        Fairness::Fifo,
        |semaphore| assert_eq!(semaphore.forget_permits(N), 0),
        |semaphore, line, waiters| {
            assert_eq!(waiters, 0);
            assert_eq!(ends(line), (N, 0));
            assert_eq!(semaphore.available_permits(), semaphore.total());
        },
    );
}

#[test]
fn a_release_is_one_step_for_resize_down() {
    releases(
        Fairness::Fifo,
        |semaphore| semaphore.resize(0),
        |semaphore, line, waiters| {
            assert_eq!(waiters, 0);
            assert_eq!(ends(line), (N, 0));
            assert_eq!((semaphore.available_permits(), semaphore.total()), (0, 0));
        },
    );
}

#[test]
fn a_waker_sees_the_end_of_the_release_only() {
    for fairness in FAIRNESS {
        releases(
            fairness,
            |semaphore| {
                // With passers-by the last is woken only, and its permit is free.
                let left = semaphore.waiters();
                assert!(left <= 1);
                assert_eq!(semaphore.available_permits(), left);
                assert_eq!(semaphore.total(), N);
            },
            |_, line, _| assert_eq!(ends(line), (N, 0)),
        );
    }
}

#[test]
fn a_release_is_one_step_for_two_threads() {
    within(PATIENCE, "add against forget", || {
        for _ in 0..200 {
            let semaphore = Arc::new(Semaphore::new(0));
            let _line = line(&semaphore, |_| {});
            let inside = semaphore.clone();
            let forgets = std::thread::spawn(move || inside.forget_permits(N));
            semaphore.add_permits(N);
            assert_eq!((forgets.join().unwrap(), semaphore.waiters()), (0, 0));
        }
    });
}

#[test]
fn a_chain_of_wakers_that_drop_their_granted_tasks_may_be_thousands_long() {
    const LONG: usize = 2_000;
    // The stack of a main thread, whatever the tests' threads have.
    let chain = || {
        let semaphore = Arc::new(Semaphore::new(0));
        let dropped = Arc::new(AtomicUsize::new(0));
        for _ in 0..LONG {
            let task = Arc::new(Mutex::new(None));
            let (slot, count) = (task.clone(), dropped.clone());
            let (waker, _) = HostileWaker::builder()
                .on_wake(move || {
                    let granted = slot.lock().unwrap().take();
                    count.fetch_add(usize::from(granted.is_some()), SeqCst);
                    drop(granted);
                })
                .build();
            let mut acquire = semaphore.acquire_owned();
            assert_pending(poll_once(&mut acquire, &waker));
            *task.lock().unwrap() = Some(acquire);
        }
        semaphore.add_permits(1);
        assert_eq!(dropped.load(SeqCst), LONG);
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
    };
    let thread = std::thread::Builder::new().stack_size(8 << 20);
    thread.spawn(chain).unwrap().join().unwrap();
}
