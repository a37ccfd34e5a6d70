//! Three at the same time: races that no pair of operations shows. In both fairness modes where both have them.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::task::Poll;

use loom::thread::JoinHandle;
use loom_tests::{Data, Probe, bounded, bounded_as, join, parked, poll, spawn};
use waystation_semaphore::{Acquire, Blocking, Fairness, Semaphore};

const FIFO: Fairness = Fairness::Fifo;
const PASSED: Fairness = Fairness::Bypass { limit: 1 };

type Waiter = Acquire<Arc<Semaphore>>;

fn semaphore(permits: usize, fairness: Fairness) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(permits).fairness(fairness))
}

fn waiter(semaphore: &Arc<Semaphore>, n: usize) -> Waiter {
    parked(semaphore.acquire_many_owned(n), &Probe::new())
}

fn act<T: 'static>(
    semaphore: &Arc<Semaphore>,
    act: impl FnOnce(&Semaphore) -> T + 'static,
) -> JoinHandle<T> {
    let semaphore = semaphore.clone();
    spawn(move || act(&semaphore))
}

/// Everything has come back.
fn is_at_rest(semaphore: &Semaphore) {
    assert_eq!(semaphore.waiters(), 0);
    assert_eq!(semaphore.available_permits(), semaphore.total());
}

fn acquire_vs_close_vs_resize(name: &str, fairness: Fairness) {
    bounded_as(name, 3, move || {
        let semaphore = semaphore(0, fairness);
        let closer = act(&semaphore, Semaphore::close);
        let resizer = act(&semaphore, |semaphore| semaphore.resize(2));
        let permit = semaphore.acquire_owned().block();
        assert!(closer.join().unwrap());
        resizer.join().unwrap();
        let held = usize::from(permit.is_ok());
        assert_eq!(semaphore.available_permits(), 2 - held);
        drop(permit);
        is_at_rest(&semaphore);
    });
}

#[test]
fn s_acquire_vs_close_vs_resize_3() {
    acquire_vs_close_vs_resize("s_acquire_vs_close_vs_resize_3", FIFO);
}

#[test]
fn b_acquire_vs_close_vs_resize_3() {
    acquire_vs_close_vs_resize("b_acquire_vs_close_vs_resize_3", PASSED);
}

#[test]
fn s_reduce_vs_forget_vs_release_3() {
    bounded(3, || {
        let semaphore = semaphore(3, FIFO);
        let mut permits = semaphore.try_acquire_many_owned(2).unwrap();
        let other = permits.split(1).unwrap();
        let releaser = spawn(move || drop(permits));
        let forgetter = spawn(move || other.forget());
        semaphore.reduce_permits(2);
        join([releaser, forgetter]);
        is_at_rest(&semaphore);
        assert!(semaphore.total() <= 1);
        assert!(!semaphore.locked() || semaphore.total() == 0);
    });
}

#[test]
fn s_bounded_release_vs_forget_vs_close_3() {
    bounded(3, || {
        let semaphore = Arc::new(Semaphore::bounded(2));
        semaphore.try_acquire().unwrap().forget();
        let releaser = act(&semaphore, |semaphore| semaphore.try_add_permits(1).is_ok());
        let forgetter = act(&semaphore, |semaphore| semaphore.forget_permits(1));
        semaphore.close();
        assert!(releaser.join().unwrap(), "one is missing at least");
        let forgotten = forgetter.join().unwrap();
        is_at_rest(&semaphore);
        assert_eq!(semaphore.total(), 2 - forgotten);
    });
}

/// The first of two heads is cancelled, woken or not: the second is woken.
#[test]
fn b_two_heads_vs_release_vs_cancel_3() {
    bounded(3, || {
        let semaphore = semaphore(1, PASSED);
        let permit = semaphore.try_acquire_owned().unwrap();
        let head = waiter(&semaphore, 1);
        let next = waiter(&semaphore, 1);
        let releaser = spawn(move || drop(permit));
        let canceller = spawn(move || drop(head));
        drop(next.block().unwrap());
        join([releaser, canceller]);
        is_at_rest(&semaphore);
    });
}

/// A woken head is polled by another task while somebody passes it: the last waker is the one that is woken.
#[test]
fn b_woken_head_migrates_vs_two_passers_3() {
    bounded(2, || {
        let semaphore = semaphore(1, PASSED);
        let permit = semaphore.try_acquire_owned().unwrap();
        let mut head = waiter(&semaphore, 1);
        drop(permit);
        let passers = [(); 2].map(|()| act(&semaphore, |semaphore| drop(semaphore.try_acquire())));
        let probe = Probe::new();
        let is_pending = poll(&mut head, &probe).is_pending();
        join(passers);
        if is_pending {
            assert!(probe.wakes() > 0, "a permit is free, and the head sleeps");
            assert!(poll(&mut head, &probe).is_ready());
        }
    });
}

