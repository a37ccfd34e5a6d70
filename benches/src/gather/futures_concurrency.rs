//! futures-concurrency: `join` of a `Vec`.

use std::future::Future;

use futures_concurrency::future::Join as _;

use super::peer::GatherPeer;
use crate::facts::{Facts, Kind};

#[derive(Debug)]
pub(super) struct Join;

impl GatherPeer for Join {
    const FACTS: Facts = Facts::new(
        Kind::Peer,
        "futures-concurrency",
        "futures-concurrency",
        "Vec::join",
    );

    fn gather<C>(children: impl Iterator<Item = C>) -> impl Future<Output = Vec<usize>>
    where
        C: Future<Output = usize>,
    {
        children.collect::<Vec<_>>().join()
    }
}
