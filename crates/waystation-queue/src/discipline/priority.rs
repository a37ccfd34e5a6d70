use std::cmp::Ordering;
use std::fmt;
use std::mem;

use super::{Discipline, KEPT, fmt_len};

/// The lowest first, and equal ones in order of arrival: the discipline of
/// [`PriorityQueue`](crate::PriorityQueue). Wrap items in [`std::cmp::Reverse`] for the highest
/// first.
///
/// A binary heap of its own, and not std's: there a comparison that panics drops the item that is
/// being taken, under the queue's lock. Here items only ever change places, so that all of them
/// survive such a panic, and the next call restores their order.
pub struct Priority<T> {
    heap: Vec<Entry<T>>,
    arrivals: u64,
    /// `false` while comparisons run, and after one of them has panicked.
    is_heap: bool,
}

struct Entry<T> {
    item: T,
    arrival: Arrival,
}

/// When an item arrived: what [`Priority`] remembers of an item that was taken.
///
/// # Examples
///
/// ```
/// # use waystation_queue::{Discipline, Priority};
/// let mut items = Priority::default();
/// items.push("tea");
/// items.push("tea");
/// let first = items.pop().map(|(_, arrival)| arrival);
/// let second = items.pop().map(|(_, arrival)| arrival);
/// // The items are equal, their arrivals are not.
/// assert!(first < second);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrival(u64);

impl<T: Ord> Entry<T> {
    fn order(&self, other: &Self) -> Ordering {
        self.item
            .cmp(&other.item)
            .then(self.arrival.cmp(&other.arrival))
    }

    fn precedes(&self, other: &Self) -> bool {
        self.order(other) == Ordering::Less
    }
}

impl<T: Ord> Priority<T> {
    fn add(&mut self, entry: Entry<T>) {
        // In first, and then compared.
        self.heap.push(entry);
        self.reorder(|heap| sift_up(heap, heap.len() - 1));
    }

    /// Moves entries about, by comparing them.
    fn reorder(&mut self, change: impl FnOnce(&mut [Entry<T>])) {
        if !mem::replace(&mut self.is_heap, false) {
            for parent in (0..self.heap.len() / 2).rev() {
                sift_down(&mut self.heap, parent);
            }
        }
        change(&mut self.heap);
        self.is_heap = true;
    }
}

fn sift_up<T: Ord>(heap: &mut [Entry<T>], mut child: usize) {
    while child > 0 {
        let parent = (child - 1) / 2;
        if !heap[child].precedes(&heap[parent]) {
            break;
        }
        heap.swap(child, parent);
        child = parent;
    }
}

fn sift_down<T: Ord>(heap: &mut [Entry<T>], mut parent: usize) {
    loop {
        let mut child = 2 * parent + 1;
        if child >= heap.len() {
            break;
        }
        if child + 1 < heap.len() && heap[child + 1].precedes(&heap[child]) {
            child += 1;
        }
        if !heap[child].precedes(&heap[parent]) {
            break;
        }
        heap.swap(parent, child);
        parent = child;
    }
}

impl<T> Default for Priority<T> {
    fn default() -> Self {
        Self {
            heap: Vec::new(),
            arrivals: 0,
            is_heap: true,
        }
    }
}

impl<T: Ord> Discipline<T> for Priority<T> {
    type Token = Arrival;

    fn push(&mut self, item: T) {
        let arrival = Arrival(self.arrivals);
        self.arrivals += 1;
        self.add(Entry { item, arrival });
    }

    fn pop(&mut self) -> Option<(T, Arrival)> {
        let last = self.heap.len().checked_sub(1)?;
        // Taken out only after the comparisons: if one panics, the item is still here.
        self.reorder(|heap| {
            heap.swap(0, last);
            sift_down(&mut heap[..last], 0);
        });
        let entry = self.heap.pop()?;
        if last == 0 && self.heap.capacity() > KEPT {
            // After a peak.
            self.heap = Vec::new();
        }
        Some((entry.item, entry.arrival))
    }

    fn put_back(&mut self, item: T, arrival: Arrival) {
        self.add(Entry { item, arrival });
    }

    fn len(&self) -> usize {
        self.heap.len()
    }

    fn shrink_to_fit(&mut self) {
        self.heap.shrink_to_fit();
    }

    fn drain_all(&mut self) -> Vec<T> {
        self.is_heap = false;
        self.heap.sort_unstable_by(Entry::order);
        self.is_heap = true;
        mem::take(&mut self.heap)
            .into_iter()
            .map(|entry| entry.item)
            .collect()
    }
}

impl<T> fmt::Debug for Priority<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_len("Priority", self.heap.len(), f)
    }
}

/// An item with a priority beside it: ordered by its priority alone, so that the item need not be
/// `Ord`.
///
/// ```
/// # use waystation_queue::{Prioritized, PriorityQueue};
/// let queue = PriorityQueue::unbounded();
/// queue.try_put(Prioritized { priority: 2, item: "sweep" }).unwrap();
/// queue.try_put(Prioritized { priority: 1, item: "wash" }).unwrap();
/// queue.try_put(Prioritized { priority: 1, item: "dry" }).unwrap();
/// let order = queue.drain().into_iter().map(|job| job.item);
/// assert!(order.eq(["wash", "dry", "sweep"]));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Prioritized<P, T> {
    /// The lowest leaves first.
    pub priority: P,
    /// What is queued. It is not compared.
    pub item: T,
}

impl<P: PartialEq, T> PartialEq for Prioritized<P, T> {
    fn eq(&self, other: &Self) -> bool {
        self.priority == other.priority
    }
}

impl<P: Eq, T> Eq for Prioritized<P, T> {}

impl<P: PartialOrd, T> PartialOrd for Prioritized<P, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.priority.partial_cmp(&other.priority)
    }
}

impl<P: Ord, T> Ord for Prioritized<P, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.priority.cmp(&other.priority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_priorities_leave_in_order_of_arrival() {
        let mut heap = Priority::default();
        for (item, priority) in [3, 1, 2, 1, 3, 1, 2].into_iter().enumerate() {
            heap.push(Prioritized { priority, item });
        }
        let order: Vec<_> = heap
            .drain_all()
            .into_iter()
            .map(|job| (job.priority, job.item))
            .collect();
        assert_eq!(
            order,
            [(1, 1), (1, 3), (1, 5), (2, 2), (2, 6), (3, 0), (3, 4)]
        );
    }

    #[test]
    fn an_item_put_back_is_the_next_of_its_rank() {
        let mut heap = Priority::default();
        (0..3).for_each(|_| heap.push("same"));
        heap.push("before");
        assert_eq!(heap.pop().map(|(item, _)| item), Some("before"));
        let Some((first, arrival)) = heap.pop() else {
            panic!("three are left")
        };
        heap.put_back(first, arrival);
        assert_eq!(heap.pop(), Some(("same", arrival)));
    }
}
