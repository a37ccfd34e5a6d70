//! `Debug` writes nothing while it holds a lock: a writer is foreign code, and may use what it is
//! shown. Every public type of the primitives, shown to a writer that tries every operation.
#![cfg(not(shuttle))]
#![allow(clippy::unwrap_used, reason = "a panic is how a case fails")]

use std::fmt::{self, Debug, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use futures_sink::Sink;
use waystation_event::{AutoResetEvent, Event};
use waystation_queue::channel::{self, Receiver, Sender};
use waystation_queue::{BaseQueue, Discipline, LifoQueue, PriorityQueue, Queue};
use waystation_semaphore::{Fairness, Semaphore};
use waystation_testkit::{PATIENCE, within};

/// Uses what is shown before each piece of text.
struct Writer<'a> {
    meanwhile: &'a dyn Fn(),
    text: String,
}

impl Write for Writer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        (self.meanwhile)();
        self.text.push_str(text);
        Ok(())
    }
}

/// Shows each of them, in one line and in several.
fn show(values: &[&dyn Debug], meanwhile: &dyn Fn()) {
    for value in values {
        let text = String::new();
        let mut writer = Writer { meanwhile, text };
        write!(writer, "{value:?}").unwrap();
        write!(writer, "{value:#?}").unwrap();
        assert!(!writer.text.contains("<locked>"), "{}", writer.text);
    }
}

fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls once, and drops it.
fn glance<F: Future + Unpin>(mut future: F) {
    drop(poll(&mut future));
}

#[test]
fn of_events_and_their_waits() {
    within(PATIENCE, "Debug of an event", || {
        let event = Arc::new(Event::new());
        let (mut parked, new, owned) = (event.wait(), event.wait(), event.wait_owned());
        assert!(poll(&mut parked).is_pending());
        show(&[&event, &parked, &new, &owned], &|| {
            glance(event.wait());
            assert!(event.waiters() < 2);
            event.set();
            assert!(event.is_set());
            event.clear();
            event.pulse();
            assert!(!format!("{event:?}").is_empty());
        });
    });
}

#[test]
fn of_auto_reset_events_and_their_waits() {
    within(PATIENCE, "Debug of an auto-reset event", || {
        let event = Arc::new(AutoResetEvent::new());
        let (mut parked, new, owned) = (event.wait(), event.wait(), event.wait_owned());
        assert!(poll(&mut parked).is_pending());
        show(&[&event, &parked, &new, &owned], &|| {
            glance(event.wait());
            assert!(event.waiters() < 2);
            event.set();
            event.set();
            assert!(event.is_set());
            event.clear();
            assert!(!format!("{event:?}").is_empty());
        });
    });
}

#[test]
fn of_semaphores_permits_and_acquires() {
    within(PATIENCE, "Debug of a semaphore", || {
        let unbounded = Semaphore::with_fairness(4, Fairness::Bypass { limit: 1 });
        for semaphore in [unbounded, Semaphore::bounded(4).max_waiters(9)] {
            let semaphore = Arc::new(semaphore);
            let permit = semaphore.try_acquire().unwrap();
            let owned = semaphore.try_acquire_owned().unwrap();
            let (mut parked, new) = (semaphore.acquire_many(4), semaphore.acquire_owned());
            let mut closed = semaphore.closed();
            assert!(poll(&mut parked).is_pending() && poll(&mut closed).is_pending());
            let values: [&dyn Debug; 6] = [&semaphore, &permit, &owned, &parked, &new, &closed];
            let use_it = || {
                glance(semaphore.acquire());
                glance(semaphore.acquire_many_owned(9));
                glance(semaphore.closed_owned());
                drop((semaphore.try_acquire(), semaphore.try_acquire_many_owned(2)));
                if let Ok(mut both) = semaphore.try_acquire_many(2) {
                    let one = both.split(1).unwrap();
                    both.merge(one);
                    assert!(std::ptr::eq(both.semaphore(), &raw const *semaphore));
                    both.forget();
                }
                semaphore.forget_permits(1);
                semaphore.reduce_permits(1.min(semaphore.total()));
                semaphore.resize(4);
                semaphore.add_permits(0);
                assert!(semaphore.try_add_permits(usize::MAX / 2).is_err());
                assert!(semaphore.available_permits() <= 4 && semaphore.waiters() == 1);
                assert!(semaphore.locked() && semaphore.bound().is_none_or(|bound| bound == 4));
                assert!(!format!("{semaphore:?}").is_empty());
            };
            show(&values, &use_it);
            show(&values, &|| {
                semaphore.close();
                assert!(semaphore.is_closed());
                glance(semaphore.acquire());
            });
        }
    });
}

