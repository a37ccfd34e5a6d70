//! What becomes of the output of a child?

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::task::Poll;

use waystation_core::Panicked;
use waystation_core::sync::catch_panic;

mod sealed {
    #[allow(
        unnameable_types,
        reason = "a sealed trait: not to be named is its purpose"
    )]
    pub trait Sealed {}
}

/// What becomes of the output of a child.
///
/// Sealed: implemented by [`Keep`], [`CatchPanics`], [`FirstError`] and [`Each`].
#[diagnostic::on_unimplemented(
    message = "futures whose output is `{T}` cannot be gathered like this",
    note = "`try_gather` needs futures of `Result`s with one error type"
)]
pub trait Mode<T>: sealed::Sealed {
    /// What is kept until all children have ended.
    type Kept;
    /// What ends the whole, or its current step, at once.
    type Stop;

    /// What is kept of a child that has not ended. Not `None` where nothing is kept at all.
    #[doc(hidden)]
    const BEFORE: Option<Self::Kept> = None;

    /// Whether a panic of a child is an output.
    #[doc(hidden)]
    const CATCHES: bool = false;

    /// Runs one poll of the child with this number.
    #[doc(hidden)]
    fn settle(
        index: usize,
        poll: impl FnOnce() -> Poll<T>,
    ) -> Poll<ControlFlow<Self::Stop, Self::Kept>>;
}

/// Every output is kept as it is: [`gather`](crate::gather()).
#[derive(Clone, Copy, Debug)]
pub enum Keep {}

/// Every output is kept, and a panic is an output:
/// [`Gather::catch_panics`](crate::Gather::catch_panics).
#[derive(Clone, Copy, Debug)]
pub enum CatchPanics {}

/// `Ok` is kept, the first `Err` ends the whole: [`try_gather`](crate::try_gather()).
#[derive(Clone, Copy, Debug)]
pub enum FirstError {}

/// Every output comes out at once, with the number of its child:
/// [`as_completed`](crate::as_completed()).
#[derive(Clone, Copy, Debug)]
pub enum Each {}

impl sealed::Sealed for Keep {}
impl sealed::Sealed for CatchPanics {}
impl sealed::Sealed for FirstError {}
impl sealed::Sealed for Each {}

impl<T> Mode<T> for Keep {
    type Kept = T;
    type Stop = Infallible;

    #[inline]
    fn settle(_: usize, poll: impl FnOnce() -> Poll<T>) -> Poll<ControlFlow<Infallible, T>> {
        poll().map(ControlFlow::Continue)
    }
}

impl<T> Mode<T> for CatchPanics {
    type Kept = Result<T, Panicked>;
    type Stop = Infallible;

    const CATCHES: bool = true;

    #[inline]
    fn settle(
        _: usize,
        poll: impl FnOnce() -> Poll<T>,
    ) -> Poll<ControlFlow<Infallible, Self::Kept>> {
        match catch_panic(poll) {
            Ok(poll) => poll.map(|output| ControlFlow::Continue(Ok(output))),
            Err(payload) => Poll::Ready(ControlFlow::Continue(Err(Panicked::new(payload)))),
        }
    }
}

impl<T, E> Mode<Result<T, E>> for FirstError {
    type Kept = T;
    type Stop = E;

    #[inline]
    fn settle(_: usize, poll: impl FnOnce() -> Poll<Result<T, E>>) -> Poll<ControlFlow<E, T>> {
        poll().map(|result| match result {
            Ok(output) => ControlFlow::Continue(output),
            Err(error) => ControlFlow::Break(error),
        })
    }
}

impl<T> Mode<T> for Each {
    type Kept = ();
    type Stop = (usize, T);

    const BEFORE: Option<()> = Some(());

    #[inline]
    fn settle(index: usize, poll: impl FnOnce() -> Poll<T>) -> Poll<ControlFlow<(usize, T)>> {
        poll().map(|output| ControlFlow::Break((index, output)))
    }
}
