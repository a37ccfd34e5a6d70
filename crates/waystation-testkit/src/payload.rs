//! Payloads that are counted: a lost item is one that is still alive, a duplicated one is dropped
//! twice.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::mem::take;
use std::sync::Arc;

use parking_lot::Mutex;

type Hook = Box<dyn FnOnce() + Send>;

/// Counts the [`Counted`] items it made. A clone is another view on the same book.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    created: usize,
    dropped: usize,
    /// Serial number to id.
    live: HashMap<usize, u64>,
    dropped_twice: Vec<u64>,
}

impl Ledger {
    /// An empty ledger.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A new item. Several may have the same id.
    #[must_use]
    pub fn item(&self, id: u64) -> Counted {
        self.enter(id, None)
    }

    /// An item that runs `hook` when it is dropped, after it was counted as dropped.
    #[must_use]
    pub fn item_with_drop(&self, id: u64, hook: impl FnOnce() + Send + 'static) -> Counted {
        self.enter(id, Some(Box::new(hook)))
    }

    /// An item whose drop panics with `item 7 panics`, unless the thread unwinds already.
    #[must_use]
    #[allow(
        clippy::missing_panics_doc,
        reason = "not this call panics, but the item's drop"
    )]
    pub fn panicking_item(&self, id: u64) -> Counted {
        self.item_with_drop(id, move || {
            if !std::thread::panicking() {
                panic!("item {id} panics");
            }
        })
    }

    fn enter(&self, id: u64, hook: Option<Hook>) -> Counted {
        let mut book = self.0.lock();
        let serial = book.created;
        book.created += 1;
        book.live.insert(serial, id);
        Counted {
            id,
            serial,
            ledger: self.clone(),
            hook: Mutex::new(hook),
        }
    }

    /// How many items were made.
    #[must_use]
    pub fn created(&self) -> usize {
        self.0.lock().created
    }

    /// How many items were dropped.
    #[must_use]
    pub fn dropped(&self) -> usize {
        self.0.lock().dropped
    }

    /// How many items are alive.
    #[must_use]
    pub fn live(&self) -> usize {
        self.0.lock().live.len()
    }

    /// The ids of the items that are alive, in rising order.
    #[must_use]
    pub fn live_ids(&self) -> Vec<u64> {
        let mut ids: Vec<_> = self.0.lock().live.values().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// Checks that every item was dropped exactly once.
    ///
    /// # Panics
    ///
    /// If an item is alive, or was dropped twice.
    #[track_caller]
    pub fn assert_settled(&self) {
        let twice = self.0.lock().dropped_twice.clone();
        assert!(twice.is_empty(), "dropped twice: {twice:?}");
        let live = self.live_ids();
        assert!(live.is_empty(), "still alive: {live:?}");
    }

    /// Notes the end of an item. False if it had ended before.
    fn leave(&self, serial: usize, id: u64) -> bool {
        let mut book = self.0.lock();
        let known = book.live.remove(&serial).is_some();
        if known {
            book.dropped += 1;
        } else {
            book.dropped_twice.push(id);
        }
        known
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger")
            .field("created", &self.created())
            .field("dropped", &self.dropped())
            .field("live", &self.live_ids())
            .finish()
    }
}

/// An item of a [`Ledger`]. Compares and shows itself by its id alone.
///
/// It is `Send + Sync`. Dropping it twice, which only wrong `unsafe` code can do, panics.
pub struct Counted {
    id: u64,
    serial: usize,
    ledger: Ledger,
    /// In a mutex only to be `Sync`.
    hook: Mutex<Option<Hook>>,
}

impl Counted {
    /// The id it was made with.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let first = self.ledger.leave(self.serial, self.id);
        assert!(
            first || std::thread::panicking(),
            "item {} was dropped twice",
            self.id
        );
        if let Some(hook) = take(self.hook.get_mut()) {
            hook();
        }
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Counted").field(&self.id).finish()
    }
}

impl PartialEq for Counted {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Counted {}

impl PartialOrd for Counted {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Counted {
    fn cmp(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
}

#[cfg(test)]
mod tests {
    use std::mem::ManuallyDrop;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use super::*;

    #[test]
    fn items_are_counted() {
        let ledger = Ledger::new();
        let (a, b) = (ledger.item(7), ledger.item(7));
        assert_eq!(a, b);
        assert!(a < ledger.item(8));
        drop(a);
        assert_eq!(
            (ledger.created(), ledger.dropped(), ledger.live()),
            (3, 2, 1)
        );
        drop(b);
        ledger.assert_settled();
    }

    #[test]
    #[should_panic(expected = "still alive: [2]")]
    fn a_leak_is_found() {
        let ledger = Ledger::new();
        drop(ledger.item(1));
        let _leaked = ManuallyDrop::new(ledger.item(2));
        ledger.assert_settled();
    }

    #[test]
    #[should_panic(expected = "dropped twice: [5]")]
    fn a_double_drop_is_found() {
        let ledger = Ledger::new();
        let item = ledger.item(5);
        assert!(ledger.leave(item.serial, item.id));
        assert!(catch_unwind(AssertUnwindSafe(|| drop(item))).is_err());
        ledger.assert_settled();
    }

    #[test]
    fn a_drop_hook_runs_once_and_may_panic() {
        let ledger = Ledger::new();
        let runs = Arc::new(AtomicUsize::new(0));
        let inner = runs.clone();
        let item = ledger.item_with_drop(1, move || {
            inner.fetch_add(1, SeqCst);
            panic!("hook");
        });
        assert!(catch_unwind(AssertUnwindSafe(|| drop(item))).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| drop(ledger.panicking_item(2)))).is_err());
        assert_eq!(runs.load(SeqCst), 1);
        ledger.assert_settled();
    }

    #[test]
    fn a_drop_hook_may_use_the_ledger() {
        let ledger = Ledger::new();
        let inner = ledger.clone();
        drop(ledger.item_with_drop(1, move || assert_eq!(inner.live(), 0)));
    }

    #[test]
    fn items_are_send_and_sync() {
        fn check<T: Send + Sync>() {}
        check::<Counted>();
    }
}
