//! What a history is compared with: the testkit's models, each operation one step.
//!
//! A poll is a step of its own, so a history can be explained only if places were taken, granted,
//! passed on and given up in the order that the contract asks for. An operation that concerns several
//! waiters is one step too. One thing is looser than in the models: a `try_acquire` that may pass a
//! woken head need not.

mod auto_reset;
mod event;
mod queue;
mod semaphore;

pub use auto_reset::{AutoResetLog, AutoResetSpec, Signal};
pub use event::{EventLog, EventSpec, Flag};
pub use queue::{Fate, Item, QueueLog, QueueSpec, Step, out_of_order};
pub use semaphore::{Answer, Ask, SemaphoreLog, SemaphoreSpec};

/// The name of a future in a history.
pub type Who = u32;

#[cfg(test)]
mod tests {
    use waystation_testkit::model::Refusal;
    use waystation_testkit::{History, Recorder};

    use super::*;

    /// Three join the line at the same time, and are served in an order that only the end tells.
    fn queued(served: [u32; 3]) -> History<Ask, Answer> {
        let log = Recorder::new();
        log.record(Ask::Try(1), || (), |()| Answer::Permit);
        let calls: Vec<_> = (0..3).map(|who| log.call(Ask::Poll(who, 1))).collect();
        for call in calls {
            log.returned(call, Answer::Pending);
        }
        for who in served {
            log.record(Ask::Add(1), || (), |()| Answer::Number(1));
            log.record(Ask::Poll(who, 1), || (), |()| Answer::Permit);
        }
        log.into_history()
    }

    #[test]
    fn an_order_that_shows_late_is_found() {
        for served in [[0, 1, 2], [1, 0, 2], [2, 1, 0]] {
            queued(served).assert_linearizable(SemaphoreSpec::new(1, 0));
        }
    }

    #[test]
    #[should_panic(expected = "not linearizable")]
    fn a_permit_for_two_is_found() {
        let log = Recorder::new();
        for who in 0..2 {
            log.record(Ask::Poll(who, 1), || (), |()| Answer::Permit);
        }
        log.into_history()
            .assert_linearizable(SemaphoreSpec::new(1, 0));
    }

    #[test]
    #[should_panic(expected = "not linearizable")]
    fn who_is_served_before_somebody_who_came_first_is_found() {
        let log = Recorder::new();
        log.record(Ask::Try(1), || (), |()| Answer::Permit);
        for who in 0..2 {
            log.record(Ask::Poll(who, 1), || (), |()| Answer::Pending);
        }
        log.record(Ask::Add(1), || (), |()| Answer::Number(1));
        log.record(Ask::Poll(1, 1), || (), |()| Answer::Permit);
        log.into_history()
            .assert_linearizable(SemaphoreSpec::new(1, 0));
    }

    #[test]
    #[should_panic(expected = "not linearizable")]
    fn a_refusal_while_nobody_waits_is_found() {
        let log = Recorder::new();
        let refused = Answer::Refused(Refusal::NoPermits);
        log.record(Ask::Try(1), || (), |()| refused);
        log.into_history()
            .assert_linearizable(SemaphoreSpec::new(1, 0));
    }
}
