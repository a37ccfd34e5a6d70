//! Wakers that change, wakers that are counted, polls that nobody asked for.

use std::task::Waker;

use waystation_testkit::{Probe, assert_pending, poll_once};

use crate::table::for_each;

#[test]
fn of_a_thousand_wakers_only_the_last_is_kept_and_woken() {
    for_each(|mut case| {
        let mut waiter = case.waiter();
        let probes: Vec<_> = (0..1000).map(|_| Probe::new()).collect();
        for (at, probe) in probes.iter().enumerate() {
            assert_pending(poll_once(&mut waiter, &probe.waker()));
            assert_eq!(probe.live(), 1, "{}", case.name);
            assert!(at == 0 || probes[at - 1].live() == 0, "{}", case.name);
        }
        std::mem::replace(&mut case.trigger, Box::new(|| ()))();
        assert!(poll_once(&mut waiter, Waker::noop()).is_ready());
        let woken: usize = probes.iter().map(Probe::wakes).sum();
        assert_eq!((woken, probes[999].wakes()), (1, 1), "{}", case.name);
        assert!(probes.iter().all(|probe| probe.live() == 0));
    });
}

#[test]
fn spurious_polls_complete_nothing_and_keep_the_place() {
    for_each(|mut case| {
        let (mut waiter, mut next) = (case.waiter(), case.waiter());
        let (probe, other) = (Probe::new(), Probe::new());
        let (waker, second) = (probe.waker(), other.waker());
        assert_pending(poll_once(&mut waiter, &waker));
        assert_pending(poll_once(&mut next, &second));
        let before = format!("{:?}", case.queue);
        for _ in 0..20_000 {
            assert_pending(poll_once(&mut waiter, &waker));
        }
        assert_eq!(format!("{:?}", case.queue), before, "{}", case.name);
        assert_eq!((probe.clones(), probe.live()), (1, 2), "{}", case.name);
        std::mem::replace(&mut case.trigger, Box::new(|| ()))();
        assert_eq!(probe.wakes(), 1, "{}", case.name);
        let all = ["join", "close", "last"]
            .iter()
            .any(|all| case.name.contains(all));
        assert!(all || other.wakes() == 0, "{}: one was granted", case.name);
    });
}

#[test]
fn a_million_spurious_polls_take_no_memory_and_no_place() {
    let queue = waystation_queue::Queue::<u32>::unbounded();
    let mut get = queue.get();
    let probe = Probe::new();
    let waker = probe.waker();
    for _ in 0..1_000_000 {
        assert!(poll_once(&mut get, &waker).is_pending());
    }
    assert_eq!((queue.getters_waiting(), probe.live()), (1, 2));
    queue.try_put(1).unwrap();
    assert_eq!(probe.wakes(), 1);
}

#[test]
fn wakers_return_to_the_baseline_when_a_wait_completes() {
    for_each(|mut case| {
        let probe = Probe::new();
        let waker = probe.waker();
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        assert_eq!(probe.live(), 2, "{}", case.name);
        std::mem::replace(&mut case.trigger, Box::new(|| ()))();
        assert_eq!(probe.live(), 1, "{}: woken by value", case.name);
        assert!(poll_once(&mut waiter, &waker).is_ready(), "{}", case.name);
        assert_eq!(probe.live(), 1, "{}", case.name);
    });
}

#[test]
fn wakers_return_to_the_baseline_when_a_wait_is_cancelled() {
    for_each(|mut case| {
        let probe = Probe::new();
        let waker = probe.waker();
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        drop(waiter);
        assert_eq!(probe.live(), 1, "{}: parked", case.name);
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        std::mem::replace(&mut case.trigger, Box::new(|| ()))();
        drop(waiter);
        assert_eq!(probe.live(), 1, "{}: granted", case.name);
        case.assert_usable();
    });
}

#[test]
fn wakers_return_to_the_baseline_when_the_queue_is_shut_down() {
    for_each(|case| {
        let probe = Probe::new();
        let waker = probe.waker();
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        case.queue.close_now();
        while case.queue.task_done().is_ok() {}
        assert_eq!((probe.live(), probe.wakes()), (1, 1), "{}", case.name);
        assert!(poll_once(&mut waiter, &waker).is_ready(), "{}", case.name);
        assert_eq!(probe.live(), 1, "{}", case.name);
    });
}

#[test]
fn whoever_is_granted_is_woken_exactly_once() {
    for_each(|mut case| {
        let probe = Probe::new();
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &probe.waker()));
        std::mem::replace(&mut case.trigger, Box::new(|| ()))();
        case.queue.close();
        case.queue.close_now();
        assert_eq!(probe.wakes(), 1, "{}", case.name);
        assert!(poll_once(&mut waiter, Waker::noop()).is_ready());
    });
}
