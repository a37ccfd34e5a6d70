use std::collections::VecDeque;
use std::fmt;
use std::mem;

use super::{Discipline, fmt_len};

/// First in, first out: the discipline of [`Queue`](crate::Queue).
///
/// # Examples
///
/// ```
/// # use waystation_queue::{BaseQueue, Fifo};
/// let queue = BaseQueue::with_discipline(Fifo::default(), None);
/// queue.try_put("first")?;
/// queue.try_put("second")?;
/// assert_eq!(queue.drain(), ["first", "second"]);
/// # Ok::<(), waystation_queue::TryPutError<&str>>(())
/// ```
pub struct Fifo<T>(VecDeque<T>);

impl<T> Default for Fifo<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> Discipline<T> for Fifo<T> {
    type Token = ();

    #[inline]
    fn push(&mut self, item: T) {
        self.0.push_back(item);
    }

    #[inline]
    fn pop(&mut self) -> Option<(T, ())> {
        Some((self.0.pop_front()?, ()))
    }

    fn put_back(&mut self, item: T, (): ()) {
        self.0.push_front(item);
    }

    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }

    fn drain_all(&mut self) -> Vec<T> {
        mem::take(&mut self.0).into()
    }
}

impl<T> fmt::Debug for Fifo<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_len("Fifo", self.0.len(), f)
    }
}
