//! Wakers that panic, one at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

use waystation_queue::Queue;
use waystation_testkit::{
    HostileWaker, PanicOn, Probe, assert_pending, panicking_waker, poll_once,
};

use crate::common::{message, panic_of, parked, parked_with};
use crate::table::for_each;

#[test]
fn a_panicking_wake_goes_on_unless_the_call_returns_an_item() {
    for_each(|mut case| {
        let (waker, probe) = panicking_waker(PanicOn::Wake, 1);
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        let trigger = std::mem::replace(&mut case.trigger, Box::new(|| ()));
        let outcome = catch_unwind(AssertUnwindSafe(trigger));
        let panicked = outcome.err().map(|payload| message(payload.as_ref()));
        let expected = case.loud.then(|| "hostile waker: Wake 1".to_owned());
        assert_eq!(panicked, expected, "{}", case.name);
        assert_eq!(probe.wakes(), 1, "{}", case.name);
        // What was granted is granted.
        assert!(
            poll_once(&mut waiter, Waker::noop()).is_ready(),
            "{}",
            case.name
        );
        drop(waiter);
        assert_eq!(probe.live(), 1, "{}", case.name);
        case.assert_usable();
    });
}

#[test]
fn a_wake_that_panics_while_the_thread_unwinds_does_not_abort() {
    struct OnDrop<F: FnOnce()>(Option<F>);
    impl<F: FnOnce()> Drop for OnDrop<F> {
        fn drop(&mut self) {
            self.0.take().unwrap()();
        }
    }
    for_each(|mut case| {
        let (waker, probe) = panicking_waker(PanicOn::Wake, 1);
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        let trigger = std::mem::replace(&mut case.trigger, Box::new(|| ()));
        let outer = panic_of(move || {
            let _fires = OnDrop(Some(trigger));
            panic!("the first panic");
        });
        assert_eq!(outer, "the first panic", "{}", case.name);
        assert_eq!(probe.wakes(), 1, "{}", case.name);
        assert!(poll_once(&mut waiter, Waker::noop()).is_ready());
        drop(waiter);
        case.assert_usable();
    });
}

#[test]
fn a_clone_that_panics_on_the_first_poll_leaves_everything_as_it_was() {
    for_each(|mut case| {
        let (waker, probe) = panicking_waker(PanicOn::Clone, 1);
        let mut waiter = case.waiter();
        let before = format!("{:?}", case.queue);
        assert_eq!(
            panic_of(|| poll_once(&mut waiter, &waker)),
            "hostile waker: Clone 1",
            "{}",
            case.name
        );
        assert_eq!(format!("{:?}", case.queue), before, "{}", case.name);
        assert_eq!(probe.live(), 1);
        // A leaf future that panicked in its first poll can still be polled; an `async` block cannot.
        drop(waiter);
        let mut next = case.waiter();
        let probe = Probe::new();
        assert_pending(poll_once(&mut next, &probe.waker()));
        std::mem::replace(&mut case.trigger, Box::new(|| ()))();
        assert_eq!(probe.wakes(), 1, "{}", case.name);
        drop(next);
        case.assert_usable();
    });
}

#[test]
fn a_clone_that_panics_on_a_re_poll_leaves_the_old_registration_in_place() {
    macro_rules! check {
        ($($make:expr, $fire:expr;)*) => { $({
            let queue = Queue::bounded(1);
            queue.try_put(1).unwrap();
            let empty = Queue::bounded(1);
            let mut into = Vec::new();
            let _ = &mut into;
            let mut waiter = parked($make(&queue, &empty, &mut into));
            let (waker, _) = panicking_waker(PanicOn::Clone, 1);
            assert_eq!(panic_of(|| waiter.poll_with(&waker)), "hostile waker: Clone 1");
            $fire(&queue, &empty);
            assert!(waiter.woken(), stringify!($make));
            assert!(waiter.poll().is_ready(), stringify!($make));
        })* };
    }
    type Q = Queue<u32>;
    type V = Vec<u32>;
    fn take(queue: &Q, _: &Q) {
        queue.try_get().unwrap();
    }
    fn give(_: &Q, empty: &Q) {
        empty.try_put(1).unwrap();
    }
    fn same<'a, F>(make: fn(&'a Q, &'a Q, &'a mut V) -> F) -> fn(&'a Q, &'a Q, &'a mut V) -> F {
        make
    }
    check! {
        same(|queue, _, _| queue.put(2)), take;
        same(|queue, _, _| queue.reserve()), take;
        same(|queue, _, _| queue.put_many([2])), take;
        same(|_, empty, _| empty.get()), give;
        same(|_, empty, into| empty.get_many(into, 2)), give;
        same(|_, empty, _| empty.get_task()), give;
        same(|queue, _, _| queue.join()), |queue: &Q, _: &Q| queue.task_done().unwrap();
        same(|queue, _, _| queue.closed()), |queue: &Q, _: &Q| { queue.close(); };
    }
}

