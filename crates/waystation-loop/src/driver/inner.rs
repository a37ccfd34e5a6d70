//! The loop itself, as its handles, tasks and callbacks share it. One thread only.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use async_task::{Runnable, Task};
use waystation_core::panics::{FirstPanic, Payload, discard};
use waystation_core::ring::{KEPT, Ring, Ticket};
use waystation_core::sync::catch_panic;

use crate::driver::callback::{Call, Next};
use crate::driver::hooks::Hooks;
use crate::driver::shared::{LoopId, Message, Metadata, PostedCall, Shared};
use crate::driver::timers::{Due, Timers};

/// What stands in the ready line.
pub(crate) enum Item {
    Task(Runnable<Metadata>),
    Call(Rc<Call>),
    Sleep(Ticket),
    /// The future of this run of `run_until_complete`.
    Main(u64),
    Posted(PostedCall),
}

impl From<Message> for Item {
    fn from(message: Message) -> Self {
        match message {
            Message::Task(runnable) => Self::Task(runnable),
            Message::Main(run) => Self::Main(run),
            Message::Call(call) => Self::Posted(call),
        }
    }
}

/// The life of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Idle,
    Running,
    /// What is left is being dropped. What is added now is dropped at once.
    Closing,
    Closed,
}

/// A turn takes this much in from other threads at most, so that a flood of it delays no timer for
/// long. The rest comes next turn.
const INTAKE: usize = 512;

/// Nothing foreign runs while one of the cells is borrowed: no callback, no waker, no drop of
/// anything that a user made.
pub(crate) struct Inner {
    pub(crate) id: LoopId,
    pub(crate) shared: Arc<Shared>,
    ready: RefCell<VecDeque<Item>>,
    /// What was taken out of the inbox and waits for its turn, the first one last.
    arrived: RefCell<Vec<Message>>,
    timers: RefCell<Timers>,
    /// Tasks that are neither finished nor aborted. Dropping one cancels it.
    pub(crate) tasks: RefCell<Ring<Task<(), Metadata>>>,
    /// How many futures of tasks exist: aborted ones too, which are in no list.
    pub(crate) bodies: Cell<usize>,
    pub(crate) phase: Cell<Phase>,
    pub(crate) is_stopping: Cell<bool>,
    /// Jobs on the executor whose end was not seen yet.
    pub(crate) jobs: Cell<usize>,
    /// The number of this run.
    pub(crate) run: Cell<u64>,
    /// A panic where none may come out, until the turn gets at it.
    kept_panic: Cell<FirstPanic>,
    pub(crate) hooks: Hooks,
}

