//! flume.

use std::future::Future;

use flume::{Receiver, Sender};

use super::peer::{Item, QueuePeer};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct Flume<const UNBOUNDED: bool>;

impl<const UNBOUNDED: bool> QueuePeer for Flume<UNBOUNDED> {
    // A pending send lies in the channel's own list, from which receivers take it.
    const FACTS: Facts = Facts::new(Kind::Peer, "flume", "flume", "bounded, unbounded")
        .fair(Promise::Lacking)
        .cancel_safe(Promise::Kept)
        .mpmc(Promise::Kept)
        .pending_put_outside(Promise::Lacking);
    type Tx<T: Item> = Sender<T>;
    type Rx<T: Item> = Receiver<T>;

    fn open<T: Item>(capacity: usize) -> (Sender<T>, Receiver<T>) {
        if UNBOUNDED {
            flume::unbounded()
        } else {
            flume::bounded(capacity)
        }
    }

    fn share<T: Item>(rx: &Receiver<T>) -> Option<Receiver<T>> {
        Some(rx.clone())
    }

    fn put<T: Item>(tx: &Sender<T>, item: T) -> impl Future {
        tx.send_async(item)
    }

    async fn get<T: Item>(rx: &mut Receiver<T>) -> Option<T> {
        rx.recv_async().await.ok()
    }

    fn try_put<T: Item>(tx: &Sender<T>, item: T) -> bool {
        tx.try_send(item).is_ok()
    }

    fn try_get<T: Item>(rx: &mut Receiver<T>) -> Option<T> {
        rx.try_recv().ok()
    }
}
