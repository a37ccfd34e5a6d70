//! A group that grows and is cancelled while its children are woken, and wakers that serve a second
//! gather.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Poll, Waker};

use loom_tests::{Data, Probe, exhaustive, poll, spawn};
use waystation_core::block::block_on;
use waystation_gather::{Group, gather};

/// A child that ends when its datum is there. It keeps the waker of its first poll for the thread
/// that writes it: only a poll that comes after that wake-up sees the datum, and nobody wakes it a
/// second time.
struct Child {
    datum: Arc<Data>,
    waker: std::sync::Mutex<Option<Waker>>,
    polls: AtomicUsize,
}

type Boxed = Pin<Box<dyn Future<Output = usize>>>;

impl Child {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            datum: Data::new(),
            waker: std::sync::Mutex::new(None),
            polls: AtomicUsize::new(0),
        })
    }

    fn run(self: &Arc<Self>, output: usize) -> Boxed {
        let this = self.clone();
        Box::pin(poll_fn(move |cx| {
            this.polls.fetch_add(1, Ordering::Relaxed);
            if this.datum.read() == 1 {
                return Poll::Ready(output);
            }
            // Children are polled by one thread; the lock is never contended.
            let mut waker = this.waker.lock().unwrap();
            waker.get_or_insert_with(|| cx.waker().clone());
            Poll::Pending
        }))
    }

    fn waker(&self) -> Waker {
        let waker = self.waker.lock().unwrap().clone();
        waker.expect("the child was polled")
    }

    fn polls(&self) -> usize {
        self.polls.load(Ordering::Relaxed)
    }

    /// A thread that writes the datum and wakes the child, whose waker it takes along.
    fn opener(&self) -> loom::thread::JoinHandle<()> {
        let (datum, waker) = (self.datum.clone(), self.waker());
        *self.waker.lock().unwrap() = None;
        spawn(move || {
            datum.write();
            waker.wake();
        })
    }
}

fn next(group: &mut Group<Boxed>) -> Option<usize> {
    block_on(group.next()).map(|(_, output)| output)
}

#[test]
fn r_push_races_a_wake() {
    exhaustive(|| {
        let children = [Child::new(), Child::new()];
        let mut group = Group::new();
        group.push(children[0].run(0));
        assert!(poll(&mut group.next(), &Probe::new()).is_pending());
        let opener = children[0].opener();
        children[1].datum.write();
        group.push(children[1].run(1));
        let outputs = [next(&mut group), next(&mut group)];
        assert!(outputs == [Some(0), Some(1)] || outputs == [Some(1), Some(0)]);
        assert!(group.is_empty());
        opener.join().unwrap();
        assert_eq!(children.each_ref().map(|child| child.polls()), [2, 1]);
    });
}

#[test]
fn r_push_under_a_limit_races_the_wake_that_makes_room() {
    exhaustive(|| {
        let children = [Child::new(), Child::new()];
        let mut group = Group::new().limit(1);
        group.push(children[0].run(0));
        assert!(poll(&mut group.next(), &Probe::new()).is_pending());
        let opener = children[0].opener();
        children[1].datum.write();
        group.push(children[1].run(1));
        assert_eq!([next(&mut group), next(&mut group)], [Some(0), Some(1)]);
        opener.join().unwrap();
        assert_eq!(children.each_ref().map(|child| child.polls()), [2, 1]);
    });
}

#[test]
fn r_the_task_is_woken_for_a_child_that_was_pushed_later() {
    exhaustive(|| {
        let children = [Child::new(), Child::new()];
        let probe = Probe::new();
        let mut group = Group::new();
        group.push(children[0].run(0));
        assert!(poll(&mut group.next(), &probe).is_pending());
        group.push(children[1].run(1));
        assert!(poll(&mut group.next(), &probe).is_pending());
        let opener = children[1].opener();
        let early = poll(&mut group.next(), &probe).is_ready();
        opener.join().unwrap();
        if !early {
            assert!(probe.wakes() > 0, "the task is woken");
            assert!(poll(&mut group.next(), &probe).is_ready());
        }
        assert_eq!(children.each_ref().map(|child| child.polls()), [1, 2]);
    });
}

