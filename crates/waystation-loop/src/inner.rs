//! The loop itself, as its handles, tasks and callbacks share it. One thread only.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use async_task::Runnable;
use waystation_core::panics::{FirstPanic, Payload, discard};
use waystation_core::ring::{KEPT, Ring, Ticket};
use waystation_core::sync::catch_panic;

use crate::builder::Hooks;
use crate::calls::Callback;
use crate::error::RunError;
use crate::near;
use crate::remote::{LoopId, Message, Order, Remote};
use crate::task::{Kept, Meta};
use crate::timers::Timers;

/// What stands in the line of what runs next.
pub(crate) enum Item {
    Task(Runnable<Meta>),
    Call(Rc<dyn Callback>),
    /// A timer that is due: its number and its rank.
    Timer(Ticket, u64),
    /// The future of this run of `run_until_complete`.
    Main(u64),
    Order(Box<dyn Order + Send>),
}

impl From<Message> for Item {
    fn from(message: Message) -> Self {
        match message {
            Message::Task(runnable) => Self::Task(runnable),
            Message::Main(run) => Self::Main(run),
            Message::Order(order) => Self::Order(order),
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

/// Nothing foreign runs while one of the cells is borrowed: no callback, no waker, no drop of
/// anything that a user made.
pub(crate) struct Inner {
    pub(crate) id: LoopId,
    pub(crate) remote: Arc<Remote>,
    ready: RefCell<VecDeque<Item>>,
    /// The buffer that the inbox is emptied into, empty in between.
    mail: RefCell<Vec<Message>>,
    pub(crate) timers: RefCell<Timers>,
    pub(crate) tasks: RefCell<Ring<Kept>>,
    /// How many futures of tasks exist: aborted ones too, which are in no list.
    bodies: Cell<usize>,
    phase: Cell<Phase>,
    stopping: Cell<bool>,
    /// Jobs on the executor whose end was not seen yet.
    pub(crate) jobs: Cell<usize>,
    /// The number of this run of `run_until_complete`.
    run: Cell<u64>,
    /// A panic where none may come out, until the turn gets at it.
    kept_panic: Cell<FirstPanic>,
    pub(crate) hooks: Hooks,
}

impl Inner {
    pub(crate) fn new(remote: Arc<Remote>, hooks: Hooks) -> Self {
        Self {
            id: remote.id,
            remote,
            ready: RefCell::new(VecDeque::new()),
            mail: RefCell::new(Vec::new()),
            timers: RefCell::new(Timers::new()),
            tasks: RefCell::new(Ring::new()),
            bodies: Cell::new(0),
            phase: Cell::new(Phase::Idle),
            stopping: Cell::new(false),
            jobs: Cell::new(0),
            run: Cell::new(0),
            kept_panic: Cell::new(FirstPanic::new()),
            hooks,
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.remote.clock.now()
    }

    // The line of what runs next.

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

    /// Puts what came from elsewhere in line.
    pub(crate) fn collect_mail(&self) {
        let mut mail = self.mail.borrow_mut();
        if self.remote.inbox.collect(&mut mail) {
            self.ready
                .borrow_mut()
                .extend(mail.drain(..).map(Item::from));
            if mail.capacity() > KEPT {
                *mail = Vec::new();
            }
        }
    }

    /// Puts every timer that is due in line.
    pub(crate) fn collect_due(&self) {
        if self.timers.borrow().is_idle() {
            return;
        }
        let now = self.now();
        let mut timers = self.timers.borrow_mut();
        let mut ready = self.ready.borrow_mut();
        while let Some((number, order)) = timers.pop_due(now) {
            ready.push_back(Item::Timer(number, order));
        }
        timers.tidy();
    }

    // Tasks.

    /// Takes a task off the list and cancels it: it drops its future at the next turn.
    pub(crate) fn abort(&self, key: Ticket) {
        let task = self.tasks.borrow_mut().remove(key);
        drop(task);
    }

    pub(crate) fn body_begins(&self) {
        self.bodies.set(self.bodies.get() + 1);
    }

    pub(crate) fn body_ends(&self) {
        self.bodies.set(self.bodies.get() - 1);
    }

    pub(crate) fn has_bodies(&self) -> bool {
        self.bodies.get() > 0
    }

    // The life of the loop.

    pub(crate) fn phase(&self) -> Phase {
        self.phase.get()
    }

    pub(crate) fn set_phase(&self, phase: Phase) {
        self.phase.set(phase);
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.phase.get() == Phase::Closing
    }

    /// Ends with the caller's line if the loop is closed.
    #[track_caller]
    pub(crate) fn assert_open(&self, what: &str) {
        if self.phase.get() == Phase::Closed {
            closed(what);
        }
    }

    /// Begins a run.
    pub(crate) fn enter(self: &Rc<Self>) -> Result<Run, RunError> {
        if near::is_running() || self.phase.get() == Phase::Running {
            return Err(RunError::AlreadyRunning);
        }
        if self.phase.get() != Phase::Idle {
            return Err(RunError::Closed);
        }
        self.phase.set(Phase::Running);
        self.run.set(self.run.get() + 1);
        Ok(Run {
            inner: self.clone(),
            _entered: near::Entered::new(self, true),
        })
    }

    pub(crate) fn run_number(&self) -> u64 {
        self.run.get()
    }

    pub(crate) fn stop(&self) {
        self.stopping.set(true);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.get()
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
    /// if there is one, learns of it too.
    pub(crate) fn nobody_saw(&self, payload: Payload) {
        if self.hooks.has_panic_handler() {
            self.keep_panic(payload);
        } else {
            discard(payload);
        }
    }
}

#[cold]
#[track_caller]
pub(crate) fn closed(what: &str) -> ! {
    panic!("`{what}` on an event loop that is closed")
}

/// While it lives, the loop runs. Its end, a panic included, leaves the loop ready to run again.
pub(crate) struct Run {
    inner: Rc<Inner>,
    _entered: near::Entered,
}

impl Drop for Run {
    fn drop(&mut self) {
        self.inner.stopping.set(false);
        self.inner.phase.set(Phase::Idle);
    }
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

/// Where the caller of the caller stands.
pub(crate) type Here = &'static Location<'static>;
