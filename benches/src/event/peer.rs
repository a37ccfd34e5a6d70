//! What an event must do to take part.

use std::future::Future;

use crate::facts::Facts;

/// Said of a flag next to a wait list. Because `set` writes the one and then rings the other, a
/// waiter must look again when it is woken: the ring may belong to an earlier `set`.
pub(super) const TWO_STEPS: &str = "set and clear at once may release nobody";

/// An event for tasks.
pub trait EventPeer: Send + Sync + 'static {
    /// Who this is.
    const FACTS: Facts;
    /// Whether `set` is remembered. A bare wait list has no flag and takes part in E3 only.
    const REMEMBERS: bool = true;
    /// An event that is not set.
    fn new() -> Self;
    /// Releases all who wait, and all who come later.
    fn set(&self);
    /// Takes that back for those who come later.
    fn clear(&self);
    /// Waits until the event is set.
    fn wait(&self) -> impl Future<Output = ()>;
}

/// An event for threads.
pub trait ThreadEvent: Send + Sync + 'static {
    /// Who this is.
    const FACTS: Facts;
    /// An event that is not set.
    fn new() -> Self;
    /// Releases all who wait, and all who come later.
    fn set(&self);
    /// Takes that back for those who come later.
    fn clear(&self);
    /// Waits until the event is set.
    fn wait(&self);
}
