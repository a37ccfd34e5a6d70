//! Polling futures without an executor, for the workloads whose subject is the line itself.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

/// A reference-counted waker that notes its wake-up in a flag of its own.
#[must_use]
pub fn waker() -> Waker {
    Waker::from(Arc::new(Flag(AtomicBool::new(false))))
}

/// Makes a future, polls it once and drops it, all in one place.
///
/// It takes the maker and not the future: a future that was just written in small pieces and is
/// then moved in large ones costs the processor more than the work that is measured.
#[inline]
pub fn poll_once<F: Future>(make: impl FnOnce() -> F, cx: &mut Context<'_>) -> Poll<F::Output> {
    std::pin::pin!(make()).poll(cx)
}

/// Makes a future, polls it once and demands the result.
///
/// # Panics
///
/// Panics if the future is not ready.
#[inline]
#[track_caller]
pub fn ready<F: Future>(make: impl FnOnce() -> F, cx: &mut Context<'_>) -> F::Output {
    match poll_once(make, cx) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("this future was to be ready at its first poll"),
    }
}

/// A crowd of futures, each with a waker of its own.
///
/// The boxes and wakers are made once; [`Crowd::seat`] puts a new future into an old box, so that
/// a measured round allocates only what the peer allocates.
#[derive(Debug)]
pub struct Crowd<F> {
    seats: Vec<(Pin<Box<F>>, Waker)>,
}

impl<F: Future> Crowd<F> {
    /// A crowd of `size` futures, not polled yet.
    pub fn new(size: usize, mut make: impl FnMut() -> F) -> Self {
        Self {
            seats: (0..size).map(|_| (Box::pin(make()), waker())).collect(),
        }
    }

    /// Replaces every future by a fresh one.
    pub fn seat(&mut self, mut make: impl FnMut() -> F) {
        for (future, _) in &mut self.seats {
            future.set(make());
        }
    }

    /// Polls every future once.
    ///
    /// # Panics
    ///
    /// Panics if one of them is ready.
    #[track_caller]
    pub fn park(&mut self) {
        for (future, waker) in &mut self.seats {
            let poll = future.as_mut().poll(&mut Context::from_waker(waker));
            assert!(poll.is_pending(), "this future was to wait");
        }
    }

    /// Polls every future once, in order, and hands each output to `each` before the next poll.
    ///
    /// # Panics
    ///
    /// Panics if one of them is not ready.
    #[track_caller]
    pub fn finish(&mut self, mut each: impl FnMut(F::Output)) {
        for (future, waker) in &mut self.seats {
            match future.as_mut().poll(&mut Context::from_waker(waker)) {
                Poll::Ready(output) => each(output),
                Poll::Pending => panic!("this future was to be ready"),
            }
        }
    }
}
