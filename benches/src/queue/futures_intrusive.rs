//! futures-intrusive: `channel::shared`.

use std::future::Future;

use futures_intrusive::channel::shared::{Receiver, Sender, channel};

use super::peer::{Item, QueuePeer};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct FuturesIntrusive;

impl QueuePeer for FuturesIntrusive {
    // The receiver moves a pending sender's item into the buffer.
    const FACTS: Facts = Facts::new(
        Kind::Peer,
        "futures-intrusive",
        "futures-intrusive",
        "channel::shared",
    )
    .fair(Promise::Lacking)
    .cancel_safe(Promise::Kept)
    .mpmc(Promise::Kept)
    .pending_put_outside(Promise::Lacking);
    type Tx<T: Item> = Sender<T>;
    type Rx<T: Item> = Receiver<T>;

    fn open<T: Item>(capacity: usize) -> (Sender<T>, Receiver<T>) {
        channel(capacity)
    }

    fn share<T: Item>(rx: &Receiver<T>) -> Option<Receiver<T>> {
        Some(rx.clone())
    }

    fn put<T: Item>(tx: &Sender<T>, item: T) -> impl Future {
        tx.send(item)
    }

    fn get<T: Item>(rx: &mut Receiver<T>) -> impl Future<Output = Option<T>> {
        rx.receive()
    }

    fn try_put<T: Item>(tx: &Sender<T>, item: T) -> bool {
        tx.try_send(item).is_ok()
    }

    fn try_get<T: Item>(rx: &mut Receiver<T>) -> Option<T> {
        rx.try_receive().ok()
    }
}
