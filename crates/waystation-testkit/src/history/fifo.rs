//! The order of items alone: quick, for histories of any length.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::{History, Operation};

impl<Op, Ret> History<Op, Ret> {
    /// What is wrong with the order of items, if the history is one of a first-in, first-out queue.
    ///
    /// `put` names the item that an operation put in, or may have if it did not return; `got` the
    /// one it took out. Every item has a name of its own. A put that failed names none.
    pub fn fifo_violations<K: Ord + Clone>(
        &self,
        put: impl Fn(&Operation<Op, Ret>) -> Option<K>,
        got: impl Fn(&Operation<Op, Ret>) -> Option<K>,
    ) -> Vec<Violation<K>> {
        violations(&self.operations, put, got)
    }
}

/// What is wrong with an item of a first-in, first-out queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation<K> {
    /// `first` was in before the put of `second` began, and was still in when `second` was out.
    Overtaken {
        /// The item that should have come first.
        first: K,
        /// The item that came first.
        second: K,
    },
    /// It was put in twice: not the queue's fault, the items' names are not unique.
    PutTwice(K),
    /// It came out twice.
    GotTwice(K),
    /// It came out and was never put in, or not before it came out.
    FromNowhere(K),
}

/// The life of an item, in times.
struct Item<K> {
    name: K,
    put_began: u64,
    put_ended: u64,
    /// The end of time while it is in.
    get_began: u64,
    get_ended: u64,
}

fn violations<Op, Ret, K: Ord + Clone>(
    operations: &[Operation<Op, Ret>],
    put: impl Fn(&Operation<Op, Ret>) -> Option<K>,
    got: impl Fn(&Operation<Op, Ret>) -> Option<K>,
) -> Vec<Violation<K>> {
    let mut found = Vec::new();
    let mut items: BTreeMap<K, Item<K>> = BTreeMap::new();
    for operation in operations {
        let Some(name) = put(operation) else {
            continue;
        };
        let item = Item {
            name: name.clone(),
            put_began: operation.called,
            put_ended: operation.end(),
            get_began: u64::MAX,
            get_ended: u64::MAX,
        };
        match items.entry(name) {
            Entry::Vacant(place) => drop(place.insert(item)),
            Entry::Occupied(place) => found.push(Violation::PutTwice(place.key().clone())),
        }
    }
    for operation in operations {
        let Some(name) = got(operation) else { continue };
        let ended = operation.end();
        match items.get_mut(&name) {
            Some(item) if item.get_began != u64::MAX => found.push(Violation::GotTwice(name)),
            Some(item) if item.put_began < ended => {
                item.get_began = operation.called;
                item.get_ended = ended;
            }
            _ => found.push(Violation::FromNowhere(name)),
        }
    }
    let items: Vec<_> = items.into_values().collect();
    overtaken(&items, &mut found);
    found
}

/// One sweep through time: of the items that were in before a put began, the one that leaves last.
fn overtaken<K: Clone>(items: &[Item<K>], found: &mut Vec<Violation<K>>) {
    let mut by_begin: Vec<_> = items.iter().collect();
    by_begin.sort_by_key(|item| item.put_began);
    let mut by_end = by_begin.clone();
    by_end.sort_by_key(|item| item.put_ended);
    let mut in_before = by_end.into_iter().peekable();
    let mut last_to_leave: Option<&Item<K>> = None;
    for second in by_begin {
        while let Some(item) = in_before.next_if(|item| item.put_ended < second.put_began) {
            if last_to_leave.is_none_or(|last| item.get_began > last.get_began) {
                last_to_leave = Some(item);
            }
        }
        if let Some(first) = last_to_leave.filter(|first| first.get_began > second.get_ended) {
            let (first, second) = (first.name.clone(), second.name.clone());
            found.push(Violation::Overtaken { first, second });
        }
    }
}
