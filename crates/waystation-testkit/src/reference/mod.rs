//! The primitives as you would write them yourself, on `event-listener` and `parking_lot`.
//!
//! They serve twice: as an oracle in property tests (the same script on both, the same outcome),
//! and as the row "what you would write yourself" in the benches. Short and plain, not fast.
//!
//! What they keep of the contract: strict first come, first served; a request that was granted and
//! is then dropped hands on; a pending `put` is not in the queue and a pending `get` has taken
//! nothing. What they cannot keep: `event-listener` clones, wakes and drops wakers under its lock,
//! so a waker that re-enters deadlocks and one that panics leaves the primitive dead.

mod event;
mod gate;
mod queue;
mod semaphore;

pub use event::Event;
pub use gate::Closed;
pub use queue::{Queue, TryGetError, TryPutError};
pub use semaphore::{Permit, Semaphore};
