//! The end of a loop: everything that is left is cancelled and dropped, here, on its own thread.

use std::panic::resume_unwind;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use waystation_core::sync::catch_panic;
use waystation_core::wait::discard;

use crate::inner::{Inner, Item, Payload, Phase};
use crate::near::{self, Entered};
use crate::timers::Entry;

/// Closes a loop that does not run. What panics while it is dropped holds nothing up: the first
/// panic goes on at the end, unless the thread is unwinding already.
pub(crate) fn close(inner: &Rc<Inner>) {
    if inner.phase() != Phase::Idle {
        return;
    }
    inner.set_phase(Phase::Closing);
    // Drops may ask for the current loop.
    let entered = Entered::new(inner, false);
    let mut first = None;

    // Cancelling a task puts it in line, if it is not there already.
    let tasks: Vec<_> = inner.tasks.borrow_mut().take_all().collect();
    drop(tasks);
    loop {
        inner.collect_mail();
        while let Some(item) = inner.pop() {
            drop_item(inner, item, &mut first);
        }
        let timers: Vec<Entry> = inner.timers.borrow_mut().take_all().collect();
        for timer in timers {
            drop_caught(timer, &mut first);
        }
        // A drop may have woken what was still to be dropped.
        if inner.ready_len() > 0 {
            continue;
        }
        if !inner.has_bodies() {
            break;
        }
        // Another thread is just waking one of the last tasks: it has taken it up and not put it
        // into the inbox yet. That is a few instructions of ours, and then the bell rings.
        inner.remote.inbox.wait(None);
    }
    // No task is left, so that none can be woken any more. What other threads have ordered since
    // is theirs to give away, and is dropped here all the same.
    for message in inner.remote.inbox.close() {
        drop_item(inner, message.into(), &mut first);
    }

    inner.set_phase(Phase::Closed);
    near::leave(inner);
    inner.remote.strike_off();
    let waker = Waker::from(Arc::clone(&inner.remote));
    caught(|| inner.remote.clock.detach(&waker), &mut first);
    drop(entered);
    if let Some(payload) = inner.take_panic() {
        keep_first(payload, &mut first);
    }
    match first {
        Some(payload) if !std::thread::panicking() => resume_unwind(payload),
        Some(payload) => discard(payload),
        None => {}
    }
}

/// Drops what stood in line.
fn drop_item(inner: &Inner, item: Item, first: &mut Option<Payload>) {
    match item {
        // The task's own wrapping lets no panic out; it is kept in `inner`.
        Item::Task(runnable) => {
            drop(runnable);
            if let Some(payload) = inner.take_panic() {
                keep_first(payload, first);
            }
        }
        // Its handle may still hold it.
        Item::Call(callback) => caught(|| _ = callback.cancel(), first),
        Item::Order(order) => drop_caught(order, first),
        // Plain numbers. What they mean is dropped with the timers.
        Item::Timer(..) | Item::Main(_) => {}
    }
}

fn drop_caught<T>(value: T, first: &mut Option<Payload>) {
    caught(|| drop(value), first);
}

fn caught(foreign: impl FnOnce(), first: &mut Option<Payload>) {
    if let Err(payload) = catch_panic(foreign) {
        keep_first(payload, first);
    }
}

fn keep_first(payload: Payload, first: &mut Option<Payload>) {
    match first {
        None => *first = Some(payload),
        Some(_) => discard(payload),
    }
}
