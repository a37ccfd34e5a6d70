//! What a peer promises, and what it does not.
//!
//! These are statements of the peers' own documentation, or of their source where the
//! documentation is silent. They stand next to the figures, because a faster peer that promises
//! less has not won the same race.

use serde::{Deserialize, Serialize};

/// Which camp a row of the table belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// waystation, as tasks.
    Ours,
    /// An async crate.
    Peer,
    /// The plain model on event-listener and parking_lot: what you would write yourself.
    Reference,
    /// OS threads.
    Threads,
    /// waystation's blocking methods, on OS threads.
    OursOnThreads,
    /// CPython's asyncio.
    Python,
}

impl Kind {
    /// Whether OS threads do the job.
    #[must_use]
    pub const fn is_threads(self) -> bool {
        matches!(self, Self::Threads | Self::OursOnThreads)
    }
}

/// Whether a promise is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Promise {
    /// Documented, or plain from the source.
    Kept,
    /// Documented not to hold, or plain from the source that it does not.
    Lacking,
    /// The question makes no sense here, or we could not tell.
    Open,
}

/// Who does the job, with what, and under which promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The name in the table.
    pub name: &'static str,
    /// The package whose version the report states; empty for the standard library.
    pub package: &'static str,
    /// What of it is used.
    pub with: &'static str,
    /// The camp.
    pub kind: Kind,
    /// Waiters are served in the order they came, and nobody overtakes them.
    pub fair: Promise,
    /// A wait that is dropped half-way loses nothing: no item, no permit, no wake-up of another.
    pub cancel_safe: Promise,
    /// Many producers and many consumers (queues).
    pub mpmc: Promise,
    /// A `put` that has not completed is not in the queue (queues).
    pub pending_put_outside: Promise,
    /// What else a reader must know, in a few words.
    pub note: &'static str,
}

impl Facts {
    /// A peer about which nothing is promised yet.
    #[must_use]
    pub const fn new(
        kind: Kind,
        name: &'static str,
        package: &'static str,
        with: &'static str,
    ) -> Self {
        Self {
            name,
            package,
            with,
            kind,
            fair: Promise::Open,
            cancel_safe: Promise::Open,
            mpmc: Promise::Open,
            pending_put_outside: Promise::Open,
            note: "",
        }
    }

    /// States whether waiters are served in order.
    #[must_use]
    pub const fn fair(mut self, promise: Promise) -> Self {
        self.fair = promise;
        self
    }

    /// States whether a cancelled wait loses nothing.
    #[must_use]
    pub const fn cancel_safe(mut self, promise: Promise) -> Self {
        self.cancel_safe = promise;
        self
    }

    /// States whether there may be many consumers.
    #[must_use]
    pub const fn mpmc(mut self, promise: Promise) -> Self {
        self.mpmc = promise;
        self
    }

    /// States whether a pending `put` stays out of the queue.
    #[must_use]
    pub const fn pending_put_outside(mut self, promise: Promise) -> Self {
        self.pending_put_outside = promise;
        self
    }

    /// Adds a remark.
    #[must_use]
    pub const fn note(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }
}
