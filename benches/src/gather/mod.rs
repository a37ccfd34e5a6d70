//! gather: many children in one task, all outputs in the order of the input.

mod futures_concurrency;
mod futures_util;
mod on_threads;
mod ours;
mod peer;
pub mod workloads;

pub use peer::GatherPeer;

use crate::Book;

/// Enters everything about gather.
pub fn enter(book: &mut Book) {
    tasks::<ours::Ours>(book);
    tasks::<futures_util::JoinAll>(book);
    tasks::<futures_util::Unordered>(book);
    tasks::<futures_concurrency::Join>(book);
    let mut add = |key, run| book.case(key, on_threads::FACTS, run);
    add("G1/10", on_threads::crowd::<10>);
    add("G1/1000", on_threads::crowd::<1_000>);
}

fn tasks<P: GatherPeer>(book: &mut Book) {
    let mut add = |key, run| book.case(key, P::FACTS, run);
    add("G1/10", workloads::crowd::<P, 10>);
    add("G1/1000", workloads::crowd::<P, 1_000>);
    add("G1/10000", workloads::crowd::<P, 10_000>);
}
