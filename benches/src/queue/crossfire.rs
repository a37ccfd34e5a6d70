//! crossfire: `mpmc`.

use std::future::Future;

use crossfire::mpmc::{Array, List, bounded_async, unbounded_async};
use crossfire::{MAsyncRx, MAsyncTx, MTx};

use super::peer::{Item, QueuePeer};
use crate::facts::{Facts, Kind, Promise};

const FACTS: Facts = Facts::new(Kind::Peer, "crossfire", "crossfire", "mpmc")
    .fair(Promise::Lacking)
    .cancel_safe(Promise::Lacking)
    .mpmc(Promise::Kept)
    .pending_put_outside(Promise::Lacking)
    .note("after a dropped send one cannot know whether it was sent; spins in poll; rounds capacity 1 up to two slots");

#[derive(Debug)]
pub(super) struct Bounded;

impl QueuePeer for Bounded {
    const FACTS: Facts = FACTS;
    type Tx<T: Item> = MAsyncTx<Array<T>>;
    type Rx<T: Item> = MAsyncRx<Array<T>>;

    fn open<T: Item>(capacity: usize) -> (Self::Tx<T>, Self::Rx<T>) {
        bounded_async(capacity)
    }

    fn share<T: Item>(rx: &Self::Rx<T>) -> Option<Self::Rx<T>> {
        Some(rx.clone())
    }

    fn put<T: Item>(tx: &Self::Tx<T>, item: T) -> impl Future {
        tx.send(item)
    }

    async fn get<T: Item>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.recv().await.ok()
    }

    fn try_put<T: Item>(tx: &Self::Tx<T>, item: T) -> bool {
        tx.try_send(item).is_ok()
    }

    fn try_get<T: Item>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.try_recv().ok()
    }
}

#[derive(Debug)]
pub(super) struct Unbounded;

impl QueuePeer for Unbounded {
    const FACTS: Facts = FACTS;
    type Tx<T: Item> = MTx<List<T>>;
    type Rx<T: Item> = MAsyncRx<List<T>>;

    fn open<T: Item>(_: usize) -> (Self::Tx<T>, Self::Rx<T>) {
        unbounded_async()
    }

    fn share<T: Item>(rx: &Self::Rx<T>) -> Option<Self::Rx<T>> {
        Some(rx.clone())
    }

    fn put<T: Item>(tx: &Self::Tx<T>, item: T) -> impl Future {
        std::future::ready(tx.send(item))
    }

    async fn get<T: Item>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.recv().await.ok()
    }

    fn try_put<T: Item>(tx: &Self::Tx<T>, item: T) -> bool {
        tx.send(item).is_ok()
    }

    fn try_get<T: Item>(rx: &mut Self::Rx<T>) -> Option<T> {
        rx.try_recv().ok()
    }
}
