//! Threads: a count under a mutex, and condition variables.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::peer::ThreadSemaphore;
use crate::facts::{Facts, Kind, Promise};

/// The textbook's: whoever is quick takes the permits.
///
/// `notify_one` after one permit is enough even when requests differ: if the woken thread wants
/// more, others still hold permits, and the last to release finds all of them free.
#[derive(Debug)]
pub(super) struct Unfair {
    free: parking_lot::Mutex<usize>,
    released: parking_lot::Condvar,
}

impl ThreadSemaphore for Unfair {
    const FACTS: Facts = Facts::new(
        Kind::Threads,
        "threads, parking_lot",
        "parking_lot",
        "Mutex + Condvar",
    )
    .fair(Promise::Lacking);

    fn new(permits: usize) -> Self {
        Self {
            free: parking_lot::Mutex::new(permits),
            released: parking_lot::Condvar::new(),
        }
    }

    fn with(&self, n: usize, work: impl FnOnce()) {
        let mut free = self.free.lock();
        while *free < n {
            self.released.wait(&mut free);
        }
        *free -= n;
        drop(free);
        work();
        *self.free.lock() += n;
        if n == 1 {
            self.released.notify_one();
        } else {
            self.released.notify_all();
        }
    }

    fn give_up(&self) {
        let mut free = self.free.lock();
        if *free == 0 {
            self.released.wait_for(&mut free, Duration::ZERO);
        }
        if *free > 0 {
            // It was free: somebody else may have it.
            drop(free);
            self.released.notify_one();
        }
    }

    fn try_with(&self, work: impl FnOnce()) -> bool {
        let mut free = self.free.lock();
        if *free == 0 {
            return false;
        }
        *free -= 1;
        drop(free);
        work();
        *self.free.lock() += 1;
        self.released.notify_one();
        true
    }
}

/// One condition variable per waiter, in a queue: permits are handed over in order, as ours are.
#[derive(Debug)]
pub(super) struct Fifo(parking_lot::Mutex<Line>);

#[derive(Debug)]
struct Line {
    free: usize,
    waiting: VecDeque<(usize, Arc<Seat>)>,
}

#[derive(Debug, Default)]
struct Seat {
    granted: parking_lot::Mutex<bool>,
    changed: parking_lot::Condvar,
}

impl Fifo {
    fn release(&self, n: usize) {
        let mut line = self.0.lock();
        line.free += n;
        while let Some(&(wanted, _)) = line.waiting.front() {
            if line.free < wanted {
                break;
            }
            line.free -= wanted;
            if let Some((_, seat)) = line.waiting.pop_front() {
                *seat.granted.lock() = true;
                seat.changed.notify_one();
            }
        }
    }
}

impl ThreadSemaphore for Fifo {
    const FACTS: Facts = Facts::new(
        Kind::Threads,
        "threads, parking_lot FIFO",
        "parking_lot",
        "a queue of Condvars",
    )
    .fair(Promise::Kept);

    fn new(permits: usize) -> Self {
        Self(parking_lot::Mutex::new(Line {
            free: permits,
            waiting: VecDeque::new(),
        }))
    }

    fn with(&self, n: usize, work: impl FnOnce()) {
        let mut line = self.0.lock();
        if line.waiting.is_empty() && line.free >= n {
            line.free -= n;
            drop(line);
        } else {
            let seat = Arc::<Seat>::default();
            line.waiting.push_back((n, Arc::clone(&seat)));
            drop(line);
            let mut granted = seat.granted.lock();
            while !*granted {
                seat.changed.wait(&mut granted);
            }
        }
        work();
        self.release(n);
    }

    fn give_up(&self) {
        let seat = Arc::<Seat>::default();
        self.0.lock().waiting.push_back((1, Arc::clone(&seat)));
        self.release(0);
        seat.changed
            .wait_for(&mut seat.granted.lock(), Duration::ZERO);
        let mut line = self.0.lock();
        if *seat.granted.lock() {
            drop(line);
            self.release(1);
        } else {
            line.waiting.retain(|(_, other)| !Arc::ptr_eq(other, &seat));
        }
    }

    fn try_with(&self, work: impl FnOnce()) -> bool {
        let mut line = self.0.lock();
        if line.free == 0 || !line.waiting.is_empty() {
            return false;
        }
        line.free -= 1;
        drop(line);
        work();
        self.release(1);
        true
    }
}

/// The textbook's, on the standard library.
#[derive(Debug)]
pub(super) struct Std {
    free: std::sync::Mutex<usize>,
    released: std::sync::Condvar,
}

impl Std {
    fn lock(&self) -> std::sync::MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ThreadSemaphore for Std {
    const FACTS: Facts =
        Facts::new(Kind::Threads, "threads, std", "", "Mutex + Condvar").fair(Promise::Lacking);

    fn new(permits: usize) -> Self {
        Self {
            free: std::sync::Mutex::new(permits),
            released: std::sync::Condvar::new(),
        }
    }

    fn with(&self, n: usize, work: impl FnOnce()) {
        let mut free = self.lock();
        while *free < n {
            free = self
                .released
                .wait(free)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *free -= n;
        drop(free);
        work();
        *self.lock() += n;
        if n == 1 {
            self.released.notify_one();
        } else {
            self.released.notify_all();
        }
    }

    fn give_up(&self) {
        let mut free = self.lock();
        if *free == 0 {
            free = self
                .released
                .wait_timeout(free, Duration::ZERO)
                .map_or_else(|poisoned| poisoned.into_inner().0, |waited| waited.0);
        }
        if *free > 0 {
            // It was free: somebody else may have it.
            drop(free);
            self.released.notify_one();
        }
    }

    fn try_with(&self, work: impl FnOnce()) -> bool {
        let mut free = self.lock();
        if *free == 0 {
            return false;
        }
        *free -= 1;
        drop(free);
        work();
        *self.lock() += 1;
        self.released.notify_one();
        true
    }
}
