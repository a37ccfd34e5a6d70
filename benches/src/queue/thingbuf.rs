//! thingbuf: `mpsc`.

use std::future::Future;

use thingbuf::mpsc::{Receiver, Sender, channel};

use super::peer::{Item, QueuePeer};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct Thingbuf;

impl QueuePeer for Thingbuf {
    const FACTS: Facts = Facts::new(Kind::Peer, "thingbuf", "thingbuf", "mpsc")
        .mpmc(Promise::Lacking)
        .pending_put_outside(Promise::Kept)
        .note("bounded only; items are Default and recycled in place");
    type Tx<T: Item> = Sender<T>;
    type Rx<T: Item> = Receiver<T>;

    fn open<T: Item>(capacity: usize) -> (Sender<T>, Receiver<T>) {
        channel(capacity)
    }

    fn share<T: Item>(_: &Receiver<T>) -> Option<Receiver<T>> {
        None
    }

    fn put<T: Item>(tx: &Sender<T>, item: T) -> impl Future {
        tx.send(item)
    }

    fn get<T: Item>(rx: &mut Receiver<T>) -> impl Future<Output = Option<T>> {
        rx.recv()
    }

    fn try_put<T: Item>(tx: &Sender<T>, item: T) -> bool {
        tx.try_send(item).is_ok()
    }

    fn try_get<T: Item>(rx: &mut Receiver<T>) -> Option<T> {
        rx.try_recv().ok()
    }
}
