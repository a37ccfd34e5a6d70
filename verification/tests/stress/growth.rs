//! Twice as many cost twice as much, not four times.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use verification::stress::{assert_linear, time};
use waystation_event::Event;
use waystation_queue::Queue;
use waystation_semaphore::Semaphore;
use waystation_testkit::Rng;

/// Few enough for a run to fit between two preemptions, enough for a square to show.
pub(crate) const MANY: usize = 5_000;

pub(crate) fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// How long `end` takes once `n` have parked.
pub(crate) fn after_parking<F: Future + Unpin>(
    n: usize,
    one: impl Fn() -> F,
    end: impl FnOnce(&mut Vec<F>),
) -> Duration {
    let mut crowd: Vec<F> = (0..n).map(|_| one()).collect();
    assert!(crowd.iter_mut().all(|future| poll(future).is_pending()));
    Rng::new(1).shuffle(&mut crowd);
    time(|| end(&mut crowd))
}

/// How long it takes `n` to park.
pub(crate) fn parking<F: Future + Unpin>(n: usize, one: impl Fn() -> F) -> Duration {
    let mut crowd: Vec<F> = (0..n).map(|_| one()).collect();
    time(|| assert!(crowd.iter_mut().all(|future| poll(future).is_pending())))
}

#[test]
fn event() {
    let new = Event::new;
    assert_linear("event enqueue", MANY, |n| {
        let event = new();
        parking(n, || event.wait())
    });
    assert_linear("event cancel", MANY, |n| {
        let event = new();
        after_parking(n, || event.wait(), Vec::clear)
    });
    assert_linear("event set", MANY, |n| {
        let event = new();
        after_parking(
            n,
            || event.wait(),
            |waits| {
                event.set();
                assert!(waits.iter_mut().all(|wait| poll(wait).is_ready()));
            },
        )
    });
}

#[test]
fn semaphore() {
    let new = || Semaphore::new(0);
    assert_linear("semaphore enqueue", MANY, |n| {
        let semaphore = new();
        parking(n, || semaphore.acquire())
    });
    assert_linear("semaphore cancel", MANY, |n| {
        let semaphore = new();
        after_parking(n, || semaphore.acquire(), Vec::clear)
    });
    assert_linear("semaphore release chain", MANY, |n| {
        let semaphore = new();
        after_parking(
            n,
            || semaphore.acquire(),
            |_| {
                for _ in 0..n {
                    semaphore.add_permits(1);
                }
                assert_eq!(semaphore.waiters(), 0);
            },
        )
    });
    assert_linear("semaphore release all", MANY, |n| {
        let semaphore = new();
        after_parking(n, || semaphore.acquire(), |_| semaphore.add_permits(n))
    });
    assert_linear("semaphore close", MANY, |n| {
        let semaphore = new();
        after_parking(
            n,
            || semaphore.acquire(),
            |requests| {
                semaphore.close();
                assert!(requests.iter_mut().all(|request| poll(request).is_ready()));
            },
        )
    });
}

#[test]
fn queue() {
    let new = || Queue::<usize>::bounded(1);
    let full = || {
        let queue = new();
        queue.try_put(0).unwrap();
        queue
    };
    assert_linear("queue get enqueue", MANY, |n| {
        let queue = new();
        parking(n, || queue.get())
    });
    assert_linear("queue put enqueue", MANY, |n| {
        let queue = full();
        parking(n, || queue.put(1))
    });
    assert_linear("queue get cancel", MANY, |n| {
        let queue = new();
        after_parking(n, || queue.get(), Vec::clear)
    });
    assert_linear("queue put cancel", MANY, |n| {
        let queue = full();
        after_parking(n, || queue.put(1), Vec::clear)
    });
    assert_linear("queue put chain", MANY, |n| {
        let queue = full();
        let mut puts: Vec<_> = (0..n).map(|item| queue.put(item)).collect();
        assert!(puts.iter_mut().all(|put| poll(put).is_pending()));
        time(|| {
            for put in &mut puts {
                assert!(queue.try_get().is_ok() && poll(put).is_ready());
            }
        })
    });
    assert_linear("queue close", MANY, |n| {
        let queue = full();
        after_parking(
            n,
            || queue.put(1),
            |puts| {
                queue.close();
                assert!(puts.iter_mut().all(|put| poll(put).is_ready()));
            },
        )
    });
    assert_linear("queue close_now", MANY, |n| {
        let queue = new();
        after_parking(
            n,
            || queue.get(),
            |gets| {
                queue.close_now();
                assert!(gets.iter_mut().all(|get| poll(get).is_ready()));
            },
        )
    });
}
