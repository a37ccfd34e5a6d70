use std::panic::Location;
use std::sync::{Arc, Mutex};

use waystation_queue::{
    BaseQueue, Discipline, Fifo, GetError, LifoQueue, PriorityQueue, PutError, Queue, TryGetError,
    TryPutError, channel,
};
use waystation_testkit::{Driver, assert_pending};

use crate::common::{filled, now, panic_of, parked, woken};

#[test]
fn items_come_out_in_the_order_in_which_they_went_in() {
    let queue: Queue<_> = filled(0, 1..=4);
    assert_eq!((now(queue.get()), queue.try_get()), (Ok(1), Ok(2)));
    queue.try_put(5).unwrap();
    assert_eq!(queue.drain(), [3, 4, 5]);
}

#[test]
fn lifo_gives_the_last_first() {
    let queue: LifoQueue<_> = filled(0, 1..=3);
    assert_eq!(now(queue.get()), Ok(3));
    queue.try_put(4).unwrap();
    assert_eq!(queue.drain(), [4, 2, 1]);
}

#[test]
fn priority_gives_the_lowest_first() {
    let queue: PriorityQueue<_> = filled(0, [5, 1, 4, 2, 3]);
    assert_eq!(now(queue.get()), Ok(1));
    queue.try_put(0).unwrap();
    assert_eq!(queue.drain(), [0, 2, 3, 4, 5]);
}

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
fn room_wakes_the_putter_and_its_item_enters_at_its_poll() {
    let queue: Queue<_> = filled(1, [1]);
    let mut put = parked(queue.put(2));
    assert_eq!(queue.try_get(), Ok(1));
    assert_eq!(woken(&mut put), Ok(()));
    assert_eq!(queue.try_get(), Ok(2));
}

#[test]
fn a_pending_get_has_taken_nothing() {
    let queue = Queue::unbounded();
    let _get = parked(queue.get());
    queue.try_put(1).unwrap();
    assert_eq!((queue.len(), queue.unfinished()), (1, 1));
}

#[test]
fn an_item_wakes_the_getter() {
    let queue = Queue::unbounded();
    let mut get = parked(queue.get());
    now(queue.put(1)).unwrap();
    assert_eq!(woken(&mut get), Ok(1));
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
fn with_maxsize_0_is_unbounded() {
    let queue = Queue::with_maxsize(0);
    (0..1000).for_each(|item| queue.try_put(item).unwrap());
    assert_eq!((queue.capacity(), queue.is_full()), (None, false));
    assert_eq!(Queue::<u8>::with_maxsize(3).capacity(), Some(3));
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

/// Runs a case that panics; its message and the line that it names.
fn where_it_panics(case: impl FnOnce()) -> (String, u32, bool) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let place = Arc::new(Mutex::new((0, false)));
    let (seen, me) = (place.clone(), std::thread::current().id());
    let before = Arc::new(std::panic::take_hook());
    let other = before.clone();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == me {
            let at = info.location().unwrap();
            *seen.lock().unwrap() = (at.line(), at.file() == file!());
        } else {
            other(info);
        }
    }));
    let message = panic_of(case);
    std::panic::set_hook(Box::new(move |info| before(info)));
    let (line, here) = *place.lock().unwrap();
    (message, line, here)
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
        let (message, line, here) = where_it_panics(case);
        assert!(message.contains("capacity 0 holds nothing"), "{message}");
        assert!(here, "the panic names this file");
        assert_eq!(line, at);
    }
}

/// It has nothing and says that it has.
#[derive(Debug)]
struct Liar;

impl Discipline<u8> for Liar {
    type Token = ();

    fn push(&mut self, _: u8) {}

    fn pop(&mut self) -> Option<(u8, ())> {
        None
    }

    fn put_back(&mut self, _: u8, (): ()) {}

    fn len(&self) -> usize {
        1
    }

    fn drain_all(&mut self) -> Vec<u8> {
        Vec::new()
    }
}

#[test]
fn a_discipline_that_lies_panics_at_the_callers_line() {
    let queue = BaseQueue::with_discipline(Liar, None);
    let line = Location::caller().line();
    let (message, at, here) = where_it_panics(|| assert!(queue.try_get().is_err()));
    assert!(message.contains("although `len` was not 0"), "{message}");
    assert!(here && at == line + 1);
}

#[test]
fn every_future_panics_with_its_name_when_polled_after_ready() {
    fn twice<F: Future + Unpin>(name: &str, future: F) {
        let mut driver = Driver::new(future);
        assert!(driver.poll().is_ready(), "{name}");
        let expected = format!("`{name}` polled again after it returned `Ready`");
        assert_eq!(panic_of(|| driver.poll()), expected);
        assert_eq!(panic_of(|| driver.poll()), expected);
    }
    let queue: Queue<_> = filled(9, [1, 2, 3]);
    let mut into = Vec::new();
    twice("Put", queue.put(1));
    twice("Get", queue.get());
    twice("GetMany", queue.get_many(&mut into, 1));
    twice("GetMany", queue.get_many(&mut into, 0));
    twice("PutMany", queue.put_many([1]));
    twice("GetTask", queue.get_task());
    twice("Reserve", queue.reserve());
    twice("Join", Queue::<u8>::unbounded().join());
    queue.close();
    twice("QueueClosed", queue.closed());
    twice("Put", queue.put(1));
    twice("PutMany", queue.put_many([1]));
    twice("Reserve", queue.reserve());
    queue.close_now();
    twice("Get", queue.get());
    twice("GetTask", queue.get_task());
    twice("GetMany", queue.get_many(&mut into, 1));
    let (sender, receiver) = channel::unbounded();
    sender.try_send(1).unwrap();
    twice("Recv", receiver.recv());
}

#[test]
fn is_terminated_tells_that_a_future_is_over() {
    let queue: Queue<_> = filled(1, [1]);
    let mut put = parked(queue.put(2));
    let mut reserve = parked(queue.reserve());
    assert!(!put.get().is_terminated() && !reserve.get().is_terminated());
    let mut get = Driver::new(queue.get());
    assert!(!get.get().is_terminated());
    assert!(get.poll().is_ready() && put.poll().is_ready());
    assert!(get.get().is_terminated() && put.get().is_terminated());
    queue.try_get().unwrap();
    let slot = reserve.poll();
    assert!(slot.is_ready() && reserve.get().is_terminated());
    let mut into = Vec::new();
    let mut many = parked(queue.get_many(&mut into, 2));
    let mut task = parked(queue.get_task());
    let mut join = parked(queue.join());
    let mut closed = parked(queue.closed());
    assert!(!many.get().is_terminated() && !task.get().is_terminated());
    assert!(!join.get().is_terminated() && !closed.get().is_terminated());
    queue.close_now();
    assert!(many.poll().is_ready() && task.poll().is_ready() && closed.poll().is_ready());
    assert!(many.get().is_terminated() && task.get().is_terminated());
    assert!(closed.get().is_terminated());
    while queue.task_done().is_ok() {}
    assert!(join.poll().is_ready() && join.get().is_terminated());
    let mut puts = Driver::new(queue.put_many([1]));
    assert!(!puts.get().is_terminated());
    assert!(puts.poll().is_ready() && puts.get().is_terminated());
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
    use waystation_queue::Discipline;

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
