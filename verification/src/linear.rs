//! Linearizability of histories in which many operations overlap.
//!
//! The testkit's search tries operations in the order of their calls. When sixteen threads queue up
//! at the same time, that order says little: it was the order of the lock that counted, and a wrong
//! guess shows much later. shuttle switches threads *before* each step of theirs, so a call returns
//! directly after its last step: the order of the returns is nearly always the right one. This
//! search tries it first, and where it is not possible, what makes it possible. Otherwise it is the
//! same; so its answer is the same, found sooner.

use std::collections::HashSet;
use std::fmt::Debug;

use waystation_testkit::{History, Operation, Sequential};

/// So many states are looked at before the search gives up. Right histories mostly take about as many as
/// they have operations; one of ten thousand, in which most wait and some give up, took over 200,000.
const PATIENCE: usize = 4_000_000;

/// Checks that some order of the operations explains all results.
///
/// # Panics
///
/// If none does, with the history and the longest beginning that can be explained; if there are more
/// than 128 operations; or if there are too many states to look at.
#[track_caller]
pub fn assert_linearizable<M>(history: &History<M::Op, M::Ret>, model: M)
where
    M: Sequential<Op: Debug, Ret: Debug>,
{
    let mut operations: Vec<_> = history.operations().iter().collect();
    operations.sort_by_key(|operation| operation.end());
    assert!(operations.len() <= 128, "the history is too long");
    let mut search = Search {
        operations,
        dead_ends: HashSet::new(),
        order: Vec::new(),
        longest: Vec::new(),
    };
    if search.go(0, &model) {
        return;
    }
    let tried = search.dead_ends.len();
    let show = |at: &usize| {
        let Operation {
            op,
            called,
            returned,
        } = search.operations[*at];
        let (ret, end) = returned
            .as_ref()
            .map_or((None, "open".to_owned()), |(ret, end)| {
                (Some(ret), end.to_string())
            });
        format!("{called:>4} to {end:>4}  {op:?} -> {ret:?}\n")
    };
    let all: String = (0..search.operations.len()).map(|at| show(&at)).collect();
    let longest: String = search.longest.iter().map(show).collect();
    panic!("not linearizable after {tried} states:\n{all}the longest explanation:\n{longest}");
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

impl<M: Sequential> Search<'_, M> {
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

#[cfg(test)]
mod tests {
    use waystation_testkit::Recorder;

    use super::*;
    use crate::spec::{Answer, Ask, SemaphoreSpec};

    /// Three join the line at the same time, and are served in an order that only the end tells.
    fn queued(served: [u32; 3]) -> History<Ask, Answer> {
        let log = Recorder::new();
        let zero = Answer::Number(0);
        log.record(Ask::Try(1), || (), |()| Answer::Permit);
        let calls: Vec<_> = (0..3).map(|who| log.call(Ask::Poll(who, 1))).collect();
        for call in calls {
            log.returned(call, Answer::Pending);
        }
        for who in served {
            log.record(Ask::Release(1), || (), |()| zero);
            log.record(Ask::Poll(who, 1), || (), |()| Answer::Permit);
        }
        log.into_history()
    }

    #[test]
    fn an_order_that_shows_late_is_found() {
        for served in [[0, 1, 2], [1, 0, 2], [2, 1, 0]] {
            assert_linearizable(&queued(served), SemaphoreSpec::new(1, 0));
        }
    }

    #[test]
    #[should_panic(expected = "not linearizable")]
    fn a_permit_for_two_is_found() {
        let log = Recorder::new();
        for who in 0..2 {
            log.record(Ask::Poll(who, 1), || (), |()| Answer::Permit);
        }
        assert_linearizable(&log.into_history(), SemaphoreSpec::new(1, 0));
    }

    #[test]
    #[should_panic(expected = "not linearizable")]
    fn who_is_served_before_somebody_who_came_first_is_found() {
        let log = Recorder::new();
        log.record(Ask::Try(1), || (), |()| Answer::Permit);
        for who in 0..2 {
            log.record(Ask::Poll(who, 1), || (), |()| Answer::Pending);
        }
        log.record(Ask::Release(1), || (), |()| Answer::Number(0));
        log.record(Ask::Poll(1, 1), || (), |()| Answer::Permit);
        assert_linearizable(&log.into_history(), SemaphoreSpec::new(1, 0));
    }

    #[test]
    #[should_panic(expected = "not linearizable")]
    fn a_refusal_while_nobody_waits_is_found() {
        let log = Recorder::new();
        let refused = Answer::Refused(waystation_testkit::model::Refusal::NoPermits);
        log.record(Ask::Try(1), || (), |()| refused);
        assert_linearizable(&log.into_history(), SemaphoreSpec::new(1, 0));
    }
}
