//! All outputs, or the first error.

use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::block::Seal;

use crate::children::{Children, FirstError, Held};
use crate::run::Run;

/// Runs futures of `Result`s together, in this task, until all are `Ok` or one is `Err`.
///
/// Takes what [`gather`](crate::gather) takes, with one error type, and gives the `Ok` values in
/// the order of the input. The first `Err` in time wins, whatever its place in the input: it is
/// returned at once, and the other children are dropped. No children, no waiting: it is `Ok` at the
/// first poll.
///
/// # Fairness
///
/// As [`gather`](crate::gather). The first error in time is that of the child that was woken first.
///
/// # Cancel safety
///
/// When the gather is dropped, and when a child fails, every unfinished child is dropped once, in
/// the order of the input, and then the values that were there.
///
/// # Errors
///
/// The first `Err` of a child.
///
/// # Panics
///
/// When a child panics, the others and the values are dropped, and the panic propagates. So does a
/// panic of a child that is dropped because another one has failed.
///
/// # Examples
///
/// ```
/// use waystation_gather::try_gather;
///
/// # futures_lite::future::block_on(async {
/// let parsed = try_gather(["1", "2"].map(|text| async move { text.parse::<i32>() })).await;
/// assert_eq!(parsed, Ok([1, 2]));
///
/// let waits_for_ever = std::future::pending::<Result<(), &str>>();
/// let failed = try_gather((waits_for_ever, async { Err::<(), _>("no") })).await;
/// assert_eq!(failed, Err("no"));
/// # });
/// ```
#[doc(alias = "try_join_all")]
#[doc(alias = "try_join")]
#[doc(alias = "TaskGroup")]
pub fn try_gather<C, H>(children: C) -> TryGather<H>
where
    C: Children<H>,
    H: Held<FirstError>,
{
    TryGather {
        run: Run::new(children.hold()),
    }
}

/// The future of [`try_gather`].
#[must_use = "no child runs until it is awaited: `try_gather(..).await?`"]
pub struct TryGather<H: Held<FirstError>> {
    run: Run<H, FirstError>,
}

impl<H: Held<FirstError> + IntoIterator> TryGather<H> {
    /// Lets at most `limit` children live at once, as [`Gather::limit`](crate::Gather::limit) does.
    /// After an `Err` no other child is started.
    ///
    /// # Panics
    ///
    /// If `limit` is 0, or after the first poll.
    #[track_caller]
    pub fn limit(mut self, limit: usize) -> Self {
        self.run.set_limit(limit);
        self
    }
}

impl<H: Held<FirstError>> Future for TryGather<H> {
    type Output = Result<H::Outputs, H::Stop>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.run.poll("TryGather", cx).map(|end| match end {
            ControlFlow::Continue(outputs) => Ok(outputs),
            ControlFlow::Break(error) => {
                self.run.stop();
                Err(error)
            }
        })
    }
}

impl<H: Held<FirstError>> Seal for TryGather<H> {}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<H: Held<FirstError>> futures_core::FusedFuture for TryGather<H> {
    fn is_terminated(&self) -> bool {
        self.run.is_done()
    }
}

impl<H: Held<FirstError>> fmt::Debug for TryGather<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.run.fmt("TryGather", f)
    }
}
