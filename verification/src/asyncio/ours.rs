//! Our side: a small executor that polls tasks in the order in which they were woken, as asyncio's
//! loop does.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use serde_json::{Value, json};

use super::script::{Script, Step};
use super::targets::{Target, Task, target};

type Ready = Arc<Mutex<VecDeque<usize>>>;

struct Bell {
    task: usize,
    is_queued: AtomicBool,
    ready: Ready,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        if !self.is_queued.swap(true, Ordering::SeqCst) {
            let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
            ready.push_back(self.task);
        }
    }
}

/// What came of a task.
enum Fate {
    /// Its wait was called, and it has not begun.
    Late(Task),
    Runs(Task),
    Ended(Value),
    /// It has ended, and that was seen.
    Seen,
}

struct Player {
    target: Box<dyn Target>,
    tasks: Vec<(Fate, Arc<Bell>)>,
    ready: Ready,
}

/// Plays a script and says what could be seen after each group, in the form that driver.py has.
#[must_use]
pub fn play(script: &Script) -> Value {
    let mut player = Player {
        target: target(script),
        tasks: Vec::new(),
        ready: Ready::default(),
    };
    script
        .groups
        .iter()
        .map(|group| player.group(group))
        .collect()
}

impl Player {
    fn group(&mut self, group: &[Step]) -> Value {
        let mut calls = Vec::new();
        for step in group {
            match step {
                Step::Spawn(op, item) => {
                    let task = self.target.task(op, *item);
                    self.add(Fate::Runs(task));
                    self.wake(self.tasks.len() - 1);
                }
                Step::Late => {
                    let task = self.target.late();
                    self.add(Fate::Late(task));
                }
                Step::Begin(task) => {
                    let fate = &mut self.tasks[*task].0;
                    if let Fate::Late(late) = std::mem::replace(fate, Fate::Seen) {
                        *fate = Fate::Runs(late);
                    }
                    self.wake(*task);
                }
                Step::Cancel(task) => {
                    if let Some((fate @ Fate::Runs(_), _)) = self.tasks.get_mut(*task) {
                        *fate = Fate::Ended(json!("cancelled"));
                    }
                }
                Step::Call(op, item) => calls.push(self.target.call(op, *item)),
            }
        }
        self.run();
        let mut ended = Vec::new();
        for (name, (fate, _)) in self.tasks.iter_mut().enumerate() {
            if let Fate::Ended(result) = fate {
                ended.push(json!([name, result.take()]));
                *fate = Fate::Seen;
            }
        }
        json!([calls, ended, self.target.state()])
    }

    fn add(&mut self, fate: Fate) {
        let bell = Bell {
            task: self.tasks.len(),
            is_queued: false.into(),
            ready: self.ready.clone(),
        };
        self.tasks.push((fate, Arc::new(bell)));
    }

    fn wake(&self, task: usize) {
        self.tasks[task].1.clone().wake();
    }

    /// Runs until nothing is ready.
    fn run(&mut self) {
        while let Some(next) = self.next_ready() {
            let (fate, bell) = &mut self.tasks[next];
            bell.is_queued.store(false, Ordering::SeqCst);
            if let Fate::Runs(task) = fate {
                let waker = Waker::from(bell.clone());
                if let Poll::Ready(result) = task.as_mut().poll(&mut Context::from_waker(&waker)) {
                    *fate = Fate::Ended(result);
                }
            }
        }
    }

    fn next_ready(&self) -> Option<usize> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        ready.pop_front()
    }
}
