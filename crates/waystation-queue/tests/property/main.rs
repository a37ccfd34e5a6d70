//! Random scripts of everything, on the queue and on a model of it: results, wake-ups and observers agree after
//! every operation.
//!
//! 2,000 scripts for each test; `PROPTEST_CASES` overrides it.
#![allow(missing_docs, clippy::unwrap_used, reason = "these are tests")]

mod reference;
mod script;
mod waits;
mod world;

use proptest::test_runner::Config;

pub(crate) fn config() -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok();
    Config {
        cases: cases.and_then(|cases| cases.parse().ok()).unwrap_or(2_000),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    }
}

/// A test of each discipline at each capacity.
macro_rules! scripts {
    ($($name:ident: $discipline:ident, $capacity:expr;)*) => {
        proptest::proptest! {
            #![proptest_config(config())]
            $(
                #[test]
                fn $name(script in script::script()) {
                    world::run::<waystation_queue::$discipline<waits::Item>>(
                        waystation_testkit::model::Order::$discipline,
                        $capacity,
                        &script,
                    );
                }
            )*
        }
    };
}

scripts! {
    fifo_of_capacity_1_agrees_with_its_model: Fifo, Some(1);
    fifo_of_capacity_2_agrees_with_its_model: Fifo, Some(2);
    fifo_of_capacity_3_agrees_with_its_model: Fifo, Some(3);
    fifo_without_a_bound_agrees_with_its_model: Fifo, None;
    lifo_of_capacity_1_agrees_with_its_model: Lifo, Some(1);
    lifo_of_capacity_2_agrees_with_its_model: Lifo, Some(2);
    lifo_of_capacity_3_agrees_with_its_model: Lifo, Some(3);
    lifo_without_a_bound_agrees_with_its_model: Lifo, None;
    priority_of_capacity_1_agrees_with_its_model: Priority, Some(1);
    priority_of_capacity_2_agrees_with_its_model: Priority, Some(2);
    priority_of_capacity_3_agrees_with_its_model: Priority, Some(3);
    priority_without_a_bound_agrees_with_its_model: Priority, None;
}
