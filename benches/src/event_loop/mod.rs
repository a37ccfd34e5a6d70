//! The event loop: tasks, callbacks, timers.
//!
//! Each participant runs on its own loop: that loop is what is measured. Where a peer has tasks
//! only, a detached task stands for a callback, and a task that sleeps for a timer.

mod on_threads;
mod ours;
mod peer;
mod smol;
mod tally;
mod timer_thread;
mod tokio;
pub mod workloads;

pub use peer::LoopPeer;

use crate::Book;

/// Enters everything about the event loop.
pub fn enter(book: &mut Book) {
    tasks::<ours::Ours>(book);
    tasks::<tokio::CurrentThread>(book);
    tasks::<tokio::OnLocalSet>(book);
    tasks::<smol::Local>(book);
    let mut add = |key, facts, run| book.case(key, facts, run);
    add("L1/tasks", on_threads::FACTS, on_threads::spawn_and_join);
    let worker = on_threads::WORKER;
    add("L1/soon/100000", worker, on_threads::call_soon::<100_000>);
    add(
        "L1/soon/1000000",
        worker,
        on_threads::call_soon::<1_000_000>,
    );
    add("L1/fire", on_threads::TIMERS, on_threads::timers_fire);
    add(
        "L1/cancel",
        on_threads::TIMERS,
        on_threads::timers_cancelled,
    );
}

fn tasks<P: LoopPeer>(book: &mut Book) {
    let mut add = |key, run| book.case(key, P::FACTS, run);
    add("L1/tasks", workloads::spawn_and_join::<P>);
    add("L1/soon/100000", workloads::call_soon::<P, 100_000>);
    add("L1/soon/1000000", workloads::call_soon::<P, 1_000_000>);
    add("L1/fire", workloads::timers_fire::<P>);
    add("L1/cancel", workloads::timers_cancelled::<P>);
}
