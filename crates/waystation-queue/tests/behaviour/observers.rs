//! What only looks: counts, emptiness, and whether a future is over.

use waystation_queue::{Discipline, Fifo, Lifo, Priority};

/// A discipline with the provided methods only.
struct Stack(Vec<u32>);

impl Discipline<u32> for Stack {
    type Token = ();

    fn push(&mut self, item: u32) {
        self.0.push(item);
    }

    fn pop(&mut self) -> Option<(u32, ())> {
        Some((self.0.pop()?, ()))
    }

    fn put_back(&mut self, item: u32, (): ()) {
        self.0.push(item);
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

#[test]
fn a_discipline_is_empty_without_items() {
    let mut stack = Stack(Vec::new());
    assert!(stack.is_empty());
    stack.push(1);
    assert!(!stack.is_empty());
}

#[test]
fn disciplines_show_how_many_items_they_have() {
    let (mut fifo, mut lifo, mut priority) =
        (Fifo::default(), Lifo::default(), Priority::default());
    fifo.push(1);
    lifo.push(1);
    priority.push(1);
    assert_eq!(format!("{fifo:?}"), "Fifo { len: 1, .. }");
    assert_eq!(format!("{lifo:?}"), "Lifo { len: 1, .. }");
    assert_eq!(format!("{priority:?}"), "Priority { len: 1, .. }");
}

#[cfg(feature = "futures-core")]
#[test]
fn fused_futures_say_when_they_are_over() {
    use crate::common::{filled, parked};
    use futures_core::FusedFuture;
    use waystation_queue::{Queue, channel};
    use waystation_testkit::{Driver, assert_ready};

    fn ends(future: impl FusedFuture + Unpin) {
        let mut driver = Driver::new(future);
        assert!(!driver.get().is_terminated());
        drop(assert_ready(driver.poll()));
        assert!(driver.get().is_terminated());
    }
    fn waits(future: impl FusedFuture + Unpin) {
        assert!(!parked(future).get().is_terminated());
    }

    let full: Queue<_> = filled(1, [1]);
    let empty = Queue::<u8>::bounded(1);
    let mut into = Vec::new();
    waits(full.put(2));
    waits(full.put_many([2]));
    waits(full.reserve());
    waits(full.join());
    waits(full.closed());
    waits(empty.get());
    waits(empty.get_task());
    waits(empty.get_many(&mut into, 2));
    let queue = Queue::unbounded();
    ends(queue.join());
    ends(queue.put(1));
    ends(queue.put_many([2, 3, 4]));
    ends(queue.reserve());
    ends(queue.get());
    ends(queue.get_task());
    ends(queue.get_many(&mut Vec::new(), 2));
    queue.close();
    ends(queue.closed());
    ends(queue.put(1));
    ends(queue.put_many([1]));
    ends(queue.reserve());
    let (sender, receiver) = channel::unbounded();
    sender.try_send(1).expect("it is open");
    ends(receiver.recv());
}

/// What a program must be able to write down: its own type and function over any queue.
mod nameable {
    use std::ops::Deref;

    use waystation_queue::{
        AnyQueue, Blocking, Disciplined, Get, GetError, Queue, Slot, Source, channel,
    };

    use crate::common::now;

    type ItemOf<H> = <<H as Deref>::Target as AnyQueue>::Item;

    struct Step<H: Source<Target: AnyQueue>> {
        get: Get<H>,
        answer: Option<Slot<H>>,
    }

    impl<H: Source<Target: Disciplined>> Step<H> {
        fn run(self) -> Result<ItemOf<H>, GetError> {
            drop(self.answer);
            wait(self.get)
        }
    }

    fn wait<F: Blocking>(future: F) -> F::Output {
        future.block()
    }

    #[test]
    fn any_queue_source_and_blocking_can_be_named() {
        let queue = std::sync::Arc::new(Queue::unbounded());
        queue.try_put(1).expect("it is open");
        let (get, answer) = (queue.get_owned(), now(queue.reserve_owned()).ok());
        assert_eq!(Step { get, answer }.run(), Ok(1));
        let (sender, receiver) = channel::unbounded();
        sender.try_send(2).expect("it is open");
        let (get, answer) = (receiver.recv(), sender.try_reserve().ok());
        assert_eq!(Step { get, answer }.run(), Ok(2));
    }
}
