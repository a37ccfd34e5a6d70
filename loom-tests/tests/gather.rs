//! The readiness set of `gather`: no wake-up is lost, none reaches the wrong child, and none outlives the whole.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Poll, Waker};

use loom_tests::{Data, Probe, bounded, exhaustive, poll, spawn};
use waystation_core::block::block_on;
use waystation_gather::{as_completed, gather, try_gather};

/// A child that ends when all its data are there. It keeps the waker of its first poll for the threads that write them:
/// only a poll that comes after their wake-up sees the data, and nobody wakes it a second time.
struct Child {
    data: Vec<Arc<Data>>,
    waker: std::sync::Mutex<Option<Waker>>,
    polls: AtomicUsize,
}

impl Child {
    fn new(data: usize) -> Arc<Self> {
        Arc::new(Self {
            data: (0..data).map(|_| Data::new()).collect(),
            waker: std::sync::Mutex::new(None),
            polls: AtomicUsize::new(0),
        })
    }

    fn run(self: &Arc<Self>) -> impl Future<Output = ()> + Unpin + use<> {
        let this = self.clone();
        poll_fn(move |cx| {
            this.polls.fetch_add(1, Ordering::Relaxed);
            if this.data.iter().all(|data| data.read() == 1) {
                return Poll::Ready(());
            }
            // Children are polled by one thread; the lock is never contended.
            this.waker
                .lock()
                .unwrap()
                .get_or_insert_with(|| cx.waker().clone());
            Poll::Pending
        })
    }

    fn waker(&self) -> Waker {
        self.waker
            .lock()
            .unwrap()
            .clone()
            .expect("the child was polled")
    }

    fn polls(&self) -> usize {
        self.polls.load(Ordering::Relaxed)
    }

    /// A thread that writes one of the data and wakes the child.
    fn opener(&self, nth: usize) -> loom::thread::JoinHandle<()> {
        let (data, waker) = (self.data[nth].clone(), self.waker());
        spawn(move || {
            data.write();
            waker.wake();
        })
    }
}

fn join<const N: usize>(threads: [loom::thread::JoinHandle<()>; N]) {
    for thread in threads {
        thread.join().unwrap();
    }
}

fn started<F: Future + Unpin>(mut future: F) -> (F, Arc<Probe>) {
    let probe = Probe::new();
    assert!(poll(&mut future, &probe).is_pending());
    (future, probe)
}

#[test]
fn g_wake_races_poll() {
    exhaustive(|| {
        let child = Child::new(1);
        let (future, _bell) = started(gather([child.run()]));
        let opener = child.opener(0);
        block_on(future);
        assert_eq!(child.polls(), 2);
        opener.join().unwrap();
    });
}

#[test]
fn g_wake_races_a_new_task() {
    exhaustive(|| {
        let child = Child::new(1);
        let (mut future, first) = started(gather([child.run()]));
        let opener = child.opener(0);
        let second = Probe::new();
        let done = poll(&mut future, &second).is_ready();
        opener.join().unwrap();
        assert!(first.wakes() + second.wakes() <= 1);
        assert!(done || second.wakes() == 1, "the latest task is woken");
        assert!(done || poll(&mut future, &second).is_ready());
        assert_eq!(child.polls(), 2);
    });
}

#[test]
fn g_two_wakes_of_one_child() {
    // Exhaustive it takes 1,750,861 executions.
    bounded(5, || {
        let child = Child::new(2);
        let (future, _bell) = started(gather([child.run()]));
        let openers = [child.opener(0), child.opener(1)];
        block_on(future);
        assert!((2..=3).contains(&child.polls()));
        join(openers);
    });
}

#[test]
fn g_two_wakes_of_one_child_before_a_poll() {
    exhaustive(|| {
        let child = Child::new(2);
        let (mut future, probe) = started(gather([child.run()]));
        child.opener(0).join().unwrap();
        let opener = child.opener(1);
        let done = poll(&mut future, &probe).is_ready();
        opener.join().unwrap();
        assert!(done || poll(&mut future, &probe).is_ready());
        assert!(child.polls() <= 3);
    });
}

#[test]
fn g_two_children_two_threads() {
    exhaustive(|| {
        let children = [Child::new(1), Child::new(1)];
        let (future, _bell) = started(gather(children.each_ref().map(Child::run)));
        let openers = children.each_ref().map(|child| child.opener(0));
        block_on(future);
        assert_eq!(children.each_ref().map(|child| child.polls()), [2, 2]);
        join(openers);
    });
}

#[test]
fn g_the_task_is_woken_once_for_two_children() {
    exhaustive(|| {
        let children = [Child::new(1), Child::new(1)];
        let (mut future, probe) = started(gather(children.each_ref().map(Child::run)));
        let openers = children.each_ref().map(|child| child.opener(0));
        join(openers);
        assert_eq!(probe.wakes(), 1);
        assert!(poll(&mut future, &probe).is_ready());
    });
}

