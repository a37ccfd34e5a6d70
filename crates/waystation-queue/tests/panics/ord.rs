//! Items whose `Ord` panics.

use std::cmp::Ordering;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use waystation_queue::PriorityQueue;
use waystation_testkit::{Counted, Driver, Ledger, assert_ready};

use crate::common::{now, panic_of, parked};

/// Panics at a chosen comparison.
#[derive(Clone)]
struct Fuse(Arc<AtomicUsize>);

const NEVER: usize = usize::MAX / 2;

impl Fuse {
    fn new() -> Self {
        Self(Arc::new(AtomicUsize::new(NEVER)))
    }

    /// The comparison after `count` others panics, and those after it do not.
    fn set(&self, count: usize) {
        self.0.store(count, SeqCst);
    }

    fn clear(&self) {
        self.0.store(NEVER, SeqCst);
    }

    fn burn(&self) {
        assert!(self.0.fetch_sub(1, SeqCst) != 0, "no order");
    }
}

struct Touchy(Counted, Fuse);

impl PartialEq for Touchy {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl Eq for Touchy {}
impl PartialOrd for Touchy {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Touchy {
    fn cmp(&self, other: &Self) -> Ordering {
        self.1.burn();
        self.0.cmp(&other.0)
    }
}
impl std::fmt::Debug for Touchy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.id())
    }
}

struct Bench {
    ledger: Ledger,
    fuse: Fuse,
    queue: PriorityQueue<Touchy>,
}

impl Bench {
    fn new(capacity: usize, ids: &[u64]) -> Self {
        let bench = Self {
            ledger: Ledger::new(),
            fuse: Fuse::new(),
            queue: PriorityQueue::with_maxsize(capacity),
        };
        for &id in ids {
            bench.queue.try_put(bench.item(id)).unwrap();
        }
        bench
    }

    fn item(&self, id: u64) -> Touchy {
        Touchy(self.ledger.item(id), self.fuse.clone())
    }

    /// Everything that is in it comes out in order, and nothing is lost.
    #[track_caller]
    fn assert_holds(self, expected: &[u64]) {
        self.fuse.clear();
        assert_eq!(self.queue.len(), expected.len());
        assert_eq!(self.ledger.live(), expected.len());
        let ids: Vec<_> = std::iter::from_fn(|| self.queue.try_get().ok())
            .map(|item| item.0.id())
            .collect();
        assert_eq!(ids, expected);
        drop(self.queue);
        self.ledger.assert_settled();
    }
}

const IDS: [u64; 8] = [5, 3, 8, 1, 9, 2, 7, 4];
const SORTED: [u64; 8] = [1, 2, 3, 4, 5, 7, 8, 9];
const SORTED_WITH_0: [u64; 9] = [0, 1, 2, 3, 4, 5, 7, 8, 9];

/// Lets every comparison of an operation panic in turn; returns how many there were.
fn each_comparison(operation: impl Fn(&Bench), check: impl Fn(Bench)) -> usize {
    for count in 0.. {
        let bench = Bench::new(0, &IDS);
        bench.fuse.set(count);
        let panicked =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| operation(&bench))).is_err();
        bench.fuse.clear();
        if !panicked {
            return count;
        }
        check(bench);
    }
    unreachable!("a comparison too many")
}

#[test]
fn a_put_whose_comparison_panics_is_in() {
    let comparisons = each_comparison(
        |bench| bench.queue.try_put(bench.item(0)).unwrap(),
        |bench| {
            assert_eq!(bench.queue.unfinished(), 9);
            bench.assert_holds(&SORTED_WITH_0);
        },
    );
    assert_eq!(comparisons, 3, "from the ninth place to the top");
    let comparisons = each_comparison(
        |bench| now(bench.queue.put(bench.item(0))).unwrap(),
        |bench| bench.assert_holds(&SORTED_WITH_0),
    );
    assert_eq!(comparisons, 3);
    each_comparison(
        |bench| {
            now(bench.queue.reserve())
                .unwrap()
                .put(bench.item(0))
                .unwrap()
        },
        |bench| {
            assert!(format!("{:?}", bench.queue).contains("slots: 0"));
            bench.assert_holds(&SORTED_WITH_0);
        },
    );
}

