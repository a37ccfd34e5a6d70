//! Queues: put, get, their `try_` forms.

mod async_channel;
mod asyncband;
mod crossbeam;
mod crossfire;
mod deque;
mod flume;
mod futures_intrusive;
mod kanal;
mod on_threads;
mod on_tokio;
mod ours;
mod peer;
mod reference;
mod std_mpsc;
mod thingbuf;
mod tokio;
pub mod workloads;

pub use peer::{Item, Parcel, QueuePeer, ThreadQueue};

use std::cell::RefCell;

use crate::Book;
use crate::facts::Promise;
use crate::memory::{self, Weigher, Weight};

/// Enters everything about queues.
pub fn enter(book: &mut Book) {
    bounded::<ours::Ours<false>>(book);
    unbounded::<ours::Ours<true>>(book);
    bounded::<tokio::Bounded>(book);
    unbounded::<tokio::Unbounded>(book);
    bounded::<async_channel::AsyncChannel<false>>(book);
    unbounded::<async_channel::AsyncChannel<true>>(book);
    bounded::<asyncband::Bounded>(book);
    unbounded::<asyncband::Unbounded>(book);
    bounded::<kanal::Kanal<false>>(book);
    unbounded::<kanal::Kanal<true>>(book);
    bounded::<flume::Flume<false>>(book);
    unbounded::<flume::Flume<true>>(book);
    bounded::<crossfire::Bounded>(book);
    unbounded::<crossfire::Unbounded>(book);
    bounded::<futures_intrusive::FuturesIntrusive>(book);
    bounded::<thingbuf::Thingbuf>(book);
    bounded::<reference::Reference<false>>(book);
    unbounded::<reference::Reference<true>>(book);
    on_tokio::<ours::Ours<false>>(book);
    one_consumer_on_tokio::<tokio::Bounded>(book);
    on_tokio::<async_channel::AsyncChannel<false>>(book);
    on_tokio::<asyncband::Bounded>(book);
    on_tokio::<kanal::Kanal<false>>(book);
    on_tokio::<flume::Flume<false>>(book);
    on_tokio::<crossfire::Bounded>(book);
    threads_bounded::<ours::OnThreads<false>>(book);
    threads_unbounded::<ours::OnThreads<true>>(book);
    threads_bounded::<crossbeam::Crossbeam<false>>(book);
    threads_unbounded::<crossbeam::Crossbeam<true>>(book);
    threads_bounded::<std_mpsc::Bounded>(book);
    threads_unbounded::<std_mpsc::Unbounded>(book);
    threads_bounded::<deque::Deque<false>>(book);
    threads_unbounded::<deque::Deque<true>>(book);
}

fn bounded<P: QueuePeer>(book: &mut Book) {
    let mut add = |key, run| book.case(key, P::FACTS, run);
    add("Q1/16", workloads::try_pair::<P, 16>);
    add("Q1/16/await", workloads::pair_awaited::<P, 16>);
    add("Q2/1", workloads::pipe::<P, 1>);
    add("Q2/16", workloads::pipe::<P, 16>);
    add("Q2/1024", workloads::pipe::<P, 1024>);
    add("Q3/1", workloads::across::<P, u64, 1, 1, 1>);
    add("Q3/16", workloads::across::<P, u64, 16, 1, 1>);
    add("Q3/1024", workloads::across::<P, u64, 1024, 1, 1>);
    add("Q3/1024/64B", workloads::across::<P, Parcel, 1024, 1, 1>);
    if P::FACTS.mpmc == Promise::Kept {
        add("Q4/16", workloads::across::<P, u64, 16, 4, 4>);
        add("Q4/128", workloads::across::<P, u64, 128, 4, 4>);
    }
    add("Q5/16", workloads::across::<P, u64, 16, 4, 1>);
    add("Q5/128", workloads::across::<P, u64, 128, 4, 1>);
    book.weights
        .push(Weigher::new("queue", P::FACTS, weigh::<P>));
}

fn unbounded<P: QueuePeer>(book: &mut Book) {
    let mut add = |key, run| book.case(key, P::FACTS, run);
    add("Q1/unbounded", workloads::try_pair::<P, 0>);
    add("Q1/unbounded/await", workloads::pair_awaited::<P, 0>);
    add("Q2/unbounded", workloads::pipe::<P, 0>);
    add("Q3/unbounded", workloads::across::<P, u64, 0, 1, 1>);
    if P::FACTS.mpmc == Promise::Kept {
        add("Q4/unbounded", workloads::across::<P, u64, 0, 4, 4>);
    }
    add("Q5/unbounded", workloads::across::<P, u64, 0, 4, 1>);
}

