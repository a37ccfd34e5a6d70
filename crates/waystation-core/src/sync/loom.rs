//! loom's model of the machine.

use std::any::Any;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::TryLockError;

pub use loom::sync::atomic;

/// Thread parking. There is no time under loom: a timed park yields once and returns.
pub mod thread {
    pub use loom::thread::{Thread, current, park};
    pub use std::thread::panicking;

    /// Yields once.
    pub fn park_timeout(_: std::time::Duration) {
        loom::thread::yield_now();
    }
}

/// The guard of a [`Lock`].
pub type LockGuard<'a, T> = loom::sync::MutexGuard<'a, T>;

/// A mutual exclusion lock for short critical sections that run no foreign code.
pub struct Lock<T>(loom::sync::Mutex<T>);

impl<T> Lock<T> {
    /// A new, unlocked lock.
    pub fn new(value: T) -> Self {
        Self(loom::sync::Mutex::new(value))
    }

    /// Waits for the lock and takes it.
    pub fn lock(&self) -> LockGuard<'_, T> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Takes the lock if nobody holds it.
    pub fn try_lock(&self) -> Option<LockGuard<'_, T>> {
        match self.0.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// The value, when nobody else can see the lock.
    pub fn get_mut(&mut self) -> &mut T {
        self.0
            .get_mut()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl<T> fmt::Debug for Lock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock").finish_non_exhaustive()
    }
}

impl<T> UnwindSafe for Lock<T> {}
impl<T> RefUnwindSafe for Lock<T> {}

/// Runs foreign code. Nothing is caught: loom reports its findings by panicking.
///
/// # Errors
///
/// None under loom.
pub fn catch_panic<R>(foreign: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
    Ok(foreign())
}
