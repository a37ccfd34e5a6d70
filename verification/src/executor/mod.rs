//! Executors, all driven the same way: run these tasks to their end.

mod waystation;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_testkit::ShufflingExecutor;

pub use waystation::WaystationLoop;

/// A task of a case.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Something that runs tasks.
pub trait Executor {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// Runs all tasks to their end. A task that panics makes it panic.
    fn run(&self, tasks: Vec<Task>);
}

/// `futures_lite::future::block_on`, all tasks polled by hand within one.
#[derive(Clone, Copy, Debug)]
pub struct FuturesLite;

impl Executor for FuturesLite {
    fn name(&self) -> &'static str {
        "futures-lite"
    }

    fn run(&self, tasks: Vec<Task>) {
        futures_lite::future::block_on(Together(tasks));
    }
}

/// All tasks in one: each wake-up polls all.
struct Together(Vec<Task>);

impl Future for Together {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0
            .retain_mut(|task| task.as_mut().poll(cx).is_pending());
        if self.0.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

/// tokio, on one thread or on several.
#[derive(Clone, Copy, Debug)]
pub enum Tokio {
    /// `new_current_thread`
    CurrentThread,
    /// `new_multi_thread` with four workers
    MultiThread,
}

impl Executor for Tokio {
    fn name(&self) -> &'static str {
        match self {
            Self::CurrentThread => "tokio-current-thread",
            Self::MultiThread => "tokio-multi-thread",
        }
    }

    fn run(&self, tasks: Vec<Task>) {
        let runtime = match self {
            Self::CurrentThread => tokio::runtime::Builder::new_current_thread().build(),
            Self::MultiThread => tokio::runtime::Builder::new_multi_thread()
                .worker_threads(4)
                .build(),
        };
        let runtime = runtime.expect("a runtime can be built");
        let handles: Vec<_> = tasks.into_iter().map(|task| runtime.spawn(task)).collect();
        runtime.block_on(async {
            for handle in handles {
                handle.await.expect("no task panics");
            }
        });
    }
}

/// `async-executor`, run by three threads.
#[derive(Clone, Copy, Debug)]
pub struct AsyncExecutor;

impl Executor for AsyncExecutor {
    fn name(&self) -> &'static str {
        "async-executor"
    }

    fn run(&self, tasks: Vec<Task>) {
        let executor = async_executor::Executor::new();
        let handles: Vec<_> = tasks.into_iter().map(|task| executor.spawn(task)).collect();
        let done = waystation_event::Event::new();
        std::thread::scope(|threads| {
            for _ in 0..2 {
                threads.spawn(|| futures_lite::future::block_on(executor.run(done.wait())));
            }
            futures_lite::future::block_on(executor.run(async {
                for handle in handles {
                    handle.await;
                }
            }));
            done.set();
        });
    }
}

/// smol's global executor.
#[derive(Clone, Copy, Debug)]
pub struct Smol;

impl Executor for Smol {
    fn name(&self) -> &'static str {
        "smol"
    }

    fn run(&self, tasks: Vec<Task>) {
        let handles: Vec<_> = tasks.into_iter().map(smol::spawn).collect();
        smol::block_on(async {
            for handle in handles {
                handle.await;
            }
        });
    }
}

/// The testkit's executor without manners, by a seed.
#[derive(Clone, Copy, Debug)]
pub struct Shuffling(pub u64);

impl Executor for Shuffling {
    fn name(&self) -> &'static str {
        "shuffling"
    }

    fn run(&self, tasks: Vec<Task>) {
        let mut executor = ShufflingExecutor::new(self.0);
        for task in tasks {
            executor.spawn(task);
        }
        executor.run();
    }
}

impl fmt::Debug for dyn Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
