use std::panic::Location;
use std::sync::Arc;

use waystation_queue::{
    BaseQueue, Discipline, Fifo, GetError, LifoQueue, PriorityQueue, PutError, Queue, TryGetError,
    TryPutError, channel,
};
use waystation_testkit::{Driver, assert_pending};

use crate::common::{filled, now, parked, where_it_panics, woken};

#[test]
fn a_put_with_room_enters_at_its_first_poll() {
    let queue = Queue::bounded(1);
    let put = queue.put(7);
    assert_eq!(queue.len(), 0, "nothing happens before the poll");
    assert_eq!(now(put), Ok(()));
    assert_eq!((queue.len(), queue.unfinished()), (1, 1));
}

#[test]
fn a_pending_put_is_not_in_the_queue() {
    let queue: Queue<_> = filled(1, [1]);
    let _put = parked(queue.put(2));
    assert_eq!((queue.len(), queue.unfinished()), (1, 1));
    assert_eq!(queue.drain(), [1]);
    // Granted, and still not in.
    assert_eq!((queue.len(), queue.unfinished()), (0, 1));
    assert_eq!(queue.try_get(), Err(TryGetError::Empty));
}

#[test]
fn a_pending_get_has_taken_nothing() {
    let queue = Queue::unbounded();
    let _get = parked(queue.get());
    queue.try_put(1).unwrap();
    assert_eq!((queue.len(), queue.unfinished()), (1, 1));
}

#[test]
fn capacity_is_exact_for_every_size() {
    for capacity in [1, 2, 3, 8, 9, 64] {
        let queue = Queue::bounded(capacity);
        for item in 0..capacity {
            assert!(!queue.is_full());
            queue.try_put(item).unwrap();
        }
        assert!(queue.is_full());
        assert_eq!(queue.try_put(99), Err(TryPutError::Full(99)));
        assert_eq!(queue.len(), capacity);
        assert_eq!(queue.capacity(), Some(capacity));
    }
}

#[test]
fn try_put_fails_while_putters_wait() {
    let queue: Queue<_> = filled(1, [1]);
    let mut put = parked(queue.put(2));
    assert_eq!(queue.try_get(), Ok(1));
    // There is no item, but the room is promised.
    assert!(queue.is_empty() && queue.is_full());
    assert_eq!(queue.try_put(3), Err(TryPutError::Full(3)));
    assert_eq!(woken(&mut put), Ok(()));
}

#[test]
fn try_get_fails_while_all_items_are_claimed() {
    let queue = Queue::unbounded();
    let mut get = parked(queue.get());
    queue.try_put(1).unwrap();
    assert_eq!(queue.try_get(), Err(TryGetError::Empty));
    assert_eq!(queue.drain(), []);
    queue.try_put(2).unwrap();
    assert_eq!(queue.try_get(), Ok(1), "one of two is free");
    assert_eq!(woken(&mut get), Ok(2));
}

#[test]
fn get_and_put_after_the_close_fail_at_their_first_poll() {
    let queue = Queue::bounded(1);
    assert!(queue.close());
    assert_eq!(now(queue.put(1)), Err(PutError(1)));
    assert_eq!(queue.try_put(1), Err(TryPutError::Closed(1)));
    assert_eq!(now(queue.get()), Err(GetError));
    assert_eq!(queue.try_get(), Err(TryGetError::Closed));
}

#[test]
fn a_re_poll_with_another_waker_moves_the_registration() {
    let queue = Queue::bounded(1);
    let mut get = parked(queue.get());
    let old = get.change_waker();
    assert_pending(get.poll());
    queue.try_put(1).unwrap();
    assert_eq!(woken(&mut get), Ok(1));
    assert_eq!((old.wakes(), old.live()), (0, 0));

    queue.try_put(1).unwrap();
    let mut put = parked(queue.put(2));
    let old = put.change_waker();
    assert_pending(put.poll());
    queue.try_get().unwrap();
    assert_eq!(woken(&mut put), Ok(()));
    assert_eq!((old.wakes(), old.live()), (0, 0));
}

#[test]
fn a_re_poll_with_the_same_waker_clones_nothing() {
    let queue: Queue<_> = filled(1, [1]);
    let mut put = parked(queue.put(2));
    let mut reserve = parked(queue.reserve());
    let other = Queue::<u32>::unbounded();
    let mut get = parked(other.get());
    for _ in 0..10 {
        assert_pending(put.poll());
        assert_pending(reserve.poll());
        assert_pending(get.poll());
    }
    let clones = [put.probe(), reserve.probe(), get.probe()].map(|probe| probe.clones());
    assert_eq!(clones, [1, 1, 1]);
    assert_eq!((queue.putters_waiting(), other.getters_waiting()), (2, 1));
}

