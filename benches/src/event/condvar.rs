//! Threads: a flag under a mutex, and a condition variable.

use super::peer::ThreadEvent;
use crate::facts::{Facts, Kind};

#[derive(Debug)]
pub(super) struct ParkingLot {
    flag: parking_lot::Mutex<bool>,
    changed: parking_lot::Condvar,
}

impl ThreadEvent for ParkingLot {
    const FACTS: Facts = Facts::new(
        Kind::Threads,
        "threads, parking_lot",
        "parking_lot",
        "Mutex + Condvar",
    );

    fn new() -> Self {
        Self {
            flag: parking_lot::Mutex::new(false),
            changed: parking_lot::Condvar::new(),
        }
    }

    fn set(&self) {
        *self.flag.lock() = true;
        self.changed.notify_all();
    }

    fn clear(&self) {
        *self.flag.lock() = false;
    }

    fn wait(&self) {
        let mut flag = self.flag.lock();
        while !*flag {
            self.changed.wait(&mut flag);
        }
    }
}

#[derive(Debug)]
pub(super) struct Std {
    flag: std::sync::Mutex<bool>,
    changed: std::sync::Condvar,
}

impl Std {
    fn lock(&self) -> std::sync::MutexGuard<'_, bool> {
        self.flag
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl ThreadEvent for Std {
    const FACTS: Facts = Facts::new(Kind::Threads, "threads, std", "", "Mutex + Condvar");

    fn new() -> Self {
        Self {
            flag: std::sync::Mutex::new(false),
            changed: std::sync::Condvar::new(),
        }
    }

    fn set(&self) {
        *self.lock() = true;
        self.changed.notify_all();
    }

    fn clear(&self) {
        *self.lock() = false;
    }

    fn wait(&self) {
        let mut flag = self.lock();
        while !*flag {
            flag = self
                .changed
                .wait(flag)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }
}
