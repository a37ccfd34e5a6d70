//! A panic hook may use the semaphore whose future panics: no panic of ours happens under the lock.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, where a panic is a finding"
)]

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::task::Waker;

use waystation_semaphore::Semaphore;
use waystation_testkit::{PATIENCE, assert_ready, poll_once, within};

static SEMAPHORE: Semaphore = Semaphore::bounded(2);

#[test]
fn a_panic_hook_may_use_the_semaphore() {
    set_hook(Box::new(|_| {
        let (waiters, total) = (SEMAPHORE.waiters(), SEMAPHORE.total());
        assert_eq!((waiters, total), (0, 2));
        SEMAPHORE.add_permits(0);
        drop(poll_once(&mut SEMAPHORE.acquire_many(2), Waker::noop()));
    }));
    within(PATIENCE, "a panic hook", || {
        let mut acquire = SEMAPHORE.acquire();
        drop(assert_ready(poll_once(&mut acquire, Waker::noop())).unwrap());
        panics(|| drop(poll_once(&mut acquire, Waker::noop())));
        panics(|| SEMAPHORE.add_permits(1));
        panics(|| SEMAPHORE.resize(3));
        panics(|| SEMAPHORE.reduce_permits(3));
        SEMAPHORE.close();
        let mut closed = SEMAPHORE.closed();
        assert_ready(poll_once(&mut closed, Waker::noop()));
        panics(|| assert!(poll_once(&mut closed, Waker::noop()).is_pending()));
    });
}

fn panics(f: impl FnOnce()) {
    assert!(catch_unwind(AssertUnwindSafe(f)).is_err());
}
