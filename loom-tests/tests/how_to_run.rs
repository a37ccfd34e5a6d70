//! What plain `cargo test` shows of this package.
#![cfg(not(loom))]

#[test]
#[ignore = "the models run under loom: `cargo xtask loom`, or \
            `RUSTFLAGS=\"--cfg loom\" cargo test -p loom-tests --release`"]
fn models_run_under_loom() {}
