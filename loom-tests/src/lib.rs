//! Every loom model of the waystation crates, and what they are written with.
//!
//! Run them with `cargo xtask loom`, or by hand:
//! `RUSTFLAGS="--cfg loom" cargo nextest run -p loom-tests --release` (or `cargo test`). Without the cfg there is
//! nothing here but one ignored test that says so.
//!
//! Each model is declared exhaustive, or bounded by a number of preemptions, and prints how many executions it took.
//! A limit set by the environment (`LOOM_MAX_DURATION` and its kin) would end a model early *as passed*; so they are
//! overridden here.
//!
//! Data published through a primitive is a relaxed atomic: a reader that is not ordered after the writer may see the
//! old value, and loom tries it.

#[cfg(loom)]
mod harness;
#[cfg(loom)]
pub use harness::{
    Data, Probe, bounded, bounded_as, exhaustive, exhaustive_as, join, parked, poll, spawn,
};

/// A test for each pair of the operations of a table, `first::second`: `race` is given the name of
/// the model, `prefix_first_second`, and both operations by name.
#[macro_export]
macro_rules! pairs {
    ($prefix:literal, $race:ident;) => {};
    ($prefix:literal, $race:ident; $first:ident $($rest:ident)*) => {
        mod $first {
            $crate::pairs! { @row $prefix, $race; $first; $first $($rest)* }
        }
        $crate::pairs! { $prefix, $race; $($rest)* }
    };
    (@row $prefix:literal, $race:ident; $first:ident; $($second:ident)*) => {$(
        #[test]
        fn $second() {
            let name = concat!($prefix, "_", stringify!($first), "_", stringify!($second));
            super::$race(name, stringify!($first), stringify!($second));
        }
    )*};
}
