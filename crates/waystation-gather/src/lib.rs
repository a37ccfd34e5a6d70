//! Many futures at once, in one task: asyncio's `gather`.
//!
//! | function | gives | stops early |
//! |---|---|---|
//! | [`gather`] | all outputs, in the order of the input | never |
//! | [`try_gather`] | all `Ok` values, in the order of the input | at the first `Err` |
//! | [`as_completed`] | each output when it is there, with its number | when nobody asks any more |
//! | [`Group`] | each output when it is there, with its key; children are added and cancelled at any time | when nobody asks any more |
//!
//! The functions take a tuple of up to 12 futures, an array, a `Vec`, or an iterator. Under
//! [`limit`](Gather::limit) at most so many children run at once, and an iterator is asked for the
//! next one only when there is room. [`catch_panics`](Gather::catch_panics) makes a panic an
//! output.
//!
//! ```
//! use waystation_gather::{gather, try_gather};
//!
//! # async fn fetch(page: u32) -> Result<String, std::io::Error> { Ok(page.to_string()) }
//! # futures_lite::future::block_on(async {
//! // Different types: a tuple.
//! let (left, right) = gather((async { 1 }, async { "two" })).await;
//!
//! // A hundred pages, eight at a time, until one fails.
//! let pages = try_gather((0..100).map(fetch)).limit(8).await?;
//! assert_eq!(pages.len(), 100);
//! # assert_eq!((left, right), (1, "two"));
//! # std::io::Result::Ok(())
//! # }).unwrap();
//! ```
//!
//! # Promises
//!
//! - **Only woken children are polled**, in the order of their wake-ups. What a wake-up costs does
//!   not depend on how many children there are.
//! - **Everything is dropped once, in order**, whatever ends the whole; see
//!   [what happens to the others](guide).
//! - **No child starves another, or the executor**: one poll polls at most 64 children, and a child
//!   that yields, yields to the executor; see [turns](guide#turns).
//! - **Wakers are foreign code.** That of the task is cloned, woken and dropped outside the lock.
//! - **Any executor, no spawning.** The children run in the task that awaits. They may borrow.
//! - **No `unsafe`.** Children live in boxes, so the futures here are `Unpin` whatever the children
//!   are; they are `Send` when children and outputs are.
//!
//! Where nothing is awaited, a thread waits with [`block`](Blocking::block).
//!
//! With feature `futures-core` the futures are `FusedFuture`s, and [`AsCompleted`] and [`Group`] are
//! `Stream`s.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod as_completed;
pub mod children;
mod gather;
mod group;
pub mod guide;
mod mode;
mod run;
mod try_gather;

pub use as_completed::{AsCompleted, Next, as_completed};
pub use gather::{Gather, gather};
pub use group::{Group, GroupNext, Key};
pub use try_gather::{TryGather, try_gather};
pub use waystation_core::Panicked;
pub use waystation_core::block::Blocking;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
