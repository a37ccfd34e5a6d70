//! Iterators that panic or use the queue.

use std::task::Poll;

use waystation_queue::Queue;
use waystation_testkit::{Driver, PATIENCE, within};

use crate::common::panic_of;

#[test]
fn a_put_many_whose_iterator_panics_has_put_what_came_before() {
    let queue = Queue::unbounded();
    let mut many = Driver::new(queue.put_many((1..=4).inspect(|&item| {
        assert!(item != 3, "no three");
    })));
    assert_eq!(panic_of(|| many.poll()), "no three");
    assert_eq!((queue.len(), queue.putters_waiting()), (2, 0));
    // The iterator has gone past it.
    assert!(matches!(many.poll(), Poll::Ready(Ok(3))));
    assert_eq!(queue.drain(), [1, 2, 4]);
}

#[test]
fn an_iterator_may_use_the_queue() {
    within(PATIENCE, "an iterator that takes what it puts", || {
        let queue = Queue::bounded(1);
        let items = (0..100).inspect(|_| {
            _ = queue.try_get();
        });
        let mut many = Driver::new(queue.put_many(items));
        assert!(many.poll().is_pending(), "a pause after 64");
        assert!(matches!(many.poll(), Poll::Ready(Ok(100))));
    });
}
