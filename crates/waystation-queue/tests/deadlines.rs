//! Threads that wait until a moment, not for a while.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use std::time::{Duration, Instant};

use waystation_queue::Queue;

#[test]
fn a_join_with_a_deadline_says_whether_all_was_done() {
    let queue = Queue::unbounded();
    let soon = || Instant::now() + Duration::from_millis(5);
    assert!(queue.join_deadline(soon()), "nothing to do is done");
    queue.try_put(1).unwrap();
    assert!(!queue.join_deadline(soon()));
    queue.try_get().unwrap();
    queue.task_done().unwrap();
    assert!(queue.join_deadline(soon()));
}
