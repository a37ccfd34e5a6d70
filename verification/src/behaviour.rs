//! What every executor must see: tasks that coordinate, and what holds when they have ended.
#![allow(clippy::unwrap_used, reason = "a panic is how a case fails")]

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use futures_lite::future::{or, yield_now};
use waystation_event::{AutoResetEvent, Event};
use waystation_gather::{as_completed, gather, try_gather};
use waystation_queue::{PriorityQueue, Queue, channel};
use waystation_semaphore::{Fairness, Semaphore};
use waystation_testkit::Ledger;

use crate::executor::Task;

/// Tasks to run together, and what to look at afterwards.
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// What runs.
    pub tasks: Vec<Task>,
    /// What must hold when all have ended.
    pub check: Box<dyn FnOnce()>,
}

impl Case {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            tasks: Vec::new(),
            check: Box::new(|| ()),
        }
    }

    fn task(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.push(Box::pin(task));
    }

    fn check(mut self, check: impl FnOnce() + 'static) -> Self {
        self.check = Box::new(check);
        self
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.name).finish()
    }
}

/// All cases. Each has its tasks started anew.
pub const CASES: [fn() -> Case; 9] = [
    mutual_exclusion,
    weighted_permits,
    producers_and_consumers,
    start_gun,
    timeouts,
    ping_pong,
    pipeline,
    priorities,
    gathered,
];

/// Waits for `future`, or for so many turns: `None` then, and the future is dropped.
async fn within_turns<T>(turns: usize, future: impl Future<Output = T>) -> Option<T> {
    let late = async {
        for _ in 0..turns {
            yield_now().await;
        }
        None
    };
    or(async { Some(pin!(future).await) }, late).await
}

/// One permit, 16 tasks, 10 turns each.
fn mutual_exclusion() -> Case {
    let mut case = Case::new("mutual exclusion");
    let (semaphore, inside) = (Arc::new(Semaphore::new(1)), Arc::new(AtomicUsize::new(0)));
    let turns = Arc::new(AtomicUsize::new(0));
    for _ in 0..16 {
        let (semaphore, inside, turns) = (semaphore.clone(), inside.clone(), turns.clone());
        case.task(async move {
            for _ in 0..10 {
                let permit = semaphore.acquire().await.unwrap();
                assert_eq!(inside.fetch_add(1, SeqCst), 0, "one at a time");
                yield_now().await;
                inside.fetch_sub(1, SeqCst);
                turns.fetch_add(1, SeqCst);
                drop(permit);
            }
        });
    }
    case.check(move || {
        assert_eq!(turns.load(SeqCst), 160);
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (1, 0));
    })
}

/// Requests of 1 to 3 for 3 permits that may be passed, and a debt in between.
fn weighted_permits() -> Case {
    let mut case = Case::new("weighted permits");
    let semaphore = Semaphore::with_fairness(3, Fairness::Bypass { limit: 2 });
    let (semaphore, out) = (Arc::new(semaphore), Arc::new(AtomicUsize::new(0)));
    for task in 0..12 {
        let (semaphore, out) = (semaphore.clone(), out.clone());
        case.task(async move {
            for turn in 0..5 {
                let n = 1 + (task + turn) % 3;
                let permit = semaphore.acquire_many(n).await.unwrap();
                assert!(out.fetch_add(n, SeqCst) + n <= 3, "as many as there are");
                yield_now().await;
                out.fetch_sub(n, SeqCst);
                drop(permit);
            }
        });
    }
    let resized = semaphore.clone();
    case.task(async move {
        for total in [1, 3, 2, 3] {
            resized.resize(total);
            yield_now().await;
        }
    });
    case.check(move || assert_eq!((semaphore.available_permits(), semaphore.waiters()), (3, 0)))
}