#[test]
fn a_get_whose_comparison_panics_has_taken_nothing() {
    let operations: [fn(&Bench); 4] = [
        |bench| drop(bench.queue.try_get().unwrap()),
        |bench| drop(now(bench.queue.get()).unwrap()),
        |bench| drop(now(bench.queue.get_task()).unwrap()),
        |bench| {
            now(bench.queue.get_many(&mut Vec::new(), 1));
        },
    ];
    for operation in operations {
        let comparisons = each_comparison(operation, |bench| {
            assert_eq!(bench.queue.unfinished(), 8);
            bench.assert_holds(&SORTED);
        });
        assert!(comparisons > 2);
    }
}

#[test]
fn a_get_many_that_panics_in_between_has_given_what_it_took() {
    for count in 0..8 {
        let bench = Bench::new(0, &IDS);
        let mut into = Vec::new();
        bench.fuse.set(count);
        let outcome = panic_of(|| now(bench.queue.get_many(&mut into, 8)));
        assert_eq!(outcome, "no order");
        bench.fuse.clear();
        let taken: Vec<_> = into.iter().map(|item: &Touchy| item.0.id()).collect();
        assert_eq!(taken, SORTED[..taken.len()]);
        into.clear();
        bench.assert_holds(&SORTED[taken.len()..]);
    }
}

#[test]
fn a_drain_whose_comparison_panics_has_taken_nothing() {
    let comparisons = each_comparison(
        |bench| drop(bench.queue.drain()),
        |bench| {
            assert_eq!(bench.queue.unfinished(), 8);
            bench.assert_holds(&SORTED);
        },
    );
    assert!(comparisons > 10);
}

#[test]
fn a_close_now_whose_comparison_panics_has_closed_nothing() {
    let comparisons = each_comparison(
        |bench| drop(bench.queue.close_now()),
        |bench| {
            assert!(!bench.queue.is_closed());
            assert_eq!(bench.queue.unfinished(), 8);
            bench.assert_holds(&SORTED);
        },
    );
    assert!(comparisons > 10);
}

#[test]
fn close_now_may_be_tried_again() {
    let bench = Bench::new(0, &IDS);
    bench.fuse.set(3);
    assert_eq!(panic_of(|| bench.queue.close_now()), "no order");
    bench.fuse.clear();
    let ids: Vec<_> = bench
        .queue
        .close_now()
        .iter()
        .map(|item| item.0.id())
        .collect();
    assert_eq!((ids, bench.queue.unfinished()), (SORTED.to_vec(), 0));
    bench.ledger.assert_settled();
}

#[test]
fn a_nack_whose_comparison_panics_has_put_the_item_back() {
    let comparisons = each_comparison(
        |bench| {
            let before = bench.fuse.0.swap(NEVER, SeqCst);
            let task = now(bench.queue.get_task()).unwrap();
            bench.fuse.set(before);
            task.nack().unwrap();
        },
        |bench| {
            assert_eq!(bench.queue.unfinished(), 8);
            bench.assert_holds(&SORTED);
        },
    );
    assert!(comparisons > 1);
}

#[test]
fn several_panics_in_a_row_lose_nothing() {
    let bench = Bench::new(0, &IDS);
    for count in [0, 1, 0, 2, 5, 0] {
        bench.fuse.set(count);
        panic_of(|| bench.queue.drain());
        bench.fuse.set(count);
        panic_of(|| bench.queue.close_now());
        bench.fuse.set(0);
        panic_of(|| bench.queue.try_get());
    }
    bench.fuse.set(0);
    panic_of(|| bench.queue.try_put(bench.item(0)));
    bench.assert_holds(&SORTED_WITH_0);
}

