//! Wakers collected under a lock and woken after it.
//!
//! A waker is foreign code: it may panic, and those behind it must not pay. So each is woken under
//! its own catch, all of them, then the displaced wakers are dropped, and only then the first panic
//! propagates.

use std::fmt;
use std::mem::{self, ManuallyDrop};
use std::task::Waker;

use super::Line;
use crate::panics::FirstPanic;

/// Wakers to wake once the lock is released. A release collects everybody it concerns in one
/// critical section, however many they are.
///
/// Dropped without [`finish`](Batch::finish), as in an unwinding, it still wakes everybody.
#[must_use = "a batch is finished after the lock is released"]
pub struct Batch {
    // `ManuallyDrop`: `wake_all` takes everything out, and a finished batch then costs one look to
    // drop.
    /// The first waker to wake, and the first one to be dropped only: most batches hold no other.
    first: ManuallyDrop<Option<Waker>>,
    displaced: ManuallyDrop<Option<Waker>>,
    more: ManuallyDrop<Option<Box<More>>>,
}

/// Up to this many waiters are moved out of a line one by one: as many as fit without a second
/// allocation.
const FEW: usize = 16;

/// What a batch may hold besides.
#[derive(Default)]
struct More {
    few: [Option<Waker>; FEW - 1],
    len: usize,
    many: Vec<Waker>,
    /// Whole lines.
    lines: Vec<Box<dyn WakeAll>>,
    displaced: Option<Waker>,
}

impl Batch {
    /// A batch without wakers.
    #[inline]
    pub const fn new() -> Self {
        Self {
            first: ManuallyDrop::new(None),
            displaced: ManuallyDrop::new(None),
            more: ManuallyDrop::new(None),
        }
    }

    /// Whether there is nothing to be done outside the lock.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.first.is_none() && self.displaced.is_none() && self.more.is_none()
    }

    /// Collects a waker.
    #[inline]
    pub fn push(&mut self, waker: Waker) {
        if self.first.is_none() {
            *self.first = Some(waker);
        } else {
            self.push_more(waker);
        }
    }

    #[cold]
    fn push_more(&mut self, waker: Waker) {
        let more = self.more();
        match more.few.get_mut(more.len) {
            Some(place) => {
                *place = Some(waker);
                more.len += 1;
            }
            None => more.many.push(waker),
        }
    }

    /// Collects all who stand in a line: a few one by one, so that the line keeps its memory, and
    /// more of them in O(1).
    pub fn push_all<A: Send + Sync + 'static>(&mut self, line: &mut Line<A>) {
        if line.len() > FEW {
            let wakers = Box::new(line.take_all());
            self.more().lines.push(wakers);
        } else {
            while let Some((_, waker, _)) = line.pop() {
                self.push(waker);
            }
        }
    }

    /// Keeps a waker that is not to be woken, to be dropped after the others were.
    ///
    /// # Panics
    ///
    /// If two are kept already: the displaced one and the one that was not needed.
    #[inline]
    pub fn displace(&mut self, waker: Option<Waker>) {
        if waker.is_none() {
            return;
        }
        let place = match *self.displaced {
            None => &mut *self.displaced,
            Some(_) => &mut self.more().displaced,
        };
        match place {
            None => *place = waker,
            Some(_) => panic!("a path displaces two wakers at most"),
        }
    }

    /// Wakes what was collected, in order, outside the lock, and drops the displaced wakers. The
    /// batch is empty then. (Not by value: the move costs more than what it would spare.)
    #[inline]
    pub fn finish(&mut self) -> FirstPanic {
        if self.is_empty() {
            FirstPanic::new()
        } else {
            self.wake_all()
        }
    }

    #[inline(never)]
    fn wake_all(&mut self) -> FirstPanic {
        let mut panics = FirstPanic::new();
        if let Some(waker) = self.first.take() {
            panics.run(|| waker.wake());
        }
        let displaced = self.displaced.take();
        if let Some(more) = self.more.take() {
            more.finish(&mut panics, displaced);
        } else if let Some(waker) = displaced {
            panics.drop(waker);
        }
        panics
    }

    #[cold]
    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }
}

impl More {
    fn finish(mut self: Box<Self>, panics: &mut FirstPanic, displaced: Option<Waker>) {
        let few = self.few.iter_mut().map_while(Option::take);
        panics.run_all(few.chain(mem::take(&mut self.many)), Waker::wake);
        for line in &mut self.lines {
            line.wake_all(panics);
        }
        panics.drop(displaced);
        panics.drop(self.displaced.take());
    }
}

/// The wakers of any line, asked once for all.
trait WakeAll: Send + Sync {
    /// Wakes them in order.
    fn wake_all(&mut self, panics: &mut FirstPanic);
}

impl<I: Iterator<Item = Waker> + Send + Sync> WakeAll for I {
    fn wake_all(&mut self, panics: &mut FirstPanic) {
        panics.run_all(self, Waker::wake);
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Batch {
    #[inline]
    fn drop(&mut self) {
        // Most are finished.
        if !self.is_empty() {
            self.wake_all().suppress();
        }
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("is_empty", &self.is_empty())
            .finish_non_exhaustive()
    }
}
