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
pub use harness::{Bell, Data, bounded, exhaustive, exhaustive_as, join, poll, spawn};

/// A model for each pair of operations: `race` is given its name, which begins with the prefix, and both.
#[macro_export]
macro_rules! pairs {
    ($prefix:literal, $race:path; $($name:ident: $first:ident, $second:ident;)*) => {
        $(#[test] fn $name() {
            $race(concat!($prefix, stringify!($name)), $first, $second);
        })*
    };
}
