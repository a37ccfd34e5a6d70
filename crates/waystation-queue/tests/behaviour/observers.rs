//! What only looks: counts, emptiness, and whether a future is over.

use waystation_queue::{Discipline, Fifo, Lifo, Priority, channel};
use waystation_testkit::{assert_ready, poll_once};

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

#[test]
fn both_ends_of_a_channel_count() {
    let (sender, receiver) = channel::bounded::<u32>(4);
    assert!(sender.is_empty() && receiver.is_empty());
    let another = sender.clone();
    assert_eq!((sender.sender_count(), receiver.sender_count()), (2, 2));
    for item in 0..3 {
        another.try_send(item).expect("there is room");
    }
    assert_eq!((sender.len(), receiver.len()), (3, 3));
    assert!(!sender.is_empty() && !receiver.is_empty());
}

#[test]
fn a_recv_says_when_it_is_over() {
    let (sender, receiver) = channel::bounded(1);
    let mut recv = receiver.recv();
    assert!(!recv.is_terminated());
    sender.try_send(7).expect("there is room");
    assert_eq!(
        assert_ready(poll_once(&mut recv, std::task::Waker::noop())),
        Ok(7)
    );
    assert!(recv.is_terminated());
}

#[cfg(feature = "futures-core")]
#[test]
fn fused_futures_say_when_they_are_over() {
    use futures_core::FusedFuture;
    use waystation_queue::Queue;

    fn ends(mut future: impl FusedFuture + Unpin) {
        assert!(!FusedFuture::is_terminated(&future));
        drop(assert_ready(poll_once(
            &mut future,
            std::task::Waker::noop(),
        )));
        assert!(FusedFuture::is_terminated(&future));
    }

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

    let (sender, receiver) = channel::unbounded();
    sender.try_send(1).expect("it is open");
    ends(receiver.recv());
}
