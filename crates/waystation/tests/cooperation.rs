//! A busy task lets its neighbours run: the loop's own budget.
#![cfg(all(
    feature = "event",
    feature = "semaphore",
    feature = "queue",
    feature = "event-loop"
))]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::future::Future;
use std::time::{Duration, Instant};

use waystation::event_loop::{run, timeout};
use waystation::{AutoResetEvent, Event, Queue, Semaphore};

/// The best of several tries, on a machine that does other things too.
fn ends_in_time<F: Future<Output = ()>>(busy: impl Fn() -> F) {
    let in_time = (0..20).any(|_| {
        let start = Instant::now();
        let outcome = run(timeout(Duration::from_millis(50), busy()));
        assert!(outcome.is_err(), "it never ends by itself");
        start.elapsed() <= Duration::from_millis(60)
    });
    assert!(in_time, "no try ended within 60 ms");
}

#[test]
fn a_busy_put_and_get_loop_lets_a_timeout_fire() {
    ends_in_time(|| async {
        let queue = Queue::unbounded();
        loop {
            queue.put(1).await.unwrap();
            queue.get().await.unwrap();
        }
    });
}

#[test]
fn a_busy_acquire_loop_lets_a_timeout_fire() {
    ends_in_time(|| async {
        let semaphore = Semaphore::new(1);
        loop {
            drop(semaphore.acquire().await.unwrap());
        }
    });
}

#[test]
fn a_busy_wait_loop_lets_a_timeout_fire() {
    ends_in_time(|| async {
        let (event, signal) = (Event::with_state(true), AutoResetEvent::new());
        loop {
            event.wait().await;
            signal.set();
            signal.wait().await;
        }
    });
}

#[test]
fn an_endless_put_many_lets_a_timeout_fire() {
    ends_in_time(|| async {
        let queue = Queue::unbounded();
        queue.put_many(std::iter::repeat(())).await.unwrap();
    });
}
