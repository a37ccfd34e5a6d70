//! Blocking a thread on a future: what the thread keeps, and what it gives up.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::future::poll_fn;
use std::task::{Poll, Waker};

use waystation_core::block::block_on;

/// The waker that a future is polled with when this thread blocks on it.
fn waker_of_this_thread() -> Waker {
    block_on(poll_fn(|cx| Poll::Ready(cx.waker().clone())))
}

#[test]
fn a_thread_blocks_with_the_same_waker_each_time() {
    let first = waker_of_this_thread();
    assert!(first.will_wake(&waker_of_this_thread()));
    let other = std::thread::spawn(waker_of_this_thread).join().unwrap();
    assert!(!first.will_wake(&other));
}

#[test]
fn a_future_that_blocks_inside_another_has_a_waker_of_its_own() {
    block_on(poll_fn(|cx| {
        assert!(!cx.waker().will_wake(&waker_of_this_thread()));
        Poll::Ready(())
    }));
}
