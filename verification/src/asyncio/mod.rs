//! The same scripts on CPython's asyncio and here.
//!
//! A script is groups of steps. After each group every task that can run runs, on either side, and
//! what can be seen then must be the same: what the calls returned, which tasks have ended and how,
//! and the state of the primitive.
//!
//! The scripts keep clear of the few places where the two differ by design; each of these is a test
//! of its own in `tests/asyncio.rs`.

mod ours;
mod python;
mod script;
mod targets;

pub use ours::play;
pub use python::{Absent, Python};
pub use script::{Kind, Script, Step};
