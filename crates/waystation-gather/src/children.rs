//! What can be gathered, and the types in the names of the futures.
//!
//! A future's type says what it holds, and whether it catches panics:
//!
//! ```
//! use std::future::{Ready, ready};
//! use waystation_gather::children::CatchPanics;
//! use waystation_gather::{Gather, TryGather, gather};
//!
//! struct Reading {
//!     pages: Gather<Vec<Ready<u32>>>,
//!     both: Gather<(Ready<u32>, Ready<char>), CatchPanics>,
//!     saved: Option<TryGather<[Ready<Result<(), String>>; 2]>>,
//! }
//!
//! let reading = Reading {
//!     pages: gather(vec![ready(1), ready(2)]),
//!     both: gather((ready(1), ready('a'))).catch_panics(),
//!     saved: None,
//! };
//! # assert_eq!(futures_lite::future::block_on(reading.pages), [1, 2]);
//! # assert_eq!(futures_lite::future::block_on(reading.both).1.unwrap(), 'a');
//! # assert!(reading.saved.is_none());
//! ```
//!
//! Nothing here is called by anybody but the futures themselves; all traits are sealed.

use std::array;
use std::convert::Infallible;
use std::fmt;
use std::future::{Future, Ready};
use std::iter;
use std::vec;

pub use crate::mode::{CatchPanics, Each, FirstError, Keep, Mode};
use crate::run::{List, Set};

pub(crate) mod sealed {
    #[allow(
        unnameable_types,
        reason = "a sealed trait: not to be named is its purpose"
    )]
    pub trait Held {}
}

/// What can be gathered: a tuple of up to 12 futures, an array, a `Vec`, or an iterator of futures.
///
/// `H` is what the future holds them as, and is always inferred: the same, or [`Iter`] for an
/// iterator. The trait is sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be gathered",
    note = "what can: a tuple of up to 12 futures, or an array, a `Vec` or an iterator of futures"
)]
pub trait Children<H: sealed::Held> {
    #[doc(hidden)]
    fn hold(self) -> H;
}

/// Children as a future holds them: a tuple, an array, a `Vec`, or an [`Iter`]. `M` says what
/// becomes of an output. The trait is sealed.
pub trait Held<M>: sealed::Held {
    /// What the whole gives when all children have ended.
    type Outputs;
    /// What ends the whole, or its current step, before that.
    type Stop;
    #[doc(hidden)]
    type Set: Set<Outputs = Self::Outputs, Stop = Self::Stop>;

    #[doc(hidden)]
    fn into_set(self, limit: Option<usize>) -> Self::Set;
}

/// An iterator of children, asked for one only when there is room for it.
pub struct Iter<I>(I);

impl sealed::Held for () {}
impl<F> sealed::Held for Vec<F> {}
impl<F, const N: usize> sealed::Held for [F; N] {}
impl<I> sealed::Held for Iter<I> {}

impl Children<()> for () {
    fn hold(self) {}
}

impl<F: Future> Children<Vec<F>> for Vec<F> {
    fn hold(self) -> Self {
        self
    }
}

impl<F: Future, const N: usize> Children<[F; N]> for [F; N] {
    fn hold(self) -> Self {
        self
    }
}

impl<I: Iterator<Item: Future>> Children<Iter<I>> for I {
    fn hold(self) -> Iter<I> {
        Iter(self)
    }
}

impl<F: Future, M: Mode<F::Output>> Held<M> for Vec<F> {
    type Outputs = Vec<M::Kept>;
    type Stop = M::Stop;
    type Set = List<vec::IntoIter<F>, M, Self::Outputs>;

    fn into_set(self, limit: Option<usize>) -> Self::Set {
        List::new(self.into_iter(), limit)
    }
}

impl<F: Future, M: Mode<F::Output>, const N: usize> Held<M> for [F; N] {
    type Outputs = [M::Kept; N];
    type Stop = M::Stop;
    type Set = List<array::IntoIter<F, N>, M, Self::Outputs>;

    fn into_set(self, limit: Option<usize>) -> Self::Set {
        List::new(self.into_iter(), limit)
    }
}

/// The tuple of no children is a list of none.
impl<M> Held<M> for () {
    type Outputs = ();
    type Stop = Infallible;
    type Set = List<iter::Empty<Ready<()>>, Keep, ()>;

    fn into_set(self, limit: Option<usize>) -> Self::Set {
        List::new(iter::empty(), limit)
    }
}

impl<I: Iterator<Item: Future>, M: Mode<<I::Item as Future>::Output>> Held<M> for Iter<I> {
    type Outputs = Vec<M::Kept>;
    type Stop = M::Stop;
    type Set = List<I, M, Self::Outputs>;

    fn into_set(self, limit: Option<usize>) -> Self::Set {
        List::new(self.0, limit)
    }
}

/// For the bound of [`limit`](crate::Gather::limit), which tuples do not have.
impl<I: Iterator> IntoIterator for Iter<I> {
    type Item = I::Item;
    type IntoIter = I;

    fn into_iter(self) -> I {
        self.0
    }
}

impl<I> fmt::Debug for Iter<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").finish_non_exhaustive()
    }
}
