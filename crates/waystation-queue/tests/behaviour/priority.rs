use std::cmp::Reverse;

use waystation_queue::{LifoQueue, Prioritized, PriorityQueue};

use crate::common::{filled, now, parked, woken};

/// Not `Ord`, nor anything else.
struct Name(&'static str);

type Job = Prioritized<u8, Name>;

fn job(priority: u8, name: &'static str) -> Job {
    Prioritized {
        priority,
        item: Name(name),
    }
}

fn names(jobs: impl IntoIterator<Item = Job>) -> String {
    jobs.into_iter().map(|job| job.item.0).collect()
}

#[test]
fn equal_priorities_leave_in_order_of_arrival_whatever_the_item_is() {
    let jobs = || {
        [
            job(2, "x"),
            job(1, "a"),
            job(1, "b"),
            job(2, "y"),
            job(1, "c"),
        ]
    };
    let by_drain: PriorityQueue<_> = filled(0, jobs());
    assert_eq!(names(by_drain.drain()), "abcxy");
    let by_close: PriorityQueue<_> = filled(0, jobs());
    assert_eq!(names(by_close.close_now()), "abcxy");
    let by_get: PriorityQueue<_> = filled(0, jobs());
    by_get.close();
    assert_eq!(names(std::iter::from_fn(|| by_get.try_get().ok())), "abcxy");
}

#[test]
fn prioritized_is_compared_by_its_priority_alone() {
    assert!(job(1, "z") < job(2, "a"));
    assert!(job(1, "z") == job(1, "a"));
    assert!(
        Prioritized {
            priority: 0.5,
            item: ()
        } < Prioritized {
            priority: 1.5,
            item: ()
        },
        "as far as the priority can be compared"
    );
    let highest: PriorityQueue<_> = filled(
        0,
        [1, 3, 2].map(|n| Prioritized {
            priority: Reverse(n),
            item: n,
        }),
    );
    assert_eq!(now(highest.get()).unwrap().item, 3);
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
    let queue: PriorityQueue<_> = filled(0, [job(1, "a"), job(1, "b"), job(1, "c")]);
    let a = now(queue.get_task()).unwrap();
    let b = now(queue.get_task()).unwrap();
    queue.try_put(job(1, "d")).unwrap();
    assert!(b.nack().is_ok());
    assert!(a.nack().is_ok());
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
