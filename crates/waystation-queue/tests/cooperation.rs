//! A busy task lets its neighbours run: feature `tokio` takes part in tokio's budget.
#![cfg(feature = "tokio")]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use waystation_queue::Queue;

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
fn a_busy_put_and_get_loop_lets_a_timeout_fire() {
    let queue = Arc::new(Queue::unbounded());
    ends_in_time(|| {
        let queue = queue.clone();
        async move {
            loop {
                queue.put(1).await.unwrap();
                queue.get().await.unwrap();
            }
        }
    });
}

#[test]
fn a_busy_reserve_loop_lets_a_timeout_fire() {
    ends_in_time(|| async {
        let queue = Queue::bounded(4);
        loop {
            queue.reserve().await.unwrap().put(1).unwrap();
            drop(queue.get_task().await.unwrap());
        }
    });
}

#[test]
fn an_endless_put_many_lets_a_timeout_fire() {
    ends_in_time(|| async {
        let queue = Queue::bounded(4);
        let consumer = async {
            let mut items = Vec::new();
            loop {
                items.clear();
                queue.get_many(&mut items, 64).await;
            }
        };
        futures_lite::future::or(
            async {
                queue.put_many(std::iter::repeat(1)).await.unwrap();
            },
            consumer,
        )
        .await;
    });
}
