//! Who waits, in what order, and how are they woken?
//!
//! # The rules of waiting
//!
//! 1. **Register, then look.** Between the last look and the sleep there is a registration.
//! 2. **Nothing foreign under the lock, and no panic of ours.** No waker is cloned, woken or
//!    dropped there, no `T` is dropped, no closure of a caller runs; a panic would run the panic
//!    hook. A new waker is cloned before locking; the displaced one is dropped after. (The one
//!    exception is a queue's discipline: `Ord` and a user's own `Discipline` are documented to run
//!    under the lock.)
//! 3. **A waiter that leaves passes on what it was granted.** A waiter dropped after it was granted
//!    something gives it to the next in line before `drop` returns; for a waiter dropped before
//!    that, the new front is looked at again.
//! 4. **Each poll is the truth.** The waker of the latest poll replaces the earlier one.
//! 5. **A releaser decides, in one step.** Grants are made by the operation that releases, in line
//!    order, all of them in one critical section. What is granted is a claim (a permit count, the
//!    right to one item or one slot), never the item itself.
//! 6. **`poll` and `drop` never block** beyond the short critical section, and never spin waiting
//!    for another task.
//! 7. **`HAS` freezes the word.** While the bit that says "somebody waits" is set, only the lock
//!    holder writes the state word, with plain stores. An operation that sets it acquires; one that
//!    finds it goes through the lock and changes word and line in one critical section. (A
//!    semaphore's woken bypass head thaws the word for as long as its bit is set.)
//! 8. **Guard first, then wake, then drop.** The permit, slot or item is safely held before the
//!    first waker is woken; wakers are woken before displaced wakers are dropped; `CLOSED` is read
//!    before the watermark.
//!
//! [`Place`] has the first four once, for every future.

mod batch;
mod line;
mod place;
mod watch;
mod watermark;

pub use crate::ring::Ticket;
pub use batch::Batch;
pub use line::Line;
pub use place::{Left, Place, Seen};
pub use watch::{Watch, Watched};
pub use watermark::Watermark;

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