#[test]
fn a_future_that_is_ready_at_once_clones_no_waker() {
    let queue = Queue::bounded(1);
    let mut put = Driver::new(queue.put(1));
    assert!(put.poll().is_ready());
    let mut get = Driver::new(queue.get());
    assert!(get.poll().is_ready());
    let mut reserve = Driver::new(queue.reserve());
    assert!(reserve.poll().is_ready());
    let clones = [put.probe(), get.probe(), reserve.probe()].map(|probe| probe.clones());
    assert_eq!(clones, [0, 0, 0]);
}

#[test]
fn owned_futures_outlive_their_handle() {
    fn check<F: Send + 'static>(future: F) -> F {
        future
    }
    let queue = Arc::new(Queue::bounded(1));
    let mut put = check(Driver::new(queue.put_owned(1)));
    let mut get = check(Driver::new(queue.get_owned()));
    let reserve = check(queue.reserve_owned());
    let task = check(queue.get_task_owned());
    let join = check(queue.join_owned());
    let closed = check(queue.closed_owned());
    let many = check(queue.put_many_owned([2, 3]));
    let weak = Arc::downgrade(&queue);
    drop(queue);
    assert_eq!(put.poll(), std::task::Poll::Ready(Ok(())));
    assert_eq!(get.poll(), std::task::Poll::Ready(Ok(1)));
    drop((put, get, reserve, task, join, closed));
    assert_eq!(many.into_rest().collect::<Vec<_>>(), [2, 3]);
    assert!(weak.upgrade().is_none());
}

#[test]
fn the_largest_capacity_allocates_nothing_before_items_come() {
    // More than the machine has: it would abort.
    let queue = Queue::<[u8; 4096]>::bounded(usize::MAX);
    assert!(!queue.is_full());
    let priority = PriorityQueue::<[u8; 4096]>::bounded(usize::MAX - 1);
    assert_eq!(priority.capacity(), Some(usize::MAX - 1));
    let lifo = LifoQueue::<[u8; 4096]>::bounded(usize::MAX);
    assert!(lifo.try_put([0; 4096]).is_ok() && queue.try_put([0; 4096]).is_ok());
    let (sender, _receiver) = channel::bounded::<[u8; 4096]>(usize::MAX);
    assert!(!sender.is_full());
}

#[test]
fn capacity_0_panics_with_a_message_at_the_callers_line() {
    let line = Location::caller().line();
    let cases: [fn(); 4] = [
        || drop(Queue::<u8>::bounded(0)),
        || drop(PriorityQueue::<u8>::bounded(0)),
        || drop(channel::bounded::<u8>(0)),
        || drop(BaseQueue::with_discipline(Fifo::<u8>::default(), Some(0))),
    ];
    for (at, case) in (line + 2..).zip(cases) {
        let (message, place) = where_it_panics(case);
        assert!(message.contains("capacity 0 holds nothing"), "{message}");
        assert_eq!(place, (file!().to_owned(), at));
    }
}

#[test]
fn debug_shows_the_state_and_the_waiters() {
    let queue: Queue<_> = filled(2, [1]);
    let _slot = now(queue.reserve()).unwrap();
    let _put = parked(queue.put(3));
    let shown = format!("{queue:?}");
    for part in [
        "len: 1",
        "slots: 1",
        "putters_waiting: 1",
        "getters_waiting: 0",
        "unfinished: 1",
        "closed: false",
    ] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
}

#[test]
fn debug_lets_a_writer_use_the_queue() {
    use std::fmt::{self, Write};

    struct IntoQueue<'a>(&'a Queue<String>);
    impl Write for IntoQueue<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.try_put(text.to_owned()).map_err(|_| fmt::Error)
        }
    }
    waystation_testkit::within(waystation_testkit::PATIENCE, "debug", || {
        let queue = Queue::unbounded();
        write!(IntoQueue(&queue), "{queue:?}").unwrap();
        assert!(queue.drain().concat().starts_with("BaseQueue"));
    });
}

#[test]
fn a_discipline_with_items_counts_them_as_put() {
    let mut fifo = Fifo::default();
    fifo.push(1);
    fifo.push(2);
    let queue = BaseQueue::with_discipline(fifo, Some(2));
    assert_eq!((queue.len(), queue.unfinished()), (2, 2));
    assert!(queue.is_full());
    assert_eq!(queue.try_get(), Ok(1));
    assert_eq!(
        BaseQueue::with_discipline(Fifo::<u8>::default(), None).capacity(),
        None
    );
}