/// 4 put 25 items each, 3 get them, 1 waits until all are done, and closes.
fn producers_and_consumers() -> Case {
    let mut case = Case::new("producers and consumers");
    let (ledger, queue) = (Ledger::new(), Arc::new(Queue::bounded(3)));
    let (done, producing) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(4)));
    for producer in 0..4 {
        let (ledger, queue, producing) = (ledger.clone(), queue.clone(), producing.clone());
        case.task(async move {
            for number in 0..25 {
                queue
                    .put(ledger.item(producer * 25 + number))
                    .await
                    .unwrap();
            }
            producing.fetch_sub(1, SeqCst);
        });
    }
    for _ in 0..3 {
        let (queue, done) = (queue.clone(), done.clone());
        case.task(async move {
            while let Ok(task) = queue.get_task().await {
                yield_now().await;
                done.fetch_add(1, SeqCst);
                drop(task);
            }
        });
    }
    let closing = queue.clone();
    case.task(async move {
        while producing.load(SeqCst) > 0 {
            yield_now().await;
        }
        closing.join().await;
        assert!(closing.is_empty() && closing.close());
    });
    case.check(move || {
        assert_eq!(done.load(SeqCst), 100);
        assert_eq!(queue.unfinished(), 0);
        ledger.assert_settled();
    })
}

/// 10 runners wait for the gun; nobody runs before it.
fn start_gun() -> Case {
    let mut case = Case::new("start gun");
    let (gun, running) = (Arc::new(Event::new()), Arc::new(AtomicUsize::new(0)));
    for _ in 0..10 {
        let (gun, running) = (gun.clone(), running.clone());
        case.task(async move {
            gun.wait().await;
            running.fetch_add(1, SeqCst);
        });
    }
    let (starter, seen) = (gun.clone(), running.clone());
    case.task(async move {
        while starter.waiters() < 10 {
            yield_now().await;
        }
        assert_eq!(seen.load(SeqCst), 0, "nobody runs early");
        assert_eq!(starter.pulse(), 10);
        assert!(!starter.is_set());
    });
    case.check(move || assert_eq!((running.load(SeqCst), gun.waiters()), (10, 0)))
}

/// Waits of all kinds that are given up after some turns: nothing is lost, nobody is forgotten.
fn timeouts() -> Case {
    let mut case = Case::new("timeouts");
    let semaphore = Arc::new(Semaphore::new(2));
    let (ledger, queue) = (Ledger::new(), Arc::new(Queue::bounded(2)));
    let moved = Arc::new([const { AtomicUsize::new(0) }; 2]);
    for task in 0..12 {
        let (semaphore, queue, ledger) = (semaphore.clone(), queue.clone(), ledger.clone());
        let moved = moved.clone();
        case.task(async move {
            for turn in 0..10 {
                let turns = (task + turn) % 5;
                let request = semaphore.acquire_many(1 + task % 2);
                if let Some(permit) = within_turns(turns, request).await {
                    yield_now().await;
                    drop(permit);
                }
                if task % 2 == 0 {
                    let put = queue.put(ledger.item(turn as u64));
                    if let Some(put) = within_turns(turns, put).await {
                        put.unwrap();
                        moved[0].fetch_add(1, SeqCst);
                    }
                } else if let Some(item) = within_turns(turns, queue.get()).await {
                    drop(item.unwrap());
                    moved[1].fetch_add(1, SeqCst);
                }
            }
        });
    }
    case.check(move || {
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (2, 0));
        assert_eq!((queue.getters_waiting(), queue.putters_waiting()), (0, 0));
        let [put, got] = [0, 1].map(|side: usize| moved[side].load(SeqCst));
        assert_eq!(put, got + queue.len(), "what was put and not got is there");
        drop(queue);
        ledger.assert_settled();
    })
}

/// Two tasks take turns by two auto-reset events.
fn ping_pong() -> Case {
    let mut case = Case::new("ping-pong");
    let events = Arc::new([AutoResetEvent::with_state(true), AutoResetEvent::new()]);
    let order = Arc::new(Mutex::new(Vec::new()));
    for me in 0..2 {
        let (events, order) = (events.clone(), order.clone());
        case.task(async move {
            for _ in 0..50 {
                events[me].wait().await;
                order.lock().unwrap().push(me);
                events[1 - me].set();
            }
        });
    }
    case.check(move || {
        let order = order.lock().unwrap();
        assert!(order.len() == 100 && order.chunks(2).all(|turn| turn == [0, 1]));
        assert!(events[0].is_set() && !events[1].is_set());
    })
}

