use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use pin_project_lite::pin_project;
use waystation_core::wait::polled_after_ready;

use crate::driver::callback::{Caller, When};
use crate::error::Elapsed;
use crate::time::sleep::{Goal, Sleep};

/// Limits the time of a future.
///
/// The time begins at the first poll. The future is polled first each time, so that it wins when it
/// is ready at the last moment; a zero duration polls it once. A duration that overflows the clock
/// never passes.
///
/// # Cancel safety
///
/// Dropped, it drops its future and takes its timer off the loop. When the time has passed, the
/// future is dropped before the error is returned.
///
/// # Errors
///
/// [`Elapsed`] if the time passed before the future was done.
///
/// # Panics
///
/// When polled outside an event loop, or again after it returned `Ready`.
///
/// # Examples
///
/// ```
/// use std::future::pending;
/// use std::time::Duration;
/// use waystation_loop::{Elapsed, run, timeout};
///
/// run(async {
///     assert_eq!(timeout(Duration::MAX, async { 7 }).await, Ok(7));
///     assert_eq!(timeout(Duration::ZERO, pending::<()>()).await, Err(Elapsed));
/// });
/// ```
#[doc(alias = "wait_for")]
#[track_caller]
pub fn timeout<F: Future>(duration: Duration, future: F) -> Timeout<F> {
    Timeout::new(Goal::After(duration), future, Location::caller())
}

/// Limits the time of a future by a time of the loop's clock, as [`timeout`] does. A deadline in
/// the past polls it once.
#[track_caller]
pub fn timeout_at<F: Future>(deadline: Instant, future: F) -> Timeout<F> {
    Timeout::new(Goal::At(When::At(deadline)), future, Location::caller())
}

pin_project! {
    /// The future of [`timeout`] and [`timeout_at`]. `Unpin` if the future in it is.
    #[must_use = "nothing runs until it is awaited: `timeout(duration, future).await`"]
    pub struct Timeout<F> {
        // `None` once this has returned `Ready`.
        #[pin]
        future: Option<F>,
        sleep: Sleep,
    }
}

impl<F> Timeout<F> {
    fn new(goal: Goal, future: F, caller: Caller) -> Self {
        Self {
            future: Some(future),
            sleep: Sleep::new(goal, caller),
        }
    }
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, Elapsed>;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            polled_after_ready("Timeout");
        };
        this.sleep.start();
        let outcome = match future.poll(cx) {
            Poll::Ready(output) => Ok(output),
            Poll::Pending => match Pin::new(&mut *this.sleep).poll(cx) {
                Poll::Ready(()) => Err(Elapsed),
                Poll::Pending => return Poll::Pending,
            },
        };
        this.sleep.forget();
        this.future.set(None);
        Poll::Ready(outcome)
    }
}

impl<F> fmt::Debug for Timeout<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout")
            .field("sleep", &self.sleep)
            .field("done", &self.future.is_none())
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<F: Future> futures_core::FusedFuture for Timeout<F> {
    fn is_terminated(&self) -> bool {
        self.future.is_none()
    }
}
