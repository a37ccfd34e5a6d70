//! An executor without manners: tasks run in any order, are polled for no reason, and get another
//! waker when they least expect it.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Wake, Waker};

use parking_lot::Mutex;

use crate::rng::Rng;

/// Runs tasks on this thread; the seed decides everything that is left to chance.
///
/// A waker that was replaced wakes nobody: a primitive that keeps a stale one leaves its task
/// stuck.
///
/// ```
/// # use waystation_testkit::ShufflingExecutor;
/// let mut sum = 0;
/// let mut executor = ShufflingExecutor::new(7);
/// executor.spawn(async { sum += 1 });
/// executor.run();
/// drop(executor);
/// assert_eq!(sum, 1);
/// ```
pub struct ShufflingExecutor<'a> {
    tasks: Vec<Option<Task<'a>>>,
    left: usize,
    ready: Ready,
    rng: Rng,
    polls: usize,
}

type Ready = Arc<Mutex<Vec<usize>>>;

struct Task<'a> {
    future: Pin<Box<dyn Future<Output = ()> + 'a>>,
    signal: Arc<Signal>,
}

/// What one waker of a task does.
struct Signal {
    task: usize,
    ready: Ready,
    /// The task is in `ready`.
    queued: AtomicBool,
    /// The task was polled with another waker since.
    stale: AtomicBool,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.stale.load(SeqCst) && !self.queued.swap(true, SeqCst) {
            self.ready.lock().push(self.task);
        }
    }
}

impl<'a> ShufflingExecutor<'a> {
    /// An executor without tasks.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let ready = Ready::default();
        Self {
            tasks: Vec::new(),
            left: 0,
            ready,
            rng: Rng::new(seed),
            polls: 0,
        }
    }

    /// Adds a task.
    pub fn spawn(&mut self, future: impl Future<Output = ()> + 'a) {
        let signal = self.signal(self.tasks.len());
        signal.wake_by_ref();
        self.tasks.push(Some(Task {
            future: Box::pin(future),
            signal,
        }));
        self.left += 1;
    }

    /// Runs until no task is ready. Returns how many are left.
    pub fn run_until_stalled(&mut self) -> usize {
        loop {
            if self.left > 0 && self.rng.chance(1, 8) {
                self.poll_for_no_reason();
            }
            let Some(id) = self.next_ready() else {
                return self.left;
            };
            self.poll(id);
        }
    }

    /// Runs all tasks to their end.
    ///
    /// # Panics
    ///
    /// If tasks are left and none is ready.
    #[track_caller]
    pub fn run(&mut self) {
        let stuck = self.run_until_stalled();
        assert!(stuck == 0, "{stuck} tasks are stuck");
    }

    /// Runs until nothing is ready, and returns what `future` returned.
    ///
    /// # Panics
    ///
    /// If `future` is not ready by then. Other tasks may be left.
    #[track_caller]
    pub fn block_on<T: 'a>(&mut self, future: impl Future<Output = T> + 'a) -> T {
        let result = Rc::new(Cell::new(None));
        let inner = result.clone();
        self.spawn(async move { inner.set(Some(future.await)) });
        let left = self.run_until_stalled();
        result
            .take()
            .unwrap_or_else(|| panic!("the future is stuck, with {left} tasks left"))
    }

    /// How many tasks are left.
    #[must_use]
    pub fn tasks(&self) -> usize {
        self.left
    }

    /// How many polls there were.
    #[must_use]
    pub fn polls(&self) -> usize {
        self.polls
    }

    fn signal(&self, task: usize) -> Arc<Signal> {
        let ready = self.ready.clone();
        Arc::new(Signal {
            task,
            ready,
            queued: false.into(),
            stale: false.into(),
        })
    }

    /// Any of the ready tasks.
    fn next_ready(&mut self) -> Option<usize> {
        let mut ready = self.ready.lock();
        let len = ready.len();
        (len > 0).then(|| ready.swap_remove(self.rng.below(len)))
    }

    /// Polls any task that is not ready, if the one it hits upon is such a task.
    fn poll_for_no_reason(&mut self) {
        let id = self.rng.below(self.tasks.len());
        if self.tasks[id]
            .as_ref()
            .is_some_and(|task| !task.signal.queued.load(SeqCst))
        {
            self.poll(id);
        }
    }

    fn poll(&mut self, id: usize) {
        // Taken out, so that a task that panics is gone.
        let Some(mut task) = self.tasks[id].take() else {
            return;
        };
        self.left -= 1;
        self.polls += 1;
        // Either it was taken off the ready list, or it was not on it.
        task.signal.queued.store(false, SeqCst);
        if self.rng.chance(1, 3) {
            let late = task.signal.clone();
            task.signal = self.signal(id);
            late.stale.store(true, SeqCst);
        }
        let waker = Waker::from(task.signal.clone());
        if task
            .future
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
        {
            self.tasks[id] = Some(task);
            self.left += 1;
        }
    }
}

impl fmt::Debug for ShufflingExecutor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShufflingExecutor")
            .field("tasks", &self.left)
            .field("polls", &self.polls)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::task::Poll;

    use super::*;
    use crate::reference::{Event, Queue, Semaphore};

    #[test]
    fn tasks_end_in_another_order_for_another_seed() {
        let order = |seed| {
            let order = RefCell::new(Vec::new());
            let mut executor = ShufflingExecutor::new(seed);
            for i in 0..20 {
                let order = &order;
                executor.spawn(async move { order.borrow_mut().push(i) });
            }
            executor.run();
            drop(executor);
            order.into_inner()
        };
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
    }

    #[test]
    #[should_panic(expected = "2 tasks are stuck")]
    fn a_stuck_task_is_found() {
        let event = Event::new();
        let mut executor = ShufflingExecutor::new(1);
        executor.spawn(event.wait());
        executor.spawn(async {});
        executor.spawn(event.wait());
        executor.run();
    }

    #[test]
    #[should_panic(expected = "1 tasks are stuck")]
    fn a_future_that_keeps_its_first_waker_is_found() {
        for seed in 0..20 {
            let mut kept = None;
            let mut polls = 0;
            let keeps_first = std::future::poll_fn(move |cx| {
                polls += 1;
                kept.get_or_insert_with(|| cx.waker().clone()).wake_by_ref();
                if polls == 4 {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            });
            let mut executor = ShufflingExecutor::new(seed);
            executor.spawn(keeps_first);
            executor.run();
        }
    }

    #[test]
    fn the_reference_primitives_stand_it() {
        for seed in 0..200 {
            let (semaphore, queue) = (Semaphore::new(2), Queue::bounded(1));
            let mut executor = ShufflingExecutor::new(seed);
            for i in 0..10 {
                let (semaphore, queue) = (&semaphore, &queue);
                executor.spawn(async move {
                    let _permit = semaphore.acquire().await;
                    queue.put(i).await.unwrap();
                });
            }
            let queue = &queue;
            let sum = executor.block_on(async move {
                let mut sum = 0;
                for _ in 0..10 {
                    sum += queue.get().await.unwrap();
                }
                sum
            });
            assert_eq!(sum, 45);
            executor.run();
            assert!(executor.polls() > 11);
        }
    }

    #[test]
    fn a_task_that_panics_is_gone() {
        let mut executor = ShufflingExecutor::new(1);
        executor.spawn(async { panic!("once") });
        let run = std::panic::AssertUnwindSafe(|| executor.run());
        assert!(std::panic::catch_unwind(run).is_err());
        executor.run();
        assert_eq!(executor.tasks(), 0);
    }
}
