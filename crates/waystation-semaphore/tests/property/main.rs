//! Random scripts against the sequential model and against a semaphore written by hand.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, where a panic is a finding"
)]

#[path = "../common/mod.rs"]
mod common;
mod machine;
mod reference;

use proptest::collection::vec;
use proptest::prelude::*;
use waystation_semaphore::Fairness;
use waystation_testkit::model::SemaphoreModel;

use common::Sema;
use machine::{Machine, Op};

const LONGEST: usize = 40;

/// As many cases as `PROPTEST_CASES` says, or 2,000.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 2_000;
    }
    config
}

fn op() -> impl Strategy<Value = Op> {
    let size = 0..5_usize;
    let who = 0..64_usize;
    prop_oneof![
        8 => size.clone().prop_map(Op::Acquire),
        8 => (who.clone(), any::<bool>()).prop_map(|(who, fresh)| Op::Poll(who, fresh)),
        4 => any::<bool>().prop_map(Op::PollWoken),
        4 => who.clone().prop_map(Op::Cancel),
        4 => size.clone().prop_map(Op::Try),
        6 => who.clone().prop_map(Op::Drop),
        1 => who.clone().prop_map(Op::Forget),
        1 => (who.clone(), size.clone()).prop_map(|(who, n)| Op::Split(who, n)),
        1 => (who.clone(), who).prop_map(|(who, other)| Op::Merge(who, other)),
        2 => (0..4_usize).prop_map(Op::Give),
        1 => size.clone().prop_map(Op::ForgetFree),
        1 => size.clone().prop_map(Op::Reduce),
        1 => (0..8_usize).prop_map(Op::Resize),
        // Seldom: nothing much happens afterwards.
        1 => (0..8_u8).prop_map(|dice| if dice == 0 { Op::Close } else { Op::PollWoken(true) }),
    ]
}

fn script() -> impl Strategy<Value = (usize, Vec<Op>)> {
    (0..5_usize, vec(op(), 1..LONGEST))
}

fn plain(permits: usize, limit: u32, ops: &[Op]) {
    let fairness = match limit {
        0 => Fairness::Fifo,
        limit => Fairness::Bypass { limit },
    };
    let limit = limit as usize;
    Machine::new(
        Sema::plain(permits, fairness),
        SemaphoreModel::new(permits, limit),
        limit,
    )
    .play(ops);
}

fn bounded(bound: usize, limit: u32, ops: &[Op]) {
    let fairness = Fairness::Bypass { limit };
    let limit = limit as usize;
    Machine::new(
        Sema::bounded(bound, fairness),
        SemaphoreModel::bounded(bound, limit),
        limit,
    )
    .play(ops);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn fifo_does_what_the_model_does((permits, ops) in script()) {
        plain(permits, 0, &ops);
    }

    #[test]
    fn bypass_1_does_what_the_model_does((permits, ops) in script()) {
        plain(permits, 1, &ops);
    }

    #[test]
    fn bypass_2_does_what_the_model_does((permits, ops) in script()) {
        plain(permits, 2, &ops);
    }

    #[test]
    fn bounded_does_what_the_model_does((bound, ops) in script()) {
        bounded(bound, 0, &ops);
    }

    #[test]
    fn bounded_bypass_2_does_what_the_model_does((bound, ops) in script()) {
        bounded(bound, 2, &ops);
    }

    #[test]
    fn fifo_does_what_a_semaphore_by_hand_does((permits, ops) in script()) {
        reference::play(permits, &ops);
    }
}
