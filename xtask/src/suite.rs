//! Which command runs the checks.

/// A command that runs several rungs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    /// `cargo xtask test`.
    Test,
    /// `cargo xtask lint`.
    Lint,
    /// `cargo xtask ci`, and so `.ci/run`.
    Ci,
}
