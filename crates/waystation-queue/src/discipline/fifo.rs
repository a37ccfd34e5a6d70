use std::collections::VecDeque;
use std::fmt;
use std::mem;

use super::{Discipline, KEPT, fmt_len};

/// First in, first out: the discipline of [`Queue`](crate::Queue).
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
        let item = self.0.pop_front()?;
        if self.0.is_empty() && self.0.capacity() > KEPT {
            // After a peak.
            self.0 = VecDeque::new();
        }
        Some((item, ()))
    }

    fn put_back(&mut self, item: T, (): ()) {
        self.0.push_front(item);
    }

    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }

    fn shrink_to_fit(&mut self) {
        self.0.shrink_to_fit();
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
