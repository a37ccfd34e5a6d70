//! The guide: one subject to a page. Every code block on it runs as a test.
//!
//! | page | what it answers |
//! |---|---|
//! | [`coming_from_asyncio`] | what is it called here, and what is different? |
//! | [`coming_from_tokio`] | what do I get beside `tokio::sync`, and what do I lose? |
//! | [`async_versus_threads`] | when a task, when a thread, and how do they meet? |
//! | [`choosing_fairness`] | `Fifo` or `Bypass`? |
//! | [`cancellation`] | what has happened when a future is dropped? |
//! | [`futurelock`] | why does everything wait, although nobody holds anything? |
//! | [`testing_with_loom`] | how do I check my own code in every interleaving? |
//! | [`on_the_loop`] | timers in `select!`, a client of tokio's, signals, subprocesses, what `spawn` may borrow |
//! | [`patterns`] | worker pool, rate limit, pipeline, start gun, shutdown, periodic jobs |
//!
//! There is no code in here, only text. It is there when all five features are on, as they are by
//! default.

pub mod async_versus_threads;
pub mod cancellation;
pub mod choosing_fairness;
pub mod coming_from_asyncio;
pub mod coming_from_tokio;
pub mod futurelock;
pub mod on_the_loop;
pub mod patterns;
pub mod testing_with_loom;
