//! Each output as soon as it is there.

use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::block::Seal;
use waystation_core::wait::polled_after_ready;

use crate::children::{Children, Each, Held};
use crate::run::Run;

/// Runs futures together, in this task, and gives each output as soon as it is there, with the
/// number of its future in the input.
///
/// Takes what [`gather`](crate::gather) takes, with one output type. The children run while
/// [`next`](AsCompleted::next) is awaited, and only then. With feature `futures-core` it is a
/// `Stream`. A [`Group`](crate::Group) can be added to while it runs.
///
/// # Fairness
///
/// As [`gather`](crate::gather). Among children that are complete, the one that was woken first
/// comes first. Every output counts as work: a loop over [`next`](AsCompleted::next) pauses after 64
/// even if an output is always there.
///
/// # Cancel safety
///
/// When it is dropped, every unfinished child is dropped once, in the order of the input.
///
/// # Panics
///
/// When a child panics, the others are dropped, and the panic propagates.
///
/// # Examples
///
/// ```
/// use futures_lite::future::{ready, yield_now};
/// use waystation_gather::as_completed;
///
/// # futures_lite::future::block_on(async {
/// let slow = async {
///     yield_now().await;
///     "slow"
/// };
/// let mut outputs = as_completed((slow, ready("quick")));
/// assert_eq!(outputs.next().await, Some((1, "quick")));
/// assert_eq!(outputs.next().await, Some((0, "slow")));
/// assert_eq!(outputs.next().await, None);
/// # });
/// ```
#[doc(alias = "FuturesUnordered")]
#[doc(alias = "JoinSet")]
#[doc(alias = "wait")]
#[doc(alias = "FIRST_COMPLETED")]
pub fn as_completed<C, H>(children: C) -> AsCompleted<H>
where
    C: Children<H>,
    H: Held<Each>,
{
    AsCompleted {
        run: Run::new(children.hold()),
    }
}

/// The outputs of [`as_completed`], to be asked for one by one.
#[must_use = "nothing runs unless `next` is awaited"]
pub struct AsCompleted<H: Held<Each>> {
    run: Run<H, Each>,
}

impl<H: Held<Each> + IntoIterator> AsCompleted<H> {
    /// Lets at most `limit` children live at once, as [`Gather::limit`](crate::Gather::limit) does.
    /// The iterator may then be endless.
    ///
    /// # Panics
    ///
    /// If `limit` is 0, or after the first poll.
    ///
    /// # Examples
    ///
    /// ```
    /// use waystation_gather::as_completed;
    ///
    /// # futures_lite::future::block_on(async {
    /// let mut numbers = as_completed((0u64..).map(|n| async move { n * 2 })).limit(4);
    /// assert_eq!(numbers.next().await, Some((0, 0)));
    /// # });
    /// ```
    #[track_caller]
    pub fn limit(mut self, limit: usize) -> Self {
        self.run.set_limit(limit);
        self
    }
}

impl<H: Held<Each, Stop = (usize, T)>, T> AsCompleted<H> {
    /// Waits for the next output; `None` when all were given, also if asked again.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost: an output leaves only with `Ready`, and the children stay where they are.
    ///
    /// # Panics
    ///
    /// When a child panics, the others are dropped, and the panic propagates.
    pub const fn next(&mut self) -> Next<'_, H> {
        Next {
            outputs: Some(self),
        }
    }

    #[track_caller]
    fn poll_next_output(&mut self, cx: &mut Context<'_>) -> Poll<Option<(usize, T)>> {
        if self.run.is_done() {
            return Poll::Ready(None);
        }
        self.run.poll("AsCompleted", cx).map(|end| match end {
            ControlFlow::Continue(_) => None,
            ControlFlow::Break(output) => Some(output),
        })
    }
}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<H: Held<Each, Stop = (usize, T)>, T> futures_core::Stream for AsCompleted<H> {
    type Item = (usize, T);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<(usize, T)>> {
        self.poll_next_output(cx)
    }
}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<H: Held<Each, Stop = (usize, T)>, T> futures_core::FusedStream for AsCompleted<H> {
    fn is_terminated(&self) -> bool {
        self.run.is_done()
    }
}

impl<H: Held<Each>> fmt::Debug for AsCompleted<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.run.fmt("AsCompleted", f)
    }
}

/// The future of [`AsCompleted::next`].
#[must_use = "no child runs until it is awaited: `completed.next().await`"]
pub struct Next<'a, H: Held<Each>> {
    /// Until it has returned `Ready`.
    outputs: Option<&'a mut AsCompleted<H>>,
}

impl<H: Held<Each, Stop = (usize, T)>, T> Future for Next<'_, H> {
    type Output = Option<(usize, T)>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(outputs) = &mut self.outputs else {
            polled_after_ready("Next")
        };
        let poll = outputs.poll_next_output(cx);
        if poll.is_ready() {
            self.outputs = None;
        }
        poll
    }
}

impl<H: Held<Each>> Seal for Next<'_, H> {}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<H: Held<Each, Stop = (usize, T)>, T> futures_core::FusedFuture for Next<'_, H> {
    fn is_terminated(&self) -> bool {
        self.outputs.is_none()
    }
}

impl<H: Held<Each>> fmt::Debug for Next<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next")
            .field("outputs", &self.outputs)
            .finish()
    }
}
