//! What can be gathered.

use std::array;
use std::future::Future;
use std::vec;

use super::{Crew, Group, IntoArray, IntoVec, Many, Mode, Tuple};

mod sealed {
    #[allow(
        unnameable_types,
        reason = "a sealed trait: not to be named is its purpose"
    )]
    pub trait Sealed<Shape> {}
}
use sealed::Sealed;

/// What can be gathered: a tuple of up to 12 futures, an array, a `Vec`, or an iterator of futures.
///
/// `Shape` tells these apart and is always inferred. `M` says what becomes of an output
/// ([`Mode`]). The trait is sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be gathered",
    note = "what can: a tuple of up to 12 futures, or an array, a `Vec` or an iterator of futures",
    note = "`try_gather` needs futures of `Result`s with one error type"
)]
pub trait Children<Shape, M>: Sealed<Shape> {
    /// How these children are held.
    type Group: Group;

    #[doc(hidden)]
    fn into_group(self) -> Self::Group;
}

/// The shape of a tuple.
#[derive(Clone, Copy, Debug)]
pub enum TupleShape {}

/// The shape of an array.
#[derive(Clone, Copy, Debug)]
pub enum ArrayShape {}

/// The shape of a `Vec`.
#[derive(Clone, Copy, Debug)]
pub enum VecShape {}

/// The shape of an iterator.
#[derive(Clone, Copy, Debug)]
pub enum IteratorShape {}

impl<C> Sealed<TupleShape> for C {}
impl<F, const N: usize> Sealed<ArrayShape> for [F; N] {}
impl<F> Sealed<VecShape> for Vec<F> {}
impl<I: Iterator> Sealed<IteratorShape> for I {}

impl<C, M> Children<TupleShape, M> for C
where
    C: Crew<M>,
{
    type Group = Tuple<C, M>;

    fn into_group(self) -> Self::Group {
        Tuple::new(Some(self))
    }
}

impl<F, M, const N: usize> Children<ArrayShape, M> for [F; N]
where
    F: Future,
    M: Mode<F::Output>,
{
    type Group = Many<array::IntoIter<F, N>, M, IntoArray<N>>;

    fn into_group(self) -> Self::Group {
        Many::new(Some(self.into_iter()), None)
    }
}

impl<F, M> Children<VecShape, M> for Vec<F>
where
    F: Future,
    M: Mode<F::Output>,
{
    type Group = Many<vec::IntoIter<F>, M, IntoVec>;

    fn into_group(self) -> Self::Group {
        Many::new(Some(self.into_iter()), None)
    }
}

impl<I, M> Children<IteratorShape, M> for I
where
    I: Iterator<Item: Future>,
    M: Mode<<I::Item as Future>::Output>,
{
    type Group = Many<I, M, IntoVec>;

    fn into_group(self) -> Self::Group {
        Many::new(Some(self), None)
    }
}
