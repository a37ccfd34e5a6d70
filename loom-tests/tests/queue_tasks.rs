//! Tasks and batches of a queue, each operation against every other.
//!
//! The scene: the only item was taken as a task and is unfinished. Two threads do one thing each. Then every item must be
//! in one place, the count of what is unfinished must be right, and a `join` must know when it is over.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::task::Poll;

use futures_core::FusedFuture;
use loom_tests::{Probe, exhaustive_as, pairs, poll, spawn};
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

fn op(name: &str) -> Op {
    match name {
        "join" => JoinAll,
        "task_done" => TaskDone,
        "nack" => Nack,
        "get_many" => GetMany,
        "get" => Get,
        "put" => Put,
        "close" => Close,
        "close_now" => CloseNow,
        _ => panic!("no operation `{name}`"),
    }
}

/// What a thread did.
#[derive(Default)]
struct Did {
    join: Option<(Join<Owned>, Arc<Probe>)>,
    /// Items that went in, and of these the new ones.
    entered: usize,
    new: usize,
    left: usize,
    done: usize,
}

impl Op {
    fn run(self, queue: Owned, task: Option<TaskGuard<Owned>>) -> Did {
        let probe = Probe::new();
        let mut did = Did::default();
        match self {
            JoinAll => {
                let mut join = queue.join_owned();
                assert!(poll(&mut join, &probe).is_pending() || queue.unfinished() == 0);
                did.join = Some((join, probe));
            }
            TaskDone => did.done = usize::from(queue.task_done().is_ok()),
            Nack => match task.unwrap().nack() {
                Ok(()) => did.entered = 1,
                Err(_) => did.done = 1,
            },
            GetMany => {
                let mut items = Vec::new();
                let _: Poll<usize> = poll(&mut queue.get_many_owned(&mut items, 2), &probe);
                did.left = items.len();
            }
            Get => {
                let got = poll(&mut queue.get_owned(), &probe);
                did.left = usize::from(matches!(got, Poll::Ready(Ok(_))));
            }
            Put => {
                let put = poll(&mut queue.put_owned(7), &probe);
                did.new = usize::from(put == Poll::Ready(Ok(())));
                did.entered = did.new;
            }
            Close => _ = queue.close(),
            CloseNow => {
                did.left = queue.close_now().len();
                did.done = did.left;
            }
        }
        did
    }
}

fn race(name: &str, first: &str, second: &str) {
    let (first, second) = (op(first), op(second));
    if matches!((first, second), (Nack, Nack)) {
        // A task is put back once.
        return;
    }
    exhaustive_as(name, move || {
        let queue: Owned = Arc::new(Queue::bounded(2));
        queue.try_put(1).unwrap();
        let mut task = match poll(&mut queue.get_task_owned(), &Probe::new()) {
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
        for (mut join, probe) in did.into_iter().filter_map(|did| did.join) {
            let woken = probe.wakes();
            let is_over = join.is_terminated() || poll(&mut join, &probe).is_ready();
            assert_eq!(is_over, unfinished == 0);
            assert!(woken <= usize::from(is_over), "woken for nothing");
        }
        drop(task);
        drop(queue.drain());
        if !queue.is_closed() {
            queue.try_put(8).unwrap();
            assert_eq!(queue.try_get(), Ok(8));
        }
    });
}

pairs! { "q_tasks", race; join task_done nack get_many get put close close_now }
