//! The end of a loop: everything that is left is cancelled and dropped, here, on its own thread.

use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use waystation_core::panics::FirstPanic;

use crate::inner::{Inner, Item, Phase};
use crate::near::{self, Entered};
use crate::timers::Entry;

/// Closes a loop that does not run. What panics while it is dropped holds nothing up: the first
/// panic propagates at the end, unless the thread is unwinding already.
pub(crate) fn close(inner: &Rc<Inner>) {
    if inner.phase() != Phase::Idle {
        return;
    }
    inner.set_phase(Phase::Closing);
    // Drops may ask for the current loop.
    let entered = Entered::new(inner, false);
    let mut panics = FirstPanic::new();

    // Cancelling a task puts it in line, if it is not there already.
    let tasks: Vec<_> = inner.tasks.borrow_mut().take_all().collect();
    drop(tasks);
    loop {
        inner.collect_mail();
        while let Some(item) = inner.pop() {
            drop_item(inner, item, &mut panics);
        }
        let timers: Vec<Entry> = inner.timers.borrow_mut().take_all().collect();
        panics.run_all(timers.into_iter(), drop);
        // A drop may have woken what was still to be dropped.
        if inner.ready_len() > 0 {
            continue;
        }
        if !inner.has_bodies() {
            break;
        }
        // Another thread is just waking one of the last tasks: it has taken it up and not put it
        // into the inbox yet. That is a few instructions of ours, and then the signal comes.
        inner.remote.inbox.wait(None);
    }
    // No task is left, so that none can be woken any more. What other threads have ordered since
    // is theirs to give away, and is dropped here all the same.
    for message in inner.remote.inbox.close() {
        drop_item(inner, message.into(), &mut panics);
    }

    inner.set_phase(Phase::Closed);
    near::leave(inner);
    inner.remote.strike_off();
    let waker = Waker::from(Arc::clone(&inner.remote));
    panics.run(|| inner.remote.clock.detach(&waker));
    drop(entered);
    if let Some(payload) = inner.take_panic() {
        panics.keep(payload);
    }
    panics.resume();
}

/// Drops what stood in line.
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
        Item::Call(callback) => _ = panics.run(|| callback.cancel()),
        Item::Order(order) => panics.drop(order),
        // Plain numbers. What they mean is dropped with the timers.
        Item::Timer(..) | Item::Main(_) => {}
    }
}
