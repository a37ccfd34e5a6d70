//! waystation: `Queue`.

use std::future::Future;
use std::sync::Arc;

use waystation::{Blocking as _, Queue};

use super::peer::{Item, QueuePeer, ThreadQueue};
use crate::facts::{Facts, Kind, Promise};
use crate::rows::OURS;

const fn facts(kind: Kind, name: &'static str) -> Facts {
    Facts::new(kind, name, "waystation", "Queue")
        .fair(Promise::Kept)
        .cancel_safe(Promise::Kept)
        .mpmc(Promise::Kept)
        .pending_put_outside(Promise::Kept)
}

fn open<T: Item>(unbounded: bool, capacity: usize) -> (Arc<Queue<T>>, Arc<Queue<T>>) {
    let queue = Arc::new(if unbounded {
        Queue::unbounded()
    } else {
        Queue::bounded(capacity)
    });
    (Arc::clone(&queue), queue)
}

#[derive(Debug)]
pub(super) struct Ours<const UNBOUNDED: bool>;

impl<const UNBOUNDED: bool> QueuePeer for Ours<UNBOUNDED> {
    const FACTS: Facts = facts(Kind::Ours, OURS);
    type Tx<T: Item> = Arc<Queue<T>>;
    type Rx<T: Item> = Arc<Queue<T>>;

    fn open<T: Item>(capacity: usize) -> (Arc<Queue<T>>, Arc<Queue<T>>) {
        open(UNBOUNDED, capacity)
    }

    fn share<T: Item>(rx: &Arc<Queue<T>>) -> Option<Arc<Queue<T>>> {
        Some(Arc::clone(rx))
    }

    fn put<T: Item>(tx: &Arc<Queue<T>>, item: T) -> impl Future {
        tx.put(item)
    }

    async fn get<T: Item>(rx: &mut Arc<Queue<T>>) -> Option<T> {
        rx.get().await.ok()
    }

    fn try_put<T: Item>(tx: &Arc<Queue<T>>, item: T) -> bool {
        tx.try_put(item).is_ok()
    }

    fn try_get<T: Item>(rx: &mut Arc<Queue<T>>) -> Option<T> {
        rx.try_get().ok()
    }
}

#[derive(Debug)]
pub(super) struct OnThreads<const UNBOUNDED: bool>;

impl<const UNBOUNDED: bool> ThreadQueue for OnThreads<UNBOUNDED> {
    const FACTS: Facts = facts(Kind::OursOnThreads, "waystation, blocking");
    type Tx<T: Item> = Arc<Queue<T>>;
    type Rx<T: Item> = Arc<Queue<T>>;

    fn open<T: Item>(capacity: usize) -> (Arc<Queue<T>>, Arc<Queue<T>>) {
        open(UNBOUNDED, capacity)
    }

    fn share<T: Item>(rx: &Arc<Queue<T>>) -> Option<Arc<Queue<T>>> {
        Some(Arc::clone(rx))
    }

    fn put<T: Item>(tx: &Arc<Queue<T>>, item: T) {
        assert!(tx.put(item).block().is_ok(), "never closed");
    }

    fn get<T: Item>(rx: &Arc<Queue<T>>) -> Option<T> {
        rx.get().block().ok()
    }

    fn try_put<T: Item>(tx: &Arc<Queue<T>>, item: T) -> bool {
        tx.try_put(item).is_ok()
    }

    fn try_get<T: Item>(rx: &Arc<Queue<T>>) -> Option<T> {
        rx.try_get().ok()
    }
}