#[test]
fn a_replaced_waker_whose_drop_panics_has_been_replaced() {
    for_each(|mut case| {
        let (waker, probe) = panicking_waker(PanicOn::Drop, 1);
        let leaf = case.name.starts_with("join") || case.name.starts_with("closed");
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        let new = Probe::new();
        let panicked = panic_of(|| poll_once(&mut waiter, &new.waker()));
        assert_eq!(panicked, "hostile waker: Drop 1", "{}", case.name);
        if leaf {
            std::mem::replace(&mut case.trigger, Box::new(|| ()))();
            assert_eq!((probe.wakes(), new.wakes()), (0, 1), "{}", case.name);
            assert!(poll_once(&mut waiter, Waker::noop()).is_ready());
        }
        drop(waiter);
        assert_eq!(new.live(), 0, "{}", case.name);
    });
}

#[test]
fn a_cancelled_waker_whose_drop_panics_has_left_the_line() {
    for_each(|mut case| {
        let (waker, probe) = panicking_waker(PanicOn::Drop, 1);
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        let mut next = case.waiter();
        let other = Probe::new();
        assert_pending(poll_once(&mut next, &other.waker()));
        assert_eq!(
            panic_of(|| drop(waiter)),
            "hostile waker: Drop 1",
            "{}",
            case.name
        );
        std::mem::replace(&mut case.trigger, Box::new(|| ()))();
        assert_eq!((probe.wakes(), other.wakes()), (0, 1), "{}", case.name);
        drop(next);
        case.assert_usable();
    });
}

/// The waker that was cloned and then not needed is dropped by a call that returns an item.
#[test]
fn an_unneeded_waker_whose_drop_panics_costs_no_item() {
    let queue = std::sync::Arc::new(Queue::bounded(1));
    let inner = queue.clone();
    let (waker, _) = HostileWaker::builder()
        .on_clone(move || inner.try_put(7).unwrap())
        .on_drop(|| panic!("unneeded"))
        .build();
    let waker = std::mem::ManuallyDrop::new(waker);
    let mut get = queue.get();
    assert_eq!(poll_once(&mut get, &waker), std::task::Poll::Ready(Ok(7)));

    let inner = queue.clone();
    queue.try_put(1).unwrap();
    let (waker, _) = HostileWaker::builder()
        .on_clone(move || assert!(inner.close()))
        .on_drop(|| panic!("unneeded"))
        .build();
    let waker = std::mem::ManuallyDrop::new(waker);
    let mut put = queue.put(8);
    let outcome = poll_once(&mut put, &waker);
    assert!(matches!(outcome, std::task::Poll::Ready(Err(error)) if error.0 == 8));
}

#[test]
fn an_unneeded_waker_whose_drop_panics_gives_the_slot_back() {
    let queue = std::sync::Arc::new(Queue::bounded(1));
    queue.try_put(1).unwrap();
    let inner = queue.clone();
    let (waker, _) = HostileWaker::builder()
        .on_clone(move || assert_eq!(inner.try_get(), Ok(1)))
        .on_drop(|| panic!("unneeded"))
        .build();
    let waker = std::mem::ManuallyDrop::new(waker);
    let mut reserve = queue.reserve();
    assert_eq!(panic_of(|| poll_once(&mut reserve, &waker)), "unneeded");
    assert!(!queue.is_full());
}

#[test]
fn leaked_wakers_are_all_dropped_with_the_queue() {
    let queue = Queue::bounded(1);
    queue.try_put(1).unwrap();
    let empty = Queue::<u32>::bounded(1);
    let (first, a) = panicking_waker(PanicOn::Drop, 1);
    let (second, b) = panicking_waker(PanicOn::Drop, 1);
    for waker in [&first, &second] {
        let _leaked = std::mem::ManuallyDrop::new(parked_with(queue.put(2), waker));
        let _leaked = std::mem::ManuallyDrop::new(parked_with(queue.join(), waker));
        let _leaked = std::mem::ManuallyDrop::new(parked_with(queue.closed(), waker));
        let _leaked = std::mem::ManuallyDrop::new(parked_with(empty.get(), waker));
    }
    assert_eq!((a.live(), b.live()), (5, 5));
    assert!(panic_of(|| drop(queue)).starts_with("hostile waker: Drop"));
    drop(empty);
    assert_eq!((a.live(), b.live()), (1, 1));
}
