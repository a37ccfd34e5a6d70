//! The word of an [`AutoResetEvent`](crate::AutoResetEvent): what it can hold and how it may
//! change.
//!
//! | HAS | SIGNAL | meaning | who may write the word |
//! |---|---|---|---|
//! | 0 | 0 | no signal, nobody in line | anybody, by CAS |
//! | 0 | 1 | a signal is kept, nobody in line | anybody, by CAS |
//! | 1 | 0 | somebody in line | the lock holder only, by plain store: **frozen** |
//! | 1 | 1 | never | |

use waystation_core::const_fn;
use waystation_core::sync::atomic::{AtomicUsize, Ordering};
use waystation_core::sync::update;

const SIGNAL: usize = 1;
const HAS: usize = 1 << 1;

/// What became of a signal.
pub(super) enum Signalled {
    Kept,
    WasKept,
    /// Somebody is in line: the signal goes to the first, under the lock.
    Frozen,
}

#[derive(Debug)]
pub(super) struct State(AtomicUsize);

impl State {
    const_fn! {
        pub(super) const fn new(set: bool) -> Self {
            Self(AtomicUsize::new(set as usize))
        }
    }

    pub(super) fn is_signalled(&self) -> bool {
        // Acquire pairs with the Release in `signal`.
        self.0.load(Ordering::Acquire) & SIGNAL != 0
    }

    /// Keeps a signal when nobody is in line.
    ///
    /// A signal that is kept already is written again: the waiter who takes it must see what this
    /// caller did too. Release pairs with the Acquire in `take` and `freeze_unless_taken`.
    pub(super) fn signal(&self) -> Signalled {
        update(
            &self.0,
            Ordering::Release,
            Ordering::Relaxed,
            |now| match now {
                0 => (Some(SIGNAL), Signalled::Kept),
                SIGNAL => (Some(SIGNAL), Signalled::WasKept),
                _ => (None, Signalled::Frozen),
            },
        )
    }

    /// Takes a kept signal, if there is one.
    ///
    /// Acquire pairs with the Release in `signal`. Since signals are RMWs, all that were joined in
    /// one are seen.
    pub(super) fn take(&self) -> bool {
        update(&self.0, Ordering::Acquire, Ordering::Relaxed, |now| {
            let is_kept = now & SIGNAL != 0;
            (is_kept.then_some(0), is_kept)
        })
    }

    /// Under the lock, before joining: freezes the word, or takes a signal that has come meanwhile.
    /// Returns whether it took one.
    ///
    /// Acquire pairs with the Release in `signal`.
    pub(super) fn freeze_unless_taken(&self) -> bool {
        update(
            &self.0,
            Ordering::Acquire,
            Ordering::Relaxed,
            |now| match now {
                0 => (Some(HAS), false),
                SIGNAL => (Some(0), true),
                _ => (None, false),
            },
        )
    }

    /// Under the lock, when nobody is in line any more.
    ///
    /// Relaxed: no signal passes through here (the watermark carries it), and later RMWs bring
    /// their own ordering.
    pub(super) fn thaw(&self) {
        waystation_core::invariant!(self.0.load(Ordering::Relaxed) == HAS);
        self.0.store(0, Ordering::Relaxed);
    }
}
