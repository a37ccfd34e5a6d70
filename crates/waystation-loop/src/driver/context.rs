//! Which loops live on this thread, and which of them is the current one?
//!
//! A loop never leaves its thread. So a wake-up that happens on that thread finds the loop here and
//! pays for no lock and no atomic; every other wake-up goes through the inbox.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use waystation_core::block::{self, CanBeWoken};

use crate::driver::callback::Caller;
use crate::driver::inner::{Inner, Phase};
use crate::driver::shared::{LoopId, Shared};
use crate::error::RunError;

struct Context {
    /// Every open loop of this thread.
    loops: RefCell<Vec<Rc<Inner>>>,
    /// The loop whose callback runs, or that is being closed.
    current: RefCell<Option<Rc<Inner>>>,
    /// Whether a loop runs on this thread.
    running: Cell<bool>,
}

thread_local! {
    // On a thread that is ending this may be gone: then no loop is found, and all goes through the
    // inbox, which is always right.
    static CONTEXT: Context = const {
        Context {
            loops: RefCell::new(Vec::new()),
            current: RefCell::new(None),
            running: Cell::new(false),
        }
    };
}

/// A timer that was made at `caller` is polled where no loop runs.
#[track_caller]
pub(crate) fn no_loop(caller: Caller) -> ! {
    panic!(
        "the timer made at {caller} was polled outside an event loop: run it in one, or use the \
         timers of the runtime at hand"
    )
}

/// A new loop lives on this thread.
pub(crate) fn register(inner: &Rc<Inner>) {
    let _gone: Result<(), _> =
        CONTEXT.try_with(|context| context.loops.borrow_mut().push(inner.clone()));
}

/// A loop is closed.
pub(crate) fn deregister(inner: &Rc<Inner>) {
    let removed = CONTEXT.try_with(|context| {
        let mut loops = context.loops.borrow_mut();
        let index = loops.iter().position(|other| Rc::ptr_eq(other, inner))?;
        Some(loops.swap_remove(index))
    });
    drop(removed);
}

/// The open loop of this thread that is what `is_it` asks for.
#[inline]
fn find_by(is_it: impl Fn(&Inner) -> bool) -> Option<Rc<Inner>> {
    let find = |context: &Context| {
        let loops = context.loops.borrow();
        loops.iter().find(|inner| is_it(inner)).cloned()
    };
    CONTEXT.try_with(find).ok().flatten()
}

/// The loop behind `shared`, if it lives on this thread and is open.
#[inline]
pub(crate) fn find(shared: &Arc<Shared>) -> Option<Rc<Inner>> {
    find_by(|inner| Arc::ptr_eq(&inner.shared, shared))
}

/// The same, by number.
#[inline]
pub(crate) fn find_by_id(id: LoopId) -> Option<Rc<Inner>> {
    find_by(|inner| inner.id == id)
}

/// The loop whose callback runs on this thread.
#[inline]
pub(crate) fn current() -> Option<Rc<Inner>> {
    CONTEXT
        .try_with(|context| context.current.borrow().clone())
        .ok()
        .flatten()
}

/// While it lives, a loop is the current one.
pub(crate) struct Entered {
    before: Option<Rc<Inner>>,
    was_running: bool,
    /// What `block` was told before, by the loop that ran then.
    told_block: Option<Option<CanBeWoken>>,
}

impl Entered {
    pub(crate) fn new(inner: &Rc<Inner>, running: bool) -> Self {
        let before = CONTEXT.try_with(|context| {
            let was_running = context.running.replace(context.running.get() || running);
            (context.current.replace(Some(inner.clone())), was_running)
        });
        let (before, was_running) = before.unwrap_or_default();
        Self {
            before,
            was_running,
            told_block: running.then(|| block::loop_runs_here(Some(is_awaited_outside))),
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        if let Some(before) = self.told_block {
            block::loop_runs_here(before);
        }
        let entered = CONTEXT.try_with(|context| {
            context.running.set(self.was_running);
            context.current.replace(self.before.take())
        });
        drop(entered);
    }
}

/// Whether a thread that blocks here, in the current loop, may be woken by something outside it.
fn is_awaited_outside() -> bool {
    current().is_none_or(|inner| inner.is_awaited_outside())
}

/// While it lives, the loop runs. Its end, a panic included, leaves the loop ready to run again.
pub(crate) struct Run {
    inner: Rc<Inner>,
    _entered: Entered,
}

/// Begins a run.
pub(crate) fn enter(inner: &Rc<Inner>) -> Result<Run, RunError> {
    let is_running = CONTEXT.try_with(|context| context.running.get());
    if is_running.unwrap_or(false) || inner.phase.get() == Phase::Running {
        return Err(RunError::AlreadyRunning);
    }
    if inner.phase.get() != Phase::Idle {
        return Err(RunError::Closed);
    }
    inner.phase.set(Phase::Running);
    inner.run.set(inner.run.get() + 1);
    Ok(Run {
        inner: inner.clone(),
        _entered: Entered::new(inner, true),
    })
}

impl Drop for Run {
    fn drop(&mut self) {
        self.inner.is_stopping.set(false);
        self.inner.phase.set(Phase::Idle);
    }
}