/// A woken head that is leaked costs its grant and no more.
#[test]
fn b_woken_head_leaked_vs_two_passers_3() {
    bounded(3, || {
        let semaphore = semaphore(1, PASSED);
        let permit = semaphore.try_acquire_owned().unwrap();
        let _leaked = std::mem::ManuallyDrop::new(waiter(&semaphore, 1));
        drop(permit);
        let passers = [(); 2].map(|()| {
            act(&semaphore, |semaphore| {
                usize::from(semaphore.try_acquire().is_ok())
            })
        });
        let passed: usize = passers.map(|passer| passer.join().unwrap()).iter().sum();
        assert!(passed <= 1, "past one head");
        assert_eq!(semaphore.total(), 1);
        // Granted to the leaked one, or still beside it.
        assert!(semaphore.available_permits() <= 1);
    });
}

#[test]
fn b_big_head_vs_two_releasers_vs_passer_3() {
    bounded(2, || {
        let semaphore = semaphore(2, PASSED);
        let mut permits = semaphore.try_acquire_many_owned(2).unwrap();
        let other = permits.split(1).unwrap();
        let head = waiter(&semaphore, 2);
        let releasers = [spawn(move || drop(permits)), spawn(move || drop(other))];
        let passer = act(&semaphore, |semaphore| drop(semaphore.try_acquire()));
        drop(head.block().unwrap());
        join(releasers);
        passer.join().unwrap();
        is_at_rest(&semaphore);
    });
}

/// Between two grants at most one passes, whoever the head is.
#[test]
fn b_two_passers_vs_two_heads_3() {
    bounded(3, || {
        let semaphore = semaphore(1, PASSED);
        let permit = semaphore.try_acquire_owned().unwrap();
        let mut heads = [waiter(&semaphore, 1), waiter(&semaphore, 1)];
        drop(permit);
        let passers = [(); 2].map(|()| {
            act(&semaphore, |semaphore| {
                usize::from(semaphore.try_acquire().is_ok())
            })
        });
        let mut grants = 0;
        for head in &mut heads {
            // Its permit comes back at once.
            grants += usize::from(poll(head, &Probe::new()).is_ready());
        }
        let passed: usize = passers.map(|passer| passer.join().unwrap()).iter().sum();
        assert!(
            passed <= grants + 1,
            "{passed} have passed, between {grants} grants"
        );
        for head in heads {
            drop(head);
        }
        is_at_rest(&semaphore);
    });
}

/// What the holder did passes through a woken head that gave up.
#[test]
fn b_cancelled_head_publishes_3() {
    bounded(3, || {
        let (semaphore, data) = (semaphore(1, PASSED), Data::new());
        let permit = semaphore.try_acquire_owned().unwrap();
        let head = waiter(&semaphore, 1);
        let holder = {
            let data = data.clone();
            spawn(move || {
                data.write();
                drop(permit);
            })
        };
        let canceller = spawn(move || drop(head));
        let _permit = semaphore.acquire_owned().block().unwrap();
        assert_eq!(data.read(), 1);
        join([holder, canceller]);
    });
}

/// The line is full, one leaves, one comes: at most as many wait as may, and who is refused was refused by a full line.
#[test]
fn s_max_waiters_vs_cancel_vs_join_3() {
    bounded(2, || {
        let semaphore = Arc::new(Semaphore::new(0).max_waiters(1));
        let leaves = waiter(&semaphore, 1);
        let canceller = spawn(move || drop(leaves));
        let newcomers = [(); 2].map(|()| {
            let semaphore = semaphore.clone();
            spawn(move || {
                let mut acquire = semaphore.acquire_owned();
                match poll(&mut acquire, &Probe::new()) {
                    Poll::Pending => Some(acquire),
                    Poll::Ready(permit) => {
                        assert!(permit.is_err());
                        None
                    }
                }
            })
        });
        assert!(semaphore.waiters() <= 1);
        canceller.join().unwrap();
        let waiting: Vec<_> = newcomers
            .into_iter()
            .filter_map(|newcomer| newcomer.join().unwrap())
            .collect();
        assert_eq!(semaphore.waiters(), waiting.len());
        assert!(waiting.len() <= 1);
        drop(waiting);
        semaphore.add_permits(1);
        is_at_rest(&semaphore);
    });
}
