//! Threads: `std::sync::mpsc`.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use super::peer::{Item, ThreadQueue};
use crate::facts::{Facts, Kind, Promise};

const FACTS: Facts = Facts::new(
    Kind::Threads,
    "threads, std mpsc",
    "",
    "sync_channel, channel",
)
.fair(Promise::Lacking)
.mpmc(Promise::Lacking)
.pending_put_outside(Promise::Kept)
.note("spins before it parks");

#[derive(Debug)]
pub(super) struct Bounded;

impl ThreadQueue for Bounded {
    const FACTS: Facts = FACTS;
    type Tx<T: Item> = SyncSender<T>;
    type Rx<T: Item> = Receiver<T>;

    fn open<T: Item>(capacity: usize) -> (SyncSender<T>, Receiver<T>) {
        sync_channel(capacity)
    }

    fn share<T: Item>(_: &Receiver<T>) -> Option<Receiver<T>> {
        None
    }

    fn put<T: Item>(tx: &SyncSender<T>, item: T) {
        // It fails only once the receiver is gone, after the last item.
        let _sent = tx.send(item);
    }

    fn get<T: Item>(rx: &Receiver<T>) -> Option<T> {
        rx.recv().ok()
    }

    fn try_put<T: Item>(tx: &SyncSender<T>, item: T) -> bool {
        tx.try_send(item).is_ok()
    }

    fn try_get<T: Item>(rx: &Receiver<T>) -> Option<T> {
        rx.try_recv().ok()
    }
}

#[derive(Debug)]
pub(super) struct Unbounded;

impl ThreadQueue for Unbounded {
    const FACTS: Facts = FACTS;
    type Tx<T: Item> = Sender<T>;
    type Rx<T: Item> = Receiver<T>;

    fn open<T: Item>(_: usize) -> (Sender<T>, Receiver<T>) {
        channel()
    }

    fn share<T: Item>(_: &Receiver<T>) -> Option<Receiver<T>> {
        None
    }

    fn put<T: Item>(tx: &Sender<T>, item: T) {
        // It fails only once the receiver is gone, after the last item.
        let _sent = tx.send(item);
    }

    fn get<T: Item>(rx: &Receiver<T>) -> Option<T> {
        rx.recv().ok()
    }

    fn try_put<T: Item>(tx: &Sender<T>, item: T) -> bool {
        tx.send(item).is_ok()
    }

    fn try_get<T: Item>(rx: &Receiver<T>) -> Option<T> {
        rx.try_recv().ok()
    }
}
