//! futures-util: `join_all`, and a `FuturesUnordered` whose outputs are put in order.

use std::future::Future;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;

use super::peer::GatherPeer;
use crate::facts::{Facts, Kind};

#[derive(Debug)]
pub(super) struct JoinAll;

impl GatherPeer for JoinAll {
    const FACTS: Facts = Facts::new(Kind::Peer, "join_all", "futures-util", "join_all")
        .note("up to 30 children: every wake-up polls all that are left");

    fn gather<C>(children: impl Iterator<Item = C>) -> impl Future<Output = Vec<usize>>
    where
        C: Future<Output = usize>,
    {
        join_all(children)
    }
}

#[derive(Debug)]
pub(super) struct Unordered;

impl GatherPeer for Unordered {
    const FACTS: Facts = Facts::new(
        Kind::Peer,
        "FuturesUnordered",
        "futures-util",
        "FuturesUnordered, put in order",
    );

    async fn gather<C>(children: impl Iterator<Item = C>) -> Vec<usize>
    where
        C: Future<Output = usize>,
    {
        let mut running: FuturesUnordered<_> = children
            .enumerate()
            .map(|(number, child)| async move { (number, child.await) })
            .collect();
        let mut outputs = vec![None; running.len()];
        while let Some((number, output)) = running.next().await {
            outputs[number] = Some(output);
        }
        outputs.into_iter().flatten().collect()
    }
}
