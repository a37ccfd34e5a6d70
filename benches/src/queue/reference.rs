//! The reference model: what you would write yourself on event-listener.

use std::future::Future;
use std::sync::Arc;

use waystation_testkit::reference::Queue;

use super::peer::{Item, QueuePeer};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct Reference<const UNBOUNDED: bool>;

impl<const UNBOUNDED: bool> QueuePeer for Reference<UNBOUNDED> {
    const FACTS: Facts = Facts::new(
        Kind::Reference,
        "written by yourself",
        "event-listener",
        "event-listener + parking_lot",
    )
    .fair(Promise::Kept)
    .cancel_safe(Promise::Kept)
    .mpmc(Promise::Kept)
    .pending_put_outside(Promise::Kept);
    type Tx<T: Item> = Arc<Queue<T>>;
    type Rx<T: Item> = Arc<Queue<T>>;

    fn open<T: Item>(capacity: usize) -> (Arc<Queue<T>>, Arc<Queue<T>>) {
        let queue = Arc::new(if UNBOUNDED {
            Queue::unbounded()
        } else {
            Queue::bounded(capacity)
        });
        (Arc::clone(&queue), queue)
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
