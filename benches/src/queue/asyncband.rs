//! asyncband: `mpmc`.

use std::future::Future;

use asyncband::mpmc::{
    BoundedReceiver, BoundedSender, UnboundedReceiver, UnboundedSender, bounded, unbounded,
};

use super::peer::{Item, QueuePeer};
use crate::facts::{Facts, Kind, Promise};

// A woken receiver has no claim on the item: another may take it first.
const FACTS: Facts = Facts::new(Kind::Peer, "asyncband", "asyncband", "mpmc")
    .fair(Promise::Lacking)
    .cancel_safe(Promise::Kept)
    .mpmc(Promise::Kept)
    .pending_put_outside(Promise::Kept)
    .note("fair to senders only");

#[derive(Debug)]
pub(super) struct Bounded;

impl QueuePeer for Bounded {
    const FACTS: Facts = FACTS;
    type Tx<T: Item> = BoundedSender<T>;
    type Rx<T: Item> = BoundedReceiver<T>;

    fn open<T: Item>(capacity: usize) -> (BoundedSender<T>, BoundedReceiver<T>) {
        bounded(capacity)
    }

    fn share<T: Item>(rx: &BoundedReceiver<T>) -> Option<BoundedReceiver<T>> {
        Some(rx.clone())
    }

    fn put<T: Item>(tx: &BoundedSender<T>, item: T) -> impl Future {
        tx.send(item)
    }

    async fn get<T: Item>(rx: &mut BoundedReceiver<T>) -> Option<T> {
        rx.recv().await.ok()
    }

    fn try_put<T: Item>(tx: &BoundedSender<T>, item: T) -> bool {
        tx.try_send(item).is_ok()
    }

    fn try_get<T: Item>(rx: &mut BoundedReceiver<T>) -> Option<T> {
        rx.try_recv().ok()
    }
}

#[derive(Debug)]
pub(super) struct Unbounded;

impl QueuePeer for Unbounded {
    const FACTS: Facts = FACTS;
    type Tx<T: Item> = UnboundedSender<T>;
    type Rx<T: Item> = UnboundedReceiver<T>;

    fn open<T: Item>(_: usize) -> (UnboundedSender<T>, UnboundedReceiver<T>) {
        unbounded()
    }

    fn share<T: Item>(rx: &UnboundedReceiver<T>) -> Option<UnboundedReceiver<T>> {
        Some(rx.clone())
    }

    fn put<T: Item>(tx: &UnboundedSender<T>, item: T) -> impl Future {
        std::future::ready(tx.send(item))
    }

    async fn get<T: Item>(rx: &mut UnboundedReceiver<T>) -> Option<T> {
        rx.recv().await.ok()
    }

    fn try_put<T: Item>(tx: &UnboundedSender<T>, item: T) -> bool {
        tx.send(item).is_ok()
    }

    fn try_get<T: Item>(rx: &mut UnboundedReceiver<T>) -> Option<T> {
        rx.try_recv().ok()
    }
}