/// Everything that a queue can do but close.
fn use_queue<D: Discipline<u32>>(queue: &Arc<BaseQueue<u32, D>>) {
    drop((queue.try_put(1), queue.try_get(), queue.try_reserve()));
    glance(queue.put(2));
    glance(queue.put_owned(2));
    glance(queue.put_many([3, 4]));
    glance(queue.reserve());
    glance(queue.get());
    glance(queue.get_many(&mut Vec::new(), 1));
    glance(queue.join());
    glance(queue.closed());
    if let Poll::Ready(Ok(task)) = poll(&mut queue.get_task()) {
        // Back, for as long as the queue is not shut down at once.
        let _back = task.nack();
    }
    if let Poll::Ready(Ok(slot)) = poll(&mut queue.reserve()) {
        let _put = slot.put(5);
    }
    let mut stream = queue.stream();
    let next = Pin::new(&mut stream).poll_next(&mut Context::from_waker(Waker::noop()));
    drop((next, stream));
    queue.shrink_to_fit();
    let counts = queue.len() + queue.getters_waiting() + queue.putters_waiting();
    assert!(counts < 100 && queue.unfinished() < 100_000);
    assert!(queue.capacity().is_some() && (queue.is_full() || queue.len() < 2));
    let _known = queue.task_done();
    drop(queue.drain());
    assert!(!format!("{queue:?}").is_empty());
}

fn of_a_queue<D: Discipline<u32>>(queue: BaseQueue<u32, D>) {
    let queue = Arc::new(queue);
    for item in 0..2 {
        queue.try_put(item).unwrap();
    }
    let Poll::Ready(Ok(task)) = poll(&mut queue.get_task()) else {
        unreachable!("there is an item")
    };
    let Poll::Ready(Ok(slot)) = poll(&mut queue.reserve()) else {
        unreachable!("there is room")
    };
    let mut items = Vec::new();
    let (mut put, mut reserve, mut join) = (queue.put(1), queue.reserve(), queue.join());
    let (mut puts, mut closed) = (queue.put_many([1, 2]), queue.closed());
    assert!(poll(&mut put).is_pending() && poll(&mut reserve).is_pending());
    assert!(poll(&mut puts).is_pending() && poll(&mut closed).is_pending());
    assert!(poll(&mut join).is_pending());
    let (get, get_task, stream) = (queue.get(), queue.get_task(), queue.stream());
    let get_many = queue.get_many(&mut items, 2);
    let waits: [&dyn Debug; 9] = [
        &put, &puts, &reserve, &get, &get_task, &get_many, &join, &closed, &stream,
    ];
    let values = [&waits[..], &[&queue, &task, &slot]].concat();
    show(&values, &|| use_queue(&queue));
    show(&values, &|| {
        queue.close();
        assert!(queue.is_closed());
        use_queue(&queue);
    });
    show(&values, &|| {
        drop(queue.close_now());
        use_queue(&queue);
    });
}

#[test]
fn of_queues_and_their_futures_and_guards() {
    within(PATIENCE, "Debug of a queue", || {
        of_a_queue(Queue::bounded(2));
        of_a_queue(LifoQueue::bounded(2));
        of_a_queue(PriorityQueue::bounded(2));
    });
}

/// Everything that handles can do but end.
fn use_handles(sender: &Sender<u32>, receiver: &Receiver<u32>) {
    drop((
        sender.try_send(1),
        receiver.try_recv(),
        sender.try_reserve(),
    ));
    glance(sender.send(1));
    glance(sender.send_many([1, 2]));
    glance(sender.reserve());
    glance(receiver.recv());
    glance(receiver.recv_many(&mut Vec::new(), 2));
    glance(receiver.get_task());
    glance(receiver.closed());
    drop((sender.clone(), receiver.clone()));
    drop((sender.downgrade().upgrade(), receiver.downgrade().upgrade()));
    let mut cx = Context::from_waker(Waker::noop());
    let _item = Pin::new(&mut receiver.stream()).poll_next(&mut cx);
    let _room = Pin::new(&mut sender.sink()).poll_ready(&mut cx);
    assert!(sender.len() + sender.sender_count() + receiver.receiver_count() < 100);
    drop(receiver.drain());
}

#[test]
fn of_the_handles_of_a_channel() {
    within(PATIENCE, "Debug of handles", || {
        let (sender, receiver) = channel::bounded(1);
        let weak = (sender.downgrade(), receiver.downgrade());
        let (stream, owned_stream) = (receiver.stream(), receiver.clone().into_stream());
        let (mut sink, owned_sink) = (sender.sink(), sender.clone().into_sink());
        let mut cx = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut sink).poll_ready(&mut cx).is_ready());
        let values: [&dyn Debug; 8] = [
            &sender,
            &receiver,
            &weak.0,
            &weak.1,
            &stream,
            &owned_stream,
            &sink,
            &owned_sink,
        ];
        show(&values, &|| use_handles(&sender, &receiver));
        show(&values, &|| {
            sender.close();
            receiver.close();
            use_handles(&sender, &receiver);
        });
    });
}
