//! Threads: a `VecDeque` under a mutex, and two condition variables.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};

use super::peer::{Item, ThreadQueue};
use crate::facts::{Facts, Kind, Promise};

#[derive(Debug)]
pub(super) struct Deque<const UNBOUNDED: bool>;

#[derive(Debug)]
pub(super) struct Shared<T> {
    items: Mutex<VecDeque<T>>,
    capacity: usize,
    filled: Condvar,
    emptied: Condvar,
}

impl<T> Shared<T> {
    fn take(&self, items: &mut VecDeque<T>) -> Option<T> {
        let item = items.pop_front()?;
        self.emptied.notify_one();
        Some(item)
    }
}

impl<const UNBOUNDED: bool> ThreadQueue for Deque<UNBOUNDED> {
    const FACTS: Facts = Facts::new(
        Kind::Threads,
        "threads, parking_lot",
        "parking_lot",
        "Mutex<VecDeque> + 2 Condvars",
    )
    .fair(Promise::Lacking)
    .mpmc(Promise::Kept)
    .pending_put_outside(Promise::Kept);
    type Tx<T: Item> = Arc<Shared<T>>;
    type Rx<T: Item> = Arc<Shared<T>>;

    fn open<T: Item>(capacity: usize) -> (Arc<Shared<T>>, Arc<Shared<T>>) {
        let shared = Arc::new(Shared {
            items: Mutex::new(VecDeque::new()),
            capacity: if UNBOUNDED { usize::MAX } else { capacity },
            filled: Condvar::new(),
            emptied: Condvar::new(),
        });
        (Arc::clone(&shared), shared)
    }

    fn share<T: Item>(rx: &Arc<Shared<T>>) -> Option<Arc<Shared<T>>> {
        Some(Arc::clone(rx))
    }

    fn put<T: Item>(tx: &Arc<Shared<T>>, item: T) {
        let mut items = tx.items.lock();
        while items.len() >= tx.capacity {
            tx.emptied.wait(&mut items);
        }
        items.push_back(item);
        drop(items);
        tx.filled.notify_one();
    }

    fn get<T: Item>(rx: &Arc<Shared<T>>) -> Option<T> {
        let mut items = rx.items.lock();
        while items.is_empty() {
            rx.filled.wait(&mut items);
        }
        rx.take(&mut items)
    }

    fn try_put<T: Item>(tx: &Arc<Shared<T>>, item: T) -> bool {
        let mut items = tx.items.lock();
        if items.len() >= tx.capacity {
            return false;
        }
        items.push_back(item);
        drop(items);
        tx.filled.notify_one();
        true
    }

    fn try_get<T: Item>(rx: &Arc<Shared<T>>) -> Option<T> {
        rx.take(&mut rx.items.lock())
    }
}
