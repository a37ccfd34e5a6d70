//! The ticket line: order, leaving, memory, and stale tickets.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

use proptest::prelude::*;
use waystation_core::wait::{Line, Ticket, Watermark};
use waystation_testkit::Probe;

fn waker() -> Waker {
    Probe::new().waker()
}

fn line_of(n: usize) -> (Line<usize>, Vec<Ticket>) {
    let mut line = Line::new();
    let tickets = (0..n).map(|ask| line.join(waker(), ask)).collect();
    (line, tickets)
}

#[test]
fn those_who_wait_leave_in_the_order_in_which_they_came() {
    let (mut line, tickets) = line_of(5);
    let popped: Vec<_> = std::iter::from_fn(|| line.pop())
        .map(|(ticket, _, ask)| (ticket, ask))
        .collect();
    assert_eq!(popped, tickets.into_iter().zip(0..5).collect::<Vec<_>>());
    assert!(line.is_empty());
}

#[test]
fn a_ticket_is_never_reused() {
    let (mut line, tickets) = line_of(1);
    line.pop().unwrap();
    let next = line.join(waker(), 0);
    assert!(next > tickets[0]);
}

#[test]
fn a_stale_ticket_finds_nothing() {
    let (mut line, tickets) = line_of(3);
    line.pop().unwrap();
    drop(line.leave(tickets[1]).unwrap());
    for stale in &tickets[..2] {
        assert!(line.waker(*stale).is_none());
        assert!(line.leave(*stale).is_none());
        assert!(line.replace(*stale, waker()).is_err());
    }
    assert_eq!(line.len(), 1);
    assert!(line.is_front(tickets[2]));
}

#[test]
fn a_place_in_the_middle_can_be_left() {
    let (mut line, tickets) = line_of(3);
    drop(line.leave(tickets[1]).unwrap());
    assert_eq!(line.len(), 2);
    let asks: Vec<_> = std::iter::from_fn(|| line.pop())
        .map(|(.., ask)| ask)
        .collect();
    assert_eq!(asks, [0, 2]);
}

#[test]
fn the_head_and_the_tail_always_wait() {
    let (mut line, tickets) = line_of(4);
    for index in [1, 2, 0] {
        drop(line.leave(tickets[index]).unwrap());
    }
    assert_eq!(line.front(), Some(&3));
    drop(line.leave(tickets[3]).unwrap());
    assert!(line.is_empty());
}

#[test]
fn a_storm_of_cancels_behind_a_parked_head_leaves_only_those_who_wait() {
    let (mut line, tickets) = line_of(1000);
    for &ticket in &tickets[1..999] {
        drop(line.leave(ticket).unwrap());
    }
    assert_eq!(line.len(), 2);
    assert!(line.leave(tickets[500]).is_none());
    let asks: Vec<_> = std::iter::from_fn(|| line.pop())
        .map(|(.., ask)| ask)
        .collect();
    assert_eq!(asks, [0, 999]);
}

#[test]
fn a_replaced_waker_comes_back() {
    let (mut line, tickets) = line_of(1);
    let new = waker();
    let old = line.replace(tickets[0], new.clone()).unwrap();
    assert!(!old.will_wake(&new));
    assert!(line.waker(tickets[0]).unwrap().will_wake(&new));
}

#[test]
fn a_front_that_was_notified_keeps_its_place() {
    let mut line = Line::new();
    let (probe, next) = (Probe::new(), waker());
    let ticket = line.join(probe.waker(), 0);
    line.join(next, 1);
    line.notify_front().unwrap().wake();
    assert_eq!(probe.wakes(), 1);
    assert!(line.is_front(ticket));
    assert_eq!(line.len(), 2);
    // A second notification reaches nobody until it has registered again.
    line.notify_front().unwrap().wake();
    assert_eq!(probe.wakes(), 1);
    line.replace(ticket, probe.waker()).unwrap();
    line.notify_front().unwrap().wake();
    assert_eq!(probe.wakes(), 2);
    assert!(Line::<()>::new().notify_front().is_none());
}

#[test]
fn the_first_is_at_the_front_and_no_other() {
    let (mut line, tickets) = line_of(2);
    assert!(line.is_front(tickets[0]) && !line.is_front(tickets[1]));
    line.pop();
    assert!(!line.is_front(tickets[0]) && line.is_front(tickets[1]));
    line.pop();
    assert!(!line.is_front(tickets[1]));
}

