//! Each output as soon as it is there.

use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::block::Seal;
use waystation_core::wait::polled_after_ready;

use crate::drive::Engine;
use crate::group::{Children, Each, Group, IntoOutputs, Many, Mode};

/// Runs futures together, in this task, and gives each output as soon as it is there, with the
/// number of its future in the input.
///
/// Takes what [`gather`](crate::gather) takes, with one output type. The children run while
/// [`next`](AsCompleted::next) is awaited, and only then. With feature `futures-core` it is a
/// `Stream`.
///
/// # Fairness
///
/// As [`gather`](crate::gather). Among children that are complete, the one that was woken first
/// comes first. Every output counts as work: a loop over [`next`](AsCompleted::next) pauses now and
/// then even if an output is always there.
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
pub fn as_completed<C, Shape>(children: C) -> AsCompleted<C::Group>
where
    C: Children<Shape, Each>,
{
    AsCompleted {
        engine: Engine::new(children.into_group()),
    }
}

/// The outputs of [`as_completed`], to be asked for one by one.
#[must_use = "nothing runs unless `next` is awaited"]
pub struct AsCompleted<G: Group> {
    engine: Engine<G>,
}

impl<I, M, O> AsCompleted<Many<I, M, O>>
where
    I: Iterator<Item: Future>,
    M: Mode<<I::Item as Future>::Output>,
    O: IntoOutputs<M::Kept>,
{
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
        self.engine.before_first_poll("limit").set_limit(limit);
        self
    }
}

impl<G, T> AsCompleted<G>
where
    G: Group<Stop = (usize, T)>,
{
    /// Waits for the next output; `None` when all were given, also if asked again.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost: an output leaves only with `Ready`, and the children stay where they are.
    ///
    /// # Panics
    ///
    /// When a child panics, the others are dropped, and the panic propagates.
    pub const fn next(&mut self) -> Next<'_, G> {
        Next {
            outputs: Some(self),
        }
    }

    #[track_caller]
    fn poll_next_output(&mut self, cx: &mut Context<'_>) -> Poll<Option<(usize, T)>> {
        if self.engine.is_done() {
            return Poll::Ready(None);
        }
        self.engine.poll("AsCompleted", cx).map(|end| match end {
            ControlFlow::Continue(_) => None,
            ControlFlow::Break(output) => Some(output),
        })
    }
}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<G, T> futures_core::Stream for AsCompleted<G>
where
    G: Group<Stop = (usize, T)>,
{
    type Item = (usize, T);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<(usize, T)>> {
        self.poll_next_output(cx)
    }
}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<G, T> futures_core::FusedStream for AsCompleted<G>
where
    G: Group<Stop = (usize, T)>,
{
    fn is_terminated(&self) -> bool {
        self.engine.is_done()
    }
}

impl<G: Group> fmt::Debug for AsCompleted<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.engine.fmt("AsCompleted", f)
    }
}

/// The future of [`AsCompleted::next`].
#[must_use = "no child runs until it is awaited: `completed.next().await`"]
pub struct Next<'a, G: Group> {
    /// Until it has returned `Ready`.
    outputs: Option<&'a mut AsCompleted<G>>,
}

impl<G, T> Future for Next<'_, G>
where
    G: Group<Stop = (usize, T)>,
{
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

impl<G: Group> Seal for Next<'_, G> {}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<G, T> futures_core::FusedFuture for Next<'_, G>
where
    G: Group<Stop = (usize, T)>,
{
    fn is_terminated(&self) -> bool {
        self.outputs.is_none()
    }
}

impl<G: Group> fmt::Debug for Next<'_, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next")
            .field("outputs", &self.outputs)
            .finish()
    }
}
