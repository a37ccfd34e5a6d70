//! Cooperation: a task whose operations are always ready must not starve its neighbours.
//!
//! An executor gives a task a budget for each poll; a completed operation takes one unit, and an
//! operation that finds none left wakes its task and waits for the next poll, having done nothing.
//! Two executors are asked: the event loop of this library (feature `coop`), by
//! `with_budget`, and tokio (feature `tokio`). Elsewhere, and without the features, there is no
//! limit and no cost: polling by hand stays as it is written.

use std::task::{Context, Poll};

/// The right to complete one operation. Dropped, nothing is taken from the budget.
#[derive(Debug)]
#[must_use = "charge it with the outcome of the operation"]
pub struct Unit {
    #[cfg(feature = "tokio")]
    of_tokio: tokio::task::coop::RestoreOnPending,
}

impl Unit {
    /// Takes the unit from the budget, if the operation has completed.
    ///
    /// (Not a function that is given the operation: a panic of it would not name its caller.)
    #[inline]
    pub fn charge<R>(self, outcome: Poll<R>) -> Poll<R> {
        if outcome.is_ready() {
            #[cfg(feature = "coop")]
            of_loop::spend();
            #[cfg(feature = "tokio")]
            self.of_tokio.made_progress();
        }
        outcome
    }
}

/// Asks for the right to complete an operation. `Pending`: the task is out of budget, and was
/// woken.
#[inline]
pub fn poll_unit(cx: &mut Context<'_>) -> Poll<Unit> {
    #[cfg(feature = "coop")]
    if of_loop::is_exhausted() {
        cx.waker().wake_by_ref();
        return Poll::Pending;
    }
    #[cfg(feature = "tokio")]
    let of_tokio = std::task::ready!(tokio::task::coop::poll_proceed(cx));
    let _: &Context<'_> = cx;
    Poll::Ready(Unit {
        #[cfg(feature = "tokio")]
        of_tokio,
    })
}

#[cfg(feature = "coop")]
pub use of_loop::{try_spend, with_budget};

#[cfg(feature = "coop")]
mod of_loop {
    use std::cell::Cell;

    thread_local! {
        /// What is left of the budget of the task that is being polled; `None`: no limit.
        static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
    }

    /// Polls a task with a budget. The budget of the task around it is untouched.
    pub fn with_budget<R>(units: u32, poll: impl FnOnce() -> R) -> R {
        struct Restore(Option<u32>);
        impl Drop for Restore {
            fn drop(&mut self) {
                set(self.0);
            }
        }
        let _restore = Restore(get());
        set(Some(units));
        poll()
    }

    /// A thread that is ending has no budget to keep.
    fn get() -> Option<u32> {
        LEFT.try_with(Cell::get).ok().flatten()
    }

    fn set(left: Option<u32>) {
        let _: Result<(), _> = LEFT.try_with(|cell| cell.set(left));
    }

    #[inline]
    pub(super) fn is_exhausted() -> bool {
        get() == Some(0)
    }

    /// Takes a unit, if one is left.
    pub fn try_spend() -> bool {
        let is_left = !is_exhausted();
        spend();
        is_left
    }

    #[inline]
    pub(super) fn spend() {
        if let Some(left) = get() {
            set(Some(left.saturating_sub(1)));
        }
    }
}
