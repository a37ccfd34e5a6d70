//! All outputs, in the order of the input.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::block::Seal;

use crate::children::{CatchPanics, Children, Held, Keep};
use crate::run::Run;

/// Runs futures together, in this task, and gives their outputs in the order of the input.
///
/// Takes a tuple of up to 12 futures, an array, a `Vec` or an iterator of futures, and gives a
/// tuple, an array, a `Vec` or a `Vec`. Nothing happens before the first poll, which starts every
/// child (see [`limit`](Gather::limit)). After that only children that were woken are polled. No
/// children, no waiting: it is ready at the first poll.
///
/// The future contains the iterator, which is asked for children as there is room for them. Where
/// rustc says that a borrowing closure in it is "not general enough" for a future that is to be
/// `Send`, collect it into a `Vec` first.
///
/// `Result`s stay `Result`s: an `Err` is an output like any other, as with asyncio's
/// `return_exceptions=True`. [`try_gather`](crate::try_gather) stops at the first one.
///
/// # Fairness
///
/// Children are polled in the order in which they were woken. A child that is always ready cannot
/// keep the others, or the executor, from their turn: see [the guide](crate::guide#turns).
///
/// # Cancel safety
///
/// When the gather is dropped, every unfinished child is dropped once, in the order of the input,
/// and then the outputs that were there.
///
/// # Panics
///
/// When a child panics, the others and the outputs are dropped, and the panic propagates. With
/// [`catch_panics`](Gather::catch_panics) it becomes an output instead.
///
/// # Examples
///
/// ```
/// use waystation_gather::gather;
///
/// # futures_lite::future::block_on(async {
/// let (word, number) = gather((async { "six" }, async { 6 })).await;
/// assert_eq!((word, number), ("six", 6));
///
/// let squares = gather((1..=3).map(|n| async move { n * n })).await;
/// assert_eq!(squares, [1, 4, 9]);
/// # });
/// ```
#[doc(alias = "join_all")]
#[doc(alias = "join")]
pub fn gather<C, H>(children: C) -> Gather<H>
where
    C: Children<H>,
    H: Held<Keep>,
{
    Gather {
        run: Run::new(children.hold()),
    }
}

/// The future of [`gather`]. It is `Unpin`, so it can be lent as `&mut`.
///
/// `H` is what holds the children: a tuple, an array, a `Vec`, or an
/// [`Iter`](crate::children::Iter).
#[must_use = "no child runs until it is awaited: `gather(..).await`"]
pub struct Gather<H: Held<M>, M = Keep> {
    run: Run<H, M>,
}

impl<H: Held<M> + IntoIterator, M> Gather<H, M> {
    /// Lets at most `limit` children live at once.
    ///
    /// They are started in the order of the input, each as soon as there is room, and an iterator
    /// is asked for a child only then.
    ///
    /// Not for tuples, whose children all start at once. Children of different types can share a
    /// limit as a `Vec` of `Box::pin(child) as Pin<Box<dyn Future<Output = T>>>`.
    ///
    /// # Panics
    ///
    /// If `limit` is 0, or after the first poll.
    ///
    /// # Examples
    ///
    /// ```
    /// use waystation_gather::gather;
    ///
    /// # futures_lite::future::block_on(async {
    /// // A million futures, of which no more than eight exist at any time.
    /// # const MILLION: u32 = 1_000;
    /// let halves = gather((0..MILLION).map(|n| async move { n / 2 })).limit(8).await;
    /// assert_eq!(halves[7], 3);
    /// # });
    /// ```
    #[track_caller]
    pub fn limit(mut self, limit: usize) -> Self {
        self.run.set_limit(limit);
        self
    }
}

impl<H: Held<Keep> + Held<CatchPanics>> Gather<H> {
    /// Makes a panic of a child an output: each output becomes a
    /// `Result<T, `[`Panicked`](crate::Panicked)`>`.
    ///
    /// The child that panicked is dropped, the others continue. The panic hook has reported it. A
    /// child that shares data with others may leave it half changed, which is why this is not the
    /// default.
    ///
    /// # Panics
    ///
    /// After the first poll.
    ///
    /// # Examples
    ///
    /// ```
    /// use waystation_gather::gather;
    ///
    /// # futures_lite::future::block_on(async {
    /// let (good, bad) = gather((async { 1 }, async {
    ///     if true {
    ///         panic!("out of tea");
    ///     }
    /// }))
    /// .catch_panics()
    /// .await;
    /// assert_eq!(good.unwrap(), 1);
    /// assert_eq!(bad.unwrap_err().message(), Some("out of tea"));
    /// # });
    /// ```
    #[track_caller]
    pub fn catch_panics(self) -> Gather<H, CatchPanics> {
        Gather {
            run: self.run.in_mode("catch_panics"),
        }
    }
}

impl<H: Held<M, Stop = Infallible>, M> Future for Gather<H, M> {
    type Output = H::Outputs;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<H::Outputs> {
        self.run.poll("Gather", cx).map(|end| match end {
            ControlFlow::Continue(outputs) => outputs,
            ControlFlow::Break(never) => match never {},
        })
    }
}

impl<H: Held<M>, M> Seal for Gather<H, M> {}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<H: Held<M, Stop = Infallible>, M> futures_core::FusedFuture for Gather<H, M> {
    fn is_terminated(&self) -> bool {
        self.run.is_done()
    }
}

impl<H: Held<M>, M> fmt::Debug for Gather<H, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.run.fmt("Gather", f)
    }
}
