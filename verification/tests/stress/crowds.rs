//! A million who wait at the same time: all are served or leave, in linear time, and their memory
//! comes back.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use waystation_event::{AutoResetEvent, Event};
use waystation_queue::Queue;
use waystation_semaphore::Semaphore;
use waystation_testkit::{CountingAllocator, Rng};

const MILLION: usize = 1_000_000;

/// What may stay allocated, in bytes.
const LITTLE: i64 = 128 << 10;

fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Parks a million, lets `end` end it, and looks at what is left of the memory.
fn crowd<F: Future + Unpin>(name: &str, one: impl Fn() -> F, end: impl FnOnce(Vec<F>)) {
    let ((), counts) = CountingAllocator::measure(|| {
        let mut crowd: Vec<F> = (0..MILLION).map(|_| one()).collect();
        assert!(crowd.iter_mut().all(|future| poll(future).is_pending()));
        end(crowd);
    });
    assert!(
        counts.live < LITTLE,
        "{name}: {} bytes are left",
        counts.live
    );
    println!("crowd {name} {MILLION} waiters {} bytes left", counts.live);
}

fn leave_in_any_order<F>(mut crowd: Vec<F>) {
    Rng::new(1).shuffle(&mut crowd);
    while crowd.pop().is_some() {}
}

#[test]
fn a_million_wait_for_an_event() {
    let event = Event::new();
    crowd(
        "event_set",
        || event.wait(),
        |mut waits| {
            assert!(event.set());
            assert!(waits.iter_mut().all(|wait| poll(wait).is_ready()));
        },
    );
    event.clear();
    crowd("event_cancel", || event.wait(), leave_in_any_order);
    assert_eq!(event.waiters(), 0);
}

#[test]
fn a_million_wait_for_signals() {
    let event = AutoResetEvent::new();
    crowd(
        "auto_reset_chain",
        || event.wait(),
        |mut waits| {
            for wait in &mut waits {
                assert!(event.set() && poll(wait).is_ready());
            }
        },
    );
    crowd("auto_reset_cancel", || event.wait(), leave_in_any_order);
    assert_eq!(event.waiters(), 0);
}

#[test]
fn a_million_wait_for_a_permit() {
    let semaphore = Semaphore::new(0);
    crowd(
        "semaphore_chain",
        || semaphore.acquire(),
        |mut requests| {
            semaphore.add_permits(1);
            // Each permit is dropped at once: it goes to the next.
            assert!(requests.iter_mut().all(|request| poll(request).is_ready()));
        },
    );
    assert_eq!(semaphore.forget_permits(1), 1);
    crowd(
        "semaphore_cancel",
        || semaphore.acquire(),
        leave_in_any_order,
    );
    crowd(
        "semaphore_close",
        || semaphore.acquire(),
        |mut requests| {
            assert!(semaphore.close());
            assert!(requests.iter_mut().all(|request| poll(request).is_ready()));
        },
    );
    assert_eq!(semaphore.waiters(), 0);
}

#[test]
fn a_million_wait_for_a_queue() {
    let queue = Queue::<usize>::bounded(1);
    crowd(
        "queue_get_chain",
        || queue.get(),
        |mut gets| {
            for (item, get) in gets.iter_mut().enumerate() {
                assert_eq!(queue.try_put(item), Ok(()));
                assert_eq!(poll(get), Poll::Ready(Ok(item)));
            }
        },
    );
    queue.try_put(0).unwrap();
    crowd(
        "queue_put_chain",
        || queue.put(7),
        |mut puts| {
            for put in &mut puts {
                assert!(queue.try_get().is_ok());
                assert!(poll(put).is_ready());
            }
        },
    );
    crowd("queue_put_cancel", || queue.put(7), leave_in_any_order);
    crowd(
        "queue_put_close",
        || queue.put(7),
        |mut puts| {
            assert!(queue.close());
            assert!(puts.iter_mut().all(|put| poll(put) != Poll::Ready(Ok(()))));
        },
    );
    assert_eq!((queue.len(), queue.putters_waiting()), (1, 0));
}
