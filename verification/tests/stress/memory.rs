//! Waiting allocates nothing, and what came and went leaves nothing behind.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use verification::stress::factor;
use waystation_event::{AutoResetEvent, Event};
use waystation_queue::Queue;
use waystation_semaphore::Semaphore;
use waystation_testkit::CountingAllocator;

/// So many wait at the same time.
const WAITERS: usize = 50;

fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls all, who are to wait.
fn park<F: Future + Unpin>(futures: &mut [F]) {
    for future in futures {
        assert!(poll(future).is_pending());
    }
}

/// After some rounds, ten million operations allocate nothing and leave nothing.
fn steady(name: &str, operations_of_a_round: usize, round: impl FnMut()) {
    steady_up_to(0, name, operations_of_a_round, round);
}

/// The same, but for so many allocations of a round.
fn steady_up_to(most: usize, name: &str, operations_of_a_round: usize, mut round: impl FnMut()) {
    for _ in 0..10 {
        round();
    }
    let rounds = (10_000_000 * factor()).div_ceil(operations_of_a_round);
    let ((), counts) = CountingAllocator::measure(|| (0..rounds).for_each(|_| round()));
    let operations = rounds * operations_of_a_round;
    let allocations = counts.allocations;
    assert!(
        allocations <= (most * rounds) as u64,
        "{name}: {allocations}"
    );
    assert_eq!(counts.live, 0, "{name}");
    println!("memory {name} {operations} operations {allocations} allocations");
}

/// A release of many makes room for their wakers in a few pieces, however many they are.
#[test]
fn event_waits_allocate_nothing() {
    let event = Event::new();
    steady_up_to(4, "event", WAITERS, || {
        let mut waits = [(); WAITERS].map(|()| event.wait());
        park(&mut waits);
        event.set();
        assert!(waits.iter_mut().all(|wait| poll(wait).is_ready()));
        event.clear();
    });
    assert_eq!(event.waiters(), 0);
}

#[test]
fn auto_reset_waits_allocate_nothing() {
    let event = AutoResetEvent::new();
    steady("auto_reset", WAITERS, || {
        let mut waits = [(); WAITERS].map(|()| event.wait());
        park(&mut waits);
        for wait in &mut waits {
            event.set();
            assert!(poll(wait).is_ready());
        }
    });
}

#[test]
fn semaphore_waits_allocate_nothing() {
    let semaphore = Semaphore::new(1);
    steady("semaphore", WAITERS, || {
        let held = semaphore.try_acquire().unwrap();
        let mut requests = [(); WAITERS].map(|()| semaphore.acquire());
        park(&mut requests);
        drop(held);
        for request in &mut requests {
            assert!(poll(request).is_ready(), "dropped, so the next has it");
        }
    });
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn queue_waits_allocate_nothing() {
    let queue = Queue::bounded(1);
    steady("queue", 2 * WAITERS, || {
        let mut gets = [(); WAITERS].map(|()| queue.get());
        park(&mut gets);
        for (item, get) in gets.iter_mut().enumerate() {
            queue.try_put(item).unwrap();
            assert_eq!(poll(get), Poll::Ready(Ok(item)));
        }
        queue.try_put(WAITERS).unwrap();
        let mut item = 0;
        let mut puts = [(); WAITERS].map(|()| {
            item += 1;
            queue.put(item)
        });
        park(&mut puts);
        for put in &mut puts {
            assert!(queue.try_get().is_ok());
            assert!(poll(put).is_ready());
        }
        assert_eq!(queue.try_get(), Ok(WAITERS));
    });
}

/// Who gives up leaves nothing behind, whoever else waits.
#[test]
fn cancelled_waits_allocate_nothing() {
    let (event, semaphore, queue) = (Event::new(), Semaphore::new(0), Queue::<usize>::bounded(1));
    let (mut wait, mut request, mut get) = (event.wait(), semaphore.acquire(), queue.get());
    assert!(poll(&mut wait).is_pending());
    assert!(poll(&mut request).is_pending());
    assert!(poll(&mut get).is_pending());
    steady("cancel", 3 * WAITERS, || {
        let mut waits = [(); WAITERS].map(|()| event.wait());
        let mut requests = [(); WAITERS].map(|()| semaphore.acquire());
        let mut gets = [(); WAITERS].map(|()| queue.get());
        park(&mut waits);
        park(&mut requests);
        park(&mut gets);
    });
    assert_eq!(
        (
            event.waiters(),
            semaphore.waiters(),
            queue.getters_waiting()
        ),
        (1, 1, 1)
    );
}
