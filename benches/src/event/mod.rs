//! Events: set, clear, wait.

mod asyncband;
mod condvar;
mod event_listener;
mod futures_intrusive;
mod maitake;
mod on_threads;
mod ours;
mod peer;
mod reference;
mod tokio;
pub mod workloads;

pub use peer::{EventPeer, ThreadEvent};

use crate::Book;
use crate::memory::{self, Weigher, Weight};
use crate::story::contest::EVENT;
use crate::story::crowd::Waiters;

/// Enters everything about events.
pub fn enter(book: &mut Book) {
    tasks::<ours::Ours>(book);
    tasks::<tokio::NotifyAndFlag>(book);
    tasks::<asyncband::ManualReset>(book);
    tasks::<maitake::WaitQueueAndFlag>(book);
    tasks::<futures_intrusive::ManualReset>(book);
    tasks::<event_listener::Bare>(book);
    tasks::<reference::Reference>(book);
    threads::<ours::OnThreads>(book);
    threads::<condvar::ParkingLot>(book);
    threads::<condvar::Std>(book);
    book.cast.waiters.push(Waiters::tasks::<ours::Ours>());
    book.cast.contest(
        EVENT,
        ours::Ours::FACTS,
        [
            workloads::crowd_of_tasks::<ours::Ours, 2>,
            workloads::crowd_of_tasks::<ours::Ours, 16>,
            workloads::crowd_of_tasks::<ours::Ours, 1_000>,
        ],
    );
    story::<ours::OnThreads>(book);
    story::<condvar::ParkingLot>(book);
    story::<condvar::Std>(book);
}

fn story<P: ThreadEvent>(book: &mut Book) {
    book.cast.waiters.push(Waiters::threads::<P>());
    book.cast.contest(
        EVENT,
        P::FACTS,
        [
            on_threads::crowd::<P, 2>,
            on_threads::crowd::<P, 16>,
            on_threads::crowd::<P, 1_000>,
        ],
    );
}

fn tasks<P: EventPeer>(book: &mut Book) {
    let mut add = |key, run| book.case(key, P::FACTS, run);
    if P::REMEMBERS {
        add("E1", workloads::wait_on_set::<P>);
        add("E2", workloads::set_and_clear::<P>);
    }
    add("E3/1", workloads::crowd::<P, 1>);
    add("E3/64", workloads::crowd::<P, 64>);
    add("E3/1000", workloads::crowd::<P, 1_000>);
    add("E3/100000", workloads::crowd::<P, 100_000>);
    if P::REMEMBERS {
        add("E4", workloads::ping_pong::<P>);
        add("E5", workloads::ping_pong_across::<P>);
        add("E1/await", workloads::wait_on_set_awaited::<P>);
        add("E2/await", workloads::set_and_clear_in_task::<P>);
        add("E3/1/await", workloads::crowd_of_tasks::<P, 1>);
        add("E3/64/await", workloads::crowd_of_tasks::<P, 64>);
        add("E3/1000/await", workloads::crowd_of_tasks::<P, 1_000>);
    }
    book.weights
        .push(Weigher::new("event", P::FACTS, weigh::<P>));
}

fn threads<P: ThreadEvent>(book: &mut Book) {
    let mut add = |key, run| book.case(key, P::FACTS, run);
    add("E1", on_threads::wait_on_set::<P>);
    add("E2", on_threads::set_and_clear::<P>);
    add("E3/1", on_threads::crowd::<P, 1>);
    add("E3/64", on_threads::crowd::<P, 64>);
    add("E3/1000", on_threads::crowd::<P, 1_000>);
    // One thread cannot play ping-pong with itself: both rows have the two-thread figure's job.
    add("E4", on_threads::ping_pong::<P>);
    add("E5", on_threads::ping_pong::<P>);
}

/// M1: what a parked `wait` weighs.
fn weigh<P: EventPeer>() -> Option<Weight> {
    let event = P::new();
    let wait = || event.wait();
    let release = || event.set();
    memory::weigh(wait, release, |()| event.clear())
}
