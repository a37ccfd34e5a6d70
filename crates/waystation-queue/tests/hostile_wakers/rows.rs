//! What a waker does, for every way to be woken and everybody who waits for it.

use std::sync::{Arc, Mutex, Weak};
use std::task::Waker;

use waystation_queue::Queue;
use waystation_testkit::{HostileWaker, PanicOn, assert_pending, panicking_waker, poll_once};

use crate::common::{outcome_of, panic_of};
use crate::table::{Trigger, Wait, for_each, touch};

/// Something that a hook takes out once.
type Once<T> = Arc<Mutex<Option<T>>>;

fn once<T>(value: T) -> Once<T> {
    Arc::new(Mutex::new(Some(value)))
}

fn take<T>(once: &Once<T>) -> Option<T> {
    once.lock().unwrap().take()
}

/// A waker may outlive its queue.
fn touch_weak(queue: &Weak<Queue<u32>>) {
    if let Some(queue) = queue.upgrade() {
        touch(&queue);
    }
}

fn fire(once: &Once<Trigger>) {
    if let Some(trigger) = take(once) {
        trigger();
    }
}

#[test]
fn a_panicking_wake_propagates_unless_the_call_returns_an_item() {
    for_each(|mut case| {
        let (waker, probe) = panicking_waker(PanicOn::Wake, 1);
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        let trigger = std::mem::replace(&mut case.trigger, Box::new(|| ()));
        let panicked = outcome_of(trigger).err();
        let expected = case.propagates.then(|| "hostile waker: Wake 1".to_owned());
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
fn a_cancelled_waker_whose_drop_panics_has_left_the_line() {
    for_each(|mut case| {
        let (waker, probe) = panicking_waker(PanicOn::Drop, 1);
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        let mut next = case.waiter();
        let other = waystation_testkit::Probe::new();
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

#[test]
fn a_wake_may_use_the_queue_and_poll_the_woken_future_inline() {
    for_each(|mut case| {
        let slot: Once<Wait> = once(case.waiter());
        let (inner, queue) = (slot.clone(), Arc::downgrade(&case.queue));
        let (waker, probe) = HostileWaker::builder()
            .on_wake(move || {
                touch_weak(&queue);
                let mut waiter = take(&inner).unwrap();
                assert!(poll_once(&mut waiter, Waker::noop()).is_ready());
            })
            .build();
        let mut waiter = take(&slot).unwrap();
        assert_pending(poll_once(&mut waiter, &waker));
        *slot.lock().unwrap() = Some(waiter);
        std::mem::replace(&mut case.trigger, Box::new(|| ()))();
        assert_eq!(probe.wakes(), 1, "{}", case.name);
        assert!(slot.lock().unwrap().is_none(), "{}: polled", case.name);
        case.assert_usable();
    });
}

#[test]
fn a_wake_may_drop_the_woken_future_and_another_one_in_line() {
    for_each(|mut case| {
        let doomed: Once<(Wait, Wait)> = Arc::default();
        let inner = doomed.clone();
        let (waker, probe) = HostileWaker::builder()
            .on_wake(move || drop(take(&inner)))
            .build();
        let (mut first, mut second) = (case.waiter(), case.waiter());
        assert_pending(poll_once(&mut first, &waker));
        assert_pending(poll_once(&mut second, Waker::noop()));
        *doomed.lock().unwrap() = Some((first, second));
        std::mem::replace(&mut case.trigger, Box::new(|| ()))();
        assert_eq!(probe.wakes(), 1, "{}", case.name);
        assert!(doomed.lock().unwrap().is_none(), "{}", case.name);
        case.assert_usable();
    });
}

#[test]
fn a_grant_between_the_first_clone_and_the_line_is_not_lost() {
    for_each(|mut case| {
        let trigger = once(std::mem::replace(&mut case.trigger, Box::new(|| ())));
        let inner = Arc::downgrade(&case.queue);
        let (waker, probe) = HostileWaker::builder()
            .on_clone(move || fire(&trigger))
            .on_drop(move || touch_weak(&inner))
            .build();
        let mut waiter = case.waiter();
        let done = poll_once(&mut waiter, &waker).is_ready();
        assert!(done || probe.wakes() > 0, "{}: asleep", case.name);
        assert!(done || poll_once(&mut waiter, &waker).is_ready());
        drop(waiter);
        assert_eq!(probe.live(), 1, "{}", case.name);
        case.assert_usable();
    });
}