#[test]
fn g_wake_races_drop() {
    exhaustive(|| {
        let child = Child::new(1);
        let (future, probe) = started(gather([child.run()]));
        let opener = child.opener(0);
        drop(future);
        opener.join().unwrap();
        assert!(probe.wakes() <= 1);
        assert_eq!(Arc::strong_count(&probe), 1, "no waker of the task is left");
        child.waker().wake();
        assert!(probe.wakes() <= 1);
    });
}

#[test]
fn g_two_wakes_race_drop() {
    exhaustive(|| {
        let children = [Child::new(1), Child::new(1)];
        let (future, probe) = started(gather(children.each_ref().map(Child::run)));
        let openers = children.each_ref().map(|child| child.opener(0));
        drop(future);
        join(openers);
        assert!(probe.wakes() <= 1);
        assert_eq!(Arc::strong_count(&probe), 1);
    });
}

#[test]
fn g_late_wake_races_the_next_child_in_the_place() {
    exhaustive(|| {
        let children = [Child::new(1), Child::new(1)];
        let futures = children.each_ref().map(Child::run);
        let (mut future, probe) = started(gather(futures).limit(1));
        let late = children[0].waker();
        let opener = spawn({
            let (data, waker) = (children[0].data[0].clone(), late.clone());
            move || {
                data.write();
                waker.wake_by_ref();
                waker.wake();
            }
        });
        let first = poll(&mut future, &probe);
        assert!(first.is_pending());
        opener.join().unwrap();
        late.wake();
        assert!(poll(&mut future, &probe).is_pending());
        assert_eq!(
            children[1].polls(),
            1,
            "started, and not woken by the other's probe"
        );
        assert!((2..=3).contains(&children[0].polls()));
        let (data, waker) = (&children[1].data[0], children[1].waker());
        data.write();
        waker.wake();
        assert!(poll(&mut future, &probe).is_ready());
    });
}

#[test]
fn g_wake_races_completion() {
    exhaustive(|| {
        let child = Child::new(1);
        let (mut future, probe) = started(gather([child.run()]));
        let late = spawn({
            let waker = child.waker();
            move || waker.wake()
        });
        child.data[0].write();
        child.waker().wake();
        let done = poll(&mut future, &probe).is_ready();
        assert!(done);
        late.join().unwrap();
        assert_eq!((child.polls(), Arc::strong_count(&probe)), (2, 1));
    });
}

#[test]
fn g_a_busy_child_and_a_wake() {
    exhaustive(|| {
        let child = Child::new(1);
        let mut left = 5;
        let busy = poll_fn(move |cx| {
            left -= 1;
            if left == 0 {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        });
        let (future, probe) = started(gather((child.run(), busy)));
        assert!(probe.wakes() > 0, "it has paused");
        let opener = child.opener(0);
        block_on(future);
        opener.join().unwrap();
    });
}

#[test]
fn g_a_sibling_and_a_thread_wake_one_child() {
    exhaustive(|| {
        let child = Child::new(2);
        let trigger = Child::new(1);
        let sibling = {
            let (child, mut trigger) = (child.clone(), trigger.run());
            poll_fn(move |cx| {
                let poll = std::pin::Pin::new(&mut trigger).poll(cx);
                if poll.is_ready() {
                    child.data[1].write();
                    child.waker().wake();
                }
                poll
            })
        };
        let (future, _bell) = started(gather((child.run(), sibling)));
        trigger.data[0].write();
        trigger.waker().wake();
        let opener = child.opener(0);
        block_on(future);
        opener.join().unwrap();
    });
}

#[test]
fn g_as_completed_loses_no_output() {
    exhaustive(|| {
        let children = [Child::new(1), Child::new(1)];
        let mut outputs = as_completed(children.each_ref().map(Child::run));
        assert!(poll(&mut outputs.next(), &Probe::new()).is_pending());
        let openers = children.each_ref().map(|child| child.opener(0));
        let (first, _) = block_on(outputs.next()).unwrap();
        let (second, _) = block_on(outputs.next()).unwrap();
        assert_eq!(first + second, 1);
        assert!(block_on(outputs.next()).is_none());
        join(openers);
    });
}

#[test]
fn g_try_gather_fails_while_another_is_woken() {
    exhaustive(|| {
        let children = [Child::new(1), Child::new(1)];
        let fail = {
            let mut fails = children[0].run();
            poll_fn(move |cx| {
                std::pin::Pin::new(&mut fails)
                    .poll(cx)
                    .map(|()| Err::<(), _>(7))
            })
        };
        let ends = {
            let mut ends = children[1].run();
            poll_fn(move |cx| std::pin::Pin::new(&mut ends).poll(cx).map(Ok))
        };
        let (future, probe) = started(try_gather((fail, ends)));
        let openers = children.each_ref().map(|child| child.opener(0));
        assert_eq!(block_on(future), Err(7));
        join(openers);
        assert_eq!(Arc::strong_count(&probe), 1);
    });
}
