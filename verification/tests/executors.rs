//! The same tasks on every executor: waystation's futures need nothing from one but a waker.
//!
//! See [`verification`]; the cases are in `src/behaviour.rs`.
#![cfg(not(shuttle))]

use std::time::{Duration, Instant};

use verification::behaviour::CASES;
use verification::env::number;
use verification::executor::{
    AsyncExecutor, Executor, FuturesLite, Shuffling, Smol, Tokio, WaystationLoop,
};
use waystation_testkit::within;

/// Runs all cases `WAYSTATION_EXECUTOR_RUNS` times, or so many times that, and prints `executor <name> <cases> cases <runs> runs <seconds> s`.
fn suite<E: Executor + Send + 'static>(times: usize, executor: fn(u64) -> E) {
    let runs = (number("WAYSTATION_EXECUTOR_RUNS", 100) * times) as u64;
    let name = executor(0).name();
    let start = Instant::now();
    within(Duration::from_secs(120), name, move || {
        for run in 0..runs {
            for case in CASES {
                let case = case();
                executor(run).run(case.tasks);
                (case.check)();
            }
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "executor {name} {} cases {runs} runs {seconds:.2} s",
        CASES.len()
    );
}

#[test]
fn futures_lite() {
    suite(1, |_| FuturesLite);
}

#[test]
fn tokio_current_thread() {
    suite(1, |_| Tokio::CurrentThread);
}

#[test]
fn tokio_multi_thread() {
    suite(1, |_| Tokio::MultiThread);
}

#[test]
fn async_executor() {
    suite(1, |_| AsyncExecutor);
}

#[test]
fn smol() {
    suite(1, |_| Smol);
}

#[test]
fn waystation_loop() {
    suite(1, |_| WaystationLoop);
}

/// Any order, polls for no reason, wakers that change: by 20 times as many seeds.
#[test]
fn shuffling() {
    suite(20, Shuffling);
}
