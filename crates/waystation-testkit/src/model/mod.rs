//! Sequential models: what each primitive promises, without threads, locks or wakers.
//!
//! A script plays the same operations on a primitive and on its model, and compares results,
//! observers and wake-ups after every step. How a model is used:
//!
//! - Creating a future is an operation (`wait`, `acquire`, `put`, …) that returns its [`Id`].
//! - `poll(id)` polls it and says what comes out; a future that was `Ready` is gone, and polling it
//!   again is a mistake of the script, so it panics.
//! - `cancel(id)` drops it.
//! - `take_woken()` gives the futures that were woken since it was last asked, in order. A
//!   future is woken at most once for each poll that registered it.
//! - `live()` lists the futures that may be polled or dropped.
//!
//! Models are plain values: they can be cloned, compared and hashed, so a checker of histories can
//! use them too.

mod event;
mod queue;
mod wakers;

mod semaphore;

pub use event::{AutoResetModel, EventModel};
pub use wakers::Id;

pub use queue::{Order, Outcome, QueueModel, TryGet, TryPut};
pub use semaphore::{MAX_PERMITS, Refusal, SemaphoreModel};
