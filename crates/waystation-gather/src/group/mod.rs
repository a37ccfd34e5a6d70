//! The types in the names of the futures: how children are held, and what becomes of their outputs.
//!
//! They matter to those who write such a future's type down:
//!
//! ```
//! use std::future::Ready;
//! use waystation_gather::{Gather, gather, group::Many};
//!
//! struct Reading {
//!     pages: Gather<Many<std::vec::IntoIter<Ready<u32>>>>,
//! }
//!
//! let reading = Reading { pages: gather(vec![std::future::ready(1), std::future::ready(2)]) };
//! # assert_eq!(futures_lite::future::block_on(reading.pages), [1, 2]);
//! ```
//!
//! Nothing here is called by anybody but the futures themselves; all traits are sealed.

mod children;
mod many;
mod mode;
mod tuple;

use std::ops::ControlFlow;
use std::task::{Context, Poll};

use waystation_core::panics::FirstPanic;

pub use children::{ArrayShape, Children, IteratorShape, TupleShape, VecShape};
pub use many::{IntoArray, IntoOutputs, IntoVec, Many};
pub use mode::{CatchPanics, Each, FirstError, Keep, Mode};
pub use tuple::{Crew, Tuple};

mod sealed {
    #[allow(
        unnameable_types,
        reason = "a sealed trait: not to be named is its purpose"
    )]
    pub trait Sealed {}
}
use sealed::Sealed;

/// Children that are run together.
///
/// Sealed: implemented by [`Many`] and [`Tuple`].
pub trait Group: Sealed {
    /// What the whole gives when all children have ended.
    type Outputs;
    /// What ends the whole, or its current step, before that.
    type Stop;

    /// A guess at the number of slots.
    #[doc(hidden)]
    fn expected(&self) -> usize;

    /// How many children may be started now.
    #[doc(hidden)]
    fn vacancies(&self) -> usize;

    /// Puts the next child into a slot: one that is free again, or the first that was never used.
    #[doc(hidden)]
    fn start(&mut self) -> Option<usize>;

    /// Polls the child in a slot, drops it if it ends, and keeps its output.
    #[doc(hidden)]
    fn poll(&mut self, slot: usize, cx: &mut Context<'_>) -> Poll<ControlFlow<Self::Stop>>;

    /// How many children are running.
    #[doc(hidden)]
    fn live(&self) -> usize;

    /// Whether all children have been started and have ended.
    #[doc(hidden)]
    fn is_done(&self) -> bool;

    /// The outputs that were kept, once it is done.
    #[doc(hidden)]
    fn finish(&mut self) -> Self::Outputs;

    /// Drops the children that are left in the order of the input, then the outputs that were kept.
    #[doc(hidden)]
    fn clear(&mut self, panics: &mut FirstPanic);
}

/// A group whose outputs are kept as they are, and which can be told to keep panics as well.
///
/// Sealed: implemented by [`Many`] and [`Tuple`].
pub trait Catching: Group {
    /// The same group, with a `Result` for every output.
    type Caught: Group;

    /// Takes the children, none of which was started.
    #[doc(hidden)]
    fn catching(&mut self) -> Self::Caught;
}
