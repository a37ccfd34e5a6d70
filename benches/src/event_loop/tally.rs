//! How many have arrived on this thread, and who waits for that many.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::task::{Poll, Waker};

thread_local! {
    static ARRIVED: Cell<u64> = const { Cell::new(0) };
    static AWAITED: Cell<u64> = const { Cell::new(0) };
    static WAITER: RefCell<Option<Waker>> = const { RefCell::new(None) };
}

/// Begins anew.
pub(super) fn reset() {
    ARRIVED.set(0);
    AWAITED.set(0);
}

/// One more; the one that makes it complete wakes the waiter.
pub(super) fn arrive() {
    let arrived = ARRIVED.get() + 1;
    ARRIVED.set(arrived);
    if arrived == AWAITED.get()
        && let Some(waiter) = WAITER.take()
    {
        waiter.wake();
    }
}

/// Waits until so many have arrived.
pub(super) fn arrived(number: u64) -> impl Future<Output = ()> {
    poll_fn(move |cx| {
        if ARRIVED.get() >= number {
            return Poll::Ready(());
        }
        AWAITED.set(number);
        WAITER.set(Some(cx.waker().clone()));
        Poll::Pending
    })
}

/// Arrives when it is dropped: a callback that owns one arrives when it has run, or was cancelled.
#[derive(Debug)]
pub(super) struct ArriveOnDrop;

impl Drop for ArriveOnDrop {
    fn drop(&mut self) {
        arrive();
    }
}
