//! What must not compile: `tests/cases`, one misuse a file, each with what the compiler says beside it.
//!
//! The texts are compared on the compiler of `xtask/rust-version-recorded` only; on another it
//! suffices that nothing compiles.
