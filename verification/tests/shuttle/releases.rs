//! A release to several waiters is one step: against every ender and every observer, an order of the
//! operations explains who was served and what was seen.
//!
//! The waiters are in line before any thread starts, so that a schedule is spent on the release
//! alone. Who releases, who ends and who looks is the schedule's own choice.

use std::sync::Arc;
use std::task::Poll;

use shuttle::thread::scope;
use verification::explore::{chance, explore, poll_once};
use verification::spec::{Fate, Item, QueueLog, QueueSpec, SemaphoreLog, SemaphoreSpec, Step};
use waystation_queue::Queue;
use waystation_semaphore::{Fairness, Semaphore};
use waystation_testkit::model::Order;

/// `n` permits for a line of `n`, by every call that can give so many at once. One more is held all
/// the time.
fn semaphore(limit: u32) {
    let fairness = Fairness::Bypass { limit };
    let n = 2 + chance(3);
    let (way, ends) = (chance(5), [chance(7), chance(5)]);
    // What is free at first, and what a large head asks for that does not fit.
    let (free, head) = if way == 4 { (n, n + 1) } else { (0, 0) };
    let held = if way == 3 { n } else { 0 };
    let total = 1 + free + held;
    let semaphore = Arc::new(Semaphore::with_fairness(total, fairness));
    let log = SemaphoreLog::new();
    let one = log.try_acquire(1, &semaphore);
    let held = (held > 0).then(|| log.try_acquire(held, &semaphore));
    let mut head = (head > 0).then(|| log.acquire(100, head, semaphore.acquire_many_owned(head)));
    if let Some(head) = &mut head {
        assert!(poll_once(head).is_pending());
    }
    let mut line: Vec<_> = (0..n as u32)
        .map(|who| log.acquire(who, 1, semaphore.acquire_owned()))
        .collect();
    for request in &mut line {
        assert!(poll_once(request).is_pending());
    }
    let mut early = line.remove(chance(n));
    let (got, early) = scope(|threads| {
        let (semaphore, log) = (&semaphore, &log);
        threads.spawn(move || match way {
            0 => _ = log.add(n, semaphore),
            // The total is 1, or 0 if somebody else has resized it.
            1 => log.resize(1 + n, semaphore),
            2 => {
                log.add(n - 1, semaphore);
                log.add(1, semaphore);
            }
            3 => log.release(n, held),
            _ => drop(head),
        });
        for end in ends {
            threads.spawn(move || match end {
                0 => _ = log.forget_free(n, semaphore),
                1 => _ = log.close(semaphore),
                2 => log.look(semaphore),
                3 => {
                    log.look(semaphore);
                    log.look_closer(semaphore);
                }
                4 => {
                    if let Some(permit) = log.try_acquire(1, semaphore) {
                        log.release(1, permit);
                    }
                }
                5 => log.resize(0, semaphore),
                // One is always held, unless somebody has withdrawn it, which only this thread does.
                _ => log.reduce(1, semaphore),
            });
        }
        let early = threads.spawn(move || (poll_once(&mut early), early));
        early.join().unwrap()
    });
    line.extend(Some(early).filter(|_| got.is_pending()));
    let served: Vec<_> = line.iter_mut().map(poll_once).collect();
    log.look(&semaphore);
    log.look_closer(&semaphore);
    drop((line, one));
    log.into_history()
        .assert_linearizable(SemaphoreSpec::new(total, limit as usize));
    drop((got, served));
}

#[test]
fn semaphore_release_to_many_is_one_step() {
    explore(|| semaphore(0));
}

#[test]
fn bypass_release_to_many_is_one_step() {
    explore(|| semaphore(1 + chance(2) as u32));
}

/// Ends it, or looks at it.
fn end_or_look(which: usize, log: &QueueLog, queue: &Queue<Item>) {
    match which {
        0 => log.close(queue),
        1 => drop(log.close_now(queue)),
        2 => log.look(Step::Len, queue),
        3 => log.look(Step::IsFull, queue),
        4 => log.look(Step::Unfinished, queue),
        5 => {
            log.look(Step::Getters, queue);
            log.look(Step::Putters, queue);
        }
        6 => _ = log.try_put(50, queue),
        7 => _ = log.try_get(queue),
        _ => log.try_reserve(queue),
    }
}

