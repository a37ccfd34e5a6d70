//! The rungs of the verification ladder above loom, and what they are written with.
//!
//! Each rung is one test target. It prints one line for each thing it did, so that counts and times
//! can be read off (`cargo test … -- --nocapture`), and says in a line that holds `skipped` what it
//! could not do.
//!
//! | rung | command | how much |
//! |---|---|---|
//! | shuttle: 6 to 16 threads under random and PCT schedules, each history compared with the models | `RUSTFLAGS="--cfg shuttle" cargo test -p verification --release --test shuttle` | `WAYSTATION_SHUTTLE_SCHEDULES` of each kind (4,000; in full 30,000), `WAYSTATION_SHUTTLE_SEED` |
//! | stress: 64 real threads, a million waiters, allocations, linear cost | `cargo test -p verification --release --test stress` | `WAYSTATION_STRESS` times as much (1) |
//! | executors: the same tasks on every executor | `cargo test -p verification --release --test executors` | `WAYSTATION_EXECUTOR_RUNS` (100) |
//! | hostile wakers: what a waker may do × every method that registers, wakes, cancels or closes | `cargo test -p verification --test hostile` | every cell |
//! | debug: writers that use what `Debug` shows them | `cargo test -p verification --test debug` | every public type of the primitives |
//! | asyncio: random scripts on CPython and here | `cargo test -p verification --release --test asyncio` | `WAYSTATION_ASYNCIO_SCRIPTS` (10,000), `WAYSTATION_PYTHON` (`python3`) |
//! | Promela: the ticket line's protocol in every interleaving, and six mutants of it | `verification/promela/run.sh` | exhaustive |
//!
//! The lines:
//!
//! ```text
//! shuttle <scenario> <random|pct> <n> schedules <seconds> s
//! stress <case> <n> operations <seconds> s
//! memory <case> <n> operations <n> allocations
//! crowd <case> <n> waiters <bytes> bytes left
//! growth <case> <cost of twice as many>
//! executor <name> <cases> cases <runs> runs <seconds> s
//! hostile: <a line of a table, in Markdown>
//! asyncio <kind> <n> scripts agree
//! asyncio <deviation> differs as written down
//! asyncio <what> skipped…: <why>
//! promela line exhaustive <states> states, <n> of <n> mutants found, <seconds> s
//! promela skipped: <why>
//! promela failed: <why>
//! ```
//!
//! Without `--cfg shuttle` the shuttle target is empty, with it all others are: no test of one rung
//! runs in another by mistake, and who counts the lines sees what is missing.

#[cfg(not(shuttle))]
pub mod asyncio;
#[cfg(not(shuttle))]
pub mod behaviour;
pub mod env;
#[cfg(not(shuttle))]
pub mod executor;
#[cfg(shuttle)]
pub mod explore;
pub mod spec;
#[cfg(not(shuttle))]
pub mod stress;
pub mod watched;
