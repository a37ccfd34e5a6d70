//! tokio: `mpsc`.

use std::future::Future;

use tokio::sync::mpsc::{
    Receiver, Sender, UnboundedReceiver, UnboundedSender, channel, unbounded_channel,
};

use super::peer::{Item, QueuePeer};
use crate::facts::{Facts, Kind, Promise};

const FACTS: Facts = Facts::new(Kind::Peer, "tokio", "tokio", "mpsc")
    .fair(Promise::Kept)
    .cancel_safe(Promise::Kept)
    .mpmc(Promise::Lacking)
    .pending_put_outside(Promise::Kept);

#[derive(Debug)]
pub(super) struct Bounded;

impl QueuePeer for Bounded {
    const FACTS: Facts = FACTS;
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

#[derive(Debug)]
pub(super) struct Unbounded;

impl QueuePeer for Unbounded {
    const FACTS: Facts = FACTS;
    type Tx<T: Item> = UnboundedSender<T>;
    type Rx<T: Item> = UnboundedReceiver<T>;

    fn open<T: Item>(_: usize) -> (UnboundedSender<T>, UnboundedReceiver<T>) {
        unbounded_channel()
    }

    fn share<T: Item>(_: &UnboundedReceiver<T>) -> Option<UnboundedReceiver<T>> {
        None
    }

    fn put<T: Item>(tx: &UnboundedSender<T>, item: T) -> impl Future {
        std::future::ready(tx.send(item))
    }

    fn get<T: Item>(rx: &mut UnboundedReceiver<T>) -> impl Future<Output = Option<T>> {
        rx.recv()
    }

    fn try_put<T: Item>(tx: &UnboundedSender<T>, item: T) -> bool {
        tx.send(item).is_ok()
    }

    fn try_get<T: Item>(rx: &mut UnboundedReceiver<T>) -> Option<T> {
        rx.try_recv().ok()
    }
}
