//! What the tests of the queue share.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

use std::future::Future;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;
use std::thread;

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

/// What `case` returns, or the message of the panic in which it ends.
pub fn outcome_of<R>(case: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(case)).map_err(|payload| match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().expect("a panic has a text")).to_owned(),
    })
}

/// The message of the panic in which `case` ends.
#[track_caller]
pub fn panic_of<R>(case: impl FnOnce() -> R) -> String {
    match outcome_of(case) {
        Ok(_) => panic!("it did not panic"),
        Err(message) => message,
    }
}

/// Runs `case` with a panic hook of its own on this thread.
pub fn with_hook<R>(
    hook: impl Fn(&PanicHookInfo<'_>) + Send + Sync + 'static,
    case: impl FnOnce() -> R,
) -> R {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let me = thread::current().id();
    let before = Arc::new(take_hook());
    let others = before.clone();
    set_hook(Box::new(move |info| {
        if thread::current().id() == me {
            hook(info);
        } else {
            others(info);
        }
    }));
    let outcome = catch_unwind(AssertUnwindSafe(case));
    set_hook(Box::new(move |info| before(info)));
    outcome.unwrap_or_else(|payload| std::panic::resume_unwind(payload))
}

/// The message of the panic in which `case` ends, and the file and line that it names.
#[track_caller]
pub fn where_it_panics<R>(case: impl FnOnce() -> R) -> (String, (String, u32)) {
    let place = Arc::new(Mutex::new((String::new(), 0)));
    let seen = place.clone();
    let hook = move |info: &PanicHookInfo<'_>| {
        let at = info.location().expect("every panic has a place");
        *seen.lock().expect("nobody panics here") = (at.file().to_owned(), at.line());
    };
    let message = with_hook(hook, || panic_of(case));
    let place = place.lock().expect("nobody panics here").clone();
    (message, place)
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