impl Inner {
    pub(crate) fn new(shared: Arc<Shared>, hooks: Hooks) -> Self {
        Self {
            id: shared.id,
            shared,
            ready: RefCell::new(VecDeque::new()),
            arrived: RefCell::new(Vec::new()),
            timers: RefCell::new(Timers::new()),
            tasks: RefCell::new(Ring::new()),
            bodies: Cell::new(0),
            phase: Cell::new(Phase::Idle),
            is_stopping: Cell::new(false),
            jobs: Cell::new(0),
            run: Cell::new(0),
            kept_panic: Cell::new(FirstPanic::new()),
            hooks,
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.shared.clock.now()
    }

    // The ready line.

    #[inline]
    pub(crate) fn push(&self, item: Item) {
        self.ready.borrow_mut().push_back(item);
    }

    #[inline]
    pub(crate) fn pop(&self) -> Option<Item> {
        self.ready.borrow_mut().pop_front()
    }

    pub(crate) fn ready_len(&self) -> usize {
        self.ready.borrow().len()
    }

    /// Gives memory back after a peak.
    pub(crate) fn shrink_ready(&self) {
        let mut ready = self.ready.borrow_mut();
        let capacity = ready.capacity();
        if capacity > KEPT && ready.len() < capacity / 8 {
            let kept = 2 * ready.len();
            ready.shrink_to(kept);
        }
    }

    /// Puts what came from other threads in line, up to a bound.
    pub(crate) fn take_in(&self) {
        let mut arrived = self.arrived.borrow_mut();
        if arrived.is_empty() {
            if !self.shared.inbox.collect(&mut arrived) {
                return;
            }
            arrived.reverse();
        }
        let rest = arrived.len().saturating_sub(INTAKE);
        let mut ready = self.ready.borrow_mut();
        ready.extend(arrived.drain(rest..).rev().map(Item::from));
        if rest == 0 && arrived.capacity() > KEPT {
            *arrived = Vec::new();
        }
    }

    /// Whether something was taken out of the inbox and is not in line yet.
    pub(crate) fn has_arrived(&self) -> bool {
        !self.arrived.borrow().is_empty()
    }

    /// Puts every timer that is due in line.
    pub(crate) fn take_due(&self) {
        if self.timers.borrow().len() == 0 {
            return;
        }
        let now = self.now();
        let mut timers = self.timers.borrow_mut();
        let mut ready = self.ready.borrow_mut();
        while let Some(due) = timers.pop_due(now) {
            ready.push_back(match due {
                Due::Call(call) => Item::Call(call),
                Due::Sleep(ticket) => Item::Sleep(ticket),
            });
        }
        timers.tidy();
    }

    // Calls and timers.

    /// Puts a new call in line.
    pub(crate) fn call_soon(&self, call: Rc<Call>) {
        if self.is_closing() {
            self.cancel(&call);
        } else {
            self.push(Item::Call(call));
        }
    }

    /// Sets a call to a time.
    pub(crate) fn call_at(&self, call: Rc<Call>, next: Next) {
        if self.is_closing() {
            self.cancel(&call);
        } else {
            self.timers.borrow_mut().set_call(call, next);
        }
    }

    /// Takes a call back and drops its callback. `false` if it is over.
    pub(crate) fn cancel(&self, call: &Call) -> bool {
        call.cancel(|| self.timers.borrow_mut().call_left())
    }

    /// Sets a call to another time, as if it had been set now. `false` if it is over.
    pub(crate) fn reset(&self, call: &Rc<Call>, at: Instant) -> bool {
        call.reset(at, &*self.shared.clock, |next, was_in_heap| {
            let mut timers = self.timers.borrow_mut();
            timers.set_call(call.clone(), next);
            if was_in_heap {
                timers.call_left();
            }
        })
    }

    #[inline]
    pub(crate) fn timers<R>(&self, with: impl FnOnce(&mut Timers) -> R) -> R {
        with(&mut self.timers.borrow_mut())
    }

    // Tasks.

    /// Takes a task off the list and cancels it: it drops its future at the next turn.
    pub(crate) fn abort(&self, key: Ticket) {
        let task = self.tasks.borrow_mut().remove(key);
        drop(task);
    }

    /// Whether anything outside the loop is known that may still wake it: a job, a live `Handle`,
    /// or a signal that it has not seen yet.
    pub(crate) fn is_awaited_outside(&self) -> bool {
        self.jobs.get() > 0 || !self.shared.inbox.is_abandoned()
    }

    // The life of the loop.

    pub(crate) fn is_closing(&self) -> bool {
        self.phase.get() == Phase::Closing
    }

    /// Panics in the caller's line if the loop is closed.
    #[track_caller]
    pub(crate) fn assert_open(&self, what: &str) {
        if self.phase.get() == Phase::Closed {
            closed(what);
        }
    }

    // Panics.

    /// Runs foreign code where no panic may come out; the turn gets the panic.
    pub(crate) fn contain(&self, foreign: impl FnOnce()) {
        if let Err(payload) = catch_panic(foreign) {
            self.keep_panic(payload);
        }
    }

    /// Keeps a panic for the turn; the first one counts.
    pub(crate) fn keep_panic(&self, payload: Payload) {
        let mut panics = self.kept_panic.take();
        panics.keep(payload);
        // What the drop of a payload has kept meanwhile came later.
        self.kept_panic.replace(panics).suppress();
    }

    #[inline]
    pub(crate) fn take_panic(&self) -> Option<Payload> {
        self.kept_panic.take().into_payload()
    }

    /// A task whose handle is gone has panicked. The panic hook has reported it; the panic handler,
    /// if there is one, is told too.
    pub(crate) fn nobody_saw(&self, payload: Payload) {
        if self.hooks.panic_handler.is_some() {
            self.keep_panic(payload);
        } else {
            discard(payload);
        }
    }
}

#[cold]
#[track_caller]
fn closed(what: &str) -> ! {
    panic!("`{what}` on an event loop that is closed")
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Read first and shown after: a writer is foreign code, and may use the loop.
        let ready = self.ready.try_borrow().map(|ready| ready.len());
        let timers = self.timers.try_borrow().map(|timers| timers.len());
        let mut debug = f.debug_struct("EventLoop");
        debug.field("phase", &self.phase.get());
        if let Ok(ready) = ready {
            debug.field("ready", &ready);
        }
        if let Ok(timers) = timers {
            debug.field("timers", &timers);
        }
        debug
            .field("tasks", &self.bodies.get())
            .finish_non_exhaustive()
    }
}
