//! The machinery of a loop, which the public types share. Nothing in here knows one of them.

pub(crate) mod callback;
pub(crate) mod context;
pub(crate) mod hooks;
pub(crate) mod inner;
pub(crate) mod shared;
pub(crate) mod shutdown;
mod state;
pub(crate) mod timers;
pub(crate) mod turn;
