//! Semaphores: acquire, release, several permits at once.

mod async_lock;
mod asyncband;
mod condvar;
mod futures_intrusive;
mod maitake;
mod on_threads;
mod on_tokio;
mod ours;
mod peer;
mod reference;
mod tokio;
pub mod workloads;

pub use peer::{ManyPermits, SemaphorePeer, ThreadSemaphore};

use std::cell::RefCell;

use crate::Book;
use crate::memory::{self, Weigher, Weight};
use crate::story::contest::SEMAPHORE;

/// Enters everything about semaphores.
pub fn enter(book: &mut Book) {
    tasks::<ours::Fifo>(book);
    many::<ours::Fifo>(book);
    tasks::<ours::Bypass>(book);
    many::<ours::Bypass>(book);
    tasks::<tokio::Tokio>(book);
    many::<tokio::Tokio>(book);
    tasks::<async_lock::AsyncLock>(book);
    tasks::<asyncband::Asyncband>(book);
    many::<asyncband::Asyncband>(book);
    tasks::<maitake::Maitake>(book);
    many::<maitake::Maitake>(book);
    tasks::<futures_intrusive::Fair>(book);
    many::<futures_intrusive::Fair>(book);
    tasks::<futures_intrusive::Unfair>(book);
    many::<futures_intrusive::Unfair>(book);
    tasks::<reference::Reference>(book);
    many::<reference::Reference>(book);
    on_tokio::<ours::Fifo>(book);
    on_tokio::<ours::Bypass>(book);
    on_tokio::<tokio::Tokio>(book);
    on_tokio::<async_lock::AsyncLock>(book);
    on_tokio::<asyncband::Asyncband>(book);
    threads::<ours::OnThreads>(book);
    threads::<condvar::Unfair>(book);
    threads::<condvar::Fifo>(book);
    threads::<condvar::Std>(book);
    book.cast.contest(
        SEMAPHORE,
        ours::Fifo::FACTS,
        [
            workloads::one_permit::<ours::Fifo, 2>,
            workloads::one_permit::<ours::Fifo, 16>,
            workloads::one_permit::<ours::Fifo, 1_000>,
        ],
    );
    contest_of_threads::<ours::OnThreads>(book);
    contest_of_threads::<condvar::Unfair>(book);
    contest_of_threads::<condvar::Fifo>(book);
    contest_of_threads::<condvar::Std>(book);
}

fn contest_of_threads<P: ThreadSemaphore>(book: &mut Book) {
    book.cast.contest(
        SEMAPHORE,
        P::FACTS,
        [
            on_threads::contended::<P, 2, true>,
            on_threads::contended::<P, 16, true>,
            on_threads::contended::<P, 1_000, true>,
        ],
    );
}

fn tasks<P: SemaphorePeer>(book: &mut Book) {
    let mut add = |key, run| book.case(key, P::FACTS, run);
    add("S1", workloads::uncontended::<P>);
    add("S1b", workloads::try_uncontended::<P>);
    add("S2", workloads::one_permit::<P, 64>);
    add("S3", workloads::two_threads::<P, false>);
    add("S3b", workloads::two_threads::<P, true>);
    add("S5", workloads::cancel_storm::<P>);
    add("S6/100", workloads::chain::<P, 100>);
    add("S6/1000", workloads::chain::<P, 1_000>);
    add("S6/10000", workloads::chain::<P, 10_000>);
    add("S6/100000", workloads::chain::<P, 100_000>);
    add("S1/await", workloads::uncontended_awaited::<P>);
    add("S5/await", workloads::cancel_storm_awaited::<P>);
    add("S6/100/await", workloads::chain_awaited::<P, 100>);
    add("S6/1000/await", workloads::chain_awaited::<P, 1_000>);
    add("S6/10000/await", workloads::chain_awaited::<P, 10_000>);
    book.weights
        .push(Weigher::new("semaphore", P::FACTS, weigh::<P>));
}

/// The semaphores that are measured on tokio too.
fn on_tokio<P: SemaphorePeer>(book: &mut Book) {
    let mut add = |key, run| book.case(key, P::FACTS, run);
    add("T1/S/1x16", on_tokio::share::<P, 1, 1, 16, false>);
    add("T1/S/1x16/yield", on_tokio::share::<P, 1, 1, 16, true>);
    add("T1/S/8x64", on_tokio::share::<P, 1, 8, 64, false>);
    add("T1/S/8x64/yield", on_tokio::share::<P, 1, 8, 64, true>);
    add("T2/S/1x16", on_tokio::share::<P, 2, 1, 16, false>);
    add("T2/S/1x16/yield", on_tokio::share::<P, 2, 1, 16, true>);
    add("T2/S/8x64", on_tokio::share::<P, 2, 8, 64, false>);
    add("T2/S/8x64/yield", on_tokio::share::<P, 2, 8, 64, true>);
}

fn many<P: ManyPermits>(book: &mut Book) {
    book.case("S4", P::FACTS, workloads::many_permits::<P>);
}

fn threads<P: ThreadSemaphore>(book: &mut Book) {
    let mut add = |key, run| book.case(key, P::FACTS, run);
    add("S1", on_threads::uncontended::<P>);
    add("S1b", on_threads::try_uncontended::<P>);
    add("S2", on_threads::contended::<P, 64, true>);
    add("S3", on_threads::contended::<P, 16, false>);
    add("S3b", on_threads::contended::<P, 16, true>);
    add("S4", on_threads::many_permits::<P>);
    add("S5", on_threads::cancel_storm::<P>);
    add("S6/100", on_threads::chain::<P, 100>);
    add("S6/1000", on_threads::chain::<P, 1_000>);
}

/// M1: what a parked `acquire` weighs.
fn weigh<P: SemaphorePeer>() -> Option<Weight> {
    let semaphore = P::new(1);
    let held = RefCell::new(semaphore.try_acquire());
    let acquire = || semaphore.acquire();
    let release = || drop(held.borrow_mut().take());
    memory::weigh(acquire, release, |permit| {
        held.borrow_mut().replace(permit);
    })
}
