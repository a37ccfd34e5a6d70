//! std's atomics and threads, and a lock whose threads sleep in parking lot's queues.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::RawLock;
pub(super) use super::lot;
pub use core::sync::atomic;
pub use std::thread_local;

pub use std::thread::panicking;

/// Where one thread sleeps until another one wakes it. A wake-up that comes first is not lost; a
/// sleep may end for no reason.
///
/// Not `std::thread::park`: its token belongs to the user.
#[derive(Debug, Default)]
pub struct Parking {
    /// Written under the lock. Atomic, so that a sanitizer which does not see into std's lock finds
    /// no race.
    is_woken: AtomicBool,
    lock: Mutex<()>,
    changed: Condvar,
}

impl Parking {
    /// The place of this thread.
    pub fn here() -> Self {
        Self::default()
    }

    /// Sleeps. Called by the thread whose place it is.
    pub fn park(&self, timeout: Option<Duration>) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        // Relaxed, here and below: the lock orders it.
        let asleep = |(): &mut ()| !self.is_woken.load(Ordering::Relaxed);
        let _guard = match timeout {
            None => self
                .changed
                .wait_while(guard, asleep)
                .unwrap_or_else(PoisonError::into_inner),
            Some(timeout) => {
                self.changed
                    .wait_timeout_while(guard, timeout, asleep)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0
            }
        };
        self.is_woken.store(false, Ordering::Relaxed);
    }

    /// Wakes the thread.
    pub fn unpark(&self) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_woken.store(true, Ordering::Relaxed);
        drop(guard);
        self.changed.notify_one();
    }
}

/// Whether another thread may run while this one looks for something. Asked for once.
pub fn has_other_cores() -> bool {
    const UNKNOWN: u8 = 0;
    const NO: u8 = 1;
    const YES: u8 = 2;
    // Not a `OnceLock`: see [`Parking`]. Relaxed: all threads find the same.
    static CORES: AtomicU8 = AtomicU8::new(UNKNOWN);
    let known = match CORES.load(Ordering::Relaxed) {
        UNKNOWN => {
            let has = std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
            let answer = if has { YES } else { NO };
            CORES.store(answer, Ordering::Relaxed);
            answer
        }
        known => known,
    };
    known == YES
}

/// The guard of a [`Lock`].
pub type LockGuard<'a, T> = lock_api::MutexGuard<'a, RawLock, T>;

/// A mutual exclusion lock for short critical sections that run no foreign code.
pub struct Lock<T>(lock_api::Mutex<RawLock, T>);

impl<T> Lock<T> {
    /// A new, unlocked lock.
    pub const fn new(value: T) -> Self {
        Self(lock_api::Mutex::new(value))
    }

    /// Waits for the lock and takes it.
    #[inline]
    pub fn lock(&self) -> LockGuard<'_, T> {
        self.0.lock()
    }

    /// Takes the lock if nobody holds it.
    pub fn try_lock(&self) -> Option<LockGuard<'_, T>> {
        self.0.try_lock()
    }

    /// The value, when nobody else can see the lock.
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }
}

impl<T> fmt::Debug for Lock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock").finish_non_exhaustive()
    }
}

// A panic never leaves a critical section half done: what runs under the lock is ours, and what is
// not ours (a user's `Ord` or `Discipline`) is followed by a repair.
impl<T> UnwindSafe for Lock<T> {}
impl<T> RefUnwindSafe for Lock<T> {}

/// Runs foreign code and hands back its panic as a value.
///
/// # Errors
///
/// The payload of the panic.
#[inline]
pub fn catch_panic<R>(foreign: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(foreign))
}
