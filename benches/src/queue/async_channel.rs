//! async-channel.

use std::future::Future;

use async_channel::{Receiver, Sender};

use super::peer::{Item, QueuePeer};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct AsyncChannel<const UNBOUNDED: bool>;

impl<const UNBOUNDED: bool> QueuePeer for AsyncChannel<UNBOUNDED> {
    const FACTS: Facts = Facts::new(
        Kind::Peer,
        "async-channel",
        "async-channel",
        "bounded, unbounded",
    )
    .fair(Promise::Lacking)
    .cancel_safe(Promise::Kept)
    .mpmc(Promise::Kept)
    .pending_put_outside(Promise::Kept);
    type Tx<T: Item> = Sender<T>;
    type Rx<T: Item> = Receiver<T>;

    fn open<T: Item>(capacity: usize) -> (Sender<T>, Receiver<T>) {
        if UNBOUNDED {
            async_channel::unbounded()
        } else {
            async_channel::bounded(capacity)
        }
    }

    fn share<T: Item>(rx: &Receiver<T>) -> Option<Receiver<T>> {
        Some(rx.clone())
    }

    fn put<T: Item>(tx: &Sender<T>, item: T) -> impl Future {
        tx.send(item)
    }

    async fn get<T: Item>(rx: &mut Receiver<T>) -> Option<T> {
        rx.recv().await.ok()
    }

    fn try_put<T: Item>(tx: &Sender<T>, item: T) -> bool {
        tx.try_send(item).is_ok()
    }

    fn try_get<T: Item>(rx: &mut Receiver<T>) -> Option<T> {
        rx.try_recv().ok()
    }
}
