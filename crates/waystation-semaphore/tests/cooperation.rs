//! A busy task lets its neighbours run: feature `tokio` takes part in tokio's budget.
#![cfg(feature = "tokio")]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use waystation_semaphore::Semaphore;

const LIMIT: Duration = Duration::from_millis(50);

fn runtimes() -> [Runtime; 2] {
    let current = Builder::new_current_thread().enable_time().build();
    let multi = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build();
    [current.unwrap(), multi.unwrap()]
}

/// As many busy tasks as workers: each must see its own timeout end. The best of several tries, on
/// a machine that does other things too.
fn ends_in_time<F>(busy: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    for runtime in runtimes() {
        let longest = (0..20)
            .map(|_| {
                let start = Instant::now();
                runtime.block_on(async {
                    let tasks = [(); 2].map(|()| tokio::spawn(timeout(LIMIT, busy())));
                    for task in tasks {
                        assert!(task.await.unwrap().is_err(), "it never ends by itself");
                    }
                });
                start.elapsed()
            })
            .find(|&took| took <= Duration::from_millis(60));
        assert!(longest.is_some(), "no try ended within 60 ms");
    }
}

#[test]
fn a_busy_acquire_loop_lets_a_timeout_fire() {
    let semaphore = Arc::new(Semaphore::new(8));
    ends_in_time(|| {
        let semaphore = semaphore.clone();
        async move {
            loop {
                drop(semaphore.acquire().await.unwrap());
            }
        }
    });
}
