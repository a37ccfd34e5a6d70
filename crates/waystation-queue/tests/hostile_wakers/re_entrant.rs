//! Wakers that use the queue when they are cloned, woken or dropped.

use std::sync::{Arc, Mutex, Weak};
use std::task::Waker;

use waystation_testkit::{HostileWaker, Probe, assert_pending, poll_once};

use crate::table::{Shared, Trigger, Wait, for_each, touch};

/// Something that a hook takes out once.
type Once<T> = Arc<Mutex<Option<T>>>;

fn once<T>(value: T) -> Once<T> {
    Arc::new(Mutex::new(Some(value)))
}

fn take<T>(once: &Once<T>) -> Option<T> {
    once.lock().unwrap().take()
}

/// A waker may outlive its queue.
fn touch_weak(queue: &Weak<waystation_queue::Queue<u32>>) {
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
fn a_wake_may_use_the_queue() {
    for_each(|mut case| {
        let inner = Arc::downgrade(&case.queue);
        let (waker, probe) = HostileWaker::builder()
            .on_wake(move || touch(&inner.upgrade().unwrap()))
            .build();
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        std::mem::replace(&mut case.trigger, Box::new(|| ()))();
        assert_eq!(probe.wakes(), 1, "{}", case.name);
        assert!(poll_once(&mut waiter, &waker).is_ready(), "{}", case.name);
        drop(waiter);
        case.assert_usable();
    });
}

#[test]
fn a_wake_may_poll_the_woken_future_inline() {
    for_each(|mut case| {
        let slot: Once<Wait> = once(case.waiter());
        let inner = slot.clone();
        let (waker, probe) = HostileWaker::builder()
            .on_wake(move || {
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
fn a_wake_may_drop_the_last_other_handle_of_the_queue() {
    for_each(|case| {
        let name = case.name.clone();
        let weak = Arc::downgrade(&case.queue);
        let doomed: Once<(Wait, Shared)> = Arc::default();
        let inner = doomed.clone();
        let (waker, probe) = HostileWaker::builder()
            .on_wake(move || drop(take(&inner)))
            .build();
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        let trigger = case.trigger;
        *doomed.lock().unwrap() = Some((waiter, case.queue));
        trigger();
        assert_eq!(probe.wakes(), 1, "{name}");
        assert!(weak.upgrade().is_none(), "{name}: it is gone");
    });
}

#[test]
fn a_clone_may_use_the_queue() {
    for_each(|mut case| {
        let inner = Arc::downgrade(&case.queue);
        let (waker, probe) = HostileWaker::builder()
            .on_clone(move || touch(&inner.upgrade().unwrap()))
            .build();
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        std::mem::replace(&mut case.trigger, Box::new(|| ()))();
        assert_eq!((probe.clones(), probe.wakes()), (1, 1), "{}", case.name);
        drop(waiter);
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

#[test]
fn a_grant_between_the_clone_of_a_re_poll_and_the_line_is_not_lost() {
    for_each(|mut case| {
        let trigger = once(std::mem::replace(&mut case.trigger, Box::new(|| ())));
        let inner = Arc::downgrade(&case.queue);
        let (waker, probe) = HostileWaker::builder()
            .on_clone(move || fire(&trigger))
            .on_drop(move || touch_weak(&inner))
            .build();
        let mut waiter = case.waiter();
        let old = Probe::new();
        assert_pending(poll_once(&mut waiter, &old.waker()));
        let done = poll_once(&mut waiter, &waker).is_ready();
        assert!(done || probe.wakes() > 0, "{}: asleep", case.name);
        assert!(done || poll_once(&mut waiter, &waker).is_ready());
        drop(waiter);
        assert_eq!((probe.live(), old.live()), (1, 0), "{}", case.name);
        case.assert_usable();
    });
}

#[test]
fn the_drop_of_a_replaced_waker_may_use_the_queue() {
    for_each(|mut case| {
        let inner = Arc::downgrade(&case.queue);
        let (waker, probe) = HostileWaker::builder()
            .on_drop(move || touch_weak(&inner))
            .build();
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        let new = Probe::new();
        assert_pending(poll_once(&mut waiter, &new.waker()));
        assert_eq!((probe.live(), probe.drops()), (1, 1), "{}", case.name);
        std::mem::replace(&mut case.trigger, Box::new(|| ()))();
        assert_eq!((probe.wakes(), new.wakes()), (0, 1), "{}", case.name);
        drop(waiter);
        case.assert_usable();
    });
}

#[test]
fn the_drop_of_a_cancelled_waker_may_use_the_queue() {
    for_each(|case| {
        let inner = Arc::downgrade(&case.queue);
        let (waker, probe) = HostileWaker::builder()
            .on_drop(move || touch_weak(&inner))
            .build();
        let mut waiter = case.waiter();
        assert_pending(poll_once(&mut waiter, &waker));
        drop(waiter);
        assert_eq!((probe.live(), probe.drops()), (1, 1), "{}", case.name);
    });
}
