//! Concurrent histories: who called what, when it returned, and whether that can have been.
//!
//! A [`Recorder`] notes calls and returns, from any number of threads, in the order of one logical
//! clock. Its [`History`] is then checked in two ways:
//! [`is_linearizable`](History::is_linearizable) looks for an order of the operations, one at a
//! time, that explains every result; [`fifo_violations`](History::fifo_violations) looks only at
//! the order of items, and stands histories of any length.
//!
//! The recorder's lock is held for a moment only and nothing foreign runs inside: under a model
//! checker, whose threads switch at its own primitives only, it is never found locked.

mod fifo;
mod search;

use std::fmt;

use parking_lot::Mutex;

pub use fifo::Violation;

/// One operation at a time: what a history is compared with. The models of
/// [`model`](crate::model) are easily wrapped.
pub trait Sequential: Clone + Eq + std::hash::Hash {
    /// What is called.
    type Op;
    /// What is returned.
    type Ret: PartialEq;

    /// Does `op` and says what it returns, or `None` if it would have to wait in this state.
    fn apply(&mut self, op: &Self::Op) -> Option<Self::Ret>;

    /// Does `op` if it may return `ret`. For operations that may return one thing or another.
    fn allows(&mut self, op: &Self::Op, ret: &Self::Ret) -> bool {
        self.apply(op).as_ref() == Some(ret)
    }
}

/// Notes what happens. Shared between threads by reference.
pub struct Recorder<Op, Ret> {
    log: Mutex<Log<Op, Ret>>,
}

struct Log<Op, Ret> {
    clock: u64,
    operations: Vec<Option<Operation<Op, Ret>>>,
}

/// An operation that was called, and may have returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation<Op, Ret> {
    /// What was called.
    pub op: Op,
    /// When it was called.
    pub called: u64,
    /// What it returned, and when.
    pub returned: Option<(Ret, u64)>,
}

impl<Op, Ret> Operation<Op, Ret> {
    /// When it returned; at the end of time if it did not.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.returned.as_ref().map_or(u64::MAX, |(_, at)| *at)
    }

    fn to_line(&self) -> String
    where
        Op: fmt::Debug,
        Ret: fmt::Debug,
    {
        let Self { op, called, .. } = self;
        match &self.returned {
            Some((ret, end)) => format!("{called:>4} to {end:>4}  {op:?} -> {ret:?}\n"),
            None => format!("{called:>4} to open  {op:?}\n"),
        }
    }
}

/// A call that has not returned. Dropped as it is, it stays open: it may have had its effect.
#[derive(Debug)]
#[must_use = "a call returns or is withdrawn"]
pub struct Call(usize);

impl<Op, Ret> Recorder<Op, Ret> {
    /// An empty record.
    #[must_use]
    pub fn new() -> Self {
        Self {
            log: Mutex::new(Log {
                clock: 0,
                operations: Vec::new(),
            }),
        }
    }

    /// Notes a call, before it is made.
    pub fn call(&self, op: Op) -> Call {
        let mut log = self.log.lock();
        let called = log.tick();
        log.operations.push(Some(Operation {
            op,
            called,
            returned: None,
        }));
        Call(log.operations.len() - 1)
    }

    /// Notes a return, after it was made.
    pub fn returned(&self, call: Call, ret: Ret) {
        let mut log = self.log.lock();
        let at = log.tick();
        if let Some(operation) = &mut log.operations[call.0] {
            operation.returned = Some((ret, at));
        }
    }

    /// Takes a call back: it was cancelled, and did not happen.
    pub fn withdrawn(&self, call: Call) {
        let operation = self.log.lock().operations[call.0].take();
        drop(operation);
    }

    /// Notes the call of `f` and its return; `ret` says how its result is noted.
    pub fn record<R>(&self, op: Op, f: impl FnOnce() -> R, ret: impl FnOnce(&R) -> Ret) -> R {
        let call = self.call(op);
        let result = f();
        self.returned(call, ret(&result));
        result
    }

    /// What was noted, in the order of the calls.
    #[must_use]
    pub fn into_history(self) -> History<Op, Ret> {
        History {
            operations: self
                .log
                .into_inner()
                .operations
                .into_iter()
                .flatten()
                .collect(),
        }
    }

    /// Takes out what was noted so far, in the order of the calls. No call may be open.
    #[must_use]
    pub fn take_history(&self) -> History<Op, Ret> {
        let operations = std::mem::take(&mut self.log.lock().operations);
        History {
            operations: operations.into_iter().flatten().collect(),
        }
    }
}

impl<Op, Ret> Log<Op, Ret> {
    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }
}

impl<Op, Ret> Default for Recorder<Op, Ret> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Op, Ret> fmt::Debug for Recorder<Op, Ret> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

/// What a [`Recorder`] noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History<Op, Ret> {
    operations: Vec<Operation<Op, Ret>>,
}

impl<Op, Ret> History<Op, Ret> {
    /// The operations, in the order of their calls.
    #[must_use]
    pub fn operations(&self) -> &[Operation<Op, Ret>] {
        &self.operations
    }
}

#[cfg(test)]
mod tests;
