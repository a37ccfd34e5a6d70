//! Who waits, in what order, and how are they woken?
//!
//! # The rules of waiting
//!
//! 1. **Register, then look.** Between the last look and the sleep there is a registration.
//! 2. **Nothing foreign under the lock.** No waker is cloned, woken or dropped there, no `T` is
//!    dropped, no closure of a caller runs. A new waker is cloned before locking; the displaced
//!    one is returned and dropped after. (The one exception is a queue's discipline: `Ord` and a
//!    user's own `Discipline` are documented to run under the lock.)
//! 3. **Whoever leaves hands on.** A waiter dropped after it was granted something gives it to the
//!    next in line before `drop` returns; a waiter dropped before that leaves the line, and the new
//!    head is looked at again. One `settle` per primitive ends every path that adds something or
//!    removes a waiter.
//! 4. **Each poll is the truth.** The waker of the latest poll replaces the earlier one.
//! 5. **A releaser decides.** Grants are made by whoever releases, in line order. What is granted
//!    is a claim (a permit count, the right to one item or one slot), never the item itself.
//! 6. **`poll` and `drop` never block** beyond the short critical section, and never spin waiting
//!    for another task.
//! 7. **`HAS` freezes the word.** While the bit that says "somebody waits" is set, only the lock
//!    holder writes the state word, with plain stores. Whoever sets it acquires; whoever finds it
//!    goes through the lock and changes word and line in one critical section. (A semaphore's
//!    woken bypass head thaws the word for as long as its bit is set.)
//! 8. **Guard first, then ring, then drop.** The permit, slot or item is safely held before the
//!    first waker is rung; wakers are rung before displaced wakers are dropped; `CLOSED` is read
//!    before the watermark.

mod batch;
mod crowd;
mod line;
mod watermark;

pub use batch::{Batch, discard, drop_loudly, drop_quietly};
pub use crowd::Crowd;
pub use line::{Cohort, Line, Ticket};
pub use watermark::Watermark;

use std::task::Waker;

use crate::sync::Lock;

/// Registers the waker of a re-poll under a ticket. Returns whether the ticket still waits.
///
/// The waker is cloned only if it is another one, and not under the lock; if the clone panics, the
/// old registration stays.
pub fn refresh<S, A>(
    lock: &Lock<S>,
    line: impl Fn(&mut S) -> &mut Line<A>,
    ticket: Ticket,
    waker: &Waker,
) -> bool {
    let mut state = lock.lock();
    match line(&mut state).waker(ticket) {
        None => return false,
        Some(registered) if registered.will_wake(waker) => return true,
        Some(_) => drop(state),
    }
    let fresh = waker.clone();
    let mut state = lock.lock();
    let displaced = line(&mut state).replace(ticket, fresh);
    drop(state);
    displaced.is_ok()
}

/// Ends a future that is polled again after it has returned `Ready`.
///
/// # Panics
///
/// Always.
#[cold]
#[track_caller]
pub fn polled_after_ready(future: &str) -> ! {
    panic!("`{future}` polled again after it returned `Ready`")
}