#[test]
fn r_cancel_races_a_wake() {
    exhaustive(|| {
        let child = Child::new();
        let probe = Probe::new();
        let mut group = Group::new();
        let key = group.push(child.run(0));
        assert!(poll(&mut group.next(), &probe).is_pending());
        let opener = child.opener();
        assert!(group.cancel(key));
        assert!(poll(&mut group.next(), &Probe::new()).is_ready());
        opener.join().unwrap();
        assert!(probe.wakes() <= 1);
        assert_eq!((child.polls(), Arc::strong_count(&probe)), (1, 1));
    });
}

#[test]
fn r_a_late_wake_races_the_next_child_in_the_slot() {
    exhaustive(|| {
        let children = [Child::new(), Child::new()];
        let probe = Probe::new();
        let mut group = Group::new();
        let key = group.push(children[0].run(0));
        assert!(poll(&mut group.next(), &probe).is_pending());
        let opener = children[0].opener();
        assert!(group.cancel(key));
        group.push(children[1].run(1));
        assert!(poll(&mut group.next(), &probe).is_pending());
        opener.join().unwrap();
        assert!(poll(&mut group.next(), &probe).is_pending());
        assert_eq!(children[1].polls(), 1, "started, and not woken");
        children[1].opener().join().unwrap();
        assert!(poll(&mut group.next(), &probe).is_ready());
        assert_eq!(children.each_ref().map(|child| child.polls()), [1, 2]);
    });
}

#[test]
fn r_cancel_of_one_races_the_wake_of_another() {
    exhaustive(|| {
        let children = [Child::new(), Child::new()];
        let mut group = Group::new();
        let key = group.push(children[0].run(0));
        group.push(children[1].run(1));
        assert!(poll(&mut group.next(), &Probe::new()).is_pending());
        let opener = children[1].opener();
        assert!(group.cancel(key));
        assert_eq!(next(&mut group), Some(1));
        opener.join().unwrap();
        assert_eq!(children.each_ref().map(|child| child.polls()), [1, 2]);
    });
}

#[test]
fn r_two_wakes_race_the_drop_of_the_group() {
    exhaustive(|| {
        let children = [Child::new(), Child::new()];
        let probe = Probe::new();
        let mut group = Group::new();
        for child in &children {
            group.push(child.run(0));
        }
        assert!(poll(&mut group.next(), &probe).is_pending());
        let openers = children.each_ref().map(|child| child.opener());
        drop(group);
        for opener in openers {
            opener.join().unwrap();
        }
        assert!(probe.wakes() <= 1);
        assert_eq!(Arc::strong_count(&probe), 1);
    });
}

/// A second gather on the thread, whose child parks, after a first one whose child was woken by a
/// thread: did it get the waker of the first?
#[test]
fn r_wakers_that_somebody_holds_do_not_serve_the_next_gather() {
    exhaustive(|| {
        let first = Child::new();
        let mut one = gather([first.run(0)]);
        assert!(poll(&mut one, &Probe::new()).is_pending());
        // The thread wakes the child at any time: also when the second gather is there.
        let opener = first.opener();
        drop(one);
        let (second, probe) = (Child::new(), Probe::new());
        let mut two = gather([second.run(1)]);
        assert!(poll(&mut two, &probe).is_pending());
        opener.join().unwrap();
        assert_eq!(probe.wakes(), 0, "woken through the waker of another");
        assert!(poll(&mut two, &probe).is_pending());
        assert_eq!(second.polls(), 1);
        let opener = second.opener();
        assert_eq!(block_on(two), [1]);
        opener.join().unwrap();
    });
}

#[test]
fn r_wakers_that_nobody_holds_serve_the_next_gather() {
    exhaustive(|| {
        let run = || {
            let (child, probe) = (Child::new(), Probe::new());
            let mut whole = gather([child.run(0)]);
            assert!(poll(&mut whole, &probe).is_pending());
            let waker = child.waker();
            child.datum.write();
            waker.wake_by_ref();
            assert!(poll(&mut whole, &probe).is_ready());
            waker
        };
        let first = run();
        // Held: the second gets another one. Not held: the third gets that of the second.
        let second = run();
        assert!(!second.will_wake(&first));
        let data = second.data();
        drop(second);
        let (child, probe) = (Child::new(), Probe::new());
        let mut third = gather([child.run(0)]);
        assert!(poll(&mut third, &probe).is_pending());
        assert_eq!(child.waker().data(), data);
        let opener = child.opener();
        first.wake();
        assert_eq!(block_on(third), [0]);
        opener.join().unwrap();
        assert_eq!(child.polls(), 2);
    });
}
