//! The one atomic of this crate: whether the future of `run_until_complete` is in the ready line.
//!
//! | value | meaning | who leaves it |
//! |---|---|---|
//! | down | not woken since its last poll began | any thread that wakes it, by `raise` |
//! | up | it is in line, or on its way there | the loop, by `lower`, just before it polls |

use waystation_core::sync::atomic::{AtomicBool, Ordering};

/// See the head of the file.
#[derive(Debug)]
pub(crate) struct Flag(AtomicBool);

impl Flag {
    /// A new future is put in line by its run.
    pub(crate) fn up() -> Self {
        Self(AtomicBool::new(true))
    }

    /// Returns whether it was down: then the caller puts the future in line.
    pub(crate) fn raise(&self) -> bool {
        // Release pairs with the Acquire in `lower`: the poll that follows sees what the waking
        // thread did, also if another thread had raised the flag before. Acquire keeps the chain
        // of that other thread, whose value this swap replaces.
        !self.0.swap(true, Ordering::AcqRel)
    }

    /// A poll begins: a wake from now on puts the future in line again.
    pub(crate) fn lower(&self) {
        // Acquire pairs with the Release in `raise`. A swap, not a store: it must read the latest
        // raise to be ordered after it.
        self.0.swap(false, Ordering::Acquire);
    }
}
