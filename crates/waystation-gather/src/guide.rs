//! What happens to the others?
//!
//! Futures that run together share one fate at four moments: when all have ended, when one fails,
//! when one panics, and when the whole is dropped. This page says what happens to the others at
//! each, beside Python's asyncio.
//!
//! | | [`gather`] | `.catch_panics()` | [`try_gather`] | [`as_completed`], [`Group`] |
//! |---|---|---|---|---|
//! | all have ended | outputs, in the order of the input | the same, each in a `Result` | `Ok` of the values, in the order of the input | each came out at once, with its number or key |
//! | one is `Err` | an output like any other; the others continue | the same | the others are dropped; `Err` is returned | an output like any other |
//! | one panics | the others are dropped; the panic propagates | `Err(Panicked)` is its output; the others continue | the others are dropped; the panic propagates | the others are dropped; the panic propagates |
//! | the whole is dropped | the others are dropped | the others are dropped | the others are dropped | the others are dropped |
//! | one is cancelled | – | – | – | [`Group::cancel`] drops it at once; the others continue |
//!
//! "Dropped" means: every child that has not ended, once, in the order of the input; then the
//! children that were not started, and an iterator with what it holds; then the outputs that were
//! there. If a drop panics, the rest is dropped all the same, and then the first panic propagates.
//!
//! # Beside asyncio
//!
//! | what happens | `asyncio.gather` | `gather(return_exceptions=True)` | `asyncio.TaskGroup` | here |
//! |---|---|---|---|---|
//! | one fails | its exception comes out at once; the others **keep running** | the exception is a result | the others are cancelled and waited for; an `ExceptionGroup` comes out | [`gather`]: the `Err` is an output. [`try_gather`]: the others are dropped, the first `Err` comes out |
//! | several fail | the first comes out, the others are lost | all are results | all are in the group | [`gather`]: all are outputs. [`try_gather`]: the first; after it nobody runs any more |
//! | the whole is cancelled | the others are cancelled | the others are cancelled | the others are cancelled and waited for | the others are dropped |
//! | what runs them | a task each | a task each | a task each | the task that awaits |
//!
//! Three differences follow from what a Rust future is:
//!
//! - **Dropping is immediate.** A cancelled Python task gets an exception at its next step and may
//!   run on; a dropped future runs no further code but its drops. So nothing has to be waited for,
//!   and no second error can come.
//! - **One task.** Children do not run in parallel with each other, and may borrow from their
//!   surroundings.
//! - **"The others keep running"** is for tasks. Spawn them, and gather their handles: a handle
//!   that is dropped lets its task go on.
//!
//! ```
//! use async_executor::LocalExecutor;
//! use futures_lite::future::{block_on, yield_now};
//! use std::cell::Cell;
//! use waystation_gather::try_gather;
//!
//! let saved = Cell::new(false);
//! let executor = LocalExecutor::new();
//! block_on(executor.run(async {
//!     let saves = async {
//!         yield_now().await;
//!         saved.set(true);
//!         Ok::<_, &str>(())
//!     };
//!     let fails = async { Err::<(), _>("disk full") };
//!     let (mut saving, failing) = (executor.spawn(saves), executor.spawn(fails));
//!     // This runtime cancels a task whose handle is dropped, so the handle is only lent.
//!     assert_eq!(try_gather((&mut saving, failing)).await, Err("disk full"));
//!     assert_eq!(saving.await, Ok(()), "the sibling has kept running");
//! }));
//! assert!(saved.get());
//! ```
//!
//! (A child may be a `&mut` to a future: then that is what is dropped, and the future stays.)
//!
//! # Turns
//!
//! A poll works in rounds. A round first starts the children that there is room for, in the order
//! of the input. Then it polls those that were woken before the round, in the order in which they
//! were woken. What a sibling or another thread wakes during a round belongs to the next one.
//!
//! One poll polls at most 64 children: then it wakes its own task and returns `Pending`, and the
//! rest of the round comes first in the next poll, in order. So ten thousand children that work for
//! 5 µs each hold the executor up for a third of a millisecond, not for 50.
//!
//! A child that wakes itself while it is polled, as `yield_now` does, is polled again in the next
//! poll, and so is what was woken after it: it yields to the executor, not only to its siblings. It
//! counts as 16 polls. For a child may also wake itself because the task has used up the budget of
//! its runtime, and then those that are polled after it can do nothing but the same: with a cap on
//! them, and on polls, the work for a child does not grow with the number of children.
//!
//! A wake-up costs the same with ten children and with a hundred thousand.
//!
//! # Wakers
//!
//! Every child gets a waker of its own, which may be kept, sent to other threads and woken at any
//! time, also after the child or the whole is gone: then it does nothing. No lock is held while a
//! child is polled or dropped, or while the task's waker is cloned, woken or dropped. A task's
//! waker that panics costs no child its place: the next poll finds everything that was woken.
//!
//! A poll allocates nothing for children that are there already. A child that is started costs its
//! share of a chunk of four, and a waker unless one can be used again: those of earlier children in
//! its slot, and those that an earlier gather on this thread has left. A thread keeps at most 1,024
//! of them, about 90 bytes each. Only wakers that nobody holds are used again.
//!
//! [`gather`]: crate::gather()
//! [`try_gather`]: crate::try_gather()
//! [`as_completed`]: crate::as_completed()
//! [`Group`]: crate::Group
//! [`Group::cancel`]: crate::Group::cancel
