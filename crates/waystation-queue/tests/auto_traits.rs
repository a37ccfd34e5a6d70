//! What may be sent, shared, moved and used after a panic.
#![allow(missing_docs, reason = "these are tests")]

use std::cell::Cell;
use std::marker::PhantomPinned;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::sync::Arc;

use static_assertions::{assert_impl_all, assert_not_impl_any};
use waystation_queue::channel::{Channel, Receiver, Sender, WeakReceiver, WeakSender};
use waystation_queue::{
    Arrival, BaseQueue, Closed, Discipline, Fifo, Get, GetError, GetMany, GetTask, Join, Lifo,
    LifoQueue, Prioritized, Priority, PriorityQueue, Put, PutError, PutMany, PutManyError, Queue,
    QueueClosed, Reserve, Slot, TaskGuard, TooManyTaskDone, TryGetError, TryPutError,
    TryReserveError,
};

type Items<T> = std::vec::IntoIter<T>;
type Owned<T> = Arc<Queue<T>>;
type Borrowed<T> = &'static Queue<T>;

// The queues: as their items, but shared even if the items are not `Sync`.
assert_impl_all!(Queue<u8>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(LifoQueue<u8>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(PriorityQueue<u8>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Queue<Cell<u8>>: Send, Sync, UnwindSafe, RefUnwindSafe);
assert_impl_all!(LifoQueue<Cell<u8>>: Send, Sync);
assert_impl_all!(Queue<PhantomPinned>: Send, Sync);
assert_not_impl_any!(Queue<Rc<u8>>: Send, Sync);
assert_not_impl_any!(LifoQueue<Rc<u8>>: Send, Sync);
assert_not_impl_any!(PriorityQueue<Rc<u8>>: Send, Sync);
assert_impl_all!(Fifo<u8>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Lifo<u8>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Priority<u8>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Arrival: Send, Sync, Unpin, Copy, UnwindSafe, RefUnwindSafe);
assert_not_impl_any!(Fifo<Rc<u8>>: Send, Sync);
assert_impl_all!(Prioritized<u8, Cell<u8>>: Send, Unpin, Ord);
assert_impl_all!(Prioritized<u8, u8>: Copy, Default);

// A discipline of one's own decides.
struct Local(Rc<u8>);
impl Discipline<u8> for Local {
    type Token = ();
    fn push(&mut self, _: u8) {}
    fn pop(&mut self) -> Option<(u8, ())> {
        None
    }
    fn put_back(&mut self, _: u8, (): ()) {}
    fn len(&self) -> usize {
        usize::from(*self.0)
    }
}
assert_not_impl_any!(BaseQueue<u8, Local>: Send, Sync);

// Futures that carry no item.
assert_impl_all!(Get<Borrowed<u8>>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Get<Owned<u8>>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(GetTask<Owned<u8>>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(GetMany<'static, Owned<u8>>: Send, Sync, Unpin, RefUnwindSafe);
assert_impl_all!(Reserve<Owned<u8>>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Join<Owned<u8>>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(QueueClosed<Owned<u8>>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Slot<Owned<u8>>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Get<Owned<Cell<u8>>>: Send, Sync);
assert_impl_all!(Reserve<Owned<Cell<u8>>>: Send, Sync);
assert_impl_all!(Slot<Owned<Cell<u8>>>: Send, Sync);
assert_not_impl_any!(Get<Borrowed<Rc<u8>>>: Send, Sync);
assert_not_impl_any!(Get<Owned<Rc<u8>>>: Send, Sync);
assert_not_impl_any!(GetTask<Owned<Rc<u8>>>: Send, Sync);
assert_not_impl_any!(GetMany<'static, Owned<Rc<u8>>>: Send, Sync);
assert_not_impl_any!(Reserve<Owned<Rc<u8>>>: Send, Sync);
assert_not_impl_any!(Slot<Owned<Rc<u8>>>: Send, Sync);
assert_not_impl_any!(Join<Owned<Rc<u8>>>: Send, Sync);
assert_impl_all!(Get<Owned<PhantomPinned>>: Unpin);
assert_impl_all!(GetTask<Owned<PhantomPinned>>: Unpin);
assert_impl_all!(GetMany<'static, Owned<PhantomPinned>>: Unpin);
assert_impl_all!(Reserve<Owned<PhantomPinned>>: Unpin);

// Futures and guards that carry items.
assert_impl_all!(Put<Borrowed<u8>>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Put<Owned<u8>>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(PutMany<Owned<u8>, Items<u8>>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(TaskGuard<Owned<u8>>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(TaskGuard<Arc<PriorityQueue<u8>>>: Send, Sync);
assert_impl_all!(Put<Owned<Cell<u8>>>: Send);
assert_not_impl_any!(Put<Owned<Cell<u8>>>: Sync);
assert_impl_all!(TaskGuard<Owned<Cell<u8>>>: Send);
assert_not_impl_any!(TaskGuard<Owned<Cell<u8>>>: Sync);
assert_impl_all!(PutMany<Owned<Cell<u8>>, Items<Cell<u8>>>: Send);
assert_not_impl_any!(PutMany<Owned<Cell<u8>>, Items<Cell<u8>>>: Sync);
assert_not_impl_any!(Put<Owned<Rc<u8>>>: Send, Sync);
assert_not_impl_any!(PutMany<Owned<Rc<u8>>, Items<Rc<u8>>>: Send, Sync);
assert_not_impl_any!(TaskGuard<Owned<Rc<u8>>>: Send, Sync);
assert_impl_all!(Put<Owned<PhantomPinned>>: Unpin);
assert_impl_all!(PutMany<Owned<PhantomPinned>, Items<PhantomPinned>>: Unpin);

// Handles.
assert_impl_all!(Sender<u8>: Send, Sync, Unpin, Clone, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Receiver<u8>: Send, Sync, Unpin, Clone, UnwindSafe, RefUnwindSafe);
assert_impl_all!(WeakSender<u8>: Send, Sync, Unpin, Clone, UnwindSafe, RefUnwindSafe);
assert_impl_all!(WeakReceiver<u8>: Send, Sync, Unpin, Clone, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Channel<u8>: Send, Sync, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Get<&'static Channel<u8>>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Put<&'static Channel<u8>>: Send, Sync, Unpin);
assert_impl_all!(Sender<Cell<u8>>: Send, Sync);
assert_impl_all!(Receiver<Cell<u8>>: Send, Sync);
assert_impl_all!(Sender<PhantomPinned>: Unpin);
assert_impl_all!(Receiver<PhantomPinned>: Unpin);
assert_impl_all!(Get<&'static Channel<PhantomPinned>>: Unpin);
assert_not_impl_any!(Sender<Rc<u8>>: Send, Sync);
assert_not_impl_any!(Receiver<Rc<u8>>: Send, Sync);
assert_not_impl_any!(WeakSender<Rc<u8>>: Send, Sync);
assert_not_impl_any!(WeakReceiver<Rc<u8>>: Send, Sync);
assert_not_impl_any!(Get<&'static Channel<Rc<u8>>>: Send, Sync);

// What must not be copied: a second one would give the same thing back twice.
assert_not_impl_any!(Slot<Owned<u8>>: Clone);
assert_not_impl_any!(TaskGuard<Owned<u8>>: Clone);
assert_not_impl_any!(Put<Owned<u8>>: Clone);
assert_not_impl_any!(Get<Owned<u8>>: Clone);
assert_not_impl_any!(Reserve<Owned<u8>>: Clone);
assert_not_impl_any!(Queue<u8>: Clone);

// Errors.
assert_impl_all!(GetError: Send, Sync, Unpin, Copy, UnwindSafe, RefUnwindSafe);
assert_impl_all!(TryGetError: Send, Sync, Unpin, Copy, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Closed: Send, Sync, Unpin, Copy, UnwindSafe, RefUnwindSafe);
assert_impl_all!(TryReserveError: Send, Sync, Unpin, Copy, UnwindSafe, RefUnwindSafe);
assert_impl_all!(TooManyTaskDone: Send, Sync, Unpin, Copy, UnwindSafe, RefUnwindSafe);
assert_impl_all!(PutError<u8>: Send, Sync, Unpin, Copy, Eq);
assert_impl_all!(TryPutError<u8>: Send, Sync, Unpin, Copy, Eq);
assert_impl_all!(PutManyError<u8, u8>: Send, Sync, Unpin, Copy, Eq);
assert_impl_all!(PutError<Rc<u8>>: std::error::Error);
assert_not_impl_any!(PutError<Rc<u8>>: Send, Sync, Copy);

#[cfg(feature = "futures-core")]
mod fused {
    use super::*;
    use futures_core::{FusedFuture, FusedStream, Stream};
    use waystation_queue::RecvStream;

    assert_impl_all!(Get<Owned<u8>>: FusedFuture);
    assert_impl_all!(GetMany<'static, Owned<u8>>: FusedFuture);
    assert_impl_all!(GetTask<Owned<u8>>: FusedFuture);
    assert_impl_all!(Put<Owned<u8>>: FusedFuture);
    assert_impl_all!(PutMany<Owned<u8>, Items<u8>>: FusedFuture);
    assert_impl_all!(Reserve<Owned<u8>>: FusedFuture);
    assert_impl_all!(Join<Owned<u8>>: FusedFuture);
    assert_impl_all!(QueueClosed<Owned<u8>>: FusedFuture);
    assert_impl_all!(Get<&'static Channel<u8>>: FusedFuture);

    // The handles themselves are neither, so that a clone or a borrow decides who keeps what open.
    assert_not_impl_any!(Receiver<u8>: Stream);
    assert_not_impl_any!(Queue<u8>: Stream);
    assert_impl_all!(RecvStream<Borrowed<u8>>: Stream, FusedStream, Send, Sync, Unpin, UnwindSafe);
    assert_impl_all!(RecvStream<Arc<PriorityQueue<u8>>>: Stream, Send, Sync, Unpin);
    assert_impl_all!(RecvStream<Arc<Channel<Cell<u8>>>>: Stream, Send, Sync, Unpin);
    assert_impl_all!(RecvStream<Owned<PhantomPinned>>: Unpin);
    assert_not_impl_any!(RecvStream<Owned<Rc<u8>>>: Send, Sync);
    assert_not_impl_any!(RecvStream<Owned<u8>>: Clone);
}

#[cfg(feature = "futures-sink")]
mod sinks {
    use super::*;
    use futures_util::Sink;
    use waystation_queue::channel::SendSink;

    assert_not_impl_any!(Sender<u8>: Sink<u8>);
    assert_impl_all!(SendSink<&'static Channel<u8>>: Sink<u8>, Send, Sync, Unpin, UnwindSafe);
    assert_impl_all!(SendSink<Arc<Channel<Cell<u8>>>>: Sink<Cell<u8>>, Send, Sync, Unpin);
    assert_impl_all!(SendSink<Arc<Channel<PhantomPinned>>>: Unpin);
    assert_not_impl_any!(SendSink<Arc<Channel<Rc<u8>>>>: Send, Sync);
    assert_not_impl_any!(SendSink<Arc<Channel<u8>>>: Clone);
}

/// What a spawned task must be.
fn spawnable(_: impl Future<Output = ()> + Send + 'static) {}

#[test]
fn queues_of_references_can_be_used_in_spawned_tasks() {
    spawnable(async {
        let queue = std::sync::Arc::new(waystation_queue::Queue::<&'static str>::bounded(1));
        queue.put("a").await.unwrap();
        queue.put_owned("b").await.unwrap();
        queue.get().await.unwrap();
        let slot = queue.reserve().await.unwrap();
        queue.join().await;
        slot.put("c").unwrap();
        queue.put_many(["d"]).await.unwrap();
        queue.get_many(&mut Vec::new(), 2).await;
        drop(queue.get_task().await.unwrap());
        let (sender, receiver) = waystation_queue::channel::bounded::<(&'static str, u32)>(1);
        sender.send(("e", 1)).await.unwrap();
        receiver.recv().await.unwrap();
    });
    spawnable(async {
        let queue = waystation_queue::PriorityQueue::<&'static str>::unbounded();
        queue.put("a").await.unwrap();
        let queue = waystation_queue::LifoQueue::<(&'static str, u32)>::unbounded();
        queue.put(("a", 1)).await.unwrap();
    });
}
