//! Tasks and batches of a queue, each operation against every other.
//!
//! The scene: the only item was taken as a task and is unfinished. Two threads do one thing each. Then every item must be
//! in one place, the count of what is unfinished must be right, and a `join` must know when it is over.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::task::Poll;

use loom_tests::{Bell, exhaustive_as, pairs, poll, spawn};
use waystation_queue::{Join, Queue, TaskGuard};

type Owned = Arc<Queue<usize>>;

#[derive(Clone, Copy)]
enum Op {
    JoinAll,
    TaskDone,
    Nack,
    GetMany,
    Get,
    Put,
    Close,
    CloseNow,
}
use Op::*;

/// What a thread did.
#[derive(Default)]
struct Did {
    join: Option<(Join<Owned>, Arc<Bell>)>,
    /// Items that went in, and of these the new ones.
    entered: usize,
    new: usize,
    left: usize,
    done: usize,
}

impl Op {
    fn run(self, queue: Owned, task: Option<TaskGuard<Owned>>) -> Did {
        let bell = Bell::new();
        let mut did = Did::default();
        match self {
            JoinAll => {
                let mut join = queue.join_owned();
                assert!(poll(&mut join, &bell).is_pending() || queue.unfinished() == 0);
                did.join = Some((join, bell));
            }
            TaskDone => did.done = usize::from(queue.task_done().is_ok()),
            Nack => match task.unwrap().nack() {
                Ok(()) => did.entered = 1,
                Err(_) => did.done = 1,
            },
            GetMany => {
                let mut items = Vec::new();
                let _: Poll<usize> = poll(&mut queue.get_many_owned(&mut items, 2), &bell);
                did.left = items.len();
            }
            Get => {
                let got = poll(&mut queue.get_owned(), &bell);
                did.left = usize::from(matches!(got, Poll::Ready(Ok(_))));
            }
            Put => {
                let put = poll(&mut queue.put_owned(7), &bell);
                did.new = usize::from(put == Poll::Ready(Ok(())));
                did.entered = did.new;
            }
            Close => assert!(queue.close()),
            CloseNow => {
                did.left = queue.close_now().len();
                did.done = did.left;
            }
        }
        did
    }
}

fn race(name: &str, first: Op, second: Op) {
    exhaustive_as(name, move || {
        let queue: Owned = Arc::new(Queue::bounded(2));
        queue.try_put(1).unwrap();
        let mut task = match poll(&mut queue.get_task_owned(), &Bell::new()) {
            Poll::Ready(task) => task.ok(),
            Poll::Pending => None,
        };
        assert!(task.is_some());
        let [mine, theirs] = [first, second].map(|op| {
            let task = matches!(op, Nack).then(|| task.take().unwrap());
            let queue = queue.clone();
            move || op.run(queue, task)
        });
        let other = spawn(theirs);
        let did = [mine(), other.join().unwrap()];

        let sum = |of: fn(&Did) -> usize| did.iter().map(of).sum::<usize>();
        assert_eq!(queue.len(), sum(|did| did.entered) - sum(|did| did.left));
        assert_eq!((queue.getters_waiting(), queue.putters_waiting()), (0, 0));
        let unfinished = queue.unfinished();
        let expected = (1 + sum(|did| did.new)).saturating_sub(sum(|did| did.done));
        assert_eq!(unfinished, expected);
        for (mut join, bell) in did.into_iter().filter_map(|did| did.join) {
            let rung = bell.rung();
            let is_over = join.is_terminated() || poll(&mut join, &bell).is_ready();
            assert_eq!(is_over, unfinished == 0);
            assert!(rung <= usize::from(is_over), "rung for nothing");
        }
        drop(task);
        drop(queue.drain());
        if !queue.is_closed() {
            queue.try_put(8).unwrap();
            assert_eq!(queue.try_get(), Ok(8));
        }
    });
}

pairs! { "q_tasks_", race;
    join_join: JoinAll, JoinAll;
    join_task_done: JoinAll, TaskDone;
    join_nack: JoinAll, Nack;
    join_get_many: JoinAll, GetMany;
    join_get: JoinAll, Get;
    join_put: JoinAll, Put;
    join_close: JoinAll, Close;
    join_close_now: JoinAll, CloseNow;
    task_done_task_done: TaskDone, TaskDone;
    task_done_nack: TaskDone, Nack;
    task_done_get_many: TaskDone, GetMany;
    task_done_get: TaskDone, Get;
    task_done_put: TaskDone, Put;
    task_done_close: TaskDone, Close;
    task_done_close_now: TaskDone, CloseNow;
    nack_get_many: Nack, GetMany;
    nack_get: Nack, Get;
    nack_put: Nack, Put;
    nack_close: Nack, Close;
    nack_close_now: Nack, CloseNow;
    get_many_get_many: GetMany, GetMany;
    get_many_get: GetMany, Get;
    get_many_put: GetMany, Put;
    get_many_close: GetMany, Close;
    get_many_close_now: GetMany, CloseNow;
}
