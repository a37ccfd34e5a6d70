//! The one door to atomics, locks and thread parking.
//!
//! Everything that two threads touch at the same time comes through here, so that a model checker
//! runs what users run. `RUSTFLAGS="--cfg loom"` puts [loom](https://docs.rs/loom) behind the door,
//! `--cfg shuttle` puts [shuttle](https://docs.rs/shuttle); otherwise it is std. This module is the
//! only place of the workspace's shipped crates that knows.

use std::fmt;

#[cfg(loom)]
#[path = "loom.rs"]
mod backend;
#[cfg(all(shuttle, not(loom)))]
#[path = "shuttle.rs"]
mod backend;
#[cfg(not(any(loom, shuttle)))]
#[path = "real.rs"]
mod backend;

// shuttle has its own lock and nothing to sleep in.
#[cfg(not(all(shuttle, not(loom))))]
mod lock;
#[cfg(not(any(loom, shuttle)))]
mod lot;

pub use backend::{
    Lock, LockGuard, Parking, atomic, catch_panic, has_other_cores, panicking, thread_local,
};

#[cfg(loom)]
pub use backend::{ModelLock, checker, lock_in_models};
#[cfg(not(all(shuttle, not(loom))))]
pub use lock::RawLock;

use atomic::{AtomicUsize, Ordering};

/// Whether a model checker runs this build.
pub const MODEL: bool = cfg!(any(loom, shuttle));

/// Whether [`invariant!`](crate::invariant) checks anything in this build.
pub const CHECKED: bool = cfg!(any(debug_assertions, loom, shuttle));

/// Changes a word by compare-and-swap, and returns what `decide` decided for the value that counted:
/// the next value (`None`: leave it), and the caller's own decision.
#[inline]
pub fn update<R>(
    word: &AtomicUsize,
    change: Ordering,
    refuse: Ordering,
    mut decide: impl FnMut(usize) -> (Option<usize>, R),
) -> R {
    let mut now = word.load(refuse);
    loop {
        let (next, decision) = decide(now);
        let Some(next) = next else { return decision };
        match word.compare_exchange_weak(now, next, change, refuse) {
            Ok(_) => return decision,
            Err(other) => now = other,
        }
    }
}

/// What `Debug` shows of a value behind a lock: it never waits for the lock.
pub struct OrLocked<T>(pub Option<T>);

impl<T: fmt::Debug> fmt::Debug for OrLocked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("<locked>"),
        }
    }
}

/// Asserts an invariant in debug builds and under the model checkers, whatever the profile.
#[macro_export]
macro_rules! invariant {
    ($($condition:tt)*) => {
        if $crate::sync::CHECKED {
            assert!($($condition)*);
        }
    };
}
pub use crate::invariant;

/// A `const fn` on the real machine and a plain `fn` under a model checker, whose atomics have no
/// const constructors.
#[cfg(not(any(loom, shuttle)))]
#[macro_export]
macro_rules! const_fn {
    ($(#[$meta:meta])* $visibility:vis const fn $($rest:tt)*) => {
        $(#[$meta])* $visibility const fn $($rest)*
    };
}
/// A `const fn` on the real machine and a plain `fn` under a model checker, whose atomics have no
/// const constructors.
#[cfg(any(loom, shuttle))]
#[macro_export]
macro_rules! const_fn {
    ($(#[$meta:meta])* $visibility:vis const fn $($rest:tt)*) => {
        $(#[$meta])* $visibility fn $($rest)*
    };
}
pub use crate::const_fn;
