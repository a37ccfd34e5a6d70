use std::fmt;
use std::mem;

use super::{Discipline, fmt_len};

/// Last in, first out: the discipline of [`LifoQueue`](crate::LifoQueue).
///
/// # Examples
///
/// ```
/// # use waystation_queue::{BaseQueue, Discipline, Lifo};
/// let mut stack = Lifo::default();
/// stack.push("bottom");
/// stack.push("top");
/// let queue = BaseQueue::with_discipline(stack, Some(16));
/// assert_eq!(queue.try_get(), Ok("top"));
/// ```
pub struct Lifo<T>(Vec<T>);

impl<T> Default for Lifo<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Discipline<T> for Lifo<T> {
    type Token = ();

    #[inline]
    fn push(&mut self, item: T) {
        self.0.push(item);
    }

    #[inline]
    fn pop(&mut self) -> Option<(T, ())> {
        Some((self.0.pop()?, ()))
    }

    fn put_back(&mut self, item: T, (): ()) {
        self.0.push(item);
    }

    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }

    fn drain_all(&mut self) -> Vec<T> {
        let mut items = mem::take(&mut self.0);
        items.reverse();
        items
    }
}

impl<T> fmt::Debug for Lifo<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_len("Lifo", self.0.len(), f)
    }
}