#[test]
fn a_put_that_panics_wakes_the_getter_of_its_item() {
    let bench = Bench::new(0, &[]);
    let mut gets: Vec<_> = (0..2).map(|_| parked(bench.queue.get())).collect();
    bench.queue.try_put(bench.item(2)).unwrap();
    bench.fuse.set(0);
    assert_eq!(panic_of(|| bench.queue.try_put(bench.item(1))), "no order");
    bench.fuse.clear();
    assert!(gets.iter().all(Driver::woken));
    let ids: Vec<_> = gets
        .iter_mut()
        .map(|get| assert_ready(get.poll()).unwrap().0.id())
        .collect();
    assert_eq!(ids, [1, 2]);
}

#[test]
fn a_granted_getter_whose_take_panics_still_has_its_turn() {
    let bench = Bench::new(0, &[]);
    let mut get = parked(bench.queue.get());
    let mut next = parked(bench.queue.get());
    for id in [2, 3, 1] {
        bench.queue.try_put(bench.item(id)).unwrap();
    }
    bench.fuse.set(0);
    assert_eq!(panic_of(|| get.poll()), "no order");
    bench.fuse.clear();
    assert_eq!(assert_ready(get.poll()).unwrap().0.id(), 1);
    assert_eq!(assert_ready(next.poll()).unwrap().0.id(), 2);
    drop((get, next));
    bench.assert_holds(&[3]);
}

#[test]
fn a_granted_getter_whose_take_panics_passes_its_claim_on() {
    let bench = Bench::new(0, &[]);
    let mut get = parked(bench.queue.get());
    for id in [2, 3, 1] {
        bench.queue.try_put(bench.item(id)).unwrap();
    }
    bench.fuse.set(0);
    assert_eq!(panic_of(|| get.poll()), "no order");
    drop(get);
    bench.assert_holds(&[1, 2, 3]);
}

#[test]
fn a_granted_putter_whose_push_panics_is_in_and_keeps_the_capacity() {
    let bench = Bench::new(2, &[1, 3]);
    let mut put = parked(bench.queue.put(bench.item(0)));
    let mut next = parked(bench.queue.put(bench.item(2)));
    drop(bench.queue.try_get().unwrap());
    bench.fuse.set(0);
    assert_eq!(panic_of(|| put.poll()), "no order");
    bench.fuse.clear();
    assert!(panic_of(|| put.poll()).contains("polled again") && !next.woken());
    assert!(bench.queue.is_full());
    assert_eq!(bench.queue.try_get().unwrap().0.id(), 0);
    assert!(next.woken());
    assert_eq!(next.poll(), std::task::Poll::Ready(Ok(())));
    drop((put, next));
    bench.assert_holds(&[2, 3]);
}

#[test]
fn a_put_many_that_panics_goes_on_with_the_next_item() {
    let bench = Bench::new(0, &[5]);
    let items: Vec<_> = [1, 2, 3].map(|id| bench.item(id)).into();
    let mut many = Driver::new(bench.queue.put_many(items));
    bench.fuse.set(0);
    assert_eq!(panic_of(|| many.poll()), "no order");
    bench.fuse.clear();
    assert_eq!(assert_ready(many.poll()).unwrap(), 3);
    drop(many);
    bench.assert_holds(&[1, 2, 3, 5]);
}

#[test]
fn a_queue_whose_items_never_compare_can_be_closed_and_dropped() {
    struct Never(Counted);
    impl PartialEq for Never {
        fn eq(&self, _: &Self) -> bool {
            false
        }
    }
    impl Eq for Never {}
    impl PartialOrd for Never {
        fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
            Some(self.cmp(other))
        }
    }
    impl Ord for Never {
        fn cmp(&self, other: &Self) -> Ordering {
            panic!("{} and {} have no order", self.0.id(), other.0.id())
        }
    }
    let ledger = Ledger::new();
    let queue = PriorityQueue::unbounded();
    queue.try_put(Never(ledger.item(0))).unwrap();
    for id in 1..5 {
        panic_of(|| drop(queue.try_put(Never(ledger.item(id)))));
    }
    panic_of(|| drop(queue.try_get()));
    assert_eq!((queue.len(), queue.unfinished(), ledger.live()), (5, 5, 5));
    assert!(queue.close());
    drop(queue);
    ledger.assert_settled();
}
