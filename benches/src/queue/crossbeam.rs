//! Threads: crossbeam-channel.

use crossbeam_channel::{Receiver, Sender};

use super::peer::{Item, ThreadQueue};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct Crossbeam<const UNBOUNDED: bool>;

impl<const UNBOUNDED: bool> ThreadQueue for Crossbeam<UNBOUNDED> {
    const FACTS: Facts = Facts::new(
        Kind::Threads,
        "threads, crossbeam",
        "crossbeam-channel",
        "bounded, unbounded",
    )
    .fair(Promise::Lacking)
    .mpmc(Promise::Kept)
    .pending_put_outside(Promise::Kept)
    .note("spins before it parks");
    type Tx<T: Item> = Sender<T>;
    type Rx<T: Item> = Receiver<T>;

    fn open<T: Item>(capacity: usize) -> (Sender<T>, Receiver<T>) {
        if UNBOUNDED {
            crossbeam_channel::unbounded()
        } else {
            crossbeam_channel::bounded(capacity)
        }
    }

    fn share<T: Item>(rx: &Receiver<T>) -> Option<Receiver<T>> {
        Some(rx.clone())
    }

    fn put<T: Item>(tx: &Sender<T>, item: T) {
        // It fails only once all receivers are gone, after the last item.
        let _sent = tx.send(item);
    }

    fn get<T: Item>(rx: &Receiver<T>) -> Option<T> {
        rx.recv().ok()
    }

    fn try_put<T: Item>(tx: &Sender<T>, item: T) -> bool {
        tx.try_send(item).is_ok()
    }

    fn try_get<T: Item>(rx: &Receiver<T>) -> Option<T> {
        rx.try_recv().ok()
    }
}
