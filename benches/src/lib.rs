//! waystation measured against threads and against every peer.
//!
//! A *workload* is one generic function ("64 tasks, one permit"). A *peer* is one short file that
//! says how a crate does the job, behind one small trait per primitive. A *case* is a workload on a
//! peer. The `compare` program and the criterion benches run the same cases.
//!
//! | room | question |
//! |---|---|
//! | [`event`], [`semaphore`], [`queue`], [`gather`], [`event_loop`] | what is measured, and how does each peer do it? |
//! | [`rows`] | which rows has the table, and what ratio is ours to reach? |
//! | [`facts`] | what does a peer promise, and what not? |
//! | [`exec`] | on what do all async rows run? |
//! | [`on_tokio`] | how do the same jobs run on tokio? |
//! | [`by_hand`] | how is a future polled without an executor? |
//! | [`threads`] | how do several OS threads start and stop together? |
//! | [`memory`], [`alloc`] | what does a parked waiter weigh? |
//! | [`lock`] | how long does a thread wait for a lock that another retakes at once? |
//! | [`measure`] | how long, how often, in what order, with what spread? |
//! | [`story`] | tasks or threads: when, and what does each cost? |
//! | [`process`] | what does the system say of this process? |
//! | [`report`] | what came out, as data, as text and as a page? |
//!
//! To add a peer: write `src/<primitive>/<peer>.rs` with an `impl` of the trait, and add one line
//! to `enter` in `src/<primitive>/mod.rs`. To add a primitive: write a module like [`event`], add
//! its rows to [`rows`] and itself to [`Book::full`].

pub mod alloc;
mod book;
pub mod by_hand;
mod case;
pub mod event;
pub mod event_loop;
pub mod exec;
pub mod facts;
pub mod gather;
pub mod lock;
pub mod machine;
pub mod measure;
pub mod memory;
pub mod on_tokio;
pub mod process;
pub mod python;
pub mod queue;
pub mod report;
pub mod rows;
pub mod semaphore;
pub mod story;
pub mod threads;

pub use book::Book;
pub use case::{Case, Sample};

impl Book {
    /// Every primitive, in the order of the report.
    #[must_use]
    pub fn full() -> Self {
        let mut book = Self::default();
        event::enter(&mut book);
        semaphore::enter(&mut book);
        queue::enter(&mut book);
        gather::enter(&mut book);
        event_loop::enter(&mut book);
        book
    }
}
