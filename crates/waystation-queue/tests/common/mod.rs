//! What the tests of the queue share.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

use waystation_queue::{BaseQueue, Discipline};
use waystation_testkit::{Driver, assert_pending, assert_ready, poll_once};

/// What a future gives that is ready at its first poll.
#[track_caller]
pub fn now<F: Future + Unpin>(mut future: F) -> F::Output {
    assert_ready(poll_once(&mut future, Waker::noop()))
}

/// A future that has taken its place in line.
#[track_caller]
pub fn parked<F: Future + Unpin>(future: F) -> Driver<F> {
    let mut driver = Driver::new(future);
    assert_pending(driver.poll());
    driver
}

/// A future that has taken its place in line with this waker.
#[track_caller]
pub fn parked_with<F: Future + Unpin>(future: F, waker: &Waker) -> Driver<F> {
    let mut driver = Driver::new(future);
    assert_pending(driver.poll_with(waker));
    driver
}

/// What a driver gives that was woken.
#[track_caller]
pub fn woken<F: Future + Unpin>(driver: &mut Driver<F>) -> F::Output {
    assert!(driver.woken(), "nobody has woken it");
    assert_ready(driver.poll())
}

/// The message of the panic in which `case` ends.
#[track_caller]
pub fn panic_of<R>(case: impl FnOnce() -> R) -> String {
    match catch_unwind(AssertUnwindSafe(case)) {
        Ok(_) => panic!("it did not panic"),
        Err(payload) => message(payload.as_ref()),
    }
}

/// The message of a panic.
pub fn message(payload: &(dyn Any + Send)) -> String {
    match payload.downcast_ref::<&str>() {
        Some(text) => (*text).to_owned(),
        None => payload
            .downcast_ref::<String>()
            .cloned()
            .unwrap_or_else(|| "a payload without a message".to_owned()),
    }
}

/// A queue with these items in it.
#[track_caller]
pub fn filled<T, D: Discipline<T> + Default>(
    capacity: usize,
    items: impl IntoIterator<Item = T>,
) -> BaseQueue<T, D> {
    let queue = BaseQueue::with_maxsize(capacity);
    for item in items {
        assert!(queue.try_put(item).is_ok(), "there is room");
    }
    queue
}
