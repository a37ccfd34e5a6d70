//! waystation: `gather`.

use std::future::Future;

use super::peer::GatherPeer;
use crate::facts::{Facts, Kind};
use crate::rows::OURS;

#[derive(Debug)]
pub(super) struct Ours;

impl GatherPeer for Ours {
    const FACTS: Facts = Facts::new(Kind::Ours, OURS, "waystation", "gather");

    fn gather<C>(children: impl Iterator<Item = C>) -> impl Future<Output = Vec<usize>>
    where
        C: Future<Output = usize>,
    {
        waystation::gather(children)
    }
}
