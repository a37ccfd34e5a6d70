//! What a gather must do to take part.

use std::future::Future;

use crate::facts::Facts;

/// Runs children together in one task.
pub trait GatherPeer: 'static {
    /// Who this is.
    const FACTS: Facts;
    /// All outputs, in the order of the input.
    fn gather<C>(children: impl Iterator<Item = C>) -> impl Future<Output = Vec<usize>>
    where
        C: Future<Output = usize>;
}
