//! A task: a future that the loop polls.
//!
//! `async-task` keeps the future and decides who schedules it. It aborts the process when a future
//! panics while it is dropped, so the future is wrapped in a [`Body`] that lets no panic out.
//!
//! A task of the loop may hold what cannot leave its thread. So it is polled and dropped there
//! only: whatever happens on another thread ends in the inbox, and a loop that closes waits until
//! the last of its tasks has come home and was dropped.

use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_task::{Builder, Runnable};
use pin_project_lite::pin_project;
use waystation_core::ring::Ticket;
use waystation_core::sync::catch_panic;

use crate::driver::callback::Caller;
use crate::driver::context;
use crate::driver::inner::{Inner, Item};
use crate::driver::shared::{Message, Metadata};
use crate::join::{Failure, JoinCell, JoinHandle, Kind, Outcome, Unclaimed};

/// Puts a woken task in line. Runs wherever the waker is.
///
/// A function without captures: the waker then costs nothing but its task's reference count.
fn schedule(runnable: Runnable<Metadata>) {
    if let Some(inner) = context::find(&runnable.metadata().shared) {
        inner.push(Item::Task(runnable));
        return;
    }
    // The runnable may be the task's last reference, and `shared` lives in the task.
    let shared = runnable.metadata().shared.clone();
    if let Err(message) = shared.inbox.send(Message::Task(runnable)) {
        // A loop closes its inbox after its last task was dropped, and a task that was dropped is
        // not scheduled again. If this were to happen all the same, a leak is the one answer that
        // is sound on every thread.
        let _leaked = ManuallyDrop::new(message);
    }
}

/// Makes a task on an open loop.
pub(crate) fn spawn<F>(
    inner: &Rc<Inner>,
    future: F,
    name: Option<Box<str>>,
    caller: Caller,
) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    let key = inner.tasks.borrow().next_ticket();
    let cell = Arc::new(JoinCell::new(inner.id, Kind::Task(key)));
    launch(inner, future, name, caller, cell.clone());
    JoinHandle::new(cell)
}

/// Makes a task whose handle was made before, maybe on another thread.
pub(crate) fn launch_arrived<F>(
    inner: &Rc<Inner>,
    future: F,
    name: Option<Box<str>>,
    caller: Caller,
    cell: Arc<JoinCell<F::Output>>,
) where
    F: Future + 'static,
    F::Output: 'static,
{
    let key = inner.tasks.borrow().next_ticket();
    let wanted = cell.arrive(key);
    launch(inner, future, name, caller, cell);
    if !wanted {
        inner.abort(key);
    }
}

fn launch<F>(
    inner: &Rc<Inner>,
    future: F,
    name: Option<Box<str>>,
    caller: Caller,
    cell: Arc<JoinCell<F::Output>>,
) where
    F: Future + 'static,
    F::Output: 'static,
{
    let body = Body::new(inner.clone(), future, cell);
    if inner.is_closing() {
        // Somebody's drop spawns while the loop closes. The body's drop says `Cancelled`.
        return drop(body);
    }
    let shared = inner.shared.clone();
    let metadata = Metadata {
        shared,
        name,
        caller,
    };
    let (runnable, task) = Builder::new()
        .metadata(metadata)
        .spawn_local(move |_| body, schedule);
    inner.tasks.borrow_mut().push(task);
    inner.push(Item::Task(runnable));
}

pin_project! {
    /// The future of a task, with a place for its outcome. Neither its poll nor its drop panics.
    struct Body<F: Future> {
        // `None` once it is finished.
        #[pin]
        future: Option<F>,
        cell: Option<Arc<JoinCell<F::Output>>>,
        inner: Rc<Inner>,
        key: Ticket,
    }

    impl<F: Future> PinnedDrop for Body<F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if this.cell.is_some() {
                finish(this.future, this.cell, this.inner, *this.key, Err(Failure::Cancelled));
            }
            this.inner.bodies.set(this.inner.bodies.get() - 1);
        }
    }
}

impl<F: Future> Body<F> {
    fn new(inner: Rc<Inner>, future: F, cell: Arc<JoinCell<F::Output>>) -> Self {
        inner.bodies.set(inner.bodies.get() + 1);
        let key = inner.tasks.borrow().next_ticket();
        Self {
            future: Some(future),
            cell: Some(cell),
            inner,
            key,
        }
    }
}

impl<F: Future> Future for Body<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            return Poll::Ready(());
        };
        let outcome = match catch_panic(|| future.poll(cx)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(output)) => Ok(output),
            Err(payload) => Err(Failure::Panicked(payload)),
        };
        finish(this.future, this.cell, this.inner, *this.key, outcome);
        Poll::Ready(())
    }
}

/// Ends a task: drops the future, takes the task off the loop's list, stores the outcome, wakes.
/// In this order, so that the awaiting task finds everything done. What panics on the way is
/// kept for the loop, which treats it as the panic of a callback.
fn finish<F: Future>(
    mut future: Pin<&mut Option<F>>,
    cell: &mut Option<Arc<JoinCell<F::Output>>>,
    inner: &Rc<Inner>,
    key: Ticket,
    mut outcome: Outcome<F::Output>,
) {
    // A drop that panics has dropped its fields all the same, and `None` stands here afterwards.
    if let Err(payload) = catch_panic(|| future.set(None)) {
        match outcome {
            Err(Failure::Cancelled) => {
                outcome = Err(Failure::Panicked(payload));
            }
            _ => inner.keep_panic(payload),
        }
    }
    let task = inner.tasks.borrow_mut().remove(key);
    if let Some(task) = task {
        task.detach();
    }
    let Some(cell) = cell.take() else { return };
    let Unclaimed { waker, unwanted } = cell.complete(outcome);
    if let Some(waker) = waker {
        inner.contain(|| waker.wake());
    }
    match unwanted {
        Some(Err(Failure::Panicked(payload))) => inner.nobody_saw(payload),
        Some(unwanted) => inner.contain(|| drop(unwanted)),
        None => {}
    }
    // The output itself may have gone with the handle, on another thread; then the last reference
    // is here and holds nothing.
    drop(cell);
}