/// Three stages behind channels; the ends of the channels end the stages.
fn pipeline() -> Case {
    let mut case = Case::new("pipeline");
    let (first, numbers) = channel::bounded(1);
    let (second, squares) = channel::bounded(2);
    let sum = Arc::new(Mutex::new(Vec::new()));
    case.task(async move {
        for number in 0..50 {
            first.send(number).await.unwrap();
        }
    });
    case.task(async move {
        while let Ok(number) = numbers.recv().await {
            second.send(number * number).await.unwrap();
        }
    });
    let out = sum.clone();
    case.task(async move {
        while let Ok(square) = squares.recv().await {
            out.lock().unwrap().push(square);
        }
    });
    case.check(move || {
        let squares: Vec<usize> = (0..50).map(|number| number * number).collect();
        assert_eq!(*sum.lock().unwrap(), squares, "in order");
    })
}

/// What is in a priority queue comes out lowest first, whoever put it.
fn priorities() -> Case {
    let mut case = Case::new("priorities");
    let queue = Arc::new(PriorityQueue::unbounded());
    let (left, got) = (
        Arc::new(AtomicUsize::new(5)),
        Arc::new(Mutex::new(Vec::new())),
    );
    for task in 0..5_u32 {
        let (queue, left) = (queue.clone(), left.clone());
        case.task(async move {
            for number in 0..10 {
                queue.put((number * 7 + task) % 50).await.unwrap();
                yield_now().await;
            }
            if left.fetch_sub(1, SeqCst) == 1 {
                queue.close();
            }
        });
    }
    let out = got.clone();
    case.task(async move {
        queue.closed().await;
        while let Ok(number) = queue.get().await {
            out.lock().unwrap().push(number);
        }
    });
    case.check(move || {
        let got = got.lock().unwrap();
        assert!(got.len() == 50 && got.is_sorted());
    })
}

/// Children of `gather`, `try_gather` and `as_completed` that coordinate with each other and with
/// another task.
fn gathered() -> Case {
    let mut case = Case::new("gathered");
    let (semaphore, gun) = (Arc::new(Semaphore::new(2)), Arc::new(Event::new()));
    let queue = Arc::new(Queue::bounded(2));
    let sums = Arc::new(Mutex::new(Vec::new()));
    let (out, permits, fired) = (sums.clone(), semaphore.clone(), gun.clone());
    case.task(async move {
        let square = async |number: usize| {
            let permit = permits.acquire().await.unwrap();
            yield_now().await;
            drop(permit);
            number * number
        };
        let squares = gather((0..10).map(square)).await;
        assert!(squares.is_sorted(), "in the order of the children");

        let first_error = try_gather([0, 1, 2].map(async |number: usize| {
            fired.wait().await;
            if number == 1 { Err(number) } else { Ok(number) }
        }));
        assert_eq!(first_error.await, Err(1));

        let mut completed = as_completed((1..=10).map(square));
        let mut sum = squares.iter().sum::<usize>();
        while let Some((_, square)) = completed.next().await {
            sum += square;
        }
        out.lock().unwrap().push(sum);
    });
    case.task(async move {
        for _ in 0..5 {
            yield_now().await;
        }
        gun.set();
    });
    let out = sums.clone();
    case.task(async move {
        let puts = gather((1..=10).map(|number| queue.put(number)));
        let gets = gather((1..=10).map(|_| queue.get()));
        let (puts, gets) = gather((puts, gets)).await;
        assert!(puts.iter().all(Result::is_ok));
        let sum = gets.into_iter().map(Result::unwrap).sum();
        out.lock().unwrap().push(sum);
    });
    case.check(move || {
        let mut sums = std::mem::take(&mut *sums.lock().unwrap());
        sums.sort_unstable();
        // 1 to 10; and the squares of 0 to 9 and of 1 to 10.
        assert_eq!(sums, [55, 285 + 385]);
        assert_eq!((semaphore.available_permits(), semaphore.waiters()), (2, 0));
    })
}