/// Room for a line of puts and reserves at once: a drain, a `get_many`, or slots that are let go.
#[test]
fn queue_room_for_many_is_one_step() {
    explore(|| {
        let n = 2 + chance(3);
        let (way, ends) = (chance(3), [chance(9), chance(9)]);
        let (queue, log) = (Arc::new(Queue::bounded(n)), QueueLog::new());
        for item in 0..n as u32 {
            assert!(log.try_put(item, &queue));
        }
        let mut puts: Vec<_> = (100..100 + n as u32 / 2)
            .map(|who| log.put(who, who, queue.put_owned(who)))
            .collect();
        let mut reserves: Vec<_> = (200..200 + n.div_ceil(2) as u32)
            .map(|who| log.reserve(who, queue.reserve_owned()))
            .collect();
        let reserves_first = chance(2) == 0;
        if !reserves_first {
            assert!(puts.iter_mut().all(|put| poll_once(put).is_pending()));
        }
        assert!(reserves.iter_mut().all(|one| poll_once(one).is_pending()));
        if reserves_first {
            assert!(puts.iter_mut().all(|put| poll_once(put).is_pending()));
        }
        let mut last = reserves.pop();
        let last = scope(|threads| {
            let (queue, log) = (&queue, &log);
            threads.spawn(move || match way {
                0 => drop(log.drain(queue)),
                1 => {
                    let get = Box::pin(async move {
                        let mut items = Vec::new();
                        queue.get_many(&mut items, n).await;
                        items
                    });
                    let got = poll_once(&mut log.get_many(300, n, get));
                    drop(got);
                }
                _ => drop(log.close_now(queue)),
            });
            for end in ends {
                threads.spawn(move || end_or_look(end, log, queue));
            }
            let early = threads.spawn(move || last.as_mut().map(poll_once).map(|got| (got, last)));
            early.join().unwrap()
        });
        let mut slots = Vec::new();
        slots.extend(last.map(|(got, last)| {
            reserves.extend(last.filter(|_| got.is_pending()));
            got
        }));
        for reserve in &mut reserves {
            slots.push(poll_once(reserve));
        }
        for put in &mut puts {
            // In, or not: the history tells.
            let _put = poll_once(put);
        }
        for step in [Step::Len, Step::IsFull, Step::Unfinished, Step::Putters] {
            log.look(step, &queue);
        }
        drop((puts, reserves));
        for slot in slots {
            if let Poll::Ready(Ok(slot)) = slot {
                log.done(Step::SlotDrop, || drop(slot));
            }
        }
        log.look(Step::Len, &queue);
        log.into_history()
            .assert_linearizable(QueueSpec::new(Order::Fifo, n));
    });
}

/// Tasks that all fail at once, with a line of gets: each is put back and goes to the next, or is
/// done, be the queue open, closed or shut down at once.
#[test]
fn queue_nacks_reach_the_line_or_are_done() {
    explore(|| {
        let n = 2 + chance(3);
        let ends = [chance(10), chance(10)];
        let (queue, log) = (Arc::new(Queue::bounded(n)), QueueLog::new());
        let items = 0..n as u32;
        let mut tasks = Vec::new();
        for item in items.clone() {
            assert!(log.try_put(item, &queue));
            match poll_once(&mut log.get_task(300 + item, queue.get_task_owned())) {
                Poll::Ready(Ok(task)) => tasks.push(task),
                _ => unreachable!("it is there"),
            }
        }
        let mut gets: Vec<_> = items
            .map(|who| log.get(100 + who, queue.get_owned()))
            .collect();
        assert!(gets.iter_mut().all(|get| poll_once(get).is_pending()));
        let many = Box::pin({
            let queue = queue.clone();
            async move {
                let mut items = Vec::new();
                queue.get_many(&mut items, n).await;
                items
            }
        });
        let mut many = log.get_many(200, n, many);
        assert!(poll_once(&mut many).is_pending());
        let mut first = gets.remove(0);
        let join = log.join(400, queue.join_owned());
        scope(|threads| {
            let (queue, log) = (&queue, &log);
            let (early, late): (Vec<_>, Vec<_>) = tasks.into_iter().partition(|task| **task < 2);
            for tasks in [early, late] {
                threads.spawn(move || {
                    for task in tasks {
                        let fate = |outcome: &Result<(), Item>| match outcome {
                            Ok(()) => Fate::Entered,
                            Err(_) => Fate::Closed,
                        };
                        // Refused only after the end.
                        let _nacked = log.step(Step::Nack(*task), || task.nack(), fate);
                    }
                });
            }
            for end in ends {
                threads.spawn(move || match end {
                    9 => drop(log.drain(queue)),
                    end => end_or_look(end, log, queue),
                });
            }
            threads.spawn(move || {
                if poll_once(&mut first).is_ready() {
                    let done = |done: &Result<_, _>| Fate::Number(usize::from(done.is_ok()));
                    let _done = log.step(Step::TaskDone, || queue.task_done(), done);
                }
            });
        });
        for get in &mut gets {
            let _got = poll_once(get);
        }
        let _got = poll_once(&mut many);
        for step in [Step::Len, Step::IsFull, Step::Unfinished, Step::Getters] {
            log.look(step, &queue);
        }
        drop((gets, many));
        let mut join = join;
        let _joined = poll_once(&mut join);
        drop(join);
        log.into_history()
            .assert_linearizable(QueueSpec::new(Order::Fifo, n));
    });
}
