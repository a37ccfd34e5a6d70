use std::cmp::Reverse;

use waystation_queue::{LifoQueue, PriorityQueue};

use crate::common::{filled, now, parked, woken};

/// Compared by its rank alone.
#[derive(Clone, Copy, Debug)]
struct Job(u8, &'static str);

impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl Eq for Job {}
impl PartialOrd for Job {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Job {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

fn names(jobs: impl IntoIterator<Item = Job>) -> String {
    jobs.into_iter().map(|job| job.1).collect()
}

#[test]
fn equal_priorities_leave_in_order_of_arrival() {
    let jobs = [
        Job(2, "x"),
        Job(1, "a"),
        Job(1, "b"),
        Job(2, "y"),
        Job(1, "c"),
    ];
    let by_drain: PriorityQueue<_> = filled(0, jobs);
    assert_eq!(names(by_drain.drain()), "abcxy");
    let by_close: PriorityQueue<_> = filled(0, jobs);
    assert_eq!(names(by_close.close_now()), "abcxy");
    let by_get: PriorityQueue<_> = filled(0, jobs);
    by_get.close();
    assert_eq!(names(std::iter::from_fn(|| by_get.try_get().ok())), "abcxy");
}

#[test]
fn a_parked_priority_getter_gets_the_best_item_when_it_takes_it() {
    let queue = PriorityQueue::unbounded();
    let mut get = parked(queue.get());
    queue.try_put(5).unwrap();
    assert!(get.woken(), "granted while 5 was the only one");
    queue.try_put(1).unwrap();
    queue.try_put(3).unwrap();
    assert_eq!(woken(&mut get), Ok(1));
    assert_eq!(queue.drain(), [3, 5]);
}

#[test]
fn a_parked_lifo_getter_gets_the_newest_item_when_it_takes_it() {
    let queue = LifoQueue::unbounded();
    let mut get = parked(queue.get());
    queue.try_put("old").unwrap();
    queue.try_put("new").unwrap();
    assert_eq!(woken(&mut get), Ok("new"));
}

#[test]
fn a_better_item_may_leave_before_a_granted_getter_takes_its_own() {
    let queue = PriorityQueue::unbounded();
    let mut get = parked(queue.get());
    queue.try_put(5).unwrap();
    queue.try_put(1).unwrap();
    assert_eq!(queue.try_get(), Ok(1), "one of the two is not claimed");
    assert_eq!(woken(&mut get), Ok(5));
}

#[test]
fn reverse_gives_the_highest_first() {
    let queue: PriorityQueue<_> = filled(0, [1, 3, 2].map(Reverse));
    assert_eq!(now(queue.get()), Ok(Reverse(3)));
}

#[test]
fn a_nacked_item_keeps_its_arrival_among_equals() {
    let queue: PriorityQueue<_> = filled(0, [Job(1, "a"), Job(1, "b"), Job(1, "c")]);
    let a = now(queue.get_task()).unwrap();
    let b = now(queue.get_task()).unwrap();
    queue.try_put(Job(1, "d")).unwrap();
    b.nack().unwrap();
    a.nack().unwrap();
    assert_eq!(names(queue.drain()), "abcd");
}

#[test]
fn a_changed_item_is_nacked_at_its_new_rank() {
    let queue: PriorityQueue<_> = filled(0, [1, 2, 3]);
    let mut task = now(queue.get_task()).unwrap();
    *task = 9;
    task.nack().unwrap();
    assert_eq!(queue.drain(), [2, 3, 9]);
}

#[test]
fn a_large_heap_is_a_sort() {
    let mut seed = 12345_u32;
    let mut items: Vec<_> = (0..1000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed >> 20
        })
        .collect();
    let queue: PriorityQueue<_> = filled(0, items.iter().copied());
    let taken: Vec<_> = std::iter::from_fn(|| queue.try_get().ok()).collect();
    items.sort_unstable();
    assert_eq!(taken, items);
}
