//! shuttle's random and priority-based schedules.

use std::any::Any;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::TryLockError;
use std::time::Duration;

pub use shuttle::sync::atomic;
pub use shuttle::thread_local;

pub use std::thread::panicking;

/// Where one thread sleeps until another one wakes it. There is no time under shuttle: a timed sleep
/// yields once.
#[derive(Debug)]
pub struct Parking(shuttle::thread::Thread);

impl Parking {
    /// The place of this thread.
    pub fn here() -> Self {
        Self(shuttle::thread::current())
    }

    /// Sleeps. Called by the thread whose place it is.
    pub fn park(&self, timeout: Option<Duration>) {
        match timeout {
            None => shuttle::thread::park(),
            Some(_) => shuttle::thread::yield_now(),
        }
    }

    /// Wakes the thread.
    pub fn unpark(&self) {
        self.0.unpark();
    }
}

/// A model's threads take turns.
pub const fn has_other_cores() -> bool {
    false
}

/// The guard of a [`Lock`].
pub type LockGuard<'a, T> = shuttle::sync::MutexGuard<'a, T>;

/// A mutual exclusion lock for short critical sections that run no foreign code.
pub struct Lock<T>(shuttle::sync::Mutex<T>);

impl<T> Lock<T> {
    /// A new, unlocked lock.
    pub fn new(value: T) -> Self {
        Self(shuttle::sync::Mutex::new(value))
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

/// Runs foreign code. Nothing is caught: shuttle reports its findings by panicking.
///
/// # Errors
///
/// None under shuttle.
pub fn catch_panic<R>(foreign: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
    Ok(foreign())
}
