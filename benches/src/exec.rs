//! The small executor on which every async row runs.
//!
//! One thread, one FIFO run queue, real reference-counted wakers. A wake from the executor's own
//! thread goes straight into the run queue; a wake from elsewhere goes through an inbox and
//! unparks the thread. A wake costs one `swap`, a poll another: the same for every peer.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// How many tasks are polled before the inbox is looked at.
const INBOX_EVERY: u32 = 32;

thread_local! {
    /// The executor that runs on this thread now; 0 for none.
    static CURRENT: Cell<u64> = const { Cell::new(0) };
    /// Its run queue.
    static READY: RefCell<VecDeque<Arc<Task>>> = const { RefCell::new(VecDeque::new()) };
}

/// A single-threaded executor with a FIFO run queue.
pub struct Local {
    inbox: Arc<Inbox>,
    slots: RefCell<Vec<Slot>>,
    live: Cell<usize>,
}

struct Slot {
    future: Option<Pin<Box<dyn Future<Output = ()>>>>,
    waker: Waker,
}

/// Where wakes from other threads arrive.
struct Inbox {
    id: u64,
    owner: Thread,
    filled: AtomicBool,
    tasks: Mutex<Vec<Arc<Task>>>,
}

struct Task {
    slot: usize,
    queued: AtomicBool,
    inbox: Arc<Inbox>,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            enqueue(self);
        }
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            enqueue(Arc::clone(self));
        }
    }
}

fn enqueue(task: Arc<Task>) {
    if CURRENT.get() == task.inbox.id {
        READY.with_borrow_mut(|ready| ready.push_back(task));
    } else {
        let inbox = Arc::clone(&task.inbox);
        inbox.tasks.lock().push(task);
        // Pairs with the swap in `take_inbox`.
        inbox.filled.store(true, Ordering::Release);
        inbox.owner.unpark();
    }
}

impl Local {
    /// An executor for the calling thread.
    #[must_use]
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let inbox = Inbox {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            owner: thread::current(),
            filled: AtomicBool::new(false),
            tasks: Mutex::new(Vec::new()),
        };
        Self {
            inbox: Arc::new(inbox),
            slots: RefCell::default(),
            live: Cell::new(0),
        }
    }

    /// Adds a task. It is polled for the first time by [`run`](Self::run), in order of spawning.
    pub fn spawn(&self, future: impl Future<Output = ()> + 'static) {
        let mut slots = self.slots.borrow_mut();
        let task = Arc::new(Task {
            slot: slots.len(),
            queued: AtomicBool::new(false),
            inbox: Arc::clone(&self.inbox),
        });
        slots.push(Slot {
            future: Some(Box::pin(future)),
            waker: Waker::from(task),
        });
        self.live.set(self.live.get() + 1);
    }

    /// Runs until every task has finished, parking the thread while none can go on.
    pub fn run(&self) {
        let outer = CURRENT.replace(self.inbox.id);
        READY.with_borrow_mut(VecDeque::clear);
        for slot in self.slots.borrow().iter() {
            slot.waker.wake_by_ref();
        }
        let mut polls = 0_u32;
        while self.live.get() > 0 {
            polls = polls.wrapping_add(1);
            if polls % INBOX_EVERY == 0 {
                self.take_inbox();
            }
            match READY.with_borrow_mut(VecDeque::pop_front) {
                Some(task) => self.poll(&task),
                None if self.take_inbox() => {}
                None => thread::park(),
            }
        }
        READY.with_borrow_mut(VecDeque::clear);
        self.slots.borrow_mut().clear();
        CURRENT.set(outer);
    }

    /// Moves what came from other threads into the run queue.
    fn take_inbox(&self) -> bool {
        if !self.inbox.filled.load(Ordering::Relaxed)
            || !self.inbox.filled.swap(false, Ordering::Acquire)
        {
            return false;
        }
        let mut tasks = self.inbox.tasks.lock();
        READY.with_borrow_mut(|ready| ready.extend(tasks.drain(..)));
        true
    }

    fn poll(&self, task: &Task) {
        // Before the poll, so that a wake during it queues the task again; acquires what the
        // waking threads wrote.
        task.queued.swap(false, Ordering::AcqRel);
        let taken = {
            let mut slots = self.slots.borrow_mut();
            let slot = &mut slots[task.slot];
            slot.future
                .take()
                .map(|future| (future, slot.waker.clone()))
        };
        // A wake that came after the end of the task.
        let Some((mut future, waker)) = taken else {
            return;
        };
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(()) => self.live.set(self.live.get() - 1),
            Poll::Pending => self.slots.borrow_mut()[task.slot].future = Some(future),
        }
    }
}

impl Default for Local {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local")
            .field("live", &self.live.get())
            .finish_non_exhaustive()
    }
}

/// Runs one task to its end as every task is held: boxed, behind a `dyn Future`.
#[must_use]
pub fn in_task(future: impl Future<Output = ()> + 'static) -> Duration {
    let local = Local::new();
    local.spawn(future);
    let start = Instant::now();
    local.run();
    start.elapsed()
}

/// Polls a future once, and drops it.
pub async fn once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// Lets the other ready tasks run first.
pub fn yield_now() -> impl Future<Output = ()> {
    let mut yielded = false;
    std::future::poll_fn(move |cx| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    #[test]
    fn tasks_run_in_the_order_of_their_wakes() {
        let log = Rc::new(RefCell::new(Vec::new()));
        let local = Local::new();
        for name in 0..3 {
            let log = Rc::clone(&log);
            local.spawn(async move {
                for turn in 0..2 {
                    log.borrow_mut().push((turn, name));
                    yield_now().await;
                }
            });
        }
        local.run();
        assert_eq!(
            *log.borrow(),
            [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
        );
    }

    #[test]
    fn a_wake_from_another_thread_unparks() {
        let local = Local::new();
        let done = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&done);
        let mut helper = None;
        local.spawn(std::future::poll_fn(move |cx| {
            if flag.load(Ordering::Acquire) {
                return Poll::Ready(());
            }
            let (flag, waker) = (Arc::clone(&flag), cx.waker().clone());
            helper.get_or_insert_with(|| {
                thread::spawn(move || {
                    flag.store(true, Ordering::Release);
                    waker.wake();
                })
            });
            Poll::Pending
        }));
        local.run();
        assert!(done.load(Ordering::Acquire));
    }
}
