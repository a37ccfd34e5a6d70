//! How far a line has been served, readable without the lock.
//!
//! Grants are made strictly in line order, so one number tells every waiter: *granted ⇔ its ticket
//! is not above the mark*. 64 bits never wrap; a target without 64-bit atomics keeps the number
//! under a small lock, because a wrapping 32-bit mark would give a false grant after 2³¹ cancels
//! behind one parked head.

use super::Ticket;

#[cfg(target_has_atomic = "64")]
use atomic::Mark;
#[cfg(not(target_has_atomic = "64"))]
use locked::Mark;

/// The number of the last ticket that was granted. It only rises.
#[derive(Debug)]
pub struct Watermark(Mark);

impl Watermark {
    crate::const_fn! {
        /// Nobody is served.
        pub const fn new() -> Self {
            Self(Mark::new())
        }
    }

    /// Grants everything up to and including this ticket. Called under the primitive's lock.
    #[inline]
    pub fn raise(&self, ticket: Ticket) {
        self.0.store(ticket.number());
    }

    /// Whether this ticket was granted. What the granting thread did before is visible then.
    #[inline]
    pub fn has_passed(&self, ticket: Ticket) -> bool {
        self.0.load() >= ticket.number()
    }
}

impl Default for Watermark {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(target_has_atomic = "64")]
mod atomic {
    use crate::sync::atomic::{AtomicU64, Ordering};

    #[derive(Debug)]
    pub(super) struct Mark(AtomicU64);

    impl Mark {
        crate::const_fn! {
            pub(super) const fn new() -> Self {
                Self(AtomicU64::new(0))
            }
        }

        #[inline]
        pub(super) fn store(&self, mark: u64) {
            // Release pairs with the Acquire below: the granted waiter sees what its releaser did,
            // and what every earlier releaser did, whose releases this lock holder acquired.
            self.0.store(mark, Ordering::Release);
        }

        #[inline]
        pub(super) fn load(&self) -> u64 {
            // Acquire pairs with the Release above.
            self.0.load(Ordering::Acquire)
        }
    }
}

#[cfg(any(not(target_has_atomic = "64"), test))]
#[cfg_attr(
    target_has_atomic = "64",
    allow(dead_code, reason = "compiled for its test only")
)]
mod locked {
    use crate::sync::Lock;

    #[derive(Debug)]
    pub(super) struct Mark(Lock<u64>);

    impl Mark {
        crate::const_fn! {
            pub(super) const fn new() -> Self {
                Self(Lock::new(0))
            }
        }

        pub(super) fn store(&self, mark: u64) {
            *self.0.lock() = mark;
        }

        pub(super) fn load(&self) -> u64 {
            *self.0.lock()
        }
    }
}
