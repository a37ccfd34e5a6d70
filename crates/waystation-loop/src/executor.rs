//! Blocking work, on the thread pool of the `blocking` crate.

use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use waystation_core::panics::FirstPanic;
use waystation_core::sync::catch_panic;

use crate::driver::callback::Caller;
use crate::driver::context;
use crate::driver::inner::Inner;
use crate::driver::shared::Shared;
use crate::join::{Failure, JoinCell, JoinHandle, Kind, Outcome, Unclaimed};

pub(crate) fn run_in_executor<T, F>(inner: &Rc<Inner>, work: F, caller: Caller) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let cell = Arc::new(JoinCell::new(inner.id, Kind::Job));
    let job = Job {
        cell: cell.clone(),
        shared: inner.shared.clone(),
        caller,
        completed: false,
    };
    inner.jobs.set(inner.jobs.get() + 1);
    blocking::unblock(move || job.run(work)).detach();
    JoinHandle::new(cell)
}

/// A job on its way through the pool. Its drop says that the job is over, whatever came of it.
struct Job<T> {
    cell: Arc<JoinCell<T>>,
    shared: Arc<Shared>,
    caller: Caller,
    completed: bool,
}

impl<T> Job<T> {
    fn run(mut self, work: impl FnOnce() -> T) {
        if !self.cell.may_begin() {
            return;
        }
        let outcome = catch_panic(work).map_err(Failure::Panicked);
        self.complete(outcome);
    }

    /// Stores the outcome and wakes the task that awaits it. No panic comes out: nothing on this thread could
    /// handle it, and the panic hook has reported it.
    fn complete(&mut self, outcome: Outcome<T>) {
        self.completed = true;
        let Unclaimed { waker, unwanted } = self.cell.complete(outcome);
        let mut panics = FirstPanic::new();
        panics.run(|| waker.map(Waker::wake));
        panics.drop(unwanted);
        panics.suppress();
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        if !self.completed {
            self.complete(Err(Failure::Cancelled));
        }
        // The loop counts its jobs itself. A closed one no longer does.
        let end = || {
            if let Some(inner) = context::current() {
                inner.jobs.set(inner.jobs.get() - 1);
            }
        };
        let _open: bool = self.shared.post(self.caller, end);
    }
}
