//! loom's model of the machine.

use std::any::Any;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::TryLockError;
use std::time::Duration;

/// loom's atomics, with one repair.
///
/// loom remembers one last access per atomic to find out which orders of two accesses it still has to try. When
/// one thread loads, and another loads and then writes, as every CAS loop does, the second load hides the first:
/// the order *write, then load* is never tried, and a model passes as exhaustive after a single execution. So
/// each load is preceded by a relaxed write to a shadow of the atomic, which orders nothing and makes loom try
/// both orders of any two loads; the rest follows.
pub mod atomic {
    pub use loom::sync::atomic::Ordering;

    use loom::sync::atomic as loomed;

    macro_rules! repaired {
        ($($name:ident: $value:ty),*) => {$(
            /// See the module.
            #[derive(Debug)]
            pub struct $name {
                atomic: loomed::$name,
                shadow: loomed::AtomicBool,
            }

            impl $name {
                /// See std.
                pub fn new(value: $value) -> Self {
                    Self { atomic: loomed::$name::new(value), shadow: loomed::AtomicBool::new(false) }
                }

                /// See std.
                #[track_caller]
                pub fn load(&self, order: Ordering) -> $value {
                    self.shadow.swap(true, Ordering::Relaxed);
                    self.atomic.load(order)
                }

                /// See std.
                #[track_caller]
                pub fn store(&self, value: $value, order: Ordering) {
                    self.atomic.store(value, order);
                }

                /// See std.
                #[track_caller]
                pub fn swap(&self, value: $value, order: Ordering) -> $value {
                    self.atomic.swap(value, order)
                }

                /// See std.
                #[track_caller]
                #[expect(clippy::missing_errors_doc, reason = "as in std")]
                pub fn compare_exchange(
                    &self,
                    current: $value,
                    new: $value,
                    success: Ordering,
                    failure: Ordering,
                ) -> Result<$value, $value> {
                    self.atomic.compare_exchange(current, new, success, failure)
                }

                /// See std. It does not fail spuriously here.
                #[track_caller]
                #[expect(clippy::missing_errors_doc, reason = "as in std")]
                pub fn compare_exchange_weak(
                    &self,
                    current: $value,
                    new: $value,
                    success: Ordering,
                    failure: Ordering,
                ) -> Result<$value, $value> {
                    self.atomic.compare_exchange(current, new, success, failure)
                }
            }
        )*};
    }

    repaired!(AtomicBool: bool, AtomicU64: u64, AtomicUsize: usize);

    impl AtomicUsize {
        /// See std.
        #[track_caller]
        pub fn fetch_add(&self, value: usize, order: Ordering) -> usize {
            self.atomic.fetch_add(value, order)
        }

        /// See std.
        #[track_caller]
        pub fn fetch_sub(&self, value: usize, order: Ordering) -> usize {
            self.atomic.fetch_sub(value, order)
        }
    }
}

pub use std::thread::panicking;

/// Where one thread sleeps until another one rings. There is no time under loom: a timed sleep yields once.
///
/// Not loom's `thread::park`: its `unpark` also wakes a thread that is blocked elsewhere, in a `join` for instance.
#[derive(Debug)]
pub struct Parking(loom::sync::Notify);

impl Parking {
    /// The place of this thread.
    pub fn here() -> Self {
        Self(loom::sync::Notify::new())
    }

    /// Sleeps. Called by the thread whose place it is.
    pub fn park(&self, timeout: Option<Duration>) {
        match timeout {
            None => self.0.wait(),
            Some(_) => loom::thread::yield_now(),
        }
    }

    /// Rings.
    pub fn unpark(&self) {
        self.0.notify();
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
