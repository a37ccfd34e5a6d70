//! The search for an order that explains a history, after Wing and Gong, with the memory of Lowe: a
//! state of the model that was a dead end with the same operations done is one again.

use std::collections::HashSet;

use super::{Operation, Sequential};

/// One bit for each operation that took effect.
type Done = u128;

struct Search<'a, M: Sequential> {
    operations: &'a [Operation<M::Op, M::Ret>],
    dead_ends: HashSet<(Done, M)>,
    order: Vec<usize>,
    longest: Vec<usize>,
}

/// An order that explains all, or the longest that explains a part.
#[track_caller]
pub(super) fn explain<M: Sequential>(
    operations: &[Operation<M::Op, M::Ret>],
    model: M,
) -> Result<Vec<usize>, Vec<usize>> {
    assert!(
        operations.len() <= 128,
        "{} operations are too many",
        operations.len()
    );
    let (order, longest) = (Vec::new(), Vec::new());
    let mut search = Search {
        operations,
        dead_ends: HashSet::new(),
        order,
        longest,
    };
    if search.go(0, &model) {
        Ok(search.order)
    } else {
        Err(search.longest)
    }
}

impl<M: Sequential> Search<'_, M> {
    /// Whether what is not `done` can follow from here.
    fn go(&mut self, done: Done, model: &M) -> bool {
        let open = |at: usize| done & (1 << at) == 0;
        let rest = (0..self.operations.len()).filter(|&at| open(at));
        // Whatever was called after another had returned comes after it.
        let horizon = rest.clone().map(|at| self.operations[at].end()).min();
        let Some(horizon) = horizon.filter(|&end| end < u64::MAX) else {
            return true;
        };
        if self.dead_ends.contains(&(done, model.clone())) {
            return false;
        }
        for at in rest {
            let operation = &self.operations[at];
            let mut next = model.clone();
            let fits = operation.called < horizon
                && match &operation.returned {
                    Some((ret, _)) => next.allows(&operation.op, ret),
                    None => next.apply(&operation.op).is_some(),
                };
            if fits {
                self.order.push(at);
                if self.order.len() > self.longest.len() {
                    self.longest.clone_from(&self.order);
                }
                if self.go(done | 1 << at, &next) {
                    return true;
                }
                self.order.pop();
            }
        }
        self.dead_ends.insert((done, model.clone()));
        false
    }
}