/// The bounded queues that are measured on tokio too.
fn on_tokio<P: QueuePeer>(book: &mut Book) {
    one_consumer_on_tokio::<P>(book);
    let mut add = |key, run| book.case(key, P::FACTS, run);
    add("T1/Q/1/4+4", on_tokio::pass::<P, 1, 1, 4, 4>);
    add("T1/Q/16/4+4", on_tokio::pass::<P, 1, 16, 4, 4>);
    add("T1/Q/128/4+4", on_tokio::pass::<P, 1, 128, 4, 4>);
    add("T1/Q/1024/4+4", on_tokio::pass::<P, 1, 1024, 4, 4>);
    add("T2/Q/1/4+4", on_tokio::pass::<P, 2, 1, 4, 4>);
    add("T2/Q/16/4+4", on_tokio::pass::<P, 2, 16, 4, 4>);
    add("T2/Q/128/4+4", on_tokio::pass::<P, 2, 128, 4, 4>);
    add("T2/Q/1024/4+4", on_tokio::pass::<P, 2, 1024, 4, 4>);
}

fn one_consumer_on_tokio<P: QueuePeer>(book: &mut Book) {
    let mut add = |key, run| book.case(key, P::FACTS, run);
    add("T1/Q/1/1+1", on_tokio::pass::<P, 1, 1, 1, 1>);
    add("T1/Q/1/4+1", on_tokio::pass::<P, 1, 1, 4, 1>);
    add("T1/Q/16/1+1", on_tokio::pass::<P, 1, 16, 1, 1>);
    add("T1/Q/16/4+1", on_tokio::pass::<P, 1, 16, 4, 1>);
    add("T1/Q/128/1+1", on_tokio::pass::<P, 1, 128, 1, 1>);
    add("T1/Q/128/4+1", on_tokio::pass::<P, 1, 128, 4, 1>);
    add("T1/Q/1024/1+1", on_tokio::pass::<P, 1, 1024, 1, 1>);
    add("T1/Q/1024/4+1", on_tokio::pass::<P, 1, 1024, 4, 1>);
    add("T2/Q/1/1+1", on_tokio::pass::<P, 2, 1, 1, 1>);
    add("T2/Q/1/4+1", on_tokio::pass::<P, 2, 1, 4, 1>);
    add("T2/Q/16/1+1", on_tokio::pass::<P, 2, 16, 1, 1>);
    add("T2/Q/16/4+1", on_tokio::pass::<P, 2, 16, 4, 1>);
    add("T2/Q/128/1+1", on_tokio::pass::<P, 2, 128, 1, 1>);
    add("T2/Q/128/4+1", on_tokio::pass::<P, 2, 128, 4, 1>);
    add("T2/Q/1024/1+1", on_tokio::pass::<P, 2, 1024, 1, 1>);
    add("T2/Q/1024/4+1", on_tokio::pass::<P, 2, 1024, 4, 1>);
}

fn threads_bounded<P: ThreadQueue>(book: &mut Book) {
    let mut add = |key, run| book.case(key, P::FACTS, run);
    add("Q1/16", on_threads::try_pair::<P, 16>);
    // One thread cannot wait for itself: Q2 has the same job on two threads as Q3.
    add("Q2/1", on_threads::across::<P, u64, 1, 1, 1>);
    add("Q2/16", on_threads::across::<P, u64, 16, 1, 1>);
    add("Q2/1024", on_threads::across::<P, u64, 1024, 1, 1>);
    add("Q3/1", on_threads::across::<P, u64, 1, 1, 1>);
    add("Q3/16", on_threads::across::<P, u64, 16, 1, 1>);
    add("Q3/1024", on_threads::across::<P, u64, 1024, 1, 1>);
    add("Q3/1024/64B", on_threads::across::<P, Parcel, 1024, 1, 1>);
    if P::FACTS.mpmc == Promise::Kept {
        add("Q4/16", on_threads::across::<P, u64, 16, 4, 4>);
        add("Q4/128", on_threads::across::<P, u64, 128, 4, 4>);
    }
    add("Q5/16", on_threads::across::<P, u64, 16, 4, 1>);
    add("Q5/128", on_threads::across::<P, u64, 128, 4, 1>);
}

fn threads_unbounded<P: ThreadQueue>(book: &mut Book) {
    let mut add = |key, run| book.case(key, P::FACTS, run);
    add("Q1/unbounded", on_threads::try_pair::<P, 0>);
    add("Q2/unbounded", on_threads::across::<P, u64, 0, 1, 1>);
    add("Q3/unbounded", on_threads::across::<P, u64, 0, 1, 1>);
    if P::FACTS.mpmc == Promise::Kept {
        add("Q4/unbounded", on_threads::across::<P, u64, 0, 4, 4>);
    }
    add("Q5/unbounded", on_threads::across::<P, u64, 0, 4, 1>);
}

/// M1: what a parked `put` weighs.
fn weigh<P: QueuePeer>() -> Option<Weight> {
    let (tx, rx) = P::open::<u64>(1);
    assert!(P::try_put(&tx, 0), "an empty queue refused an item");
    let rx = RefCell::new(rx);
    let put = || P::put(&tx, 1);
    let release = || {
        assert!(
            P::try_get(&mut rx.borrow_mut()).is_some(),
            "an item was lost"
        )
    };
    memory::weigh(put, release, drop)
}
