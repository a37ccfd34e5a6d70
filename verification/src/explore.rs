//! shuttle's random and priority-based schedules.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use shuttle::rand::Rng;
use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, MaxSteps, Runner};

use crate::env::number;

/// Runs a scenario under `WAYSTATION_SHUTTLE_SCHEDULES` random schedules and as many of PCT, and
/// prints a line for each. The schedules are the same every time, unless `WAYSTATION_SHUTTLE_SEED`
/// says otherwise; a failure prints its schedule.
///
/// The name is that of the test that the scenario's closure is written in.
pub fn explore(scenario: impl Fn() + Clone + Send + Sync + 'static) {
    let name = test_name(&scenario);
    let schedules = number("WAYSTATION_SHUTTLE_SCHEDULES", 4_000);
    let seed = number("WAYSTATION_SHUTTLE_SEED", 1) as u64;
    let random = RandomScheduler::new_from_seed(seed, schedules);
    run(&name, "random", schedules, random, scenario.clone());
    let pct = PctScheduler::new_from_seed(seed, 3, schedules);
    run(&name, "pct", schedules, pct, scenario);
}

fn run(
    name: &str,
    kind: &str,
    schedules: usize,
    scheduler: impl Scheduler + 'static,
    scenario: impl Fn() + Send + Sync + 'static,
) {
    let mut config = Config::new();
    // The check of the history runs on it too.
    config.stack_size = 1 << 18;
    config.max_steps = MaxSteps::FailAfter(50_000);
    // Other orderings than SeqCst are loom's to try.
    config.silence_warnings = true;
    let start = Instant::now();
    let ran = Runner::new(scheduler, config).run(scenario);
    assert_eq!(ran, schedules, "every schedule was run");
    let seconds = start.elapsed().as_secs_f64();
    println!("shuttle {name} {kind} {ran} schedules {seconds:.2} s");
}

fn test_name<F>(_: &F) -> String {
    let path = std::any::type_name::<F>().trim_end_matches("::{{closure}}");
    path.rsplit("::").next().unwrap_or(path).to_owned()
}

/// A number below `n`, by the schedule's own chance.
#[must_use]
pub fn chance(n: usize) -> usize {
    shuttle::rand::thread_rng().gen_range(0..n)
}

/// Polls once, with a waker that wakes nobody.
pub fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls up to `polls` times, with a yield after each, and gives up then: what a timeout does.
pub fn give_up_after<F: Future + Unpin>(polls: usize, mut future: F) -> Option<F::Output> {
    for _ in 0..polls {
        if let Poll::Ready(output) = poll_once(&mut future) {
            return Some(output);
        }
        shuttle::thread::yield_now();
    }
    None
}

/// Polls with a waker that wakes nobody first, and with the task's own directly after: what a future
/// sees that is moved to another task.
pub fn moved<F: Future + Unpin>(mut future: F) -> impl Future<Output = F::Output> + Unpin {
    std::future::poll_fn(move |cx| {
        let elsewhere = &mut Context::from_waker(Waker::noop());
        match Pin::new(&mut future).poll(elsewhere) {
            Poll::Ready(output) => Poll::Ready(output),
            Poll::Pending => Pin::new(&mut future).poll(cx),
        }
    })
}
