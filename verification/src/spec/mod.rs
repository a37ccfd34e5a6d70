//! What a history is compared with: the testkit's models, each operation one step.
//!
//! A poll is a step of its own, so a history can be explained only if places were taken, granted,
//! handed on and given up in the order that the contract asks for. Two things are looser than in a
//! model, because a release that concerns several waiters tells them one after the other:
//!
//! - A poll may be told to wait though its turn has come, while others wait too. It must be ready
//!   later: were it never, its thread would be blocked for ever, and that fails by itself.
//! - `try_…` may fail while others wait.

mod auto_reset;
mod event;
mod queue;
mod semaphore;

pub use auto_reset::{AutoResetLog, AutoResetSpec, Signal};
pub use event::{EventLog, EventSpec, Flag};
pub use queue::{Fate, Item, QueueLog, QueueSpec, Step, out_of_order};
pub use semaphore::{Answer, Ask, SemaphoreLog, SemaphoreSpec};

/// The name of a future in a history.
pub type Who = u32;
