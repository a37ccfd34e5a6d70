//! kanal.

use std::future::Future;

use kanal::{AsyncReceiver, AsyncSender};

use super::peer::{Item, QueuePeer};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct Kanal<const UNBOUNDED: bool>;

impl<const UNBOUNDED: bool> QueuePeer for Kanal<UNBOUNDED> {
    const FACTS: Facts = Facts::new(
        Kind::Peer,
        "kanal",
        "kanal",
        "bounded_async, unbounded_async",
    )
    .cancel_safe(Promise::Lacking)
    .mpmc(Promise::Kept)
    .pending_put_outside(Promise::Lacking)
    .note("a dropped recv may lose the item; no select!");
    type Tx<T: Item> = AsyncSender<T>;
    type Rx<T: Item> = AsyncReceiver<T>;

    fn open<T: Item>(capacity: usize) -> (AsyncSender<T>, AsyncReceiver<T>) {
        if UNBOUNDED {
            kanal::unbounded_async()
        } else {
            kanal::bounded_async(capacity)
        }
    }

    fn share<T: Item>(rx: &AsyncReceiver<T>) -> Option<AsyncReceiver<T>> {
        Some(rx.clone())
    }

    fn put<T: Item>(tx: &AsyncSender<T>, item: T) -> impl Future {
        tx.send(item)
    }

    async fn get<T: Item>(rx: &mut AsyncReceiver<T>) -> Option<T> {
        rx.recv().await.ok()
    }

    fn try_put<T: Item>(tx: &AsyncSender<T>, item: T) -> bool {
        matches!(tx.try_send(item), Ok(true))
    }

    fn try_get<T: Item>(rx: &mut AsyncReceiver<T>) -> Option<T> {
        rx.try_recv().ok().flatten()
    }
}
