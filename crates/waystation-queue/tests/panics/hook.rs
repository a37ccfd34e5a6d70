//! A panic hook that uses the queue, and wakers that do when a discipline has panicked: neither
//! runs under the lock.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use waystation_queue::{Blocking, Queue, channel};
use waystation_testkit::{Counted, HostileWaker, PATIENCE, within};

use crate::common::{now, outcome_of, panic_of, parked_with, with_hook};
use crate::discipline::{Fault, LIES, RudeQueue, ids, queue};

/// Uses the queue as a hook that logs into it does.
fn uses(
    queue: &Arc<Queue<u32>>,
) -> impl Fn(&std::panic::PanicHookInfo<'_>) + Send + Sync + 'static {
    let queue = queue.clone();
    move |info| {
        let at = info.location().unwrap();
        assert_eq!(at.file(), file!(), "the line of the poll");
        drop(queue.try_reserve());
        assert!(!format!("{queue:?}").contains("<locked>"));
    }
}

#[track_caller]
fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Ready, and then polled again.
fn twice<F: Future + Unpin>(queue: &Arc<Queue<u32>>, name: &str, mut future: F) {
    assert!(poll(&mut future).is_ready(), "{name}");
    let outcome = with_hook(uses(queue), || outcome_of(|| poll(&mut future).is_ready()));
    assert_eq!(
        outcome,
        Err(format!("`{name}` polled again after it returned `Ready`"))
    );
}

#[test]
fn a_panic_hook_may_use_the_queue_whose_future_was_polled_again() {
    within(PATIENCE, "polled again", || {
        let queue = Arc::new(Queue::bounded(4));
        let mut into = Vec::new();
        twice(&queue, "Put", queue.put(1));
        twice(&queue, "PutMany", queue.put_many([2, 3]));
        twice(&queue, "Reserve", queue.reserve());
        twice(&queue, "Get", queue.get());
        twice(&queue, "GetTask", queue.get_task());
        twice(&queue, "GetMany", queue.get_many(&mut into, 1));
        twice(&queue, "GetMany", queue.get_many(&mut into, 0));
        while queue.task_done().is_ok() {}
        twice(&queue, "Join", queue.join());
        queue.close();
        twice(&queue, "QueueClosed", queue.closed());
        twice(&queue, "Put", queue.put(1));
        twice(&queue, "PutMany", queue.put_many([1]));
        twice(&queue, "Reserve", queue.reserve());
        twice(&queue, "Get", queue.get());
        twice(&queue, "GetTask", queue.get_task());
        twice(&queue, "GetMany", queue.get_many(&mut into, 1));
        let (sender, receiver) = channel::bounded(1);
        twice(&queue, "Put", sender.send(1));
        twice(&queue, "Get", receiver.recv());
    });
}

#[test]
fn a_pop_that_lies_panics_outside_the_lock_at_the_callers_line_and_loses_nothing() {
    let line = line!() + 2;
    let cases: [fn(&RudeQueue); 4] = [
        |queue| drop(queue.try_get()),
        |queue| drop(queue.get().block()),
        |queue| drop(queue.get_task().block()),
        |queue| _ = queue.get_many(&mut Vec::new(), 2).block(),
    ];
    for (at, case) in (line..).zip(cases) {
        within(PATIENCE, "a panic hook that uses the queue", move || {
            let (queue, switch, _ledger) = queue(None, 3);
            let queue = Arc::new(queue);
            let (inner, place) = (queue.clone(), Arc::new(Mutex::new(None)));
            let seen = place.clone();
            let hook = move |info: &std::panic::PanicHookInfo<'_>| {
                let at = info.location().unwrap();
                *seen.lock().unwrap() = Some((at.file().to_owned(), at.line(), inner.len()));
            };
            switch.set(Fault::PopNone);
            assert_eq!(with_hook(hook, || panic_of(|| case(&queue))), LIES);
            assert_eq!(
                place.lock().unwrap().take(),
                Some((file!().to_owned(), at, 3))
            );
            assert_eq!((queue.unfinished(), ids(queue.drain())), (3, vec![1, 2, 3]));
        });
    }
}

type Panics = fn(&RudeQueue, Counted);

/// A waker that uses the queue.
fn using(queue: &Arc<RudeQueue>) -> (Waker, waystation_testkit::Probe) {
    let queue = Arc::downgrade(queue);
    let look = move || assert!(queue.upgrade().unwrap().len() < 9);
    HostileWaker::builder().on_wake(look).build()
}

#[test]
fn an_item_that_entered_before_a_panic_wakes_its_getter_outside_the_lock() {
    let cases: [Panics; 4] = [
        |queue, item| drop(queue.try_put(item)),
        |queue, item| drop(queue.put(item).block()),
        |queue, item| drop(queue.put_many([item]).block()),
        |queue, item| drop(queue.try_reserve().unwrap().put(item)),
    ];
    for case in cases {
        within(PATIENCE, "a put", move || {
            let (queue, switch, ledger) = queue(None, 0);
            let queue = Arc::new(queue);
            let (waker, probe) = using(&queue);
            let _get = parked_with(queue.get(), &waker);
            switch.set(Fault::PushAfter);
            assert_eq!(panic_of(|| case(&queue, ledger.item(1))), "rude");
            assert_eq!(probe.wakes(), 1);
        });
    }
    within(PATIENCE, "a nack", || {
        let (queue, switch, _ledger) = queue(None, 1);
        let queue = Arc::new(queue);
        let (waker, probe) = using(&queue);
        let task = now(queue.get_task()).unwrap();
        let _get = parked_with(queue.get(), &waker);
        switch.set(Fault::PutBackAfter);
        assert_eq!(panic_of(|| task.nack()), "rude");
        assert_eq!(probe.wakes(), 1);
    });
}

#[test]
fn room_that_a_panic_leaves_wakes_its_putter_outside_the_lock() {
    type Case = (Fault, fn(&RudeQueue));
    let cases: [Case; 6] = [
        (Fault::PopLoses, |queue| drop(queue.try_get())),
        (Fault::PopLoses, |queue| drop(queue.get().block())),
        (Fault::PopLoses, |queue| drop(queue.get_task().block())),
        (Fault::PopLoses, |queue| {
            _ = queue.get_many(&mut Vec::new(), 2).block()
        }),
        (Fault::PopLoses, |queue| drop(queue.drain())),
        (Fault::DrainLoses, |queue| drop(queue.close_now())),
    ];
    for (fault, case) in cases {
        within(PATIENCE, "a get", move || {
            let (queue, switch, ledger) = queue(Some(2), 2);
            let queue = Arc::new(queue);
            let (waker, probe) = using(&queue);
            let _put = parked_with(queue.put(ledger.item(3)), &waker);
            switch.set(fault);
            assert_eq!(panic_of(|| case(&queue)), "rude");
            assert_eq!(probe.wakes(), 1);
        });
    }
}
