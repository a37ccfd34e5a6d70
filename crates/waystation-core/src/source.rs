//! How a future finds its primitive: borrowed or shared.
//!
//! Every future and guard of waystation is written once, over `H: Source`. `Acquire<&Semaphore>`
//! borrows; `Acquire<Arc<Semaphore>>` is `'static`. There is no second copy of anything.

use std::ops::Deref;
use std::sync::Arc;

mod sealed {
    #[allow(
        unnameable_types,
        reason = "a sealed trait: not to be named is its purpose"
    )]
    pub trait Sealed {}
    impl<S> Sealed for &S {}
    impl<S> Sealed for std::sync::Arc<S> {}
}

/// A handle on a primitive: `&S` or `Arc<S>`, and nothing else.
///
/// Always std's `Arc`, under loom too: loom's cannot be a method receiver.
pub trait Source: Deref<Target: Sized> + Clone + Unpin + sealed::Sealed {}

impl<S> Source for &S {}
impl<S> Source for Arc<S> {}
