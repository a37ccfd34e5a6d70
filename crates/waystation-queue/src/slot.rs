use std::fmt;

use waystation_core::source::Source;

use crate::PutError;
use crate::queue::{AnyQueue, Disciplined, ItemOf};
use crate::section::Ring;

/// Room for one item, held: from [`BaseQueue::reserve`](crate::BaseQueue::reserve).
///
/// It outlives [`close`](crate::BaseQueue::close), and getters wait for it then; it does not
/// outlive [`close_now`](crate::BaseQueue::close_now). Dropping it gives the room back. A leaked
/// one keeps its room, and keeps a closed queue from ending.
///
/// # Examples
///
/// ```
/// # use waystation_queue::{GetError, Queue};
/// # futures_lite::future::block_on(async {
/// let queue = Queue::bounded(1);
/// let slot = queue.reserve().await?;
/// queue.close();
/// // It was granted before the close, so it holds.
/// slot.put("last word")?;
/// assert_eq!(queue.get().await, Ok("last word"));
/// assert_eq!(queue.get().await, Err(GetError));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[must_use = "unbound, or bound to `_`, a slot is given back at once: bind it to a name, or `put` into it"]
pub struct Slot<H: Source<Target: AnyQueue>> {
    queue: H,
    is_spent: bool,
}

impl<H: Source<Target: AnyQueue>> Slot<H> {
    pub(crate) fn new(queue: H) -> Self {
        Self {
            queue,
            is_spent: false,
        }
    }
}

impl<H: Source<Target: Disciplined>> Slot<H> {
    /// Puts an item into the room held. Never waits and never lacks room.
    ///
    /// # Errors
    ///
    /// The item comes back if the queue was shut down by
    /// [`close_now`](crate::BaseQueue::close_now).
    ///
    /// # Panics
    ///
    /// If a waker panics: the item is in the queue then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::{PutError, Queue};
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::bounded(2);
    /// let (first, second) = (queue.reserve().await?, queue.reserve().await?);
    /// assert_eq!(first.put("tea"), Ok(()));
    /// assert_eq!(queue.close_now(), ["tea"]);
    /// // Nobody would get it any more.
    /// assert_eq!(second.put("milk"), Err(PutError("milk")));
    /// # Ok::<(), waystation_queue::Closed>(())
    /// # }).unwrap();
    /// ```
    #[track_caller]
    pub fn put(mut self, item: ItemOf<H>) -> Result<(), PutError<ItemOf<H>>> {
        self.is_spent = true;
        let queue = self.queue.base();
        let mut inner = queue.lock();
        inner.slots -= 1;
        let killed = inner.killed;
        if killed {
            queue.end(inner, None, Ring::Quiet);
            return Err(PutError(item));
        }
        let mut section = queue.section(inner);
        section.push(item);
        section.end(None, Ring::Loud);
        Ok(())
    }
}

impl<H: Source<Target: AnyQueue>> Drop for Slot<H> {
    #[track_caller]
    fn drop(&mut self) {
        if !self.is_spent {
            let queue = self.queue.base();
            let mut inner = queue.lock();
            inner.slots -= 1;
            queue.end(inner, None, Ring::Loud);
        }
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for Slot<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").finish_non_exhaustive()
    }
}
