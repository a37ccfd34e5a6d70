//! loom's model.

use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{PoisonError, TryLockError};
use std::time::Duration;

use super::RawLock;

/// loom's atomics, with one repair.
///
/// loom remembers one last access per atomic to find out which orders of two accesses it still has
/// to try. When one thread loads, and another loads and then writes, as every CAS loop does, the
/// second load hides the first: the order *write, then load* is never tried, and a model passes as
/// exhaustive after a single execution. So each load is preceded by a relaxed write to a shadow of
/// the atomic, which orders nothing and makes loom try both orders of any two loads; the rest
/// follows.
pub mod atomic {
    pub use loom::sync::atomic::{Ordering, fence};

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

/// Where one thread sleeps until another one wakes it. There is no time under loom: a timed sleep
/// yields once.
///
/// Not loom's `thread::park`: its `unpark` also wakes a thread that is blocked elsewhere, in a
/// `join` for instance.
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

    /// Wakes the thread.
    pub fn unpark(&self) {
        self.0.notify();
    }
}

#[doc(hidden)]
pub use loom as checker;

/// loom's, in the form of std's that has a constant.
#[doc(hidden)]
#[macro_export]
macro_rules! loom_thread_local {
    ($(#[$attr:meta])* static $name:ident: $type:ty = const { $init:expr };) => {
        $crate::sync::checker::thread_local! { $(#[$attr])* static $name: $type = $init; }
    };
}
pub use crate::loom_thread_local as thread_local;

/// A model's threads take turns.
pub const fn has_other_cores() -> bool {
    false
}

/// What a model's locks are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelLock {
    /// loom's own mutex.
    Looms,
    /// The algorithm that real threads run, sleeping included.
    Ours {
        /// Whether each sleeper is overdue, so that the lock is handed over to it.
        overdue: bool,
    },
}

std::thread_local! {
    static IN_MODELS: Cell<ModelLock> = const { Cell::new(ModelLock::Looms) };
}

/// Chooses the locks of this thread's next models. All threads of a model run on the thread that
/// checks it.
pub fn lock_in_models(lock: ModelLock) {
    IN_MODELS.set(lock);
}

/// A mutual exclusion lock for short critical sections that run no foreign code.
///
/// loom's own; with ours, ours decides who enters, and loom's checks that it lets one in at a time.
pub struct Lock<T> {
    ours: Option<RawLock>,
    value: loom::sync::Mutex<T>,
}

/// The guard of a [`Lock`].
#[derive(Debug)]
pub struct LockGuard<'a, T> {
    ours: Option<&'a RawLock>,
    /// `None` while it is dropped.
    value: Option<loom::sync::MutexGuard<'a, T>>,
}

impl<T> Lock<T> {
    /// A new, unlocked lock.
    pub fn new(value: T) -> Self {
        Self {
            ours: (IN_MODELS.get() != ModelLock::Looms).then(RawLock::new),
            value: loom::sync::Mutex::new(value),
        }
    }

    /// Waits for the lock and takes it.
    pub fn lock(&self) -> LockGuard<'_, T> {
        if let Some(ours) = &self.ours {
            ours.lock();
            return self.enter();
        }
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        LockGuard {
            ours: None,
            value: Some(value),
        }
    }

    /// Takes the lock if nobody holds it.
    pub fn try_lock(&self) -> Option<LockGuard<'_, T>> {
        match &self.ours {
            Some(ours) => ours.try_lock().then(|| self.enter()),
            None => self.try_enter().map(|value| LockGuard {
                ours: None,
                value: Some(value),
            }),
        }
    }

    /// The value, when nobody else can see the lock.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self) -> LockGuard<'_, T> {
        let value = self.try_enter();
        assert!(value.is_some(), "the lock has let two in");
        LockGuard {
            ours: self.ours.as_ref(),
            value,
        }
    }

    fn try_enter(&self) -> Option<loom::sync::MutexGuard<'_, T>> {
        match self.value.try_lock() {
            Ok(value) => Some(value),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

impl<T> Deref for LockGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.value {
            Some(value) => value,
            None => unreachable!("a guard is dropped once"),
        }
    }
}

impl<T> DerefMut for LockGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.value {
            Some(value) => value,
            None => unreachable!("a guard is dropped once"),
        }
    }
}

impl<T> Drop for LockGuard<'_, T> {
    fn drop(&mut self) {
        drop(self.value.take());
        if let Some(ours) = self.ours {
            ours.unlock();
        }
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

/// What the lock needs of the machine: a queue of sleepers.
pub(super) mod lot {
    use std::collections::VecDeque;
    use std::sync::{Arc, PoisonError};

    use super::{IN_MODELS, ModelLock};
    use crate::sync::lock::Woken;
    use loom::sync::atomic::{AtomicBool, Ordering};
    use loom::sync::{Mutex, MutexGuard, Notify};

    /// The sleepers of one lock.
    #[derive(Debug)]
    pub(in crate::sync) struct Lot(Mutex<VecDeque<Arc<Sleeper>>>);

    #[derive(Debug)]
    struct Sleeper {
        woken: Notify,
        handed_over: AtomicBool,
    }

    impl Lot {
        pub(in crate::sync) fn new() -> Self {
            Self(Mutex::new(VecDeque::new()))
        }

        fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Sleeper>>> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    pub(in crate::sync) fn park(lot: &Lot, is_worth_it: impl Fn() -> bool) -> bool {
        let mut sleepers = lot.lock();
        if !is_worth_it() {
            return false;
        }
        let sleeper = Arc::new(Sleeper {
            woken: Notify::new(),
            handed_over: AtomicBool::new(false),
        });
        sleepers.push_back(sleeper.clone());
        // A sleep in the lot ends by an unpark only; loom's may end for no reason.
        while sleepers.iter().any(|other| Arc::ptr_eq(other, &sleeper)) {
            drop(sleepers);
            sleeper.woken.wait();
            sleepers = lot.lock();
        }
        sleeper.handed_over.load(Ordering::Relaxed)
    }

    pub(in crate::sync) fn unpark_one(lot: &Lot, hand_over: impl FnOnce(Woken) -> bool) {
        let mut sleepers = lot.lock();
        let sleeper = sleepers.pop_front();
        let hands_over = hand_over(Woken {
            any: sleeper.is_some(),
            overdue: IN_MODELS.get() == ModelLock::Ours { overdue: true },
        });
        if let Some(sleeper) = &sleeper {
            sleeper.handed_over.store(hands_over, Ordering::Relaxed);
        }
        drop(sleepers);
        if let Some(sleeper) = sleeper {
            sleeper.woken.notify();
        }
    }

    /// What `SeqCst` accesses lack here.
    pub(in crate::sync) fn fence() {
        loom::sync::atomic::fence(Ordering::SeqCst);
    }

    pub(in crate::sync) fn relax() {
        loom::thread::yield_now();
    }

    pub(in crate::sync) fn yield_now() {
        loom::thread::yield_now();
    }
}
