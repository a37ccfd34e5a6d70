//! One program, two runtimes: the same function under tokio and under smol.
//!
//! Eight workers wait for a start gun, at most three of them work at a time, and their results come through a queue.

use std::sync::Arc;

use waystation_event::Event;
use waystation_queue::Queue;
use waystation_semaphore::Semaphore;

const WORKERS: u64 = 8;

/// What both runtimes need to give us: a way to start a task.
fn race(spawn: impl Fn(Worker)) -> impl Future<Output = Vec<u64>> {
    let start = Arc::new(Event::new());
    let seats = Arc::new(Semaphore::new(3));
    let results = Arc::new(Queue::bounded(2));
    for number in 0..WORKERS {
        let (start, seats, results) = (start.clone(), seats.clone(), results.clone());
        spawn(Box::pin(async move {
            start.wait().await;
            let permit = seats
                .acquire_owned()
                .await
                .expect("the semaphore stays open");
            let square = number * number;
            drop(permit);
            results.put(square).await.expect("the queue stays open");
        }));
    }
    async move {
        start.set();
        let mut squares = Vec::new();
        for _ in 0..WORKERS {
            squares.push(results.get().await.expect("eight results come"));
        }
        squares.sort_unstable();
        squares
    }
}

type Worker = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("tokio starts");
    let under_tokio = runtime.block_on(race(|worker| drop(runtime.spawn(worker))));
    println!("tokio: {under_tokio:?}");

    let under_smol = smol::block_on(race(|worker| smol::spawn(worker).detach()));
    println!("smol:  {under_smol:?}");

    assert_eq!(under_tokio, under_smol);
    println!("the same, in any order of execution");
}