#[test]
fn all_are_taken_out_in_order_and_nobody_is_woken() {
    let probes = [(); 100].map(|()| Probe::new());
    let mut line = Line::new();
    let tickets = probes.each_ref().map(|probe| line.join(probe.waker(), ()));
    drop(line.leave(tickets[50]));
    let mut wakers = line.take_all();
    assert!(line.is_empty() && line.capacity() >= 100);
    assert!(wakers.next().unwrap().will_wake(&probes[0].waker()));
    assert_eq!(wakers.map(Waker::wake).count(), 98);
    assert!(
        probes
            .iter()
            .enumerate()
            .all(|(n, probe)| probe.wakes() == usize::from(n != 0 && n != 50))
    );
}

#[test]
fn memory_can_be_given_back() {
    let (mut line, _) = line_of(100);
    while line.pop().is_some() {}
    assert!(line.capacity() >= 100);
    line.shrink_to_fit();
    assert_eq!(line.capacity(), 0);
}

#[test]
fn a_dropped_line_drops_every_waker_even_if_one_panics() {
    struct Loud(Arc<AtomicUsize>, bool);
    impl Wake for Loud {
        fn wake(self: Arc<Self>) {}
    }
    impl Drop for Loud {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
            assert!(!self.1, "loud");
        }
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    let mut line = Line::new();
    for nth in 0..5 {
        line.join(
            Waker::from(Arc::new(Loud(dropped.clone(), nth % 2 == 1))),
            (),
        );
    }
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(line)));
    assert!(outcome.is_err());
    assert_eq!(dropped.load(Ordering::Relaxed), 5);
}

#[test]
fn the_watermark_tells_who_was_served() {
    let (_line, tickets) = line_of(3);
    let served = Watermark::new();
    assert!(!served.has_passed(tickets[0]));
    served.raise(tickets[1]);
    assert!(served.has_passed(tickets[0]) && served.has_passed(tickets[1]));
    assert!(!served.has_passed(tickets[2]));
}

#[derive(Clone, Debug)]
enum Step {
    Join,
    Pop,
    Leave(prop::sample::Index),
    Replace(prop::sample::Index),
    Take,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Join),
        2 => Just(Step::Pop),
        5 => any::<prop::sample::Index>().prop_map(Step::Leave),
        1 => any::<prop::sample::Index>().prop_map(Step::Replace),
        1 => Just(Step::Take),
    ]
}

proptest! {
    #[test]
    fn the_line_is_a_queue_that_can_be_left(steps in prop::collection::vec(step(), 0..200)) {
        let mut line = Line::new();
        let mut model: VecDeque<(Ticket, usize)> = VecDeque::new();
        let mut all = Vec::new();
        for (nth, step) in steps.into_iter().enumerate() {
            match step {
                Step::Join => {
                    let ticket = line.join(waker(), nth);
                    model.push_back((ticket, nth));
                    all.push(ticket);
                }
                Step::Pop => {
                    let popped = line.pop().map(|(ticket, _, ask)| (ticket, ask));
                    prop_assert_eq!(popped, model.pop_front());
                }
                Step::Leave(index) if !all.is_empty() => {
                    let ticket = *index.get(&all);
                    let waited = model.iter().position(|(other, _)| *other == ticket);
                    prop_assert_eq!(line.leave(ticket).is_some(), waited.is_some());
                    waited.map(|index| model.remove(index));
                }
                Step::Replace(index) if !all.is_empty() => {
                    let ticket = *index.get(&all);
                    let waits = model.iter().any(|(other, _)| *other == ticket);
                    prop_assert_eq!(line.replace(ticket, waker()).is_ok(), waits);
                }
                Step::Take => {
                    prop_assert_eq!(line.take_all().count(), model.len());
                    model.clear();
                }
                Step::Leave(_) | Step::Replace(_) => {}
            }
            prop_assert_eq!(line.len(), model.len());
            prop_assert_eq!(line.is_empty(), model.is_empty());
            prop_assert_eq!(line.front(), model.front().map(|(_, ask)| ask));
            for &ticket in &all {
                let waits = model.iter().any(|(other, _)| *other == ticket);
                prop_assert_eq!(line.waker(ticket).is_some(), waits);
            }
        }
    }
}
