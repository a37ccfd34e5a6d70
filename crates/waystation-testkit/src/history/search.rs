//! The search for an order that explains a history, after Wing and Gong, with the memory of Lowe: a
//! state of the model that was a dead end with the same operations done is one again.
//!
//! When many threads queue up at the same time, the order of their calls says little: the order of
//! the lock counted, and a wrong guess shows much later. Where a call returns directly after its
//! last step, as it mostly does, the order of the returns is the right one. So that order is tried
//! first, and where it is not possible, what makes it possible.

use std::collections::HashSet;
use std::fmt;

use super::{History, Operation, Sequential};

/// How many dead ends are remembered before the search gives up. Right histories mostly take about
/// as many as they have operations.
const PATIENCE: usize = 4_000_000;

impl<Op, Ret> History<Op, Ret> {
    /// Whether some order of the operations explains all results: each takes effect at one moment
    /// between its call and its return, one that did not return at any moment since, or never.
    ///
    /// The search may take exponential time in the number of operations that overlap.
    ///
    /// # Panics
    ///
    /// If there are more than 128 operations.
    #[must_use]
    #[track_caller]
    pub fn is_linearizable<M: Sequential<Op = Op, Ret = Ret>>(&self, model: M) -> bool {
        explain(&self.operations, model).is_ok()
    }

    /// Checks that the history is [linearizable](Self::is_linearizable).
    ///
    /// # Panics
    ///
    /// If it is not: with the history and the longest beginning that can be explained.
    #[track_caller]
    pub fn assert_linearizable<M: Sequential<Op = Op, Ret = Ret>>(&self, model: M)
    where
        Op: fmt::Debug,
        Ret: fmt::Debug,
    {
        let Err(search) = explain(&self.operations, model) else {
            return;
        };
        let show = |operations: Vec<&Operation<Op, Ret>>| -> String {
            operations.into_iter().map(Operation::to_line).collect()
        };
        let (all, longest) = (show(search.operations), show(search.longest));
        panic!(
            "not linearizable after {} states:\n{all}the longest explanation:\n{longest}",
            search.states
        );
    }
}

/// One bit for each operation that took effect.
type Done = u128;

struct Search<'a, M: Sequential> {
    /// In the order of their returns.
    operations: Vec<&'a Operation<M::Op, M::Ret>>,
    dead_ends: HashSet<(Done, M)>,
    order: Vec<usize>,
    longest: Vec<usize>,
}

/// A search that found no order.
struct Unexplained<'a, Op, Ret> {
    /// How many states it looked at.
    pub(super) states: usize,
    /// All operations, in the order of their returns.
    pub(super) operations: Vec<&'a Operation<Op, Ret>>,
    /// The longest beginning that can be explained.
    pub(super) longest: Vec<&'a Operation<Op, Ret>>,
}

/// Succeeds if there is an order that explains all.
#[track_caller]
fn explain<M: Sequential>(
    operations: &[Operation<M::Op, M::Ret>],
    model: M,
) -> Result<(), Unexplained<'_, M::Op, M::Ret>> {
    let count = operations.len();
    assert!(count <= 128, "{count} operations are too many");
    let mut operations: Vec<_> = operations.iter().collect();
    operations.sort_by_key(|operation| operation.end());
    let mut search = Search {
        operations,
        dead_ends: HashSet::new(),
        order: Vec::new(),
        longest: Vec::new(),
    };
    if search.go(0, &model) {
        return Ok(());
    }
    let longest = search.longest.iter().map(|&at| search.operations[at]);
    Err(Unexplained {
        states: search.dead_ends.len(),
        longest: longest.collect(),
        operations: search.operations,
    })
}

impl<M: Sequential> Search<'_, M> {
    /// Whether what is not `done` can follow from here.
    fn go(&mut self, done: Done, model: &M) -> bool {
        let rest: Vec<_> = (0..self.operations.len())
            .filter(|at| done & (1 << at) == 0)
            .collect();
        let Some(&first) = rest.first() else {
            return true;
        };
        // Whatever was called after another had returned comes after it.
        let horizon = self.operations[first].end();
        if horizon == u64::MAX {
            return true;
        }
        let here = (done, model.clone());
        if self.dead_ends.contains(&here) || self.dead_ends.len() > PATIENCE {
            return false;
        }
        let tried = self.after(first, horizon, model);
        let fits = tried.is_some();
        if tried.is_some_and(|next| self.follow(first, done, &next)) {
            return true;
        }
        let mut nexts: Vec<_> = rest[1..]
            .iter()
            .filter_map(|&at| Some((at, self.after(at, horizon, model)?)))
            .collect();
        if !fits {
            // The one that returned first waits for another: that one, rather than one that is
            // merely possible.
            nexts.sort_by_key(|(_, next)| self.after(first, horizon, next).is_none());
        }
        if nexts.iter().any(|(at, next)| self.follow(*at, done, next)) {
            return true;
        }
        self.dead_ends.insert(here);
        false
    }

    fn follow(&mut self, at: usize, done: Done, next: &M) -> bool {
        self.order.push(at);
        if self.order.len() > self.longest.len() {
            self.longest.clone_from(&self.order);
        }
        let found = self.go(done | 1 << at, next);
        self.order.pop();
        found
    }

    /// The model after an operation, if that can come next.
    fn after(&self, at: usize, horizon: u64, model: &M) -> Option<M> {
        let operation = self.operations[at];
        if operation.called >= horizon {
            return None;
        }
        let mut next = model.clone();
        let fits = match &operation.returned {
            Some((ret, _)) => next.allows(&operation.op, ret),
            None => next.apply(&operation.op).is_some(),
        };
        fits.then_some(next)
    }
}
