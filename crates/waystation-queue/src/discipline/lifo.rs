use std::fmt;
use std::mem;

use super::{Discipline, KEPT, fmt_len};

/// Last in, first out: the discipline of [`LifoQueue`](crate::LifoQueue).
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
        let item = self.0.pop()?;
        if self.0.is_empty() && self.0.capacity() > KEPT {
            // After a peak.
            self.0 = Vec::new();
        }
        Some((item, ()))
    }

    fn put_back(&mut self, item: T, (): ()) {
        self.0.push(item);
    }

    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }

    fn shrink_to_fit(&mut self) {
        self.0.shrink_to_fit();
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
