//! Which loops live on this thread, and which of them is the current one?
//!
//! A loop never leaves its thread. So a wake-up that happens on that thread finds the loop here and
//! pays for no lock and no atomic; every other wake-up goes through the inbox.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use crate::inner::{Here, Inner};
use crate::remote::{LoopId, Remote};

struct Near {
    /// Every open loop of this thread.
    loops: RefCell<Vec<Rc<Inner>>>,
    /// The loop whose callback runs, or that is being closed.
    current: RefCell<Option<Rc<Inner>>>,
    /// Whether a loop runs on this thread.
    running: Cell<bool>,
}

thread_local! {
    // On a thread that is ending this may be gone: then nothing is near, and all goes through the
    // inbox, which is always right.
    static NEAR: Near = const {
        Near {
            loops: RefCell::new(Vec::new()),
            current: RefCell::new(None),
            running: Cell::new(false),
        }
    };
}

/// A timer that was made at `location` is polled where no loop runs.
#[track_caller]
pub(crate) fn no_loop(location: Here) -> ! {
    panic!(
        "the timer made at {location} was polled outside an event loop: run it in one, or use the \
         timers of the runtime at hand"
    )
}

/// A loop begins to live on this thread.
pub(crate) fn settle(inner: &Rc<Inner>) {
    let _gone: Result<(), _> = NEAR.try_with(|near| near.loops.borrow_mut().push(inner.clone()));
}

/// A loop is closed.
pub(crate) fn leave(inner: &Rc<Inner>) {
    let left = NEAR.try_with(|near| {
        let mut loops = near.loops.borrow_mut();
        let index = loops.iter().position(|other| Rc::ptr_eq(other, inner))?;
        Some(loops.swap_remove(index))
    });
    drop(left);
}

/// The loop behind `remote`, if it lives on this thread and is open.
#[inline]
pub(crate) fn find(remote: &Arc<Remote>) -> Option<Rc<Inner>> {
    let find = |near: &Near| {
        near.loops
            .borrow()
            .iter()
            .find(|inner| Arc::ptr_eq(&inner.remote, remote))
            .cloned()
    };
    NEAR.try_with(find).ok().flatten()
}

/// The same, by number.
pub(crate) fn find_by_id(id: LoopId) -> Option<Rc<Inner>> {
    let find = |near: &Near| {
        near.loops
            .borrow()
            .iter()
            .find(|inner| inner.id == id)
            .cloned()
    };
    NEAR.try_with(find).ok().flatten()
}

/// The loop whose callback runs on this thread.
#[inline]
pub(crate) fn current() -> Option<Rc<Inner>> {
    NEAR.try_with(|near| near.current.borrow().clone())
        .ok()
        .flatten()
}

/// Whether a loop runs on this thread.
pub(crate) fn is_running() -> bool {
    NEAR.try_with(|near| near.running.get()).unwrap_or(false)
}

/// While it lives, a loop is the current one.
pub(crate) struct Entered {
    before: Option<Rc<Inner>>,
    was_running: bool,
}

impl Entered {
    pub(crate) fn new(inner: &Rc<Inner>, running: bool) -> Self {
        let before = NEAR.try_with(|near| {
            let was_running = near.running.replace(near.running.get() || running);
            (near.current.replace(Some(inner.clone())), was_running)
        });
        let (before, was_running) = before.unwrap_or_default();
        Self {
            before,
            was_running,
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let entered = NEAR.try_with(|near| {
            near.running.set(self.was_running);
            near.current.replace(self.before.take())
        });
        drop(entered);
    }
}
