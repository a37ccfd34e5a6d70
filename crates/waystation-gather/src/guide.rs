//! What happens to the others?
//!
//! Futures that run together share one fate at four moments: when all have ended, when one fails,
//! when one panics, and when the whole is dropped. This page says what happens to the others at
//! each, beside Python's asyncio.
//!
//! | | [`gather`] | [`gather`]`.catch_panics()` | [`try_gather`] | [`as_completed`] |
//! |---|---|---|---|---|
//! | all have ended | outputs, in the order of the input | the same, each in a `Result` | `Ok` of the values, in the order of the input | each came out at once, with its number |
//! | one is `Err` | an output like any other; the others continue | the same | the others are dropped; `Err` is returned | an output like any other |
//! | one panics | the others are dropped; the panic propagates | `Err(Panicked)` is its output; the others continue | the others are dropped; the panic propagates | the others are dropped; the panic propagates |
//! | the whole is dropped | the others are dropped | the others are dropped | the others are dropped | the others are dropped |
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
//! of the input: all of them, or as many as the limit leaves. Then it polls those that were woken
//! before the round, in the order in which they were woken. What is woken during a round, by itself
//! or by a sibling, belongs to the next one. A poll ends when there is nothing left to do, or after
//! the round in which it has polled 64 children: then it wakes its own task, and the executor's
//! other tasks get their turn.
//!
//! So the work of one poll is bounded, by 64 and one round, and a round polls each child at most
//! once. A wake-up costs the same with ten children and with a hundred thousand.
//!
//! # Wakers
//!
//! Every child gets a waker of its own, which may be kept, sent to other threads and woken at any
//! time, also after the child or the whole is gone: then it does nothing. No lock is held while a
//! child is polled or dropped, or while the task's waker is cloned, woken or dropped. A task's
//! waker that panics costs no child its place: the next poll finds everything that was woken.
//!
//! A poll allocates nothing for children that are there already. A child that is started costs its
//! share of a box, and a waker unless one can be used again: those of earlier children in its slot,
//! and those that an earlier gather on this thread has left. A thread keeps at most 1,024 of them,
//! about 90 bytes each.
//!
//! [`gather`]: crate::gather()
//! [`try_gather`]: crate::try_gather()
//! [`as_completed`]: crate::as_completed()
