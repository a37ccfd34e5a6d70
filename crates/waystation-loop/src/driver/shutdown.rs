//! The end of a loop: everything that is left is cancelled and dropped, here, on its own thread.

use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use waystation_core::panics::FirstPanic;

use crate::driver::context::{self, Entered};
use crate::driver::inner::{Inner, Item, Phase};

/// Closes a loop that does not run. What panics while it is dropped holds nothing up: the first
/// panic propagates at the end, unless the thread is unwinding already.
pub(crate) fn close(inner: &Rc<Inner>) {
    if inner.phase.get() != Phase::Idle {
        return;
    }
    inner.phase.set(Phase::Closing);
    // Drops may ask for the current loop.
    let entered = Entered::new(inner, false);
    let mut panics = FirstPanic::new();

    // Cancelling a task puts it in line, if it is not there already.
    let tasks: Vec<_> = inner.tasks.borrow_mut().take_all().collect();
    drop(tasks);
    loop {
        inner.take_in();
        while let Some(item) = inner.pop() {
            drop_item(inner, item, &mut panics);
        }
        let (calls, sleeps) = inner.timers(|timers| timers.take_all());
        panics.run_all(calls.into_iter(), |call| _ = inner.cancel(&call));
        panics.run_all(sleeps, drop);
        // A drop may have woken what was still to be dropped.
        if inner.ready_len() > 0 || inner.has_arrived() {
            continue;
        }
        if inner.bodies.get() == 0 {
            break;
        }
        // Another thread is just waking one of the last tasks: it has taken it up and not put it
        // into the inbox yet. That is a few instructions of ours, and then the signal comes.
        inner.shared.inbox.wait(None);
    }
    // No task is left, so that none can be woken any more. What other threads have sent since is
    // dropped here.
    for message in inner.shared.inbox.close() {
        drop_item(inner, message.into(), &mut panics);
    }

    inner.phase.set(Phase::Closed);
    context::deregister(inner);
    inner.shared.deregister();
    let waker = Waker::from(Arc::clone(&inner.shared));
    panics.run(|| inner.shared.clock.detach(&waker));
    drop(entered);
    if let Some(payload) = inner.take_panic() {
        panics.keep(payload);
    }
    panics.resume();
}

/// Drops what was in line.
fn drop_item(inner: &Inner, item: Item, panics: &mut FirstPanic) {
    match item {
        // The task's own wrapping lets no panic out; it is kept in `inner`.
        Item::Task(runnable) => {
            drop(runnable);
            if let Some(payload) = inner.take_panic() {
                panics.keep(payload);
            }
        }
        // Its handle may still hold it.
        Item::Call(call) => _ = panics.run(|| inner.cancel(&call)),
        Item::Posted(call) => panics.drop(call),
        // A number. What it means is dropped with the timers.
        Item::Sleep(_) | Item::Main(_) => {}
    }
}
